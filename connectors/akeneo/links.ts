import { RefusedError } from '../errors.ts'
import { offContract } from './answers.ts'

/** Everything but the token endpoint lies below it. */
export const apiRoot = '/api/rest/v1'

/**
 * Of an absolute link in an answer, path and query below `/api/rest/v1`, to be put behind the configured address: a link never
 * leads to another host, nor out of the API. Links are followed as given, because a cursor is Akeneo's secret.
 */
export function rebase(href: unknown, asked: string): string {
  const url = typeof href === 'string' && URL.canParse(href, base) ? new URL(href, base) : null
  const start = url?.pathname.indexOf(`${apiRoot}/`) ?? -1
  if (url === null || start < 0) throw offContract(asked, 'a link to the next page that leads out of the API')
  return url.pathname.slice(start + apiRoot.length) + url.search
}

/** Links come first in an answer, and have some hundred bytes each. */
const longestHead = 16 * 1024
const recordsBegin = Buffer.from('"_embedded"')

/**
 * Of a page that is not parsed yet: where the list goes on, null at its end; undefined where its beginning does not say. Whatever is wrong
 * with it is left to be said when it is parsed.
 */
export function linkAhead(body: Buffer): string | null | undefined {
  const end = body.subarray(0, longestHead).indexOf(recordsBegin)
  if (end < 0) return undefined
  try {
    const head = body.toString('utf8', 0, end).trimEnd().replace(/,$/, '')
    const { _links } = JSON.parse(`${head}}`) as { _links?: { next?: { href?: unknown } } }
    if (_links === undefined) return undefined
    return _links.next === undefined ? null : rebase(_links.next.href, 'the next page')
  } catch {
    return undefined
  }
}

/** For links without a host, which Akeneo does not make. */
const base = 'http://akeneo.invalid'

/** Guards a cursor that came from the store, or a path made here, in the same way. */
export function apiUrl(root: string, path: string): URL {
  const url = new URL(`${root}${apiRoot}${path}`)
  const expected = new URL(`${root}${apiRoot}/`)
  if (url.origin === expected.origin && url.pathname.startsWith(expected.pathname)) return url
  throw offContract(`GET ${apiRoot}`, 'a cursor that leads out of the API')
}

/** A cursor, asking for another number of records or for some attributes alone; the rest of it is Akeneo's and stays to the letter. */
export function withPageSize(
  cursor: string,
  limit: number | undefined,
  attributes: readonly string[] | undefined,
): string {
  const sized = limit === undefined ? cursor : cursor.replace(/([?&]limit=)\d+/, `$1${limit}`)
  if (!attributes || attributes.length === 0) return sized
  return `${withoutAttributes(sized)}&attributes=${encodeURIComponent(attributes.join(','))}`
}

export const withoutAttributes = (cursor: string): string => cursor.replace(/&attributes=[^&]*/, '')

/** Of a link to a page by number: https://api.akeneo.com/documentation/pagination.html#offset-pagination-method */
export const pageNumberOf = (link: string): number => Number(/[?&]page=(\d+)/.exec(link)?.[1] ?? 1)

/** That link, to another page, of another size; all else that the list was asked for stays. */
export const toPage = (link: string, page: number, limit: number): string =>
  withPageSize(link, limit, undefined).replace(/([?&]page=)\d+/, `$1${page}`)

/**
 * A code as part of a path: percent-encoded, a space as `%20`, but `/` as it is, because `%2F` answers 404. Akeneo's own
 * client does the same (webgriffe/SyliusAkeneoPlugin#87).
 */
export function codeInPath(code: string): string {
  // An identifier may be any text; as a step up, it would name another record.
  if (code.split('/').some((step) => step === '.' || step === '..')) {
    throw new RefusedError({
      code: 'no-address',
      asked: `the record ${code}`,
      came: 'no call: . and .. cannot stand in an address',
      remedy:
        'Give the record another code in Akeneo, or have products read by uuid (akeneo.productIdFormat).',
    })
  }
  return encodeURIComponent(code).replaceAll('%2F', '/')
}

interface Step {
  cursor: string
  previous: Step | null
}

/** Follows chains of pages, and knows when one comes back to where it was: it would never end. */
export class Chains {
  readonly #steps = new Map<string, Step>()

  /** Notes that the page at `cursor` (null: the first) leads to `next`. Reading a page twice is no circle. */
  follow(cursor: string | null, next: string, asked: string): void {
    const from = cursor === null ? null : (this.#steps.get(cursor) ?? { cursor, previous: null })
    for (let step = from; step !== null; step = step.previous) {
      if (step.cursor === next) throw offContract(asked, 'a link to the next page that was followed before')
    }
    this.#steps.set(next, { cursor: next, previous: from })
  }
}
