import {
  changeName,
  decideMapping,
  type MappingChange,
  mappingChange,
  mappingChangesOf,
} from '../../connectors/hub/mapping-changes.ts'
import type { Sql } from '../../connectors/hub/database.ts'
import { mustBeHeld } from '../../domain/mapping/record-diff.ts'
import { ago, counted } from './format.ts'
import { diffText, percent, problemsText } from './mapping-texts.ts'
import { who } from './who.ts'

/** Mappings among what waits for a person; their numbers begin with an m, to tell them from plans. */

export const isMappingId = ([id = '']: string[]): boolean => /^m\d{1,18}$/.test(id)

const numberOf = ([id = '']: string[]): bigint => BigInt(id.slice(1))

export const heldMappings = (sql: Sql, connection: string): Promise<MappingChange[]> =>
  mappingChangesOf(sql, connection, 'held')

export const mappingNamed = (sql: Sql, connection: string, args: string[]): Promise<MappingChange | null> =>
  mappingChange(sql, connection, numberOf(args))

export const decideMappingNamed = (
  sql: Sql,
  connection: string,
  args: string[],
  state: 'approved' | 'rejected',
): Promise<MappingChange | null> => decideMapping(sql, connection, numberOf(args), { state, by: who() })

export function mappingSummary(change: MappingChange, now: Date): string {
  const { id, output, diff, state, createdAt, decidedBy, decidedAt } = change
  const decision =
    decidedBy === null || decidedAt === null ? state : `${state} by ${decidedBy}, ${ago(decidedAt, now)}`
  const changes = diff
    ? `would change ${diff.changed} of ${counted(diff.compared, 'record')}`
    : 'is not compared yet'
  return `m${id}  ${changeName(change)} ${changes} of ${output} (${ago(createdAt, now)}, ${decision})`
}

/** Why it waits. */
export const heldReasons = ({
  diff,
  guard,
  problems,
}: Pick<MappingChange, 'diff' | 'guard' | 'problems'>): string[] => [
  ...(diff !== null && guard !== null && mustBeHeld(diff, guard)
    ? [`more than ${percent(guard)} (guards.changed)`]
    : []),
  ...problems,
]

export const mappingDetails = ({ diff, guard, problems }: MappingChange): string =>
  [...(problems.length > 0 ? [problemsText(problems)] : []), ...(diff ? [diffText(diff, guard)] : [])].join(
    '\n\n',
  )

export const mappingValue = ({ id, mapping, ...rest }: MappingChange) => ({
  id: `m${id}`,
  file: mapping?.name ?? null,
  ...rest,
})
