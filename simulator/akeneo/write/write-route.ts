import { patchCollection, type WriteOne } from '../http/collection.ts'
import { created, noContent, type ApiRequest, type ApiResponse } from '../http/request.ts'
import { COLLECTION_TYPE, type Route } from '../http/router.ts'
import type { JsonObject } from '../json.ts'
import { decodeBody } from './payload.ts'

type Head = Pick<Route, 'template' | 'acl' | 'name'>

/** A route that takes one JSON object: what it refuses comes after rights and headers, and before the write. */
export function objectRoute(
  method: 'POST' | 'PATCH',
  head: Head,
  write: (request: ApiRequest) => (body: JsonObject) => ApiResponse,
): Route {
  return {
    method,
    ...head,
    handler: async (request) => {
      // What the address names is looked up before the body is read.
      const answer = write(request)
      return answer(decodeBody(await request.text()))
    },
  }
}

/** A route that takes lines, each of them what the PATCH of one record takes. */
export function collectionRoute(
  head: Head,
  keyName: 'code' | 'identifier' | 'uuid',
  write: (request: ApiRequest) => WriteOne,
): Route {
  return {
    method: 'PATCH',
    ...head,
    contentTypes: [COLLECTION_TYPE],
    handler: (request) => patchCollection(request, keyName, write(request)),
  }
}

/** 201 or 204, both with the address of the record. */
export function upserted(location: string, isNew: boolean): ApiResponse {
  return isNew ? created(location) : noContent({ location })
}
