import { malformed, unprocessable, type ApiError } from '../errors.ts'
import { encodePath } from '../http/paging.ts'
import { created, type ApiRequest } from '../http/request.ts'
import type { Route } from '../http/router.ts'
import { phpString, type JsonObject } from '../json.ts'
import type { Outcome } from './outcome.ts'
import type { Refuse } from './payload.ts'
import { collectionRoute, objectRoute, upserted } from './write-route.ts'

/** How one kind of structure is written; paths, verbs, answers and code rules are the same for all. */
export interface WritableResource<T, C> {
  /** Below it stand POST and the collection PATCH, with `/{code}` the single PATCH. */
  template: string
  route: string
  acl: string
  /** Pages of the API reference that refusals link to. */
  documentation: { post: string; patch: string }
  /** What a mismatch between URL and body calls the code: `code`, `option code`. */
  codeName?: string
  /** The parent resource in the URL, or Akeneo's 404. */
  context: (request: ApiRequest) => C
  /** Absolute path of one record. */
  path: (code: string, context: C) => string
  find: (code: string, context: C) => T | undefined
  /** Checks that stand between finding the record and merging the body. */
  before?: (body: JsonObject, context: C, existing: T | undefined) => ApiError | undefined
  write: (input: WriteInput<T, C>) => Outcome
}

export interface WriteInput<T, C> {
  existing: T | undefined
  /** From the URL; undefined on POST. */
  code: string | undefined
  body: JsonObject
  refuse: Refuse
  context: C
}

export function writeRoutes<T extends { code: string }, C>(resource: WritableResource<T, C>): Route[] {
  const { template, acl, documentation } = resource

  const patchOne = (code: string, body: JsonObject, context: C): 'created' | 'updated' => {
    const existing = resource.find(code, context)
    if (existing === undefined) checkCode(resource.codeName ?? 'code', code, body)
    const refused = resource.before?.(body, context, existing)
    if (refused !== undefined) throw refused
    const refuse = (message: string) => malformed(message, documentation.patch)
    const outcome = resource.write({ existing, code, body, refuse, context })
    return outcome === 'created' ? 'created' : 'updated'
  }

  return [
    objectRoute('POST', { template, acl, name: `${resource.route}_create` }, (request) => {
      const context = resource.context(request)
      return (body) => {
        const refused = resource.before?.(body, context, undefined)
        if (refused !== undefined) throw refused
        const refuse = (message: string) => malformed(message, documentation.post)
        resource.write({ existing: undefined, code: undefined, body, refuse, context })
        return created(request.origin + resource.path(encodePath(phpString(body['code'])), context))
      }
    }),
    collectionRoute({ template, acl, name: `${resource.route}_partial_update_list` }, 'code', (request) => {
      const context = resource.context(request)
      return (code, body) => (patchOne(code, body, context) === 'created' ? 201 : 204)
    }),
    objectRoute(
      'PATCH',
      { template: `${template}/{code}`, acl, name: `${resource.route}_partial_update` },
      (request) => {
        const context = resource.context(request)
        const code = request.params['code'] ?? ''
        return (body) => {
          const isNew = patchOne(code, body, context) === 'created'
          return upserted(request.origin + resource.path(encodePath(code), context), isNew)
        }
      },
    ),
  ]
}

/** A record is created under the code of the URL; the body may repeat it, not contradict it. */
export function checkCode(name: string, code: string, body: JsonObject): void {
  const given = body['code'] ?? null
  if (given !== null && given !== code) {
    throw unprocessable(
      `The ${name} "${typeof given === 'object' ? 'Array' : String(given)}" provided in the request body must match the ${name} "${code}" provided in the url.`,
    )
  }
}
