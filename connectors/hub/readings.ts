import type { StreamName } from '../../contracts/streams.ts'
import type { Sql } from './database.ts'
import type { Slice } from './transfers.ts'

/** The page that a record came with. */
export interface PageSight {
  at: Date
  workflowId: string
  /** Null for an initialization, which reads all trees in one go. */
  transfer: bigint | null
  page: number | null
  slice: Slice | null
}

export interface RecordReading {
  /** `stored`: this one changed what the hub has of it; `read`: the last one, which found it as it was. */
  did: 'stored' | 'read'
  /** Null where it is none of a page that is known: read alone or with the structure, or its run is forgotten. */
  page: PageSight | null
}

/** Which reading stored a record as it is, and which was the last; none of what is not stored. */
export async function readingsOf(
  sql: Sql,
  connection: string,
  stream: StreamName,
  key: string,
): Promise<RecordReading[]> {
  const tickets = await sql<{ did: RecordReading['did']; ticket: bigint }[]>`
    select 'stored' as did, ticket from source_record
    where connection = ${connection} and stream = ${stream} and key = ${key}
    union all
    select 'read', r.ticket from reading r join source_record s using (connection, stream, key)
    where connection = ${connection} and stream = ${stream} and key = ${key} and r.ticket > s.ticket`
  const asked = tickets.map(({ ticket }) => ticket.toString())
  const pages = await sql<(PageSight & { ticket: bigint })[]>`
    select p.ticket, p.at, r.workflow_id as "workflowId", t.id as transfer, p.page, t.slice
    from transfer_page p join transfer t on t.id = p.transfer join run r on r.id = t.run
    where p.ticket = any(${asked}::bigint[]) and r.connection = ${connection} and t.stream = ${stream}
    union all
    select ticket, started_at, workflow_id, null, null, null from run
    where connection = ${connection} and ticket = any(${asked}::bigint[])`
  return tickets.map(({ did, ticket }) => {
    const found = pages.find((page) => page.ticket === ticket)
    if (!found) return { did, page: null }
    const { ticket: _ticket, ...page } = found
    return { did, page }
  })
}
