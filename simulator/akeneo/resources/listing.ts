import type { ApiError } from '../errors.ts'
import { echoedQuery, encodePath, offsetPage, readPaging } from '../http/paging.ts'
import { ok, type ApiRequest, type ApiResponse } from '../http/request.ts'
import type { JsonObject } from '../json.ts'

export const API = '/api/rest/v1'

/** An offset list of records that are few enough to hold: everything but products, models and media files. */
export function listAll<T extends { code: string }>(
  request: ApiRequest,
  path: string,
  records: () => T[],
  render: (record: T) => JsonObject,
): ApiResponse {
  const paging = readPaging(request.query)
  const all = records()
  const from = (paging.page - 1) * paging.limit
  const items = all
    .slice(from, from + paging.limit)
    .map((record) => ({ path: `${path}/${encodePath(record.code)}`, item: render(record) }))
  const count = paging.withCount ? all.length : undefined
  return ok(offsetPage(request, paging, echoedQuery(request.query), items, count))
}

export function found<T>(record: T | undefined, missing: () => ApiError): T {
  if (record === undefined) throw missing()
  return record
}
