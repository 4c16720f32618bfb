import { badRequest, unprocessable } from '../errors.ts'
import type { ApiRequest } from '../http/request.ts'
import { isObject, phpString, type Json } from '../json.ts'

/** What one search may ask for, as documented; the sentences that refuse more are ours. */
const MOST = { attributes: 800, criteria: 20, entries: 800 }

/** A search too long for a URL: the filters come in the body, where `search` is still JSON inside a string. */
export async function searchBody(request: ApiRequest): Promise<URLSearchParams> {
  const query = new URLSearchParams(request.query)
  let body: Json
  try {
    body = JSON.parse(await request.text()) as Json
  } catch {
    throw badRequest('Invalid json message received')
  }
  checkSize(isObject(body) ? body : {})
  for (const [name, value] of Object.entries(isObject(body) ? body : {})) {
    const text = typeof value === 'boolean' ? String(value) : phpString(value)
    query.set(name, Array.isArray(value) ? value.map(phpString).join(',') : text)
  }
  return query
}

function checkSize({ attributes, search }: Record<string, Json>): void {
  const named = Array.isArray(attributes) ? attributes.length : phpString(attributes).split(',').length
  if (named > MOST.attributes) {
    throw unprocessable(`You cannot request more than ${MOST.attributes} attributes.`)
  }
  const criteria = criteriaIn(search ?? null)
  if (criteria.length > MOST.criteria) {
    throw unprocessable(`You cannot search by more than ${MOST.criteria} criteria.`)
  }
  const longest = Math.max(0, ...criteria.map(({ value }) => (Array.isArray(value) ? value.length : 0)))
  if (longest > MOST.entries) {
    throw unprocessable(`You cannot search for more than ${MOST.entries} values in one criterion.`)
  }
}

/** All criteria of a search that can be read; one that cannot is refused later, as on every list. */
function criteriaIn(search: Json): { value?: Json }[] {
  let decoded: Json
  try {
    decoded = JSON.parse(phpString(search)) as Json
  } catch {
    return []
  }
  return Object.values(isObject(decoded) ? decoded : {})
    .flat()
    .filter(isObject)
}
