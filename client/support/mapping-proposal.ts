import type { Sql } from '../../connectors/hub/database.ts'
import { changeWithText, proposeMapping } from '../../connectors/hub/mapping-changes.ts'
import { appliedMappings } from '../../connectors/hub/outputs.ts'
import { UsageError } from './errors.ts'
import type { MappingTarget } from './mapping-target.ts'

/** The proposal of the file as it is now, a waiting one again; null where it is the applied mapping. */
export async function proposeFile(
  sql: Sql,
  { connection: { name }, output, file, path }: MappingTarget,
): Promise<bigint | null> {
  if (file === null) {
    throw new UsageError(
      path === null
        ? `The configuration names no mapping file for an output of ${name}: docs/mapping.md says how`
        : `${path} is not there. Write one with: pimflow mapping suggest --write ${path}`,
    )
  }
  const applied = (await appliedMappings(sql, name)).get(output) ?? null
  if (applied?.text === file.text) return null
  const known = await changeWithText(sql, name, output, file.text)
  if (known && (known.state === 'proposed' || known.state === 'held' || known.state === 'approved'))
    return known.id
  return sql.begin((tx) => proposeMapping(tx, name, output, file))
}
