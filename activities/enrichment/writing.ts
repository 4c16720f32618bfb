import type { AkeneoCalls, Page } from '../../connectors/akeneo/client.ts'
import type { PatchedStream } from '../../connectors/akeneo/patch.ts'
import type { AkeneoProduct, AkeneoProductModel } from '../../connectors/akeneo/schema.ts'
import { named, type Search } from '../../connectors/akeneo/search.ts'
import type { Structure } from '../../connectors/akeneo/translate/structure.ts'
import { stateOf } from '../../connectors/hub/enrichment/state.ts'
import { idsOf } from '../../connectors/hub/sources.ts'
import { readIcecatMappingFile } from '../../connectors/mapping-file.ts'
import type { EnrichmentChunk } from '../../contracts/processes.ts'
import type { IcecatMapping } from '../../domain/enrichment/mapping/document.ts'
import { sameValue } from '../../domain/enrichment/ownership/same-value.ts'
import type { ShownValues } from '../../domain/enrichment/plan-writes.ts'
import type { ConnectionRuntime, Dependencies } from '../dependencies.ts'
import { publishingContext } from '../publishing/context.ts'
import { sourceInput } from '../publishing/source-input.ts'
import { storePage } from '../publishing/store-page.ts'
import { storedStructure } from './context.ts'

/** What everything that writes into Akeneo works with. */
export interface Writing {
  deps: Dependencies
  connection: ConnectionRuntime
  run: bigint
  structure: Structure
  /** As the mapping says: into the catalogue, or as drafts for approval. */
  write: IcecatMapping['write']
  lane: 'bulk' | 'live'
}

export async function openWriting(deps: Dependencies, input: EnrichmentChunk): Promise<Writing> {
  const connection = deps.connection(input.connection)
  return {
    deps,
    connection,
    run: BigInt(input.runId),
    structure: await storedStructure(deps.sql, connection),
    write: await writeMode(deps, connection.name),
    lane: input.live === true ? 'live' : 'bulk',
  }
}

/** Of the mapping that the connection's runs took. */
async function writeMode({ sql }: Dependencies, connection: string): Promise<IcecatMapping['write']> {
  const state = await stateOf(sql, connection)
  const { mapping } = state === null ? { mapping: null } : readIcecatMappingFile(state.mapping)
  // It was read when it was taken.
  if (mapping === null) throw new Error(`No enrichment of ${connection} was ever begun`)
  return mapping.write
}

/** Whether two values of an attribute mean the same. */
export const sameIn =
  ({ attributes, measurementFamilies }: Structure) =>
  (attribute: string, a: unknown, b: unknown): boolean =>
    sameValue(attributes.get(attribute) ?? { type: '' }, a, b, measurementFamilies)

/** A product or model as Akeneo shows it. */
export interface ShownRecord {
  key: string
  /** Identifier or code; null: a product without. */
  code: string | null
  values: ShownValues
  item: AkeneoProduct | AkeneoProductModel
  ticket: bigint
}

/** Reads what a search finds, and stores it as polls do. */
export async function readRecords(
  { deps, connection, run }: Pick<Writing, 'deps' | 'connection' | 'run'>,
  calls: AkeneoCalls,
  stream: PatchedStream,
  searches: readonly Search[],
): Promise<ShownRecord[]> {
  const records: ShownRecord[] = []
  for (const search of searches) {
    let cursor: string | null = null
    do {
      const page: Page = await calls.readPage(stream, { cursor, query: { search } })
      cursor = page.next
      if (page.items.length + page.broken.length === 0) continue
      const context = await publishingContext(deps.sql, connection, run)
      await deps.sql.begin((tx) =>
        storePage(tx, connection.name, context, { stream, ...page }, { sweepVariants: true }),
      )
      for (const item of page.items) {
        const { key, code } = sourceInput(stream, item, undefined, context?.identifierAttribute)
        // Held to the schema of its stream when it was read.
        const record = item as AkeneoProduct | AkeneoProductModel
        records.push({ key, code, values: record.values, item: record, ticket: page.ticket })
      }
    } while (cursor !== null)
  }
  return records
}

/** Reads these records now; those that Akeneo does not show are not among them. */
export async function readByKey(
  writing: Pick<Writing, 'deps' | 'connection' | 'run'>,
  calls: AkeneoCalls,
  stream: PatchedStream,
  keys: readonly string[],
): Promise<Map<string, ShownRecord>> {
  const names = await namesFor(writing, calls, stream, keys)
  const records = await readRecords(
    writing,
    calls,
    stream,
    named(stream, await calls.productsBy(), [...names.values()]),
  )
  return new Map(records.map((record) => [record.key, record]))
}

/** What calls name these records by; one that has no such name is left out. */
export async function namesFor(
  { deps, connection }: Pick<Writing, 'deps' | 'connection'>,
  calls: AkeneoCalls,
  stream: PatchedStream,
  keys: readonly string[],
): Promise<Map<string, string>> {
  if (stream === 'product-models' || (await calls.productsBy()) === 'uuid')
    return new Map(keys.map((key) => [key, key]))
  // Stored by uuid wherever an answer has one, but asked for by identifier.
  const known = await idsOf(deps.sql, connection.name, stream, [...keys])
  return new Map(
    keys.flatMap((key) => {
      const code = known.get(key.toLowerCase())?.code
      return code == null ? [] : [[key, code] as const]
    }),
  )
}
