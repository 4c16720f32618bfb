import type { Sql } from './database.ts'

/** One number that says how something stands, with what it belongs to. */
export interface Standing {
  name:
    | 'watermark'
    | 'rejectedRecords'
    | 'heldApprovals'
    | 'lastRunFailed'
    | 'loginRefused'
    | 'undelivered'
    | 'refusedDeliveries'
    | 'creationRequests'
    | 'waitingLines'
    | 'fairUse'
  labels: Record<string, string>
  value: number
}

/** How all connections of the hub stand, for gauges that many ask for often: nothing in it counts a large table. */
export async function standings(sql: Sql): Promise<Standing[]> {
  return sql<Standing[]>`
    select 'watermark' as name, json_build_object('connection', connection) as labels, extract(epoch from at)::float8 as value
    from watermark where load = 'done'
    union all
    select 'rejectedRecords', json_build_object('connection', connection, 'reason', reason), count(*)::float8
    from rejection group by connection, reason
    union all
    select 'heldApprovals', json_build_object('connection', connection, 'kind', kind), count(*)::float8
    from (
      select connection, 'plan' as kind from retire_plan where state = 'held'
      union all select connection, 'mapping' from mapping_change where state = 'held'
      union all select connection, 'emptied' from emptied_plan where state = 'held'
    ) as held group by connection, kind
    union all
    select 'lastRunFailed', json_build_object('connection', connection, 'process', process),
      (outcome = 'failed')::int::float8
    from (
      select distinct on (connection, process) connection, process, outcome from run
      where finished_at is not null and started_at > now() - interval '8 days'
      order by connection, process, started_at desc
    ) as latest
    union all
    select 'loginRefused', json_build_object('connection', connection), (refusals > 0)::int::float8 from akeneo_token
    union all
    select 'undelivered', json_build_object('connection', d.connection, 'output', d.output, 'destination', d.destination),
      greatest(0, coalesce(c.seq, 0) - d.position)::float8
    from delivery d left join feed_counter c on c.connection = d.connection and c.output = d.output
    union all
    select 'refusedDeliveries', json_build_object('connection', connection, 'output', output, 'destination', destination),
      count(*)::float8
    from delivery_queue where reason is not null group by connection, output, destination
    union all
    select 'creationRequests', json_build_object('connection', connection, 'state', state), count(*)::float8
    from enrichment_request group by connection, state
    union all
    select 'waitingLines', json_build_object('connection', connection, 'state', case state when 'parked' then state else 'waiting' end),
      count(*)::float8
    from enrichment_line group by connection, case state when 'parked' then state else 'waiting' end
    union all
    select 'fairUse', json_build_object('account', account), max(fetched)::float8
    from enrichment_meter where month = to_char(now() at time zone 'UTC', 'YYYY-MM') group by account`
}
