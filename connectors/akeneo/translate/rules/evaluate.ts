import type { AttributeValue, Decimal, HubProduct, Measure, Text } from '../../../../contracts/hub.ts'
import { type CompiledPrices, firstLocale } from '../output.ts'
import type { RecordView } from '../record-view.ts'
import { attributeByLocale, attributeOf, type Cell } from './cell.ts'
import type { CompiledRule } from './compile-rule.ts'

/** A text by locale of the output; locales without one are left out. Undefined when none has one. */
export function textBy(rule: CompiledRule | null, view: RecordView): Text | undefined {
  if (!rule) return undefined
  const texts: [string, string][] = []
  for (const locale of view.reading.output.locales) {
    const cell = cellIn(rule, view, locale)
    if (cell?.type === 'text') texts.push([locale, cell.value])
  }
  return texts.length === 0 ? undefined : Object.fromEntries(texts)
}

/** The one value of a rule that has no locales. */
export function cellBy(rule: CompiledRule | null, view: RecordView): Cell | null {
  return rule && cellIn(rule, view, firstLocale(view.reading.output))
}

export function stringBy(rule: CompiledRule | null, view: RecordView): string | null {
  const cell = cellBy(rule, view)
  return cell?.type === 'text' ? cell.value : null
}

export function decimalBy(rule: CompiledRule | null, view: RecordView): Decimal | null {
  const cell = cellBy(rule, view)
  return cell?.type === 'number' ? cell.value : null
}

export function measureBy(rule: CompiledRule | null, view: RecordView): Measure | null {
  const cell = cellBy(rule, view)
  return cell?.type === 'measure' ? cell.value : null
}

/** By currency; msrp and sale stand only beside a list price. */
export function pricesBy({ list, msrp, sale }: CompiledPrices, view: RecordView): HubProduct['prices'] {
  const listed = cellBy(list, view)
  // Evaluated also where nothing is listed: what a price rule reads is taken either way.
  const [advised, reduced] = [cellBy(msrp, view), cellBy(sale, view)]
  if (listed?.type !== 'prices') return undefined
  return Object.fromEntries(
    Object.entries(listed.value).map(([currency, amount]) => [
      currency,
      {
        list: amount,
        ...amountOf(advised, currency, 'msrp'),
        ...amountOf(reduced, currency, 'sale'),
      },
    ]),
  )
}

function amountOf<K extends string>(
  cell: Cell | null,
  currency: string,
  key: K,
): Partial<Record<K, Decimal>> {
  const amount = cell?.type === 'prices' ? cell.value[currency] : undefined
  return amount === undefined ? {} : ({ [key]: amount } as Record<K, Decimal>)
}

/** An attribute of the hub. `undefined`: the rule's condition does not hold, so it has nothing to say. */
export function attributeBy(rule: CompiledRule, view: RecordView): AttributeValue | null | undefined {
  const { output } = view.reading
  if (!rule.byLocale) {
    const locale = firstLocale(output)
    if (!rule.holds(view, locale)) return undefined
    const cell = rule.evaluate(view, locale)
    return cell && attributeOf(cell)
  }
  let held = false
  const cells: [string, Cell][] = []
  for (const locale of output.locales) {
    if (!rule.holds(view, locale)) continue
    held = true
    const cell = rule.evaluate(view, locale)
    if (cell) cells.push([locale, cell])
  }
  return held ? attributeByLocale(cells) : undefined
}

const cellIn = (rule: CompiledRule, view: RecordView, locale: string): Cell | null =>
  rule.holds(view, locale) ? rule.evaluate(view, locale) : null
