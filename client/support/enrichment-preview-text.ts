import type {
  CoverageRow,
  EnrichmentPreview,
  IndexCoverage,
  SampleFindings,
} from '../../contracts/enrichment-preview.ts'
import { counted, table } from './format.ts'

/** So many brands, categories and attributes are shown; --json has all of them. */
const shownRows = 15

export function previewText({
  inFamilies,
  chosen,
  withoutIdentifier,
  leftOut,
  problems,
  index,
  sample,
}: EnrichmentPreview): string {
  return [
    table([
      ['in mapped families', counted(inFamilies, 'product')],
      ['chosen by the filter', counted(chosen, 'product')],
      ['nothing to ask by', counted(withoutIdentifier, 'product')],
      ...leftOut.map((text) => ['left out', text]),
      ...Object.entries(problems).map(([code, count]) => [`not usable: ${code}`, String(count)]),
      ...indexRows(index),
    ]),
    ...(index === null ? [] : [...brandText(index.byBrand), ...categoryText(index)]),
    ...sampleText(sample),
    'Nothing was written. To begin: pimflow enrich',
  ].join('\n')
}

function indexRows(index: IndexCoverage | null): string[][] {
  if (index === null) return []
  const { described, known, removed, ambiguous, unknown } = index.products
  return [
    ['Icecat has', counted(described, 'product')],
    ['knows, without content', String(known)],
    ['has taken away', String(removed)],
    ['has several sheets of', String(ambiguous)],
    ['does not list', `${unknown} (unknown, or not in this subscription)`],
  ]
}

const brandText = (rows: readonly CoverageRow[]): string[] => [
  `\n${table(
    [
      ['brand', 'products', 'Icecat has'],
      ...rows
        .slice(0, shownRows)
        .map(({ name, products, described }) => [
          name === '' ? 'none' : name,
          String(products),
          String(described),
        ]),
    ],
    '  ',
  )}`,
]

const categoryText = ({ byCategory }: IndexCoverage): string[] =>
  byCategory.length === 0
    ? []
    : [
        `\n${table(
          [
            ['Icecat’s category', 'products'],
            ...byCategory.slice(0, shownRows).map(({ name, products }) => [name, String(products)]),
          ],
          '  ',
        )}`,
      ]

function sampleText({
  asked,
  outcomes,
  writes,
  unchanged,
  kept,
  problems,
  fillRates,
}: SampleFindings): string[] {
  if (asked === 0) return []
  const keptValues = Object.entries(kept).filter(([, count]) => count > 0)
  return [
    `\n${counted(asked, 'product')} asked for: ${Object.entries(outcomes)
      .map(([outcome, count]) => `${count} ${outcome}`)
      .join(', ')}`,
    table(
      [
        ['would be written', counted(writes, 'value')],
        ['stand there already', String(unchanged)],
        ...keptValues.map(([reason, count]) => [`would stay: ${reason}`, String(count)]),
        ...problems.map(({ code, values, example }) => [
          `cannot be written: ${code}`,
          `${values}; ${example}`,
        ]),
      ],
      '  ',
    ),
    ...(fillRates.length === 0
      ? []
      : [
          `\n${table(
            [
              ['attribute', 'locale', 'filled', 'absent', 'problems'],
              ...fillRates
                .slice(0, shownRows * 2)
                .map(({ attribute, locale, filled, absent, problems: broken }) => [
                  attribute,
                  locale ?? '',
                  String(filled),
                  String(absent),
                  String(broken),
                ]),
            ],
            '  ',
          )}`,
        ]),
  ]
}
