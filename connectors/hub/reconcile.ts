import type { StreamName } from '../../contracts/streams.ts'
import type { HoldReason } from '../../domain/guards.ts'
import { onlyRow, type Queryable, type Transaction } from './database.ts'
import { unlisted, unread } from './rejections.ts'

export interface Reconcile {
  run: bigint
  /** What was read by a later ticket is there, listed or not. */
  firstTicket: bigint
  /** Fingerprint of what Akeneo's user may see, before the first list. */
  rights: string
  content: boolean
  loadRun: bigint | null
}

/** In the order in which they leave: what is sold first, what it stands on last. */
export const leavingOrder: StreamName[] = [
  'products',
  'product-models',
  'categories',
  'attribute-options',
  'reference-entity-records',
  'assets',
  'asset-families',
  'attributes',
  'family-variants',
  'families',
  'attribute-groups',
  'association-types',
  'measurement-families',
  'currencies',
  'locales',
  'channels',
]

/** Fixes the ticket that divides absent from read meanwhile; a retry of the first activity keeps what the first attempt took. */
export async function openReconcile(
  tx: Transaction,
  run: bigint,
  { rights, content }: { rights: string; content: boolean },
): Promise<void> {
  await tx`
    insert into reconcile (run, first_ticket, rights, content)
    values (${run}::bigint, nextval('read_ticket'), ${rights}, ${content}) on conflict (run) do nothing`
}

export async function reconcileOf(db: Queryable, run: bigint): Promise<Reconcile> {
  const [row] = await db<Reconcile[]>`
    select run, first_ticket as "firstTicket", rights, content, load_run as "loadRun"
    from reconcile where run = ${run}::bigint`
  if (!row) throw new Error(`Run ${run} is no reconcile`)
  return row
}

export async function setLoadRun(db: Queryable, run: bigint, loadRun: bigint): Promise<void> {
  await db`update reconcile set load_run = ${loadRun}::bigint where run = ${run}::bigint`
}

export async function recordSeen(
  tx: Transaction,
  run: bigint,
  stream: StreamName,
  keys: string[],
): Promise<void> {
  if (keys.length === 0) return
  await tx`
    insert into reconcile_seen (run, stream, key)
    select ${run}::bigint, ${stream}, key from unnest(${[...new Set(keys)].sort()}::text[]) as key
    on conflict do nothing`
}

/** What was seen is scaffolding: of runs that are over it goes. */
export async function dropSeen(db: Queryable, connection: string, except: bigint | null): Promise<void> {
  await db`
    delete from reconcile_seen s using run r
    where r.id = s.run and r.connection = ${connection} and s.run is distinct from ${except}::bigint`
}

/** Stored lists whose record Akeneo still has: those of an absent attribute or family leave with it. */
export async function seenSources(
  db: Queryable,
  connection: string,
  run: bigint,
  streams: StreamName[],
): Promise<{ stream: StreamName; source: unknown }[]> {
  return db<{ stream: StreamName; source: unknown }[]>`
    select s.stream, s.source from source_record s
    join reconcile_seen v on v.run = ${run}::bigint and v.stream = s.stream and v.key = s.key
    where s.connection = ${connection} and s.stream = any(${streams}) order by s.stream, s.key`
}

/** Listed by Akeneo, and never read: neither stored, nor rejected, nor known to be gone by a later read. */
export async function unknownKeys(
  db: Queryable,
  connection: string,
  run: bigint,
  streams: StreamName[],
  limit: number,
): Promise<{ keys: { stream: StreamName; key: string }[]; total: number }> {
  const unknown = db`
    from reconcile_seen v
    where v.run = ${run}::bigint and v.stream = any(${streams})
      and not exists (select 1 from source_record s
        where s.connection = ${connection} and s.stream = v.stream and s.key = v.key)
      and not exists (select 1 from rejection r
        where r.connection = ${connection} and r.stream = v.stream and r.key = v.key)
      and not exists (select 1 from successor n where n.connection = ${connection} and n.key = v.key)`
  const keys = await db<{ stream: StreamName; key: string }[]>`
    select v.stream, v.key ${unknown}
    order by array_position(${streams}::text[], v.stream), v.key limit ${limit}`
  if (keys.length < limit) return { keys: [...keys], total: keys.length }
  const { n } = onlyRow(await db<{ n: number }[]>`select count(*)::int as n ${unknown}`)
  return { keys: [...keys], total: n }
}

/** Whether a stored record `s` was neither listed by this run nor read since its first request. */
const isUnseen = (db: Queryable, { run, firstTicket }: Pick<Reconcile, 'run' | 'firstTicket'>) => db`
  not exists (select from reconcile_seen v where v.run = ${run}::bigint and v.stream = s.stream and v.key = s.key)
  and not exists (select from reading r
    where r.connection = s.connection and r.stream = s.stream and r.key = s.key and r.ticket >= ${firstTicket}::bigint)`

/** The next stored records, by their keys, that this run has not seen. */
export async function unseenKeys(
  db: Queryable,
  connection: string,
  reconcile: Reconcile,
  stream: StreamName,
  after: string | null,
  limit: number,
): Promise<string[]> {
  const rows = await db<{ key: string }[]>`
    select s.key from source_record s
    where s.connection = ${connection} and s.stream = ${stream} and s.key > ${after ?? ''} and ${isUnseen(db, reconcile)}
    order by s.key limit ${limit}`
  return rows.map(({ key }) => key)
}

