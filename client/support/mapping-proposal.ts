import type { Sql } from '../../connectors/hub/database.ts'
import { changeWithText, isOpen, lastSettings, proposeMapping } from '../../connectors/hub/mapping-changes.ts'
import { appliedOutputs } from '../../connectors/hub/outputs.ts'
import { sameDefaults } from '../../domain/mapping/output-defaults.ts'
import { UsageError } from './errors.ts'
import type { MappingTarget } from './mapping-target.ts'

/**
 * The proposal of what the file says now, or of what the configuration says of an output without a file; a waiting one again. Null where it
 * is applied.
 */
export async function proposeTarget(
  sql: Sql,
  { connection: { name }, output, file, path, settings }: MappingTarget,
): Promise<bigint | null> {
  const applied = (await appliedOutputs(sql, name)).get(output)
  if (file === null && path === null && settings !== null && applied?.mapping === null) {
    if (sameDefaults(applied.settings, settings)) return null
    const last = await lastSettings(sql, name, output)
    if (last !== null && isOpen(last) && sameDefaults(last.settings, settings)) return last.id
    return sql.begin((tx) => proposeMapping(tx, name, output, null, settings))
  }
  if (file === null) {
    throw new UsageError(
      path === null
        ? `The configuration names no mapping file for an output of ${name}: docs/mapping.md says how`
        : `${path} is not there. Write one with: pimflow mapping suggest --write ${path}`,
    )
  }
  if (applied?.mapping?.text === file.text) return null
  const known = await changeWithText(sql, name, output, file.text)
  if (known !== null && isOpen(known)) return known.id
  return sql.begin((tx) => proposeMapping(tx, name, output, file))
}
