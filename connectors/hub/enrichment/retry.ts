import type { Transaction } from '../database.ts'
import { type DueRecord, judgeAgain } from './due.ts'
import { forgetParked, sendAgain } from './lines.ts'
import { nameOf } from './record.ts'

/** No answer may have been an outage, and rights are given back: nothing in the record tells of either. */
const codes = ['no-answer', '403']

/**
 * What was put aside for a reason that may be over, lines, values and files, is sent again: after as long as Akeneo has not taken it by now,
 * so on days 1, 2, 4, 8 and then weekly. A tenth is taken off, because runs of a day begin earlier than they end. What Akeneo has refused for
 * what is written stays refused. A line of a record that nobody has changed since goes out as it stands, and no sheet is fetched for it; for values and
 * files one is (of a model, one variant's), so when one of a record's is tried all of them are, and from then on they keep step.
 */
export async function retryRefusals(tx: Transaction, connection: string): Promise<void> {
  // Of the last time: neither written nor refused since, so that there is nothing to say of it.
  await tx`delete from enrichment_finding where connection = ${connection} and is_retried and place <> ''`
  const found = await tx<(DueRecord & { isLine: boolean; isLineOnly: boolean })[]>`
    with refused as (
      select stream, key, place, last_seen + least((last_seen - first_seen) * 0.9, interval '6.5 days') <= now() as is_due
      from enrichment_finding
      where connection = ${connection} and kind = 'refused' and code = any(${codes})
    ), due as (
      update enrichment_finding f set is_retried = true
      from (select *, bool_or(is_due) over (partition by stream, key, place = '') as is_tried from refused) r
      where f.connection = ${connection} and f.kind = 'refused' and (f.stream, f.key, f.place) = (r.stream, r.key, r.place) and r.is_tried
      returning f.stream, f.key, f.place, f.product
    )
    select stream, key, min(product) as product, bool_or(place = '') as "isLine", bool_and(place = '') as "isLineOnly"
    from due group by stream, key order by stream, key`
  if (found.length === 0) return
  const sent = await sendAgain(
    tx,
    connection,
    found.filter(({ isLineOnly }) => isLineOnly),
  )
  const others = found.filter((record) => !sent.has(nameOf(record)))
  // Of values and files nothing is kept but what was refused; and another record asks for another line: both need the sheet.
  await forgetParked(
    tx,
    connection,
    others.filter(({ isLine }) => isLine),
  )
  await judgeAgain(tx, connection, 'unanswered', others)
}
