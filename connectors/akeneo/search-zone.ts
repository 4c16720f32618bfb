import type { CheckLine } from '../../domain/check-report.ts'
import { changesClocks, localSeconds } from '../../domain/time-zone.ts'
import type { AkeneoCalls } from './client.ts'
import type { AkeneoProduct } from './schema.ts'

/** Products that are asked for before it is believed that none is found. */
const attempts = 3

/**
 * In which zone Akeneo reads the dates of product searches: its server's, which no answer says. A product is searched by
 * `updated =` its own second, in the configured zone, in UTC, and as Akeneo prints it. With the wrong zone, polls would miss
 * the edits of hours. `attributes` are read of the products; a run names one, so that no product's values can break it.
 */
export async function checkSearchZone(
  calls: AkeneoCalls,
  configured: string,
  attributes: string[] = [],
): Promise<CheckLine> {
  const name = 'search time zone'
  // Variants are indexed with the date of their model, so a simple product it is; and one that nobody has touched for long, because the
  // index trails edits by minutes.
  const { items } = await calls.readPage('products', { cursor: null, limit: 100, query: { attributes } })
  const products = (items as AkeneoProduct[])
    .filter(({ parent }) => parent == null)
    .sort((a, b) => Date.parse(a.updated) - Date.parse(b.updated))
    .slice(0, attempts)
  if (products.length === 0) {
    return {
      name,
      status: 'warning',
      text: 'There is no product yet to find it out with',
      remedy: 'Run `pimflow check` again when there are products, before the first poll.',
    }
  }
  for (const product of products) {
    const at = new Date(product.updated)
    if (await isFound(calls, product, attributes, localSeconds(configured, at))) {
      const extra = changesClocks(configured, at.getUTCFullYear())
        ? ', whose clocks change: polls ask for an hour more'
        : ''
      return { name, status: 'ok', text: `Akeneo reads search dates in ${configured}${extra}` }
    }
    if (await isFound(calls, product, attributes, localSeconds('UTC', at)))
      return another(name, configured, 'UTC')
    if (await isFound(calls, product, attributes, product.updated.slice(0, 19).replace('T', ' '))) {
      return another(name, configured, product.updated.slice(19))
    }
  }
  return {
    name,
    status: 'failed',
    text: `Akeneo finds no product by its own date, neither in ${configured}, nor in UTC, nor as it prints it`,
    remedy:
      "Set akeneo.searchTimeZone to the zone of Akeneo's server (date.timezone of its PHP), and see that its search index is up to date.",
  }
}

const another = (name: string, configured: string, found: string): CheckLine => ({
  name,
  status: 'failed',
  text: `Akeneo reads search dates in ${found}, not in ${configured}: polls would lose edits`,
  remedy:
    found === 'UTC'
      ? 'Set akeneo.searchTimeZone: UTC.'
      : `Set akeneo.searchTimeZone to the zone of Akeneo's server, such as Europe/Paris (now ${found}); by its name, because an offset changes with summer time.`,
})

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
