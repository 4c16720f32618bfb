import type { HubProduct, Text } from '../../../contracts/hub.ts'
import { toDecimal } from '../../../domain/decimal.ts'
import { gtinFault } from '../../../domain/gtin.ts'
import { isBlank } from '../../../domain/text.ts'
import { take, type Held, type HeldValues } from './held.ts'
import { readPrices, readText } from './kinds.ts'
import type { Findings } from './problem.ts'
import type { Reading } from './reading.ts'

/** The text of one locale; a value without locale is the same in each. */
function textIn(held: Held | undefined, locale: string, findings: Findings): string | null {
  if (!held) return null
  const entry = held.attribute.localizable
    ? held.entries.find((candidate) => candidate.locale === locale)
    : held.entries[0]
  return textOf(held, entry?.data, findings)
}

function textOf({ attribute }: Held, data: unknown, findings: Findings): string | null {
  const text = readText(data)
  if (text === undefined) findings.unreadable(attribute, 'a text')
  return text ?? null
}

/** The identifier that Akeneo calls the main one. `/products` leaves it out of the values and names it beside them. */
export function takeSku(
  held: HeldValues,
  identifier: string | null | undefined,
  { plan, findings }: Reading,
): string | null {
  const value = plan.mainIdentifier === null ? undefined : take(held, plan.mainIdentifier)
  const sku = value && textOf(value, value.entries[0]?.data, findings)
  return sku ?? readText(identifier) ?? null
}

/**
 * The value of the family's label attribute, or `code` in its place. Each locale decides for itself: a name in English beside
 * a code in French says that the French one is missing, while a name in the wrong language would hide it.
 */
export function takeName(
  held: HeldValues,
  labelAttribute: string | null | undefined,
  code: string,
  reading: Reading,
): Text {
  const attribute =
    labelAttribute === null || labelAttribute === undefined
      ? undefined
      : reading.structure.attributes.get(labelAttribute)
  // The main identifier can be the label; it has been taken as SKU, and the code is what it says.
  const label = attribute && take(held, attribute.code)
  return Object.fromEntries(
    reading.output.locales.map((locale) => {
      const text = textIn(label, locale, reading.findings)
      return [locale, text === null || isBlank(text) ? code : text] as const
    }),
  )
}

/** Left out where there is none: unlike a name, nothing stands in for a description. */
export function takeDescription(held: HeldValues, { plan, output, findings }: Reading): Text | undefined {
  const value = plan.description === null ? undefined : take(held, plan.description)
  const texts = output.locales.flatMap((locale) => {
    const text = textIn(value, locale, findings)
    return text === null ? [] : [[locale, text] as const]
  })
  return texts.length === 0 ? undefined : Object.fromEntries(texts)
}

/**
 * A GTIN, its check digit verified. A refused one stays among the attributes with its warning: somebody entered it, and a
 * till that scans it would find nothing.
 */
export function takeBarcode(
  held: HeldValues,
  sku: string | null,
  { plan, findings }: Reading,
): string | undefined {
  for (const code of plan.barcodes) {
    const data = code === plan.mainIdentifier ? sku : held.get(code)?.entries[0]?.data
    // A number attribute may hold it too, though it loses leading zeros.
    const text = (typeof data === 'number' ? toDecimal(data) : readText(data))?.trim() ?? ''
    if (text === '') continue
    const fault = gtinFault(text)
    if (fault === null) {
      take(held, code)
      return text
    }
    findings.warn({
      code: 'gtin-check-digit',
      field: code,
      text: `${fault}, so it is no barcode`,
      remedy: 'Correct it in Akeneo',
    })
    return undefined
  }
  return undefined
}

export function takePrices(held: HeldValues, { plan, output, findings }: Reading): HubProduct['prices'] {
  const value = plan.price === null ? undefined : take(held, plan.price)
  const amounts = readPrices(value?.entries[0]?.data, output.currencies)
  if (amounts === undefined && value) findings.unreadable(value.attribute, 'a list of prices')
  if (!amounts) return undefined
  return Object.fromEntries(Object.entries(amounts).map(([currency, list]) => [currency, { list }]))
}
