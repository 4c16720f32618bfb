import {
  afterCheck,
  type CheckOutcome,
  type CreationRequest,
  newRequest,
  type RequestPolicy,
  type RequestState,
} from '../../../domain/enrichment/requests/creation-request.ts'
import type { Queryable, Transaction } from '../database.ts'
import type { Counted } from './counts.ts'

interface RequestRow {
  product: string
  state: RequestState
  askedAt: Date
  checkedAt: Date | null
  nextCheckAt: Date
  checks: number
  note: string
}

export interface RequestOutcome {
  product: string
  outcome: CheckOutcome
}

/** Products. */
export interface NotedRequests {
  requested: string[]
  delivered: string[]
}

/** As runs count it. */
export const requestsCounted = ({ requested, delivered }: NotedRequests): Counted[] => [
  ...requested.map((product) => ({ name: 'requested', product })),
  ...delivered.map((product) => ({ name: 'delivered', product })),
]

/**
 * What asking Icecat brought, for products that were or are to be asked for: a product that Icecat lacks has a request from now on, one
 * that it has ends its request. Returns whose were made and whose were delivered.
 */
export async function noteRequests(
  tx: Transaction,
  connection: string,
  outcomes: readonly RequestOutcome[],
  policy: RequestPolicy,
  now: Date,
): Promise<NotedRequests> {
  const noted: NotedRequests = { requested: [], delivered: [] }
  if (outcomes.length === 0) return noted
  const open = new Map(
    (
      await tx<RequestRow[]>`
        select product, state, asked_at as "askedAt", checked_at as "checkedAt", next_check_at as "nextCheckAt", checks, note
        from enrichment_request
        where connection = ${connection} and product = any(${outcomes.map(({ product }) => product)})
        order by product for update`
    ).map((row) => [row.product, requestOf(row)]),
  )
  const changed = outcomes.flatMap(({ product, outcome }): CreationRequest[] => {
    const before = open.get(product)
    if (before === undefined) {
      if (outcome.kind === 'found' || outcome.kind === 'restricted') return []
      noted.requested.push(product)
      const made = newRequest(product, now, policy)
      // What Icecat knows already is not only asked for: it is on its way.
      return [outcome.kind === 'not-found' ? made : { ...afterCheck(made, outcome, now, policy), checks: 0 }]
    }
    const after = afterCheck(before, outcome, now, policy)
    if (after.state === 'delivered' && before.state !== 'delivered') noted.delivered.push(product)
    return after === before ? [] : [after]
  })
  if (changed.length > 0)
    await tx`
      insert into enrichment_request (connection, product, state, asked_at, checked_at, next_check_at, checks, note)
      select ${connection}, product, state, "askedAt", "checkedAt", "nextCheckAt", checks, note
      from json_to_recordset(${JSON.stringify(changed)}::text::json) as r (product text, state text, "askedAt" timestamptz,
        "checkedAt" timestamptz, "nextCheckAt" timestamptz, checks integer, note text)
      order by product
      on conflict (connection, product) do update set state = excluded.state, checked_at = excluded.checked_at,
        next_check_at = excluded.next_check_at, checks = excluded.checks, note = excluded.note`
  return noted
}

const requestOf = ({ askedAt, checkedAt, nextCheckAt, ...row }: RequestRow): CreationRequest => ({
  ...row,
  askedAt: askedAt.toISOString(),
  checkedAt: checkedAt?.toISOString() ?? null,
  nextCheckAt: nextCheckAt.toISOString(),
})

/** Puts the products of requests whose time has come into the queue; returns how many. */
export async function queueDueRequests(db: Queryable, connection: string): Promise<number> {
  const rows = await db`
    update enrichment_product p set due = coalesce(p.due, 'request'), due_at = least(coalesce(p.due_at, now()), now())
    from enrichment_request r
    where r.connection = ${connection} and r.state not in ('delivered', 'given-up') and r.next_check_at <= now()
      and p.connection = r.connection and p.product = r.product
    returning 1`
  return rows.length
}

/** Requests that came to one of these ends since then. */
export async function requestsSince(
  db: Queryable,
  connection: string,
  since: Date,
): Promise<Partial<Record<RequestState, number>>> {
  const rows = await db<{ state: RequestState; n: number }[]>`
    select state, count(*)::int as n from enrichment_request
    where connection = ${connection} and checked_at >= ${since} group by state`
  return Object.fromEntries(rows.map(({ state, n }) => [state, n]))
}
