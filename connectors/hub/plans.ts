import { unknownRights } from '../../domain/check-report.ts'
import type { HoldReason } from '../../domain/guards.ts'
import type { StreamName } from '../../contracts/streams.ts'
import type { VisibleRights } from '../../domain/check-report.ts'
import { onlyRow, type Queryable, type Transaction } from './database.ts'

/** 'ready' and 'approved' plans may be carried out; 'held' ones wait for a person. */
export type PlanState = 'ready' | 'held' | 'approved' | 'rejected' | 'done' | 'superseded'

export interface Plan {
  id: bigint
  connection: string
  run: bigint | null
  state: PlanState
  reasons: HoldReason[]
  /** Fingerprint of what Akeneo's user could see when the plan was made. */
  rights: string
  createdAt: Date
  decidedAt: Date | null
  decidedBy: string | null
  /** How many records of each stream it would retire. */
  streams: Partial<Record<StreamName, number>>
}

export interface PlanItem {
  position: bigint
  stream: StreamName
  key: string
  code: string | null
  parent: string | null
  state: 'open' | 'retired' | 'kept'
}

const planColumns = (db: Queryable) =>
  db`p.id, p.connection, p.run, p.state, p.reasons, p.rights, p.created_at as "createdAt",
    p.decided_at as "decidedAt", p.decided_by as "decidedBy",
    (select coalesce(jsonb_object_agg(stream, n), '{}') from
      (select stream, count(*)::int as n from retire_item where plan = p.id group by stream) as counted) as streams`

export async function planById(db: Queryable, connection: string, id: bigint): Promise<Plan | null> {
  const [row] = await db<Plan[]>`
    select ${planColumns(db)} from retire_plan p where p.connection = ${connection} and p.id = ${id}::bigint`
  return row ?? null
}

export async function planOfRun(db: Queryable, run: bigint): Promise<Plan | null> {
  const [row] = await db<Plan[]>`select ${planColumns(db)} from retire_plan p where p.run = ${run}::bigint`
  return row ?? null
}

/** Plans of a connection in these states, the newest first. */
export async function plansOf(db: Queryable, connection: string, states: PlanState[]): Promise<Plan[]> {
  return db<Plan[]>`
    select ${planColumns(db)} from retire_plan p
    where p.connection = ${connection} and p.state = any(${states}) order by p.id desc`
}

export async function planItems(db: Queryable, plan: bigint, limit: number): Promise<PlanItem[]> {
  return db<PlanItem[]>`
    select position, stream, key, code, parent, state from retire_item
    where plan = ${plan}::bigint order by position limit ${limit}`
}

/** A person's word on a plan; null when there is no such plan, or it is decided otherwise for good. */
export async function decidePlan(
  db: Queryable,
  connection: string,
  id: bigint,
  decision: { state: 'approved' | 'rejected'; by: string },
): Promise<Plan | null> {
  // Approved again: starting its run may have failed the first time. Rejected, then approved: a second thought.
  const from: PlanState[] = decision.state === 'approved' ? ['held', 'rejected', 'approved'] : ['held']
  const rows = await db`
    update retire_plan set state = ${decision.state}, decided_at = now(), decided_by = ${decision.by}
    where connection = ${connection} and id = ${id}::bigint and state = any(${from}) returning id`
  return rows.length === 0 ? null : planById(db, connection, id)
}

/** Items that are not looked at yet, in the order in which they may leave; `reader` of `readers` takes its share. */
export async function nextItems(
  db: Queryable,
  plan: bigint,
  share: { streams: StreamName[]; reader: number; readers: number },
  limit: number,
): Promise<PlanItem[]> {
  return db<PlanItem[]>`
    select position, stream, key, code, parent, state from retire_item
    where plan = ${plan}::bigint and state = 'open' and stream = any(${share.streams})
      and position % ${share.readers} = ${share.reader}
    order by position limit ${limit}`
}

export async function setItemState(
  tx: Transaction,
  plan: bigint,
  position: bigint,
  state: 'retired' | 'kept',
): Promise<void> {
  await tx`update retire_item set state = ${state} where plan = ${plan}::bigint and position = ${position}::bigint`
}

export async function itemCounts(
  db: Queryable,
  plan: bigint,
): Promise<{ stream: StreamName; open: number; retired: number; kept: number }[]> {
  return db<{ stream: StreamName; open: number; retired: number; kept: number }[]>`
    select stream, count(*) filter (where state = 'open')::int as open,
      count(*) filter (where state = 'retired')::int as retired, count(*) filter (where state = 'kept')::int as kept
    from retire_item where plan = ${plan}::bigint group by stream order by stream`
}

/** Keys of one stream that this plan retired. */
export async function retiredKeysOf(db: Queryable, plan: bigint, stream: StreamName): Promise<string[]> {
  const rows = await db<{ key: string }[]>`
    select key from retire_item where plan = ${plan}::bigint and stream = ${stream} and state = 'retired'`
  return rows.map(({ key }) => key)
}

export async function closePlan(tx: Transaction, plan: bigint): Promise<void> {
  await tx`update retire_plan set state = 'done' where id = ${plan}::bigint`
}

/** Rights under which records were last allowed to leave; null before the first time. */
export async function acceptedRights(db: Queryable, connection: string): Promise<string | null> {
  const [row] = await db<{ fingerprint: string }[]>`
    select fingerprint from accepted_rights where connection = ${connection}`
  return row?.fingerprint ?? null
}

/** What Akeneo's user could see while the hub read it: none of it leaves the store before a reconcile has missed it. */
export async function storedRights(
  db: Queryable,
  connection: string,
): Promise<Omit<VisibleRights, 'resources'>> {
  return onlyRow(
    await db<Omit<VisibleRights, 'resources'>[]>`
    select coalesce(array_agg(key) filter (where stream = 'locales'), '{}') as locales,
      coalesce(array_agg(key) filter (where stream = 'attribute-groups'), '{}') as "attributeGroups",
      coalesce(array_agg(key) filter (where stream = 'categories'), '{}') as "categoryTrees"
    from source_record
    where connection = ${connection} and (stream = 'attribute-groups'
      or (stream = 'locales' and source -> 'enabled' = 'true') or (stream = 'categories' and parent is null))`,
  )
}

export async function acceptRights(db: Queryable, connection: string, fingerprint: string): Promise<void> {
  if (fingerprint === unknownRights) return
  await db`
    insert into accepted_rights (connection, fingerprint) values (${connection}, ${fingerprint})
    on conflict (connection) do update set fingerprint = excluded.fingerprint, accepted_at = now()`
}
