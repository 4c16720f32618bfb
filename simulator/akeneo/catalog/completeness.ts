import type { Catalog } from './catalog.ts'
import { merged } from './inherit.ts'
import type { Attribute, Product, Value } from './records.ts'

export interface Completeness {
  scope: string
  locale: string
  data: number
}

/**
 * Per channel and locale, the share of required attributes that are filled, rounded down. A product without family,
 * or whose family requires nothing there, has no entry (Akeneo skips `required` = 0).
 */
export function completenessOf(catalog: Catalog, product: Product): Completeness[] {
  if (product.family === null) return []
  const family = catalog.families.get(product.family)
  if (family === undefined) return []
  const { values } = merged(catalog, product)
  const found: Completeness[] = []
  for (const channel of catalog.channels.sorted()) {
    const required = (family.attribute_requirements[channel.code] ?? []).flatMap(
      (code) => catalog.attributes.get(code) ?? [],
    )
    for (const locale of [...channel.locales].sort()) {
      const applicable = required.filter(
        ({ available_locales: only }) => only.length === 0 || only.includes(locale),
      )
      if (applicable.length === 0) continue
      const filled = applicable.filter((attribute) =>
        isFilled(attribute, product, values.get(attribute.code) ?? [], channel, locale),
      )
      found.push({
        scope: channel.code,
        locale,
        data: Math.floor((100 * filled.length) / applicable.length),
      })
    }
  }
  return found
}

function isFilled(
  attribute: Attribute,
  product: Product,
  entries: readonly Value[],
  channel: { code: string; currencies: readonly string[] },
  locale: string,
): boolean {
  if (attribute.type === 'pim_catalog_identifier' && attribute.is_main_identifier) {
    return product.identifier !== null
  }
  const entry = entries.find(
    (value) =>
      value.scope === (attribute.scopable ? channel.code : null) &&
      value.locale === (attribute.localizable ? locale : null),
  )
  if (entry === undefined) return false
  if (attribute.type !== 'pim_catalog_price_collection' || !Array.isArray(entry.data)) return true
  // A price counts as filled when there is an amount in every currency of the channel.
  const prices = entry.data as { amount: unknown; currency: string }[]
  return channel.currencies.every((currency) =>
    prices.some((price) => price.currency === currency && price.amount !== null),
  )
}
