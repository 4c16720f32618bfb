import type { StreamName } from '../../contracts/streams.ts'
import { foldCase } from '../../domain/text.ts'
import type { Queryable, Transaction } from './database.ts'
import type { EmptiedCount } from './emptied-values.ts'
import { changeStructure } from './publication-locks.ts'

export type EmptiedPlanState = 'held' | 'approved' | 'rejected'

/** Values that were emptied in one run, more than an output lets pass unasked. */
export interface EmptiedPlan {
  id: bigint
  output: string
  state: EmptiedPlanState
  fields: (EmptiedCount & { filled: number })[]
  /** Part of the filled values that may be emptied without a person, 0 to 1. */
  guard: number
  /** Records that the output keeps as they were. */
  records: number
  createdAt: Date
  decidedAt: Date | null
  decidedBy: string | null
}

const columns = (db: Queryable) =>
  db`p.id, p.output, p.state, p.fields, p.guard, p.created_at as "createdAt", p.decided_at as "decidedAt",
    p.decided_by as "decidedBy",
    (select count(distinct (h.stream, h.key))::int from emptied_hold h where h.plan = p.id) as records`

/** Those that still hold something, the newest first: a record leaves its plan when the value is filled again. */
export async function heldEmptied(db: Queryable, connection: string): Promise<EmptiedPlan[]> {
  return db<EmptiedPlan[]>`
    select ${columns(db)} from emptied_plan p
    where p.connection = ${connection} and p.state = 'held' and exists (select from emptied_hold h where h.plan = p.id)
    order by p.id desc`
}

export async function emptiedPlan(
  db: Queryable,
  connection: string,
  id: bigint,
): Promise<EmptiedPlan | null> {
  const [row] = await db<EmptiedPlan[]>`
    select ${columns(db)} from emptied_plan p where p.connection = ${connection} and p.id = ${id}::bigint`
  return row ?? null
}

/** Numbers of the plans that wait because of this run. */
export async function emptiedPlansOf(db: Queryable, run: bigint): Promise<bigint[]> {
  const rows = await db<{ id: bigint }[]>`
    select id from emptied_plan where run = ${run}::bigint and state = 'held' order by id`
  return rows.map(({ id }) => id)
}

export interface HeldRecord {
  stream: StreamName
  key: string
  code: string | null
  attributes: string[]
}

export async function heldRecords(db: Queryable, plan: bigint, limit: number): Promise<HeldRecord[]> {
  return db<HeldRecord[]>`
    select h.stream, h.key, s.code, array_agg(distinct h.attribute order by h.attribute) as attributes
    from emptied_hold h
    left join source_record s on s.connection = h.connection and s.stream = h.stream and s.key = h.key
    where h.plan = ${plan}::bigint group by h.stream, h.key, s.code order by h.stream, h.key limit ${limit}`
}

/** An output that keeps a record as it is, because of values that this plan is about. */
export interface RecordHold {
  output: string
  /** As people name it. */
  plan: string
  state: EmptiedPlanState
  attributes: string[]
}

/** What keeps this record as it is; of a model also what keeps those below it, with which its group is made. */
export async function holdsOf(
  db: Queryable,
  connection: string,
  stream: StreamName,
  key: string,
): Promise<RecordHold[]> {
  return db<RecordHold[]>`
    select p.output, 'e' || p.id as plan, p.state, array_agg(distinct h.attribute order by h.attribute) as attributes
    from emptied_hold h join emptied_plan p on p.id = h.plan
    where h.connection = ${connection} and h.stream = ${stream} and h.key in (
      select ${key}::text union all
      select key from source_record m
      where m.connection = ${connection} and m.stream = ${stream} and m.stream = 'product-models'
        and lower(m.parent) = ${foldCase(key)})
    group by p.output, p.id, p.state order by p.output, p.id`
}

/**
 * A person's word; null when there is no such plan, or it is decided otherwise for good. Approved, its records go out with the next
 * run; rejected, the output keeps them as they are until they change again.
 */
export async function decideEmptied(
  tx: Transaction,
  connection: string,
  id: bigint,
  decision: { state: 'approved' | 'rejected'; by: string },
): Promise<EmptiedPlan | null> {
  // A page that is being published as it was held would else take what is approved out of the queue.
  await changeStructure(tx, connection)
  const from: EmptiedPlanState[] = decision.state === 'approved' ? ['held', 'rejected', 'approved'] : ['held']
  const rows = await tx`
    update emptied_plan set state = ${decision.state}, decided_at = now(), decided_by = ${decision.by}
    where connection = ${connection} and id = ${id}::bigint and state = any(${from}) returning id`
  if (rows.length === 0) return null
  const plan = await emptiedPlan(tx, connection, id)
  if (decision.state === 'rejected') return plan
  await tx`
    insert into waiting (connection, stream, key, reason)
    select distinct h.connection, h.stream, coalesce(m.parent, h.key), 'emptied'
    from emptied_hold h
    left join source_record m on m.connection = h.connection and m.stream = h.stream and m.key = h.key
      and m.stream = 'product-models'
    where h.plan = ${id}::bigint order by 2, 3
    on conflict (connection, stream, key) do update set reason = excluded.reason`
  await tx`delete from emptied_hold where plan = ${id}::bigint`
  return plan
}
