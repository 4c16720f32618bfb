import { ConfigError } from '../../config.ts'
import { outputByFile, type OutputSettings } from '../../connectors/akeneo/translate/index.ts'
import type { Sql } from '../../connectors/hub/database.ts'
import { changeWithText, isOpen, lastSettings, proposeMapping } from '../../connectors/hub/mapping-changes.ts'
import { type AppliedOutput, appliedOutputs } from '../../connectors/hub/outputs.ts'
import { categoryProblems } from '../../connectors/hub/mapping-categories.ts'
import { structureCompleteAt } from '../../connectors/hub/structure.ts'
import { inFileOrder, newErrors } from '../../domain/mapping/problem.ts'
import { sameDefaults } from '../../domain/mapping/output-defaults.ts'
import { UsageError } from './errors.ts'
import { mappingError } from './icecat-target.ts'
import { compiled, type MappingTarget, storedStructure } from './mapping-target.ts'

/** Refuses what would drop fields: errors that the applied mapping does not have. Before the structure was read nothing can be said. */
async function refuseErrors(
  sql: Sql,
  target: MappingTarget,
  applied: AppliedOutput | undefined,
): Promise<void> {
  const { connection, output, file, settings } = target
  if ((await structureCompleteAt(sql, connection.name)) === null) return
  const structure = await storedStructure(sql, connection.name)
  const narrowed = applied?.settings ?? settings
  const before = outputByFile(
    structure,
    applied?.mapping ?? null,
    narrowed === null ? undefined : { name: output, ...narrowed },
  )
  const problemsOf = async ({ problems, rules }: OutputSettings) => [
    ...problems,
    ...(await categoryProblems(sql, connection.name, rules.document)),
  ]
  const problems = inFileOrder(
    newErrors(await problemsOf(before), await problemsOf(compiled(target, structure))),
  )
  if (problems.length === 0) return
  if (file !== null) throw mappingError(file, problems)
  throw new ConfigError(
    problems.map(({ path, message }) => ({ file: `output ${output}`, line: null, path, message })),
  )
}

/**
 * The proposal of what the file says now, or of what the configuration says of an output without a file; a waiting one again. Null where it
 * is applied.
 */
export async function proposeTarget(sql: Sql, target: MappingTarget): Promise<bigint | null> {
  const { output, file, path, settings } = target
  const { name } = target.connection
  const applied = (await appliedOutputs(sql, name)).get(output)
  if (file === null && path === null && settings !== null && applied?.mapping === null) {
    if (sameDefaults(applied.settings, settings)) return null
    await refuseErrors(sql, target, applied)
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
  await refuseErrors(sql, target, applied)
  const known = await changeWithText(sql, name, output, file.text)
  if (known !== null && isOpen(known)) return known.id
  return sql.begin((tx) => proposeMapping(tx, name, output, file))
}
