import type { Catalog } from './catalog.ts'
import type { Attribute, Channel, Product, ProductModel, Value } from './records.ts'

export interface Completeness {
  scope: string
  locale: string
  data: number
}

/** What a family asks for in one channel and locale. */
interface Requirement {
  channel: Channel
  locale: string
  attributes: Attribute[]
}

/**
 * Per channel and locale, the share of required attributes that are filled, rounded down. A product without family,
 * or whose family requires nothing there, has no entry (Akeneo skips `required` = 0).
 */
export function completenessOf(catalog: Catalog, product: Product): Completeness[] {
  return completenessReader(catalog)(product)
}

/** For many products in a row: what a family requires is found out once. */
export function completenessReader(
  catalog: Catalog,
  only: { scope?: string; locales?: readonly string[] } = {},
): (product: Product) => Completeness[] {
  const byFamily = new Map<string, Requirement[]>()
  return (product) => {
    const { family } = product
    if (family === null) return []
    const known = byFamily.get(family) ?? requirementsOf(catalog, family, only)
    byFamily.set(family, known)
    if (known.length === 0) return []
    // Lowest level first; levels are not merged, because only a few values are looked at.
    const levels = [product, ...catalog.ancestors(product)].map(({ values }) => values)
    return known.map(({ channel, locale, attributes }) => {
      const filled = attributes.filter((attribute) => isFilled(attribute, product, levels, channel, locale))
      const data = Math.floor((100 * filled.length) / attributes.length)
      return { scope: channel.code, locale, data }
    })
  }
}

function requirementsOf(
  catalog: Catalog,
  code: string,
  only: { scope?: string; locales?: readonly string[] },
): Requirement[] {
  const family = catalog.families.get(code)
  if (family === undefined) return []
  return catalog.channels.sorted().flatMap((channel) => {
    if (only.scope !== undefined && only.scope !== channel.code) return []
    const required = (family.attribute_requirements[channel.code] ?? []).flatMap(
      (attribute) => catalog.attributes.get(attribute) ?? [],
    )
    return [...channel.locales].sort().flatMap((locale) => {
      if (only.locales?.includes(locale) === false) return []
      const attributes = required.filter(
        ({ available_locales: where }) => where.length === 0 || where.includes(locale),
      )
      return attributes.length === 0 ? [] : [{ channel, locale, attributes }]
    })
  })
}

function isFilled(
  attribute: Attribute,
  product: Product,
  levels: readonly ProductModel['values'][],
  channel: Channel,
  locale: string,
): boolean {
  if (attribute.type === 'pim_catalog_identifier' && attribute.is_main_identifier) {
    return product.identifier !== null
  }
  const scope = attribute.scopable ? channel.code : null
  const language = attribute.localizable ? locale : null
  const entry = entriesOf(levels, attribute.code).find(
    (value) => value.scope === scope && value.locale === language,
  )
  if (entry === undefined) return false
  if (attribute.type !== 'pim_catalog_price_collection' || !Array.isArray(entry.data)) return true
  // A price counts as filled when there is an amount in every currency of the channel.
  const prices = entry.data as { amount: unknown; currency: string }[]
  return channel.currencies.every((currency) =>
    prices.some((price) => price.currency === currency && price.amount !== null),
  )
}

function entriesOf(levels: readonly ProductModel['values'][], code: string): readonly Value[] {
  for (const values of levels) {
    const entries = values.get(code)
    if (entries !== undefined) return entries
  }
  return []
}
