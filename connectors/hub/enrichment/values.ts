import type { CellData } from '../../../domain/enrichment/convert/cell.ts'
import { placeOf } from '../../../domain/enrichment/lines/model-cells.ts'
import type { PatchedStream } from '../../akeneo/patch.ts'
import type { Queryable, Transaction } from '../database.ts'
import type { LineValue } from './lines.ts'
import type { RecordName } from './record.ts'

/** What was written once at a place of a record. */
export interface LedgerEntry {
  sent: CellData | null
  echoed: unknown
  isUnread: boolean
  isReleased: boolean
  /** See `LedgerValue`. */
  wasGone: boolean
  remained: unknown
  /** Files: which content it was. */
  assetKey: string | null
}

/** The ledger of records, by key and place. */
export async function ledgerOf(
  db: Queryable,
  connection: string,
  stream: PatchedStream,
  keys: readonly string[],
): Promise<Map<string, Map<string, LedgerEntry>>> {
  const ledger = new Map<string, Map<string, LedgerEntry>>()
  if (keys.length === 0) return ledger
  const rows = await db<(LedgerEntry & { key: string; place: string })[]>`
    select key, place, sent, echoed, is_unread as "isUnread", is_released as "isReleased", was_gone as "wasGone", remained,
      asset_key as "assetKey"
    from enrichment_value
    where connection = ${connection} and stream = ${stream} and key = any(${[...keys]})`
  for (const { key, place, ...entry } of rows) {
    const own = ledger.get(key)
    if (own === undefined) ledger.set(key, new Map([[place, entry]]))
    else own.set(place, entry)
  }
  return ledger
}

/** A value as the ledger keeps it. */
export interface LedgerInput extends RecordName, Omit<LineValue, 'base'> {
  /** Null: Akeneo shows it already, so there is nothing to read back. */
  ticket: bigint | null
  assetKey: string | null
}

/** Values that Akeneo has taken, to be read back; those with `ticket` null stand there already. */
export async function keepValues(
  tx: Transaction,
  connection: string,
  run: bigint,
  sentAt: Date,
  values: readonly LedgerInput[],
): Promise<void> {
  if (values.length === 0) return
  const rows = values.map(({ provenance, ticket, data, ...value }) => ({
    ...value,
    ...provenance,
    data: data ?? null,
    place: placeOf(value),
    ticket: ticket === null ? null : String(ticket),
  }))
  await tx`
    insert into enrichment_value (connection, stream, key, place, attribute, locale, scope, sent, echoed, is_unread, asset_key,
      product, icecat_id, source, language, sheet_updated, fetched_at, licence, sent_at, ticket, run)
    select ${connection}, stream, key, place, attribute, locale, scope, nullif(data, 'null'),
      case when ticket is null then nullif(data, 'null') end, ticket is not null, "assetKey",
      product, "icecatId", "from", language, "sheetUpdated", "fetchedAt", licence, ${sentAt}, ticket, ${run}::bigint
    from json_to_recordset(${JSON.stringify(rows)}::text::json)
      as r (stream text, key text, place text, attribute text, locale text, scope text, data jsonb, "assetKey" text, product text,
        "icecatId" text, "from" text, language text, "sheetUpdated" text, "fetchedAt" timestamptz, licence text, ticket bigint)
    order by stream, key, place
    on conflict (connection, stream, key, place) do update set
      attribute = excluded.attribute, sent = excluded.sent, is_unread = excluded.is_unread, is_released = false, was_gone = false, remained = null,
      echoed = case when excluded.is_unread then enrichment_value.echoed else excluded.echoed end,
      asset_key = excluded.asset_key, product = excluded.product, icecat_id = excluded.icecat_id, source = excluded.source,
      language = excluded.language, sheet_updated = excluded.sheet_updated, fetched_at = excluded.fetched_at, licence = excluded.licence,
      sent_at = excluded.sent_at, ticket = excluded.ticket, run = excluded.run`
}

export interface UnreadValue {
  stream: PatchedStream
  key: string
  place: string
  attribute: string
  locale: string | null
  scope: string | null
  sent: CellData | null
  /** Whose sheet had it. */
  product: string | null
  ticket: string
  /** When any value of the record was last written by us; by Akeneo's clock. */
  lastWriteAt: Date | null
}

/** Values of the next records that are to be read back, in the order of their keys. */
export async function unreadValues(
  db: Queryable,
  connection: string,
  {
    stream,
    after,
    records,
    only,
  }: { stream: PatchedStream; after: string; records: number; only?: readonly string[] },
): Promise<UnreadValue[]> {
  return db<UnreadValue[]>`
    with next as (
      select distinct key from enrichment_value
      where connection = ${connection} and stream = ${stream} and is_unread and key > ${after}
        ${only ? db`and key = any(${[...only]})` : db``}
      order by key limit ${records}
    )
    select v.stream, v.key, v.place, v.attribute, v.locale, v.scope, v.sent, v.product, v.ticket::text,
      (select max(sent_at) from enrichment_value o where o.connection = v.connection and o.stream = v.stream and o.key = v.key)
        as "lastWriteAt"
    from enrichment_value v join next using (key)
    where v.connection = ${connection} and v.stream = ${stream} and v.is_unread
    order by v.key, v.place`
}

/** What Akeneo shows of values; a value that was written again meanwhile stays to be read. */
export async function keepEchoes(
  tx: Transaction,
  connection: string,
  echoes: readonly (Pick<UnreadValue, 'stream' | 'key' | 'place' | 'ticket'> & { shown: unknown })[],
): Promise<void> {
  if (echoes.length === 0) return
  const rows = echoes.map(({ stream, key, place, ticket, shown }) => ({
    stream,
    key,
    place,
    ticket,
    shown: shown ?? null,
  }))
  await tx`
    update enrichment_value v set echoed = nullif(r.shown, 'null'), is_unread = false
    from json_to_recordset(${JSON.stringify(rows)}::text::json) as r (stream text, key text, place text, ticket bigint, shown jsonb)
    where v.connection = ${connection} and v.stream = r.stream and v.key = r.key and v.place = r.place and v.ticket = r.ticket`
}

/** Akeneo's codes of contents that were uploaded already, wherever. */
export async function uploadedCodes(
  db: Queryable,
  connection: string,
  assetKeys: readonly string[],
): Promise<Map<string, string>> {
  if (assetKeys.length === 0) return new Map()
  const rows = await db<{ assetKey: string; code: string }[]>`
    select distinct on (asset_key) asset_key as "assetKey", sent #>> '{}' as code from enrichment_value
    where connection = ${connection} and asset_key = any(${[...assetKeys]}) and sent is not null
    order by asset_key, sent_at desc`
  return new Map(rows.map(({ assetKey, code }) => [assetKey, code]))
}
