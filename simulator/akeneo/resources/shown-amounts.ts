import type { Catalog } from '../catalog/catalog.ts'
import type { Value } from '../catalog/records.ts'
import { isObject, phpString, type Json } from '../json.ts'

/** Prices of one attribute as Akeneo shows them; the same list where nothing is hidden. */
export type ShownAmounts = (prices: readonly Value[]) => readonly Value[]

/**
 * Akeneo shows amounts in activated currencies only: of a scopable price those of its channel, else those of any channel. The others stay
 * stored and come back with their currency.
 */
export function shownAmounts({ channels, currencies }: Catalog): ShownAmounts {
  const active = (codes: readonly string[]) => codes.filter((code) => currencies.get(code)?.enabled === true)
  const byChannel = new Map<string, ReadonlySet<string>>()
  const anywhere = new Set<string>()
  for (const channel of channels.values()) {
    const own = new Set(active(channel.currencies))
    byChannel.set(channel.code, own)
    for (const code of own) anywhere.add(code)
  }
  const isShown = (scope: string | null) => (price: Json) =>
    !isObject(price) ||
    ((scope === null ? anywhere : byChannel.get(scope))?.has(phpString(price['currency'] ?? null)) ?? false)
  return (prices) => {
    const all = prices.every(({ scope, data }) => !Array.isArray(data) || data.every(isShown(scope)))
    if (all) return prices
    return prices.flatMap((price) => {
      if (!Array.isArray(price.data)) return [price]
      const data = price.data.filter(isShown(price.scope))
      return data.length === 0 ? [] : [{ ...price, data }]
    })
  }
}
