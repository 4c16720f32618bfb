import { factRows } from '../support/enrichment-overview.ts'
import { instant } from '../support/format.ts'
import { markup, type Markup } from './markup.ts'
import type { ConnectionMorning, FamilyCoverage } from './morning.ts'
import { command, note, tableOf, time } from './parts.ts'

/** So many locales have a column; the command has all. */
const shownLocales = 6

/** Counts younger than this need not say so. */
const freshForMs = 60_000

/** How far Icecat's content reaches, what it was asked for, and how much of the month's sheets is used. */
export function icecatPart(
  {
    enrichment,
    icecatFamilies,
    icecatCounted,
  }: Pick<ConnectionMorning, 'enrichment' | 'icecatFamilies' | 'icecatCounted'>,
  option: string,
  at: Date,
): Markup[] {
  if (icecatCounted === 'under way')
    return [
      note(
        'How products stand with Icecat is being counted, for longer than a page waits: look again in a moment.',
      ),
    ]
  if (enrichment === null || enrichment.chosen === 0) return []
  return [
    tableOf(
      'How products stand with Icecat',
      [
        { head: '', cell: ([name = '']) => name },
        { head: '', cell: ([, text = '']) => text },
      ],
      factRows(enrichment),
    ),
    tableOf(
      'Products with a sheet, and those that got values of it, by family and locale',
      [
        { head: 'Family', cell: ({ name }) => (name === '' ? 'without family' : name) },
        { head: 'Products', figure: true, cell: ({ products }) => products },
        { head: 'With a sheet', figure: true, cell: sheetText },
        ...localesOf(icecatFamilies).map((locale) => ({
          head: locale === '' ? 'no locale' : locale,
          figure: true,
          cell: ({ locales }: FamilyCoverage) => locales[locale] ?? 0,
        })),
      ],
      icecatFamilies,
    ),
    ...(icecatCounted !== null && at.getTime() - icecatCounted.getTime() > freshForMs
      ? [note(markup`As counted at ${time(icecatCounted, instant(icecatCounted))}.`)]
      : []),
    markup`<p>By brand, and all families: ${command(`pimflow enrich --report --csv coverage.csv ${option}`)}</p>`,
  ]
}

function sheetText({ products, outcomes }: FamilyCoverage): string {
  const sheets = (outcomes['enriched'] ?? 0) + (outcomes['unchanged'] ?? 0)
  return `${sheets} (${Math.round((100 * sheets) / Math.max(1, products))} %)`
}

/** Those with most products first; values without locale last. */
function localesOf(families: readonly FamilyCoverage[]): string[] {
  const sums = new Map<string, number>()
  for (const { locales } of families)
    for (const [locale, products] of Object.entries(locales))
      sums.set(locale, (sums.get(locale) ?? 0) + products)
  const named = [...sums]
    .filter(([locale]) => locale !== '')
    .toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
  return [...named.slice(0, shownLocales).map(([locale]) => locale), ...(sums.has('') ? [''] : [])]
}
