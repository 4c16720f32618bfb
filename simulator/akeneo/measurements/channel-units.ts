import Big from 'big.js'
import type { Catalog } from '../catalog/catalog.ts'
import { isDecimal, printedAmount } from '../catalog/numbers.ts'
import type { Attribute, Channel, ConversionUnit, MeasurementFamily } from '../catalog/records.ts'
import { isObject, phpString, type Json, type JsonObject } from '../json.ts'
import { fromStandardUnit, toStandardUnit } from './convert.ts'

/**
 * Measures in the units that a channel wishes. A localizable value is turned in place; beside one for all languages
 * stands one per locale of the channel that has a unit of its own choosing.
 */
export function channelMeasures(
  catalog: Catalog,
  attribute: Attribute,
  entries: readonly JsonObject[],
  { scope, locales }: { scope?: string; locales?: ReadonlySet<string> },
): JsonObject[] {
  const channel = catalog.channels.get(scope ?? '')
  const family = catalog.measurementFamilies.get(attribute.metric_family ?? '')
  if (channel === undefined || family === undefined) return [...entries]
  const converted = (entry: JsonObject, locale: string): Json | undefined => {
    const wish = unitFor(channel, attribute, locale)
    return wish === undefined ? undefined : convert(family, attribute, entry['data'] ?? null, wish)
  }
  if (attribute.localizable) {
    return entries.map((entry) => {
      const data = converted(entry, phpString(entry['locale']))
      return data === undefined ? entry : { ...entry, data }
    })
  }
  return entries.flatMap((entry) => [
    entry,
    ...channel.locales.flatMap((locale) => {
      if (locales?.has(locale) === false) return []
      const data = converted(entry, locale)
      return data === undefined ? [] : [{ ...entry, locale, scope: channel.code, data }]
    }),
  ])
}

/** The nearest rule counts: of attribute and locale, of the attribute, of its measurement family and locale. */
function unitFor(channel: Channel, attribute: Attribute, locale: string): ConversionUnit | undefined {
  const { pim_config_attribute_locale_rules: byAttribute, pim_config_family_rules: byFamily } =
    channel.conversion_rules ?? {}
  const own = byAttribute?.[attribute.code]?.[locale]
  if (own !== undefined) return spelledOut(own)
  const plain = channel.conversion_units[attribute.code]
  if (plain !== undefined) return { unit: plain }
  const shared = byFamily?.[attribute.metric_family ?? '']?.[locale]
  return shared === undefined ? undefined : spelledOut(shared)
}

export const spelledOut = (unit: ConversionUnit | string): ConversionUnit =>
  typeof unit === 'string' ? { unit } : unit

function convert(
  family: MeasurementFamily,
  attribute: Attribute,
  data: Json,
  { unit, decimal_places_strategy: strategy, decimal_places: places }: ConversionUnit,
): Json | undefined {
  if (!isObject(data) || !isDecimal(data['amount'] ?? null) || family.units[unit] === undefined)
    return undefined
  const standard = toStandardUnit(family, phpString(data['amount']), phpString(data['unit']))
  const amount = fromStandardUnit(family, standard, unit)
  if (strategy === 'round') return { amount: amount.toFixed(places ?? 2, Big.roundHalfUp), unit }
  if (strategy === 'trim') return { amount: amount.round(4).toFixed(), unit }
  return { amount: printedAmount(amount.toFixed(), attribute.decimals_allowed === true, 4), unit }
}
