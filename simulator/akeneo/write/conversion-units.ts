import type { Catalog } from '../catalog/catalog.ts'
import type { Channel, ConversionUnit, LocaleUnits } from '../catalog/records.ts'
import type { Violation } from '../errors.ts'
import { isObject, isPhpArray, phpString, type Json, type JsonObject } from '../json.ts'
import { spelledOut } from '../measurements/channel-units.ts'
import { isCloud } from '../options.ts'
import type { Pim } from '../pim.ts'
import type { Refuse } from './payload.ts'
import { scalarMap } from './structure-rules.ts'

/** Not codes of attributes: under these the cloud keeps units by locale. */
const RESERVED = new Set(['pim_config_family_rules', 'pim_config_attribute_locale_rules'])

/** Units merge by attribute, and one that is null or empty goes; each of the cloud's reserved keys is replaced as a whole. */
export function withConversionUnits(
  { settings }: Pim,
  channel: Channel,
  value: Json,
  refuse: Refuse,
): Channel {
  const isRule = (key: string) => isCloud(settings) && RESERVED.has(key)
  const given = isObject(value) ? Object.entries(value) : []
  const rules = given.filter(([key]) => isRule(key))
  const plain = rules.length === 0 ? value : Object.fromEntries(given.filter(([key]) => !isRule(key)))
  const units: Record<string, Json> = {
    ...channel.conversion_units,
    ...scalarMap('conversion_units', plain, refuse),
  }
  const written = {
    ...channel,
    conversion_units: Object.fromEntries(
      Object.entries(units).flatMap(([attribute, unit]) =>
        unit === null || unit === '' ? [] : [[attribute, phpString(unit)]],
      ),
    ),
  }
  if (rules.length === 0) return written
  const read = rules.map(([key, rule]): [string, LocaleUnits] => [key, localeUnits(key, rule, refuse)])
  return { ...written, conversion_rules: { ...channel.conversion_rules, ...Object.fromEntries(read) } }
}

function localeUnits(key: string, rules: Json, refuse: Refuse): LocaleUnits {
  const wrong = refuse(
    `Property "conversion_units" expects "${key}" to hold a unit for each locale: a code, or an object with unit, decimal_places_strategy (round or trim) and decimal_places (1 to 4).`,
  )
  if (!isPhpArray(rules)) throw wrong
  return Object.fromEntries(
    Object.entries(rules).map(([code, byLocale]) => {
      if (!isPhpArray(byLocale)) throw wrong
      const units = Object.entries(byLocale).map(([locale, cell]): [string, ConversionUnit | string] => {
        const unit = conversionUnit(cell)
        if (unit === undefined) throw wrong
        return [locale, unit]
      })
      return [code, Object.fromEntries(units)]
    }),
  )
}

function conversionUnit(cell: Json): ConversionUnit | string | undefined {
  if (typeof cell === 'string') return cell
  const given: JsonObject = isObject(cell) ? cell : {}
  const { unit, decimal_places_strategy: strategy, decimal_places: places } = given
  if (typeof unit !== 'string') return undefined
  if (strategy === undefined) return { unit }
  if (strategy === 'trim') return { unit, decimal_places_strategy: strategy }
  const isPlaces = typeof places === 'number' && Number.isInteger(places) && places >= 1 && places <= 4
  if (strategy !== 'round' || !isPlaces) return undefined
  return { unit, decimal_places_strategy: strategy, decimal_places: places }
}

export function unitViolations({ catalog }: Pim, channel: Channel): Violation[] {
  const property = 'conversion_units'
  for (const [code, unit] of Object.entries(channel.conversion_units)) {
    const attribute = catalog.attributes.get(code)
    if (attribute === undefined) return [{ property, message: `The attribute "${code}" does not exist.` }]
    if (attribute.type !== 'pim_catalog_metric') {
      return [{ property, message: `The attribute "${code}" is not a measurement attribute.` }]
    }
    if (catalog.measurementFamilies.get(attribute.metric_family ?? '')?.units[unit] === undefined) {
      const message = `The unit "${unit}" does not exist or does not belong to the default measurement family of the given attribute "${code}".`
      return [{ property, message }]
    }
  }
  for (const [code, units] of Object.entries(
    channel.conversion_rules?.pim_config_attribute_locale_rules ?? {},
  )) {
    const family = catalog.attributes.get(code)?.metric_family ?? ''
    const message = unknownUnit(catalog, family, units)
    if (message !== undefined) return [{ property, message }]
  }
  for (const [family, units] of Object.entries(channel.conversion_rules?.pim_config_family_rules ?? {})) {
    const message = unknownUnit(catalog, family, units)
    if (message !== undefined) return [{ property, message }]
  }
  return []
}

function unknownUnit(catalog: Catalog, family: string, units: LocaleUnits[string]): string | undefined {
  const known = catalog.measurementFamilies.get(family)?.units
  const unknown = Object.values(units)
    .map(spelledOut)
    .find(({ unit }) => known?.[unit] === undefined)
  if (unknown === undefined) return undefined
  return `The unit "${unknown.unit}" does not exist or does not belong to the measurement family "${family}".`
}
