import type { DeliveryFact, FeedFact, Holding, HubFacts, OpenRun } from '../../domain/diagnosis.ts'
import type { Sql } from './database.ts'
import { loginRefusalOf } from './tokens.ts'

/** What `pimflow doctor` asks of the hub and nothing else does. Reads only. */

/** A holding or a run as the hub knows it: whether its execution still runs, Temporal says. */
type Unasked<T> = Omit<T, 'isRunning'> & { workflowRunId: string }

export interface HubReading extends Omit<HubFacts, 'claims' | 'deliveries' | 'openRuns'> {
  claims: Unasked<Holding>[]
  deliveries: Unasked<Holding>[]
  openRuns: Unasked<OpenRun>[]
}

/** Of what is wrong many times over, so much is looked at. */
const examples = 100

export async function readForDoctor(sql: Sql, connection: string): Promise<HubReading> {
  const [watermark] = await sql<NonNullable<HubFacts['watermark']>[]>`
    select at, load from watermark where connection = ${connection}`
  return {
    claims: await sql<Unasked<Holding>[]>`
      select process as what, workflow_id as "workflowId", workflow_run_id as "workflowRunId", claimed_at as since
      from claim where connection = ${connection} order by process`,
    deliveries: await sql<Unasked<Holding>[]>`
      select output || ' to ' || destination as what, workflow_id as "workflowId", workflow_run_id as "workflowRunId",
        delivered_at as since
      from delivery where connection = ${connection} and workflow_run_id is not null order by output, destination`,
    openRuns: await sql<Unasked<OpenRun>[]>`
      select r.id::text as id, r.process, r.workflow_id as "workflowId", r.workflow_run_id as "workflowRunId",
        r.started_at as "startedAt",
        (select count(*)::int from transfer t where t.run = r.id and not t.done) as transfers
      from run r where r.connection = ${connection} and r.finished_at is null
      order by r.started_at desc limit ${examples}`,
    lanes: await sql<HubFacts['lanes']>`
      select owner, n, busy_until as "busyUntil" from lane
      where scope = 'connection' and owner = ${connection} and busy_until > now() + interval '15 minutes' order by n`,
    login: await loginRefusalOf(sql, connection),
    hostWaits: await sql<HubFacts['hostWaits']>`
      select h.host, h.not_before as until from akeneo_host h
      where h.not_before > now() + interval '15 minutes' order by h.host`,
    feeds: await feeds(sql, connection),
    destinations: await destinations(sql, connection),
    resolvable: await resolvableLinks(sql, connection),
    waiting: await waiting(sql, connection),
    sweeps: await sweeps(sql, connection),
    watermark: watermark ?? null,
    enrichment: await enrichment(sql, connection),
  }
}

async function feeds(sql: Sql, connection: string): Promise<FeedFact[]> {
  const rows = await sql<Omit<FeedFact, 'unlike'>[]>`
    select c.output, c.seq::int as counted, coalesce(f.last, 0)::int as last,
      (c.seq - c.pruned - coalesce(f.kept, 0))::int as missing
    from feed_counter c
    left join lateral (
      select max(seq) as last, count(*) filter (where seq > c.pruned) as kept from feed
      where connection = c.connection and output = c.output
    ) as f on true
    where c.connection = ${connection} order by c.output`
  const unlike = await sql<{ output: string; code: string | null; version: number; entry: number | null }[]>`
    select h.output, h.code, h.version, f.version as entry from hub_record h
    left join lateral (
      select version from feed where connection = h.connection and output = h.output and id = h.id
      order by seq desc limit 1
    ) as f on true
    where h.connection = ${connection} and f.version is distinct from h.version
    order by h.output, h.code limit ${examples}`
  return rows.map((row) => ({
    ...row,
    unlike: unlike.flatMap(({ output, ...one }) => (output === row.output ? one : [])),
  }))
}

async function destinations(sql: Sql, connection: string): Promise<DeliveryFact[]> {
  return sql<DeliveryFact[]>`
    select d.output, d.destination, (coalesce(c.seq, 0) - d.position)::int as behind,
      (select f.at from feed f where f.connection = d.connection and f.output = d.output and f.seq > d.position
        order by f.seq limit 1) as oldest,
      q.parked, q.first as "firstParked"
    from delivery d
    left join feed_counter c on c.connection = d.connection and c.output = d.output
    cross join lateral (
      select count(*)::int as parked, min(first_refused) as first from delivery_queue
      where connection = d.connection and output = d.output and destination = d.destination and reason is not null
    ) as q
    where d.connection = ${connection} order by d.output, d.destination`
}

/** A record that is about to be made anew is not among them. */
async function resolvableLinks(sql: Sql, connection: string): Promise<HubFacts['resolvable']> {
  const [row] = await sql<NonNullable<HubFacts['resolvable']>[]>`
    select h.output, count(*)::int as count, (array_agg(h.code order by h.code))[1] as code,
      (array_agg(p ->> 'code' order by h.code))[1] as target
    from hub_record h
    cross join jsonb_array_elements(h.body -> 'pending') as p
    join hub_record t on t.connection = h.connection and t.output = h.output and t.status = 'active'
      and lower(t.code) = lower(p ->> 'code')
      and t.kind = any(case when p ->> 'field' = 'groupId' then array['group'] else array['product', 'group'] end)
    where h.connection = ${connection} and h.body ? 'pending' and h.status <> 'retired' and p ->> 'field' <> 'categories'
      and not exists (
        select from waiting w join source_record s using (connection, stream, key)
        where s.connection = h.connection and s.id = h.id)
    group by h.output order by count desc limit 1`
  return row ?? null
}

async function waiting(sql: Sql, connection: string): Promise<HubFacts['waiting']> {
  const [row] = await sql<{ count: number; oldest: Date | null; code: string | null }[]>`
    select count(*)::int as count, min(w.since) as oldest, (array_agg(s.code order by w.since))[1] as code
    from waiting w left join source_record s using (connection, stream, key) where w.connection = ${connection}`
  return row?.oldest == null ? null : { ...row, oldest: row.oldest }
}

async function sweeps(sql: Sql, connection: string): Promise<HubFacts['sweeps']> {
  const [row] = await sql<{ count: number; oldest: Date | null }[]>`
    select count(*)::int as count, min(due_at) as oldest from sweep
    where connection = ${connection} and due_at < now()`
  return row?.oldest == null ? null : { count: row.count, oldest: row.oldest }
}

async function enrichment(sql: Sql, connection: string): Promise<HubFacts['enrichment']> {
  const [row] = await sql<NonNullable<HubFacts['enrichment']>[]>`
    select due.count as due, due.oldest as "oldestDue", sent.count as unknown, sent.oldest as "oldestUnknown"
    from (
      select count(*)::int as count, min(due_at) as oldest from enrichment_product
      where connection = ${connection} and due is not null and due_at < now()
        and (held_until is null or held_until < now())
    ) as due, (
      select count(*)::int as count, min(held_until) as oldest from enrichment_line
      where connection = ${connection} and state = 'sent' and held_until < now()
    ) as sent`
  return row ?? null
}
