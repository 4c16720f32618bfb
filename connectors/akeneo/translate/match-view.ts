import type { MatchView } from '../../../domain/enrichment/match/identifiers.ts'
import type { Address } from '../../../domain/mapping/address.ts'
import { foldCase } from '../../../domain/text.ts'
import type { AkeneoProduct } from '../schema.ts'
import type { Structure } from './structure.ts'

/** What enrichment asks of a product as it is stored. A variant shows all that it inherits. */
export function matchView(
  product: AkeneoProduct,
  structure: Structure,
  identifierAttribute: string | undefined,
): MatchView {
  const family = product.family ?? null
  const valueOf = (code: string, channel: string | null, locale: string | null): unknown =>
    product.values[structure.attributes.get(code)?.code ?? code]?.find(
      (value) =>
        (channel === null || value.scope === channel) && (locale === null || value.locale === locale),
    )?.data
  const attributeOf = (address: Address): Parameters<typeof valueOf> | null => {
    switch (address.base) {
      case 'attribute':
        return [address.code, address.channel, address.locale]
      case 'label':
      case 'image': {
        const own = family === null ? undefined : structure.families.get(family)
        const code = address.base === 'label' ? own?.attribute_as_label : own?.attribute_as_image
        return code == null ? null : [code, null, null]
      }
      default:
        return null
    }
  }
  return {
    family,
    isFilled: (code, channel, locale) => textOf(valueOf(code, channel, locale)) !== null,
    text(address) {
      if (address.base === 'family') return family
      if (address.base === 'enabled') return String(product.enabled)
      if (address.base === 'identifier') {
        const own = identifierAttribute === undefined ? undefined : valueOf(identifierAttribute, null, null)
        return textOf(product.identifier ?? own)
      }
      const place = attributeOf(address)
      return place === null ? null : textOf(valueOf(...place))
    },
    label(address, locale) {
      if (address.base !== 'attribute') return null
      const data = textOf(valueOf(address.code, address.channel, address.locale))
      if (data === null) return null
      const option = structure.options
        .get(address.code)
        ?.find(({ code }) => foldCase(code) === foldCase(data))
      return option?.labels?.[locale] ?? null
    },
  }
}

/** Null for nothing, and for what has no text, such as a price. */
function textOf(data: unknown): string | null {
  if (typeof data === 'string') return data === '' ? null : data
  if (typeof data === 'number' || typeof data === 'boolean') return String(data)
  if (Array.isArray(data)) return data.length === 0 ? null : data.join(',')
  return data === null || data === undefined ? null : JSON.stringify(data)
}
