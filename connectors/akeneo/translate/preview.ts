import type { TranslatedRecord } from '../../../contracts/hub.ts'
import { addressesOf } from '../../../domain/mapping/rule.ts'
import type { AkeneoProduct } from '../schema.ts'
import { type GroupExpressions, type GroupInput, groupView, translateGroup } from './group.ts'
import type { Links } from './links.ts'
import { outputFor, type OutputSettings } from './output.ts'
import type { Problem } from './problem.ts'
import { translateProduct, type VariantModels } from './product.ts'
import { startReading } from './reading.ts'
import { productView, type RecordView } from './record-view.ts'
import { allRules } from './rules/all-rules.ts'
import { attributeBy } from './rules/evaluate.ts'
import type { CompiledRule } from './rules/compile-rule.ts'
import type { ExpressionResults } from './rules/expression.ts'
import { compileAddress } from './rules/read-address.ts'
import type { Structure } from './structure.ts'
import type { Translation } from './translation.ts'

/** One rule at work on one record. */
export interface PreviewRow {
  /** Such as `product.name`; `media.main` for a line of media. */
  target: string
  /** As it stands in the file. */
  rule: string
  line: number
  /** What it read, by address and locale; a locale of null says the same in all. */
  reads: { address: string; locale: string | null; value: unknown }[]
  /** Whether its condition held. */
  applies: boolean
  /** By locale where it differs; null where nothing came of it. */
  result: unknown
}

export interface RecordPreview {
  rows: PreviewRow[]
  /** Null when the record is refused. */
  record: TranslatedRecord | null
  refusal: Problem | null
  warnings: Problem[]
  /** Of a group: the variants below its model, and those of them that are active. Null for a product. */
  variants: { all: number; active: number } | null
}

/** Source value, rule and result side by side, and the record that they make together. */
export function previewRecord(
  source: AkeneoProduct,
  models: VariantModels | null,
  structure: Structure,
  settings: OutputSettings,
  links: Links,
  expressions: ExpressionResults | null = null,
): RecordPreview {
  const output = outputFor(settings, structure)
  const family = source.family == null ? undefined : structure.families.get(source.family)
  const view = productView(source, family, startReading(structure, output, links), expressions)
  const translation = translateProduct(source, models, structure, output, links, expressions)
  return previewOf(view, structure, allRules(output.rules), translation, null)
}

/** The same of a model's group: the rules that make one, on the values of the levels that it speaks for. */
export function previewGroup(
  input: GroupInput,
  structure: Structure,
  settings: OutputSettings,
  links: Links,
  expressions: GroupExpressions | null = null,
): RecordPreview {
  const output = outputFor(settings, structure)
  const { view } = groupView(input.root, startReading(structure, output, links), expressions)
  const { name, description, named } = output.rules
  const rules = [name, description, ...named.map(({ rule }) => rule)].filter((rule) => rule !== null)
  const translation = translateGroup(input, structure, output, links, expressions)
  return previewOf(view, structure, rules, translation, {
    all: input.variants.length,
    active: input.variants.filter(({ active }) => active).length,
  })
}

function previewOf(
  view: RecordView,
  structure: Structure,
  rules: CompiledRule[],
  translation: Translation,
  variants: RecordPreview['variants'],
): RecordPreview {
  const rows = rules.map((compiled): PreviewRow => {
    const { rule } = compiled
    const value = attributeBy(compiled, view)
    return {
      target: rule.target,
      rule: rule.text,
      line: rule.line,
      reads: addressesOf(rule).flatMap((address) => readsAt(address, view, structure)),
      applies: value !== undefined,
      result: value == null ? null : 'values' in value ? value.values : value.value,
    }
  })
  const record = translation.outcome === 'record' ? translation.record : null
  const media = record?.kind === 'product' || record?.kind === 'group' ? record.media : []
  const mediaRows = view.reading.output.rules.document.media.map(
    ({ role, addresses, line, text }): PreviewRow => {
      const reads = addresses.flatMap((address) => readsAt(address, view, structure))
      // The files of this line are those that it read; another line of its role has its own.
      const codes = new Set(reads.map(({ value }) => value))
      const result = media.filter((file) => file.role === role && codes.has(file.code))
      return { target: `media.${role}`, rule: text, line, reads, applies: true, result }
    },
  )
  return {
    rows: [...rows, ...mediaRows],
    record,
    refusal: translation.outcome === 'rejected' ? translation.problem : null,
    warnings: translation.outcome === 'record' ? translation.warnings : [],
    variants,
  }
}

function readsAt(
  address: ReturnType<typeof addressesOf>[number],
  view: RecordView,
  structure: Structure,
): PreviewRow['reads'] {
  const { reader } = compileAddress(address, structure)
  if (!reader) return [{ address: address.text, locale: null, value: null }]
  const { locales } = view.reading.output
  const wanted = reader.byLocale ? locales : locales.slice(0, 1)
  return wanted.map((locale) => ({
    address: address.text,
    locale: reader.byLocale ? locale : null,
    value: reader.read(view, locale)?.value ?? null,
  }))
}
