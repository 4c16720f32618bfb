import type { Transaction } from '../database.ts'
import { judgeAgain } from './due.ts'
import type { RecordName } from './record.ts'

export interface ReleasedPlace extends RecordName {
  place: string
}

/**
 * Gives values that stay because of who owns them back to enrichment: with its next judgement they are written over. `attribute` null:
 * all that stay. The products behind them are due. Returns the places.
 */
export async function releaseValues(
  tx: Transaction,
  connection: string,
  records: readonly RecordName[],
  attribute: string | null,
): Promise<ReleasedPlace[]> {
  if (records.length === 0) return []
  const streams = records.map(({ stream }) => stream)
  const keys = records.map(({ key }) => key)
  // A value that was never ours has no row yet: with this one nothing was ever sent, so that what stands there is a person's.
  const released = await tx<ReleasedPlace[]>`
    insert into enrichment_value (connection, stream, key, place, attribute, locale, scope, is_unread, is_released)
    select ${connection}, f.stream, f.key, f.place, split_part(f.place, ' ', 1), nullif(split_part(f.place, ' ', 2), ''),
      nullif(split_part(f.place, ' ', 3), ''), false, true
    from enrichment_finding f
    join unnest(${streams}::text[], ${keys}::text[]) as r (stream, key) on r.stream = f.stream and r.key = f.key
    where f.connection = ${connection} and f.kind in ('kept', 'flagged') and f.place <> ''
      ${attribute === null ? tx`` : tx`and split_part(f.place, ' ', 1) = ${attribute.toLowerCase()}`}
    on conflict (connection, stream, key, place) do update set is_released = true
    returning stream, key, place`
  await judgeAgain(tx, connection, 'person', [...released])
  return released
}
