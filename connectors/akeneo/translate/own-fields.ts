import type { HubProduct, SellingUnit, Text } from '../../../contracts/hub.ts'
import { isBlank } from '../../../domain/text.ts'
import { firstLocale, type OutputRules } from './output.ts'
import type { RecordView } from './record-view.ts'
import type { CompiledRule } from './rules/compile-rule.ts'
import { decimalBy, measureBy, pricesBy, stringBy, textBy } from './rules/evaluate.ts'

/**
 * The mapped name, or `code` in its place, as Akeneo's own screens do. Each locale decides for itself: a name in English beside a
 * code in French says that the French one is missing. A required name has no stand-in where one locale has it.
 */
export function nameOf({ name }: OutputRules, view: RecordView, code: string): Text {
  const texts = textBy(name, view) ?? {}
  const { locales } = view.reading.output
  const named = locales.filter((locale) => !isBlank(texts[locale] ?? ''))
  const wanted = name?.rule.required && named.length > 0 ? named : locales
  return Object.fromEntries(
    wanted.map((locale) => {
      const text = texts[locale] ?? ''
      return [locale, isBlank(text) ? code : text] as const
    }),
  )
}

/** The value of a barcode rule, whose attribute is taken only when it is a GTIN. */
export function barcodeOf(rule: CompiledRule | null, view: RecordView): string | undefined {
  const barcode = stringBy(rule, view)
  if (barcode !== null && view.lastRead !== null) view.taken.add(view.lastRead)
  return barcode ?? undefined
}

export function alternateIdsOf({ alternateIds }: OutputRules, view: RecordView): HubProduct['alternateIds'] {
  const found = alternateIds.flatMap(({ type, rule }) => {
    const value = stringBy(rule, view)
    return value === null || isBlank(value) ? [] : [{ type, value }]
  })
  return found.length === 0 ? undefined : found
}

const each: SellingUnit = { code: 'each', conversion: '1', base: true }

/** How it is sold. A unit whose content is not a positive number is left out: nobody can sell a case of nothing. */
export function unitsOf({ units }: OutputRules, view: RecordView): SellingUnit[] {
  if (units.length === 0) return [{ ...each }]
  const { findings, output } = view.reading
  return units.flatMap((unit): SellingUnit[] => {
    if (!unit.holds(view, firstLocale(output))) return []
    const conversion = decimalBy(unit.conversion, view)
    if (conversion === null || conversion === '0' || conversion.startsWith('-')) {
      if (conversion !== null) {
        findings.warn({
          code: 'unit-conversion',
          field: `units.${unit.code}`,
          text: `a ${unit.code} of ${conversion} cannot be sold`,
          remedy: 'Correct it in Akeneo',
        })
      }
      return []
    }
    const barcode = barcodeOf(unit.barcode, view)
    const prices = pricesBy(unit.prices, view)
    const weight = measureBy(unit.weight, view)
    return [
      {
        code: unit.code,
        conversion,
        ...(unit.base ? { base: true as const } : {}),
        ...(barcode === undefined ? {} : { barcode }),
        ...(prices ? { prices } : {}),
        ...(weight ? { weight } : {}),
      },
    ]
  })
}

/** Only what is known: a stock that nobody entered is absent, which is not 0. */
export function inventoryOf({ levels }: OutputRules, view: RecordView): HubProduct['inventory'] {
  const found = levels.flatMap(({ location, unit, rule }) => {
    const quantity = decimalBy(rule, view)
    return quantity === null ? [] : [{ location, unit, quantity }]
  })
  return found.length === 0 ? undefined : found
}
