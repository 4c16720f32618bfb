import type { MappingComparison, PreviewedValue, ProductPreview } from '../../contracts/enrichment-preview.ts'
import type { IcecatMappingDiff } from '../../domain/enrichment/mapping/mapping-diff.ts'
import type { NeedCoverage } from '../../domain/enrichment/suggest/coverage.ts'
import type { Suggestion } from '../../domain/enrichment/suggest/suggest-mapping.ts'
import type { CategorySight } from './icecat-coverage.ts'
import { counted, table } from './format.ts'
import { short } from './mapping-texts.ts'

/** How the verbs about mappings from Icecat speak to a person. */

export function icecatSuggestionsText(suggestions: readonly Suggestion[], file: string): string {
  if (suggestions.length === 0)
    return `${file} uses everything that names, types, units and options make likely`
  return [
    ...suggestions.map(
      ({ section, attribute, rule, score, reasons }) =>
        `${section}.${attribute}\n    ${attribute}: ${rule}   # ${wholePercent(score)}: ${reasons.join('; ')}`,
    ),
    '',
    `Put what you want into ${file}, raise its version, then: pimflow mapping diff --icecat`,
  ].join('\n')
}

export const wholePercent = (share: number) => `${Math.round(share * 100)} %`

export const needText = ({ wanted, mapped, ignored }: NeedCoverage): string =>
  `${mapped}${ignored === 0 ? '' : `+${ignored}`} of ${wanted}`

/** So many features that nobody has decided on are named for each category; --json has all. */
const shownFeatures = 8

export function icecatCoverageText(categories: readonly CategorySight[], file: string): string {
  const locales = categories[0]?.byLocale.map(({ locale }) => locale) ?? []
  return [
    `Mandatory and searchable features that ${file} maps, "+" those that it ignores on purpose:`,
    '',
    table(
      [
        ['category', 'products', 'mandatory', 'searchable', 'decided', ...locales],
        ...categories.map((category) => [
          `${category.name} (${category.categoryId})`,
          category.products === null ? '' : String(category.products),
          needText(category.mandatory),
          needText(category.searchable),
          wholePercent(category.complete),
          ...category.byLocale.map(({ complete }) => wholePercent(complete)),
        ]),
      ],
      '  ',
    ),
    ...categories.flatMap(unmappedLines),
  ].join('\n')
}

function unmappedLines({ name, unmapped }: CategorySight): string[] {
  if (unmapped.length === 0) return []
  const more = unmapped.length - shownFeatures
  const named = unmapped.slice(0, shownFeatures).map((feature) => `${feature.name} (feature/${feature.id})`)
  return ['', `${name}, unmapped: ${named.join(', ')}${more > 0 ? `, and ${more} more` : ''}`]
}

const verdicts: Record<PreviewedValue['verdict'], string> = {
  write: 'written',
  clear: 'emptied',
  adopt: 'the same: ours from now on',
  unchanged: 'as it should be',
  keep: 'stays',
  flag: 'stays, and is shown',
  problem: 'cannot be written',
  unread: 'waits until it is read back',
  axis: 'never written',
}

/** Of each place: the attribute, Icecat's value, what it becomes, Akeneo's, the verdict. Where neither has anything there is no row. */
export const icecatPreviewRows = ({ values }: ProductPreview): string[][] =>
  values
    .filter(({ icecat, current, converted }) => [icecat, current, converted].some((value) => value !== null))
    .map(({ attribute, locale, scope, model, from, icecat, converted, current, verdict, reason }) => [
      [attribute, locale, scope].filter((part) => part !== null).join(' '),
      from === null ? short(icecat) : `${from}: ${short(icecat)}`,
      short(converted),
      short(current),
      `${verdicts[verdict]}${reason === null ? '' : `: ${reason}`}${model === null ? '' : ` (model ${model})`}`,
    ])

/** The sheet that was found, and by what; else why there is none. */
export function sheetText({ outcome, message, sheet }: ProductPreview): string {
  if (sheet === null) return `${outcome}${message === null ? '' : `: ${message}`}`
  return `sheet ${sheet.icecatId}${sheet.category === null ? '' : ` (${sheet.category})`}, by ${sheet.matchedBy}`
}

export function icecatPreviewText(preview: ProductPreview): string {
  const { product, sheet, values } = preview
  const line = `${product}  ${sheetText(preview)}`
  if (sheet === null) return line
  const rows = icecatPreviewRows(preview)
  const rest = values.length - rows.length
  return [
    line,
    table([['attribute', 'Icecat', 'converted', 'Akeneo', 'then'], ...rows], '  '),
    ...(rest > 0 ? [`  and ${counted(rest, 'place')} for which neither has anything`] : []),
  ].join('\n')
}

export function icecatDiffText(
  { sections, rules }: IcecatMappingDiff,
  versions: { before: number; after: number },
  comparison: MappingComparison | null,
): string {
  if (sections.length === 0 && rules.length === 0)
    return 'Says the same as the mapping that products are judged by'
  return [
    `version ${versions.before} → ${versions.after}`,
    ...(sections.length > 0 ? [`changed: ${sections.join(', ')}`] : []),
    table(
      rules.map(({ target, before, after }) => [target, before ?? '–', '→', after ?? '–']),
      '  ',
    ),
    ...comparisonLines(comparison),
  ].join('\n')
}

function comparisonLines(comparison: MappingComparison | null): string[] {
  if (comparison === null || comparison.products === 0) return []
  const { products, values, changed, byAttribute, examples } = comparison
  return [
    '',
    `${counted(products, 'sheet')} tried: ${changed} of ${counted(values, 'value')} would be others`,
    table(
      byAttribute.map((row) => [row.attribute, counted(row.values, 'value')]),
      '  ',
    ),
    table(
      examples.map(({ product, attribute, locale, scope, before, after }) => [
        product,
        [attribute, locale, scope].filter((part) => part !== null).join(' '),
        short(before),
        '→',
        short(after),
      ]),
      '  ',
    ),
  ]
}
