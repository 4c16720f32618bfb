import type { Transaction } from '../database.ts'
import { judgeAgain } from './due.ts'
import type { RecordName } from './record.ts'

/** No answer may have been an outage, and rights are given back: nothing in the record tells of either. */
const codes = ['no-answer', '403']

/**
 * What was put aside for a reason that may be over, lines, values and files, is judged and sent again: after as long as Akeneo has not taken
 * it by now, so on days 1, 2, 4, 8 and then weekly. A tenth is taken off, because runs of a day begin earlier than they end. What Akeneo
 * has refused for what is written stays refused.
 */
export async function retryRefusals(tx: Transaction, connection: string): Promise<void> {
  // Of the last time: neither written nor refused since, so that there is nothing to say of it.
  await tx`delete from enrichment_finding where connection = ${connection} and is_retried and place <> ''`
  const found = await tx<(RecordName & { isLine: boolean })[]>`
    with due as (
      update enrichment_finding set is_retried = true
      where connection = ${connection} and kind = 'refused' and code = any(${codes})
        and last_seen + least((last_seen - first_seen) * 0.9, interval '6.5 days') <= now()
      returning stream, key, place
    )
    select stream, key, bool_or(place = '') as "isLine" from due group by stream, key order by stream, key`
  if (found.length === 0) return
  const lines = found.filter(({ isLine }) => isLine)
  await tx`
    update enrichment_line l set read_as = null
    from unnest(${lines.map(({ stream }) => stream)}::text[], ${lines.map(({ key }) => key)}::text[]) as r (stream, key)
    where l.connection = ${connection} and l.stream = r.stream and l.key = r.key and l.state = 'parked'`
  await judgeAgain(tx, connection, 'unanswered', found)
}
