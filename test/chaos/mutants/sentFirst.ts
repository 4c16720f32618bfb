import type * as real from '../../../connectors/hub/enrichment/lines.ts'

export * from '../../../connectors/hub/enrichment/lines.ts'

/** Nothing says of a line that it may have been done. */
export const markSent: typeof real.markSent = async (db, connection, { stream, keys, holder, leaseMs }) => {
  const rows = await db<{ key: string }[]>`
    update enrichment_line set held_until = clock_timestamp() + ${`${leaseMs} milliseconds`}::interval
    where connection = ${connection} and stream = ${stream} and key = any(${keys}) and holder = ${holder}
    returning key`
  return new Set(rows.map(({ key }) => key))
}
