import type { Sql } from '../../connectors/hub/database.ts'
import { dueProducts } from '../../connectors/hub/enrichment/products.ts'
import { setMapping, stateOf } from '../../connectors/hub/enrichment/state.ts'
import { readIcecatMappingFile } from '../../connectors/mapping-file.ts'
import type { IcecatMapping } from '../../domain/enrichment/mapping/document.ts'
import { mappingHash } from '../../domain/enrichment/mapping/meaning.ts'
import { UsageError } from './errors.ts'
import type { FittedMapping } from './icecat-target.ts'

/** The mapping that products of a connection are judged by; null: none was applied yet. */
export async function appliedIcecatMapping(sql: Sql, connection: string): Promise<IcecatMapping | null> {
  const state = await stateOf(sql, connection)
  return state === null ? null : readIcecatMappingFile(state.mapping).mapping
}

/**
 * Takes the file as the mapping that products are judged by. Nothing is written into Akeneo by it: the next run judges all chosen
 * products again, and ownership decides value by value, so there is no guard to pass.
 */
export function applyIcecatMapping(
  sql: Sql,
  connection: string,
  { file, mapping }: FittedMapping,
): Promise<{ changed: boolean; due: number }> {
  const hash = mappingHash(mapping)
  return sql.begin(async (tx) => {
    const state = await stateOf(tx, connection)
    if (state !== null && state.mapping.hash === hash && state.mapping.version === mapping.version)
      return { changed: false, due: 0 }
    if (state !== null && state.mapping.version >= mapping.version) {
      throw new UsageError(
        `${file.name} says version ${mapping.version}, and products are judged by version ${state.mapping.version}: raise version, so that no worker takes it back`,
      )
    }
    await setMapping(tx, connection, { name: file.name, version: mapping.version, text: file.text, hash })
    const { now, later } = await dueProducts(tx, connection)
    return { changed: true, due: now + later }
  })
}
