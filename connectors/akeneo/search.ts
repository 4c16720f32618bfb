import { changesClocks, localSeconds } from '../../domain/time-zone.ts'
import { isUuid } from '../../domain/uuid.ts'
import type { StreamName } from '../../contracts/streams.ts'
import type { AkeneoSettings } from './settings.ts'
import { type StreamDefinition, streams } from './streams.ts'

/** One condition; all of a search must hold. https://api.akeneo.com/documentation/filter.html */
export interface Criterion {
  operator: string
  value?: unknown
  locale?: string
  scope?: string
}

/** Conditions by property, as Akeneo takes them. */
export type Search = Record<string, Criterion[]>

/** What reads dates of product searches: in UTC, unless a connection says otherwise. */
export interface SearchZone {
  config: { akeneo: Pick<AkeneoSettings, 'searchTimeZone'> }
}

const utc: SearchZone = { config: { akeneo: { searchTimeZone: 'UTC' } } }
const hourMs = 3_600_000

/**
 * What changed after `since`. Only for streams that can be asked for it (streams.ts); the zone matters for products and models
 * alone. Where clocks change, an hour of local time comes twice, so one more hour is asked for.
 */
export function changedSince(stream: StreamName, since: Date, zone: SearchZone = utc): Search {
  const { changedSince: asked }: StreamDefinition = streams[stream]
  if (!asked) throw new Error(`Akeneo cannot search ${stream} by updated`)
  if (asked.dateFormat === 'iso')
    return { updated: [{ operator: '>', value: `${since.toISOString().slice(0, 19)}Z` }] }
  const { searchTimeZone } = zone.config.akeneo
  const from = changesClocks(searchTimeZone, since.getUTCFullYear())
    ? new Date(since.getTime() - hourMs)
    : since
  return { updated: [{ operator: '>', value: localSeconds(searchTimeZone, from) }] }
}

/**
 * Products created in a window whose both ends, to the second, are in it; null is open. Windows that tile time stay tiles in
 * any zone, except in the hour that comes twice where clocks are put back: Akeneo takes it for either, so a window that begins or ends in it
 * is an hour wider, and a product of it may be read in two windows.
 */
export function createdWithin(
  { from, to }: { from: Date | null; to: Date | null },
  zone: SearchZone = utc,
): Search | null {
  const date = (at: number) => localSeconds(zone.config.akeneo.searchTimeZone, new Date(at))
  /** The date an hour further on (1) or back (-1) where an hour behind or before it the clocks show the same. */
  const outer = (at: number, hours: 1 | -1) =>
    date(date(at) === date(at - hours * hourMs) ? at + hours * hourMs : at)
  const first = (at: Date, earlierMs = 0) => outer(at.getTime() - earlierMs, -1)
  const last = (at: Date, laterMs = 0) => outer(at.getTime() + laterMs, 1)
  if (from && to) return { created: [{ operator: 'BETWEEN', value: [first(from), last(to)] }] }
  // Akeneo has no >= and <=.
  if (from) return { created: [{ operator: '>', value: first(from, 1000) }] }
  if (to) return { created: [{ operator: '<', value: last(to, 1000) }] }
  return null
}

/** Akeneo takes at most 100 strings in some lists; and the search stands in an address, which must not get long. */
const codesPerSearch = 100

/** The Akeneo that a connection is to; see `version` in the configuration. */
export interface SearchedVersion {
  version: string
}

const onlyOneParent = new Set(['5.0', '6.0'])

/** Searches for the direct children of these models. Akeneo 7.0 and later: before, for all below them. */
export function childrenOf(
  stream: 'product-models' | 'products',
  parents: string[],
  connection: SearchedVersion = { version: 'auto' },
): Search[] {
  if (stream === 'products' && onlyOneParent.has(connection.version))
    return descendantsOf(connection, parents)
  return inPieces(parents).map((codes) => ({ parent: [{ operator: 'IN', value: codes }] }))
}

/**
 * Searches for the products below these models, whose sub-models must be among them. Akeneo before 7.0 takes one model at a
 * time and then answers with all below it, so some products come twice.
 */
export function descendantsOf({ version }: SearchedVersion, parents: string[]): Search[] {
  if (!onlyOneParent.has(version)) return childrenOf('products', parents)
  return parents.map((code) => ({ parent: [{ operator: '=', value: code }] }))
}

/** The product with this main identifier, in any letter case. */
export function identifiedBy(_connection: SearchedVersion, identifier: string): Search {
  return { identifier: [{ operator: 'IN', value: [identifier] }] }
}

/** The search stands in an address, of which web servers take some 8,000 bytes. */
const longestNames = 4000

/** Searches for records by what they are named by: uuid or identifier of products, code of models. */
export function named(
  stream: 'product-models' | 'products',
  productsBy: 'uuid' | 'identifier',
  names: readonly string[],
): Search[] {
  const property = stream === 'products' ? productsBy : 'identifier'
  const pieces: string[][] = []
  let length = Number.POSITIVE_INFINITY
  for (const name of names) {
    const own = encodeURIComponent(`"${name}",`).length
    const piece = pieces.at(-1)
    if (piece === undefined || piece.length === codesPerSearch || length + own > longestNames) {
      pieces.push([name])
      length = own
    } else {
      piece.push(name)
      length += own
    }
  }
  return pieces.map((value) => ({ [property]: [{ operator: 'IN', value }] }))
}

/** The same by the keys that they are stored by: a product's uuid, or its identifier where Akeneo showed no uuid. */
export function namedByKeys(stream: 'product-models' | 'products', keys: readonly string[]): Search[] {
  const uuids = keys.filter((key) => stream === 'products' && isUuid(key))
  const others = keys.filter((key) => !uuids.includes(key))
  return [...named(stream, 'uuid', uuids), ...named(stream, 'identifier', others)]
}

function inPieces(codes: string[]): string[][] {
  return Array.from({ length: Math.ceil(codes.length / codesPerSearch) }, (_, index) =>
    codes.slice(index * codesPerSearch, (index + 1) * codesPerSearch),
  )
}
