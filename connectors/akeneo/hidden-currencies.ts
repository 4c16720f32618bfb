import { foldCase } from '../../domain/text.ts'
import type { AkeneoCalls } from './client.ts'
import type { AkeneoChannel, AkeneoCurrency } from './schema.ts'
import { everything } from './shown-codes.ts'

/** A currency, and the channel whose prices it stands in; empty for prices of no channel. */
interface PriceCurrency {
  key: string
  scope: string
}

/**
 * Of these currencies, those that Akeneo shows no amounts in any more, with why. It leaves them out while they are not activated, or
 * while the channel of a price, or for a price without one every channel, does not sell in them; what is stored comes back with them.
 */
export async function hiddenCurrencies<C extends PriceCurrency>(
  calls: AkeneoCalls,
  wanted: readonly C[],
): Promise<(C & { why: string })[]> {
  if (wanted.length === 0) return []
  const currencies = (await everything(calls, 'currencies')) as AkeneoCurrency[]
  const channels = (await everything(calls, 'channels')) as AkeneoChannel[]
  const enabled = new Set(currencies.filter((one) => one.enabled).map(({ code }) => foldCase(code)))
  return wanted.flatMap((one) => {
    const why = whyHidden(one, enabled, channels)
    return why === null ? [] : [{ ...one, why }]
  })
}

function whyHidden(
  { key, scope }: PriceCurrency,
  enabled: ReadonlySet<string>,
  channels: readonly AkeneoChannel[],
): string | null {
  if (!enabled.has(foldCase(key))) return `currency ${key} is not activated in Akeneo any more`
  const used = channels.some(
    (channel) =>
      (scope === '' || channel.code === scope) &&
      channel.currencies.some((code) => foldCase(code) === foldCase(key)),
  )
  if (used) return null
  return scope === ''
    ? `no channel of Akeneo has the currency ${key} any more`
    : `channel ${scope} of Akeneo does not have the currency ${key} any more`
}
