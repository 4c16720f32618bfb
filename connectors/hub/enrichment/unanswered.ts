import type { Transaction } from '../database.ts'
import { judgeAgain } from './due.ts'
import type { RecordName } from './record.ts'

/**
 * What was put aside because Akeneo never answered for it, lines and files, is judged and sent again: the reason may have been an outage,
 * of which nothing in the record tells. What Akeneo has refused stays refused.
 */
export async function retryUnanswered(tx: Transaction, connection: string): Promise<void> {
  const found = await tx<(RecordName & { isLine: boolean })[]>`
    select stream, key, bool_or(place = '') as "isLine" from enrichment_finding
    where connection = ${connection} and kind = 'refused' and code = 'no-answer'
    group by stream, key order by stream, key`
  if (found.length === 0) return
  const lines = found.filter(({ isLine }) => isLine)
  await tx`
    update enrichment_line l set read_as = null
    from unnest(${lines.map(({ stream }) => stream)}::text[], ${lines.map(({ key }) => key)}::text[]) as r (stream, key)
    where l.connection = ${connection} and l.stream = r.stream and l.key = r.key and l.state = 'parked'`
  // That of a whole line goes when the line has gone out.
  await tx`
    delete from enrichment_finding
    where connection = ${connection} and kind = 'refused' and code = 'no-answer' and place <> ''`
  await judgeAgain(tx, connection, 'unanswered', found)
}
