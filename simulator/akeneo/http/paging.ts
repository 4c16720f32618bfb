import { unprocessable } from '../errors.ts'
import type { Json, JsonObject } from '../json.ts'
import type { ApiRequest } from './request.ts'

export const DEFAULT_LIMIT = 10
export const MAX_LIMIT = 100

export interface Paging {
  type: 'page' | 'search_after'
  limit: number
  page: number
  withCount: boolean
}

/** Reads the paging parameters, with Akeneo's refusals in Akeneo's order (PaginationParametersValidator). */
export function readPaging(query: URLSearchParams, supportsSearchAfter = false): Paging {
  const type = query.get('pagination_type') ?? 'page'
  if (type !== 'page' && type !== 'search_after') throw unprocessable('Pagination type does not exist.')
  if (type === 'search_after' && !supportsSearchAfter)
    throw unprocessable('Pagination type is not supported.')

  const limitText = query.get('limit') ?? String(DEFAULT_LIMIT)
  if (!isInteger(limitText) || Number(limitText) < 1) {
    throw unprocessable(`"${limitText}" is not a valid limit number.`)
  }
  const limit = Number(limitText)
  if (limit > MAX_LIMIT) throw unprocessable(`You cannot request more than ${MAX_LIMIT} items.`)
  if (type === 'search_after') return { type, limit, page: 1, withCount: false }

  const pageText = query.get('page') ?? '1'
  if (!isInteger(pageText) || Number(pageText) < 1) {
    throw unprocessable(`"${pageText}" is not a valid page number.`)
  }
  const withCount = query.get('with_count') ?? 'false'
  if (withCount !== 'true' && withCount !== 'false') {
    throw unprocessable(
      `Parameter "with_count" has to be a boolean. Only "true" or "false" allowed, "${withCount}" given.`,
    )
  }
  return { type, limit, page: Number(pageText), withCount: withCount === 'true' }
}

function isInteger(text: string): boolean {
  return /^(0|-?[1-9]\d{0,17})$/.test(text)
}

/** Query parameters in the order in which links print them. */
export type LinkQuery = [name: string, value: string][]

/** Lists without fields of their own echo every parameter behind page, limit and with_count. */
export function echoedQuery(query: URLSearchParams): LinkQuery {
  const merged = new Map([
    ['page', '1'],
    ['limit', String(DEFAULT_LIMIT)],
    ['with_count', 'false'],
  ])
  for (const [name, value] of query) merged.set(name, value)
  return [...merged]
}

export interface ListItem {
  /** Path of the item below the list's own, or a whole path. */
  path: string
  item: JsonObject
}

export function offsetPage(
  request: ApiRequest,
  paging: Paging,
  linkQuery: LinkQuery,
  items: ListItem[],
  count: number | undefined,
): JsonObject {
  const at = (page: number) =>
    link(
      request,
      linkQuery.map(([name, value]) => [name, name === 'page' ? String(page) : value]),
    )
  return {
    _links: {
      self: at(paging.page),
      first: at(1),
      ...(paging.page > 1 && { previous: at(paging.page - 1) }),
      ...(items.length >= paging.limit && { next: at(paging.page + 1) }),
    },
    current_page: paging.page,
    ...(count !== undefined && { items_count: count }),
    _embedded: { items: items.map((entry) => listed(request, entry)) },
  }
}

export function searchAfterPage(
  request: ApiRequest,
  paging: Paging,
  linkQuery: LinkQuery,
  items: ListItem[],
  cursor: { self: string | undefined; next: string | undefined },
): JsonObject {
  const at = (after: string | undefined) =>
    link(request, after === undefined ? linkQuery : [...linkQuery, ['search_after', after]])
  return {
    _links: {
      self: at(cursor.self),
      first: at(undefined),
      ...(items.length === paging.limit && { next: at(cursor.next) }),
    },
    _embedded: { items: items.map((entry) => listed(request, entry)) },
  }
}

function listed(request: ApiRequest, { path, item }: ListItem): JsonObject {
  const own = item['_links'] as JsonObject | undefined
  return { _links: { self: { href: request.origin + path }, ...own }, ...without(item) }
}

function without(item: JsonObject): JsonObject {
  if (!Object.hasOwn(item, '_links')) return item
  const { _links: _own, ...rest } = item
  return rest
}

function link(request: ApiRequest, query: LinkQuery): Json {
  const text = query.map(([name, value]) => `${encodeQuery(name)}=${encodeQuery(value)}`).join('&')
  return { href: `${request.origin}${request.path}${text === '' ? '' : '?'}${text}` }
}

// Symfony's URL generator encodes by RFC 3986 and then puts a few harmless characters back.
const KEPT: Readonly<Record<string, string>> = {
  '%2F': '/',
  '%3F': '?',
  '%40': '@',
  '%3A': ':',
  '%3B': ';',
  '%2C': ',',
}

export function encodeQuery(text: string): string {
  return encodeURIComponent(text)
    .replace(/['()]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/%(?:2F|3F|40|3A|3B|2C)/g, (code) => KEPT[code] ?? code)
}

/** A path segment: percent-encoded, but `/` stays raw, as product and media codes need it. */
export function encodePath(code: string): string {
  return encodeURIComponent(code).replace(/%(?:2F|40|3A|3B|2C|3D|2B|21|2A|7C)/g, (sign) =>
    decodeURIComponent(sign),
  )
}
