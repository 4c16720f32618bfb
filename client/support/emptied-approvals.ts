import {
  decideEmptied,
  emptiedPlan,
  type EmptiedPlan,
  type HeldRecord,
  heldRecords,
} from '../../connectors/hub/emptied-plans.ts'
import type { Sql } from '../../connectors/hub/database.ts'
import { ago, counted } from './format.ts'
import { who } from './who.ts'

/** Emptied values among what waits for a person; their numbers begin with an e, to tell them from plans. */

export const isEmptiedId = ([id = '']: string[]): boolean => /^e\d{1,18}$/.test(id)

const numberOf = ([id = '']: string[]): bigint => BigInt(id.slice(1))

export const emptiedNamed = (sql: Sql, connection: string, args: string[]): Promise<EmptiedPlan | null> =>
  emptiedPlan(sql, connection, numberOf(args))

export const emptiedRecordsOf = (sql: Sql, { id }: EmptiedPlan, limit: number): Promise<HeldRecord[]> =>
  heldRecords(sql, id, limit)

export const decideEmptiedNamed = (
  sql: Sql,
  connection: string,
  args: string[],
  state: 'approved' | 'rejected',
): Promise<EmptiedPlan | null> =>
  sql.begin((tx) => decideEmptied(tx, connection, numberOf(args), { state, by: who() }))

export const emptiedWould = ({ records, output }: Pick<EmptiedPlan, 'records' | 'output'>): string =>
  `${counted(records, 'record')} of ${output} would lose values`

/** One sentence for each value; what is filled was counted as far as it mattered. */
export const emptiedReasons = ({ fields, guard }: Pick<EmptiedPlan, 'fields' | 'guard'>): string[] =>
  fields.map(
    ({ stream, attribute, locale, emptied, filled }) =>
      `${attribute}${locale === '' ? '' : ` in ${locale}`} was emptied in ${emptied} of ${filled} ${stream} that had it, more than ${Number(
        (guard * 100).toFixed(2),
      )} % (guards.emptied)`,
  )

export function emptiedSummary(plan: EmptiedPlan, now: Date): string {
  const { id, state, createdAt, decidedBy, decidedAt } = plan
  const decision =
    decidedBy === null || decidedAt === null ? state : `${state} by ${decidedBy}, ${ago(decidedAt, now)}`
  return `e${id}  ${emptiedWould(plan)} (${ago(createdAt, now)}, ${decision})`
}

export const emptiedText = (plan: EmptiedPlan): string =>
  emptiedReasons(plan)
    .map((reason) => `    ${reason}`)
    .join('\n')

export const emptiedValue = (plan: EmptiedPlan) => ({ ...plan, id: `e${plan.id}` })
