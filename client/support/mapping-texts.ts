import type {
  CoveredAttribute,
  MappingCoverage,
  MappingSuggestion,
  PreviewRow,
  RecordPreview,
} from '../../connectors/akeneo/translate/index.ts'
import type { DiffExample, RecordDiff } from '../../domain/mapping/record-diff.ts'
import { problemText } from '../../domain/mapping/problem.ts'
import { counted, table } from './format.ts'

/** How the verbs about mappings speak to a person. */

export const problemsText = (problems: readonly string[]): string =>
  ['What is wrong with it:', ...problems.map((text) => `  ${text}`)].join('\n')

export function suggestionsText(suggestions: MappingSuggestion[], file: string): string {
  if (suggestions.length === 0) return `${file} uses everything that names and types make likely`
  return [
    ...suggestions.map(
      ({ path, yaml, reason, filled }) =>
        `${path}\n    ${yaml}   # ${reason}${filled === null ? '' : `; filled in ${filled}`}`,
    ),
    '',
    `Put what you want into ${file}, raise its version, then: pimflow mapping diff`,
  ].join('\n')
}

/** Longer texts are cut: the whole record is below. */
const longest = 48

export function short(value: unknown): string {
  if (value === null || value === undefined) return '–'
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const line = text.replace(/\s+/g, ' ')
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line
}

/** A text by locale as one cell: what is the same in all is said once. */
function byLocale(value: unknown): string {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return short(value)
  const texts = Object.values(value).map((text) => (typeof text === 'string' ? text : JSON.stringify(text)))
  const [first] = texts
  if (first === undefined) return '–'
  if (texts.length > 1 && texts.every((text) => text === first)) return `${short(first)}, in all locales`
  return short(value)
}

const isNothing = (value: unknown) => value === null || (Array.isArray(value) && value.length === 0)

/** Akeneo on the left, the hub's field, the hub on the right; rules that found nothing are left out. */
export const previewRows = ({ rows }: RecordPreview): string[][] =>
  rows
    .filter(
      ({ applies, result, reads }) =>
        applies && (!isNothing(result) || reads.some(({ value }) => value !== null)),
    )
    .map(previewRow)

export function previewText(name: string, preview: RecordPreview): string {
  const { record, warnings } = preview
  const attributes = record && 'attributes' in record ? Object.keys(record.attributes).length : 0
  return [
    `${name}  ${previewStatus(preview)}`,
    table([['Akeneo', 'hub field', 'hub'], ...previewRows(preview)], '  '),
    ...(attributes > 0
      ? [`  and ${counted(attributes, 'attribute')} under ${attributes === 1 ? 'its' : 'their'} own code`]
      : []),
    ...warnings.map(
      ({ field, text, remedy }) => `  ! ${field === null ? '' : `${field}: `}${text}. ${remedy}`,
    ),
  ].join('\n')
}

export function previewStatus({ record, refusal, variants }: RecordPreview): string {
  if (refusal) return `refused: ${refusal.text}. ${refusal.remedy}`
  if (record?.kind !== 'product' && record?.kind !== 'group') return ''
  const status = [record.status, ...(record.reasons ?? []).map(({ text }) => text)].join('; ')
  if (variants === null) return status
  return `${status}; a group of ${counted(variants.all, 'variant')}, ${variants.active} active`
}

function previewRow({ target, reads, result }: PreviewRow): string[] {
  const found = reads.filter(({ value }) => value !== null)
  const read = found.map(
    ({ address, locale, value }) => `${address}${locale === null ? '' : ` (${locale})`}: ${short(value)}`,
  )
  const [first = '–', ...others] = [...new Set(read)]
  return [others.length === 0 ? first : `${first} +${others.length}`, target, byLocale(result)]
}

const states: CoveredAttribute['state'][] = ['mapped', 'through', 'ignored', 'unmapped']
export const stateMeaning: Record<CoveredAttribute['state'], string> = {
  mapped: 'a rule reads it',
  through: 'goes out under its own code',
  ignored: 'left out on purpose',
  unmapped: 'nobody has decided',
}

export function coverageText(
  { attributes, totals, records, problems }: MappingCoverage,
  file: string,
): string {
  const rows = attributes
    .filter(({ state }) => state !== 'through')
    .map(({ code, type, state, targets, filled }) => [
      code,
      type,
      state,
      records === null || filled === null ? '' : `${filled}/${records}`,
      targets.join(', '),
    ])
  return [
    states.map((state) => `${totals[state]} ${state} (${stateMeaning[state]})`).join(' · '),
    '',
    table([['attribute', 'type', 'state', 'filled', 'goes to'], ...rows]),
    ...(problems.length > 0 ? ['', ...problems.map((problem) => problemText(file, problem))] : []),
  ].join('\n')
}

export function diffText(
  { compared, changed, share, fields, statuses, examples }: RecordDiff,
  guard: number | null,
): string {
  if (changed === 0) return `${counted(compared, 'record')} compared: none would change`
  const limit = guard === null ? '' : `, and ${percent(guard)} may change without a person (guards.changed)`
  return [
    `${changed} of ${counted(compared, 'record')} would change: ${percent(share)}${limit}`,
    '',
    table(
      fields.map(({ field, records }) => [field, counted(records, 'record')]),
      '  ',
    ),
    ...(statuses.length > 0
      ? [
          '',
          ...statuses.map(
            ({ before, after, records }) =>
              `  ${counted(records, 'record')} from ${before ?? 'nothing'} to ${after ?? 'refused'}`,
          ),
        ]
      : []),
    '',
    ...examples.flatMap(exampleLines),
  ].join('\n')
}

const exampleLines = ({ kind, name, changes }: DiffExample): string[] => [
  `  ${kind} ${name}`,
  table(
    changes.map(({ field, before, after }) => [field, short(before), '→', short(after)]),
    '    ',
  ),
]

export const percent = (share: number) => `${Number((share * 100).toFixed(1))} %`