/** Content that only a full pass found: written by its pages, yet dated before the watermark that polls had reached. */
export async function driftOf(db: Queryable, loadRun: bigint, watermark: Date): Promise<number> {
  const { n } = onlyRow(
    await db<{ n: number }[]>`
    select count(*)::int as n from source_record s
    join transfer_page p on p.ticket = s.ticket
    join transfer t on t.id = p.transfer and t.run = ${loadRun}::bigint and t.stream = s.stream
    join run r on r.id = t.run and r.connection = s.connection
    where (s.source ->> 'updated')::timestamptz <= ${watermark}`,
  )
  return n
}

/**
 * Makes a plan of what this run found absent: stored, neither listed nor read since its first request, and not among what a
 * person has refused to let go; a record that Akeneo has and nobody can read is not. Null when nothing is absent. The lists of an absent attribute or family go with it.
 */
export async function planAbsent(
  tx: Transaction,
  connection: string,
  reconcile: Reconcile,
): Promise<bigint | null> {
  const { run, rights } = reconcile
  // Whoever is back may leave again some day without being asked about.
  await tx`
    delete from retire_item i using retire_plan p, reconcile_seen v
    where p.id = i.plan and p.connection = ${connection} and p.state = 'rejected'
      and v.run = ${run}::bigint and v.stream = i.stream and v.key = i.key`
  await tx`
    update retire_plan set state = 'superseded'
    where connection = ${connection} and state in ('held', 'ready')`
  const [plan] = await tx<{ id: bigint }[]>`
    insert into retire_plan (connection, run, state, reasons, rights)
    values (${connection}, ${run}::bigint, 'ready', '[]', ${rights}) returning id`
  if (!plan) throw new Error('No plan came back')
  const rows = await tx`
    with recursive tree as (
      select code, 0 as depth from source_record
      where connection = ${connection} and stream = 'categories' and parent is null
      union all
      select c.code, tree.depth + 1 from tree join source_record c
        on c.connection = ${connection} and c.stream = 'categories' and lower(c.parent) = lower(tree.code)
    ),
    rejected as (
      select j.stream, j.key, j.reason from rejection j
      join run on run.id = ${run}::bigint and j.last_seen >= run.started_at
      where j.connection = ${connection}
    ),
    -- Lists that did not come, and of which nobody was asked for by its key.
    unlisted as (
      select j.stream, j.key from rejected j
      where j.reason = ${unlisted} and not exists (
        select from transfer t where t.run = ${run}::bigint and t.stream = j.stream and t.done and t.slice ? 'byKey')
    ),
    absent as (
      select s.stream, s.key, s.code, s.parent from source_record s
      where s.connection = ${connection} and ${isUnseen(tx, reconcile)}
        -- Listed or answered in this run, and only not to be read: it is there. Of a list that did not come, nobody knows.
        and not exists (
          select from rejected j where j.stream = s.stream and j.key = s.key and j.reason = any(${unread}))
        and not exists (
          select from unlisted l where l.stream = s.stream
            and l.key = case when s.stream in ('attribute-options', 'family-variants') then s.parent else '' end || '/')
        -- A model's variants leave before it: whether they have, only their list says.
        and not (s.stream = 'product-models' and exists (select from unlisted l where l.stream = 'products'))
        -- Options and variants were listed below what was seen.
        and (s.stream not in ('attribute-options', 'family-variants') or exists (
          select from reconcile_seen p where p.run = ${run}::bigint and p.key = s.parent
            and p.stream = case s.stream when 'family-variants' then 'families' else 'attributes' end))
        -- Of records that attributes name, only the lists that this run has read to their end say what is absent.
        and (s.stream not in ('asset-families', 'reference-entity-records', 'assets') or exists (
          select from transfer t where t.run = ${run}::bigint and t.stream = s.stream and t.done
            and t.slice ->> 'parent' = case when s.stream = 'asset-families' then s.key else s.parent end))
    )
    insert into retire_item (plan, position, stream, key, code, parent)
    select ${plan.id}::bigint, row_number() over (
        order by array_position(${leavingOrder}::text[], a.stream), tree.depth desc nulls last, a.parent is null, a.key
      ), a.stream, a.key, a.code, a.parent
    from absent a
    left join tree on a.stream = 'categories' and tree.code = a.code
    where not exists (
        select 1 from retire_item i join retire_plan p on p.id = i.plan
        where p.connection = ${connection} and p.state = 'rejected' and i.stream = a.stream and i.key = a.key)
    returning 1`
  if (rows.length > 0) return plan.id
  await tx`delete from retire_plan where id = ${plan.id}::bigint`
  return null
}

export async function holdPlan(tx: Transaction, plan: bigint, reasons: HoldReason[]): Promise<void> {
  await tx`
    update retire_plan set state = 'held', reasons = ${JSON.stringify(reasons)}::text::jsonb
    where id = ${plan}::bigint`
}

/** Of what was listed, what turned out not to be there. */
export async function forgetSeen(db: Queryable, run: bigint, stream: StreamName, key: string): Promise<void> {
  await db`delete from reconcile_seen where run = ${run}::bigint and stream = ${stream} and key = ${key}`
}
