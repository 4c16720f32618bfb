import type {
  CoveredAttribute,
  MappingCoverage,
  MappingSuggestion,
  PreviewRow,
  RecordPreview,
} from '../../connectors/akeneo/translate/index.ts'
import type { DiffExample, RecordDiff } from '../../domain/mapping/record-diff.ts'
import type { MappingProblem } from '../../domain/mapping/problem.ts'
import { counted, table } from './format.ts'

/** How the verbs about mappings speak to a person. */

export const problemLine = (file: string, { line, path, message }: MappingProblem): string =>
  `${file}:${line}  ${path === '' ? '' : `${path}: `}${message}`

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

/** Akeneo on the left, the rule, the hub on the right. */
export function previewText(name: string, { rows, record, refusal, warnings }: RecordPreview): string {
  const lines = rows.filter(
    ({ applies, result, reads }) => applies && (result !== null || reads.some(({ value }) => value !== null)),
  )
  const status = refusal
    ? `refused: ${refusal.text}. ${refusal.remedy}`
    : record?.kind === 'product' || record?.kind === 'group'
      ? `${record.status}${(record.reasons ?? []).map(({ text }) => `; ${text}`).join('')}`
      : ''
  return [
    `${name}  ${status}`,
    table([['Akeneo', 'hub field', 'hub'], ...lines.map(previewRow)], '  '),
    ...warnings.map(
      ({ field, text, remedy }) => `  ! ${field === null ? '' : `${field}: `}${text}. ${remedy}`,
    ),
  ].join('\n')
}

function previewRow({ target, reads, result }: PreviewRow): string[] {
  const found = reads.filter(({ value }) => value !== null)
  const shown = found.map(
    ({ address, locale, value }) => `${address}${locale === null ? '' : ` (${locale})`}: ${short(value)}`,
  )
  const [first = '–', ...others] = [...new Set(shown)]
  return [others.length === 0 ? first : `${first} +${others.length}`, target, short(result)]
}

const states: CoveredAttribute['state'][] = ['mapped', 'through', 'ignored', 'unmapped']
const meaning: Record<CoveredAttribute['state'], string> = {
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
    states.map((state) => `${totals[state]} ${state} (${meaning[state]})`).join(' · '),
    '',
    table([['attribute', 'type', 'state', 'filled', 'goes to'], ...rows]),
    ...(problems.length > 0 ? ['', ...problems.map((problem) => problemLine(file, problem))] : []),
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

const percent = (share: number) => `${Number((share * 100).toFixed(1))} %`
