import { placeOf } from '../../../domain/enrichment/lines/model-cells.ts'
import type { Transaction } from '../database.ts'
import { judgeAgain } from './due.ts'
import type { RecordName } from './record.ts'

/** A value that an earlier connector wrote. */
export interface EarlierValue extends RecordName {
  attribute: string
  locale: string | null
  scope: string | null
  /** What it wrote; of a file, Akeneo's code of it. */
  data: unknown
  isFile: boolean
  icecatId: string | null
}

/**
 * Puts them into the ledger as ours, written and read back; what the ledger knows already stays as it is. The products behind them are
 * due. Returns the places that are ours from now on.
 */
export async function adoptEarlier(
  tx: Transaction,
  connection: string,
  values: readonly EarlierValue[],
): Promise<(RecordName & { place: string; attribute: string })[]> {
  if (values.length === 0) return []
  const rows = values.map(({ isFile, data, ...value }) => ({
    ...value,
    place: placeOf(value),
    data,
    // No content of Icecat's has this key, so the first that comes takes its place.
    assetKey: isFile ? `earlier ${String(data)}` : null,
  }))
  const adopted = await tx<(RecordName & { place: string; attribute: string })[]>`
    insert into enrichment_value (connection, stream, key, place, attribute, locale, scope, sent, echoed, is_unread, asset_key, product, icecat_id)
    select distinct on (stream, key, place) ${connection}, stream, key, place, attribute, locale, scope, data, data, false, "assetKey",
      case stream when 'products' then key end, "icecatId"
    from json_to_recordset(${JSON.stringify(rows)}::text::json)
      as r (stream text, key text, place text, attribute text, locale text, scope text, data jsonb, "assetKey" text, "icecatId" text)
    order by stream, key, place
    on conflict do nothing
    returning stream, key, place, attribute`
  await judgeAgain(tx, connection, 'person', adopted)
  return adopted
}
