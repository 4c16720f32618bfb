import type { FamilyRecord, RecordFamily } from '../../catalog/record-family.ts'
import { isoDate } from '../../dates.ts'
import { encodePath, searchAfterPage, type LinkQuery } from '../../http/paging.ts'
import { ok, type ApiRequest, type ApiResponse } from '../../http/request.ts'
import { phpString, type JsonObject } from '../../json.ts'
import type { Pim } from '../../pim.ts'
import type { Flavour } from './flavours.ts'

const PAGE = 100

/** These lists know no limit and no pages: a cursor is all there is. */
export function cursorPage<T extends { code: string }>(
  request: ApiRequest,
  path: string,
  records: T[],
  render: (record: T) => JsonObject,
): ApiResponse {
  const cursor = request.query.get('search_after') ?? undefined
  const start = cursor === undefined ? 0 : records.findIndex(({ code }) => code === cursor) + 1
  const page = records.slice(start, start + PAGE)
  const links: LinkQuery = [...request.query].filter(([name]) => name !== 'search_after')
  const paging = { type: 'search_after', limit: PAGE, page: 1, withCount: false } as const
  const entries = page.map((record) => ({ path: `${path}/${encodePath(record.code)}`, item: render(record) }))
  return ok(searchAfterPage(request, paging, links, entries, { self: cursor, next: page.at(-1)?.code }))
}

export function renderFamily(request: ApiRequest, flavour: Flavour, family: RecordFamily): JsonObject {
  const image = family.fields['image']
  const href =
    typeof image === 'string' ? `${request.origin}${flavour.mediaPath}/${encodePath(image)}` : undefined
  return {
    ...(href !== undefined && { _links: { image_download: { href } } }),
    code: family.code,
    ...family.fields,
  }
}

export function renderRecord(
  pim: Pim,
  request: ApiRequest,
  flavour: Flavour,
  family: RecordFamily,
  record: FamilyRecord,
): JsonObject {
  const locales = request.query.get('locales')?.split(',')
  const channel = request.query.get('channel')
  const values: JsonObject = {}
  for (const [code, entries] of record.values) {
    const type = family.attributes.get(code)?.['type']
    const shown = entries.filter(
      (entry) =>
        (entry.locale === null || locales?.includes(entry.locale) !== false) &&
        (entry.channel === null || channel === null || entry.channel === channel),
    )
    if (shown.length === 0) continue
    values[code] = shown.map(({ locale, channel: where, data }) => {
      const isFile = type === 'image' || type === 'media_file'
      const href = `${request.origin}${flavour.mediaPath}/${encodePath(phpString(data))}`
      return { locale, channel: where, data, ...(isFile && { _links: { download: { href } } }) }
    })
  }
  const { timezone } = pim.settings
  return {
    code: record.code,
    values,
    created: isoDate(record.created, timezone),
    updated: isoDate(record.updated, timezone),
  }
}
