import type { FamilyRecord, RecordFamily } from '../../catalog/record-family.ts'
import { isoDate } from '../../dates.ts'
import { encodePath, searchAfterPage, type LinkQuery } from '../../http/paging.ts'
import { ok, type ApiRequest, type ApiResponse } from '../../http/request.ts'
import { phpString, type Json, type JsonObject } from '../../json.ts'
import { isCloud } from '../../options.ts'
import type { Pim } from '../../pim.ts'
import type { Flavour } from './flavours.ts'
import { shareLink } from './share-links.ts'

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
  const cloud = isCloud(pim.settings)
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
      const value = { locale, channel: where, data }
      const shared = cloud
        ? shareLink(pim.catalog, family, record.code, code, value, request.origin)
        : undefined
      const links = { download: { href }, ...(shared !== undefined && { share_link: { href: shared } }) }
      return {
        ...value,
        ...(cloud && type === 'media_link' && { linked_data: fullUrl(family.attributes.get(code), data) }),
        ...(cloud && type !== undefined && { attribute_type: type }),
        ...(isFile && { _links: links }),
      }
    })
  }
  const { timezone } = pim.settings
  return {
    code: record.code,
    ...(cloud && flavour.items === 'assets' && { asset_family_code: family.code }),
    values,
    created: isoDate(record.created, timezone),
    updated: isoDate(record.updated, timezone),
  }
}

/** A link is stored without what all links of its attribute begin and end with. */
function fullUrl(attribute: JsonObject | undefined, data: Json): JsonObject {
  const { prefix = null, suffix = null } = attribute ?? {}
  return { full_url: `${phpString(prefix)}${phpString(data)}${phpString(suffix)}`, prefix, suffix }
}
