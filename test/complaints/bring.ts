import { publishingContext } from '../../activities/publishing/context.ts'
import { storePage } from '../../activities/publishing/store-page.ts'
import type { StreamName } from '../../contracts/streams.ts'
import type { Trade } from './trade.ts'

/** Reads a record and stores it as a page of its own. */
export async function bring(trade: Trade, stream: StreamName, path: string): Promise<void> {
  const { sql, connection, api } = trade
  const context = await publishingContext(sql, trade.deps().connection(connection), null)
  const [row] = await sql<{ ticket: bigint }[]>`select nextval('read_ticket') as ticket`
  const { body } = await api.get(path)
  const page = { stream, items: [body], broken: [], ticket: row?.ticket ?? 0n }
  await sql.begin((tx) => storePage(tx, connection, context, page, { sweepVariants: false }))
}
