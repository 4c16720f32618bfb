import type { ApiError } from '../../errors.ts'
import { ok, type ApiRequest } from '../../http/request.ts'
import type { Route } from '../../http/router.ts'
import type { JsonObject } from '../../json.ts'
import { found, listAll } from '../listing.ts'

interface Readable<T extends { code: string }> {
  path: string
  right: string
  route: string
  records: (search: string | undefined) => T[]
  find: (code: string) => T | undefined
  missing: (code: string) => ApiError
  render: (record: T, request: ApiRequest) => JsonObject
}

/** A list with its filters, and one record by its code. */
export function readRoutes<T extends { code: string }>(resource: Readable<T>): Route[] {
  return [
    {
      method: 'GET',
      template: resource.path,
      acl: resource.right,
      name: `${resource.route}_list`,
      handler: (request) =>
        listAll(
          request,
          resource.path,
          () => resource.records(request.query.get('search') ?? undefined),
          (record) => resource.render(record, request),
        ),
    },
    {
      method: 'GET',
      template: `${resource.path}/{code}`,
      acl: resource.right,
      name: `${resource.route}_get`,
      handler: (request) => {
        const code = request.params['code'] ?? ''
        return ok(
          resource.render(
            found(resource.find(code), () => resource.missing(code)),
            request,
          ),
        )
      },
    },
  ]
}
