import type { CheckLine } from '../../domain/check-report.ts'
import { changesClocks, localSeconds } from '../../domain/time-zone.ts'
import type { AkeneoCalls, PageQuery } from './client.ts'
import { mayBeThePage } from './page-fault.ts'
import type { AkeneoProduct } from './schema.ts'

/** Products that are asked for before it is believed that none is found. */
const attempts = 3

/** Akeneo's index trails edits by minutes; a product that is not found by an older date than this says something. Unit: ms. */
const indexTrailsMs = 3_600_000

export type FoundZone =
  | { found: 'zone'; zone: string }
  | { found: 'no-product' }
  /** No product is found by its own date: `isLate` where all that were asked for changed just now, which the index may not know yet. */
  | { found: 'nothing'; isLate: boolean }

/**
 * In which zone Akeneo reads the dates of product searches: its server's, which no answer says. A product is searched by
 * `updated =` its own second, in the configured zone, in UTC, and as Akeneo prints it, which is an offset. With the wrong zone, polls
 * would miss the edits of hours. `attributes` are read of the products; a run names one, so that no product's values can break it.
 */
export async function findSearchZone(
  calls: AkeneoCalls,
  configured: string,
  attributes: string[] = [],
): Promise<FoundZone> {
  // Variants are indexed with the date of their model, so a simple product it is; and one that nobody has touched for long, because the
  // index trails edits by minutes.
  const products = (await someProducts(calls, attributes))
    .filter(({ parent }) => parent == null)
    .sort((a, b) => Date.parse(a.updated) - Date.parse(b.updated))
    .slice(0, attempts)
  for (const product of products) {
    const at = new Date(product.updated)
    for (const zone of [configured, 'UTC'])
      if (await isFound(calls, product, attributes, localSeconds(zone, at))) return { found: 'zone', zone }
    if (await isFound(calls, product, attributes, product.updated.slice(0, 19).replace('T', ' ')))
      return { found: 'zone', zone: product.updated.slice(19) }
  }
  const [oldest] = products
  return oldest === undefined
    ? { found: 'no-product' }
    : { found: 'nothing', isLate: Date.now() - Date.parse(oldest.updated) < indexTrailsMs }
}

export async function checkSearchZone(calls: AkeneoCalls, configured: string): Promise<CheckLine> {
  const name = 'search time zone'
  const zone = await findSearchZone(calls, configured)
  if (zone.found === 'no-product')
    return {
      name,
      status: 'warning',
      text: 'There is no product yet to find it out with',
      remedy: 'Run `pimflow check` again when there are products, before the first poll.',
    }
  if (zone.found === 'zone' && zone.zone === configured) {
    const extra = changesClocks(configured, new Date().getUTCFullYear())
      ? ', whose clocks change: polls ask for an hour more'
      : ''
    return { name, status: 'ok', text: `Akeneo reads search dates in ${configured}${extra}` }
  }
  const isLate = zone.found === 'nothing' && zone.isLate
  return { name, status: isLate ? 'warning' : 'failed', ...otherZone(zone, configured) }
}

/** What is wrong, and what to do, where products are not found in the configured zone. */
export function otherZone(
  zone: Exclude<FoundZone, { found: 'no-product' }>,
  configured: string,
): { text: string; remedy: string } {
  if (zone.found === 'zone')
    return {
      text: `Akeneo reads search dates in ${zone.zone}, not in ${configured}: polls would lose edits`,
      remedy:
        zone.zone === 'UTC'
          ? 'Set akeneo.searchTimeZone: UTC.'
          : `Set akeneo.searchTimeZone to the zone of Akeneo's server, such as Europe/Paris (now ${zone.zone}); by its name, because an offset changes with summer time.`,
    }
  if (zone.isLate)
    return {
      text: 'Akeneo finds no product by its own date, and all that were asked for changed within the hour: its search index may be late',
      remedy: 'Wait some minutes, until Akeneo has indexed what changed; a load tries again by itself.',
    }
  return {
    text: `Akeneo finds no product by its own date, neither in ${configured}, nor in UTC, nor as it prints it`,
    remedy:
      "Set akeneo.searchTimeZone to the zone of Akeneo's server (date.timezone of its PHP), and see that its search index is up to date.",
  }
}

/** Of the first; where one of those breaks Akeneo even so, from the first page by number that does not. */
async function someProducts(calls: AkeneoCalls, attributes: string[]): Promise<AkeneoProduct[]> {
  const few = 10
  const read = async (query: PageQuery, limit: number) =>
    (await calls.readPage('products', { cursor: null, limit, query: { ...query, attributes } }))
      .items as AkeneoProduct[]
  let failure: unknown
  for (let page = 0; page <= few; page++) {
    try {
      return await (page === 0 ? read({}, 100) : read({ paging: 'page', page }, few))
    } catch (error) {
      if (!mayBeThePage(error)) throw error
      failure = error
    }
  }
  throw failure
}

async function isFound(
  calls: AkeneoCalls,
  product: AkeneoProduct,
  attributes: string[],
  updated: string,
): Promise<boolean> {
  const { uuid, identifier } = product
  const { items } = await calls.readPage('products', {
    cursor: null,
    limit: 1,
    query: {
      attributes,
      search: {
        updated: [{ operator: '=', value: updated }],
        ...(uuid === undefined || identifier != null
          ? { identifier: [{ operator: 'IN', value: [identifier] }] }
          : { uuid: [{ operator: 'IN', value: [uuid] }] }),
      },
    },
  })
  return items.length > 0
}
