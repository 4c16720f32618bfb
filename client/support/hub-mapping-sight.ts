import {
  type FillCounts,
  type MappingCoverage,
  type MappingSuggestion,
  type Structure,
  suggestAdditions,
} from '../../connectors/akeneo/translate/index.ts'
import type { Sql } from '../../connectors/hub/database.ts'
import { changeWithText, type MappingChange } from '../../connectors/hub/mapping-changes.ts'
import { appliedMappings } from '../../connectors/hub/outputs.ts'
import { readMappingFile } from '../../connectors/mapping-file.ts'
import type { HubMapping } from '../../domain/mapping/document.ts'
import type { Rule } from '../../domain/mapping/rule.ts'
import { markOf } from './edit-file.ts'
import { storedCoverage } from './mapping-coverage.ts'
import { asPublished, documentOf, type MappingTarget, storedStructure } from './mapping-target.ts'

/** The mapping of one output: the file as it lies there, held against the catalogue and against what is applied. */
export interface HubMappingSight {
  kind: 'hub'
  connection: string
  output: string
  file: SeenFile | null
  /** What records are made by: a file's name with its version, or the defaults; null: the output has not begun. */
  applied: { name: string; version: number | null } | null
  /** The file says something else than what is applied. */
  isChanged: boolean
  /** The proposal of this very file; null: it was not compared yet. */
  change: MappingChange | null
  suggestions: Suggested<MappingSuggestion>[]
  coverage: MappingCoverage
  /** By attribute, as the catalogue's people call it. */
  labels: ReadonlyMap<string, string>
  /** The hub's own fields and what fills them, in the file's words; null: nothing does. */
  fields: { field: string; rule: string | null }[]
  /** Stored products and models, where values were counted over a sample of them; null: over all. */
  stored: number | null
}

export interface SeenFile {
  /** As the configuration names it. */
  name: string
  version: number
  /** Tells this text from a later one. */
  mark: string
}

/** With its own name, by which it can be accepted. */
export type Suggested<S> = S & { id: string }

export const suggested = <S>(suggestion: S, ...words: string[]): Suggested<S> => ({
  ...suggestion,
  id: markOf(words.join('\n')).slice(0, 16),
})

export async function hubMappingSight(
  sql: Sql,
  configured: MappingTarget,
  counts: FillCounts,
): Promise<HubMappingSight> {
  const target = await asPublished(sql, configured)
  const { connection, output, file, mapping } = target
  const structure = await storedStructure(sql, connection.name)
  const applied = (await appliedMappings(sql, connection.name)).get(output)
  const isChanged = file !== null && applied?.text !== file.text
  const document = documentOf(target, structure)
  return {
    kind: 'hub',
    connection: connection.name,
    output: configured.output,
    file: file && mapping && { name: file.name, version: mapping.version, mark: markOf(file.text) },
    applied: applied === undefined ? null : appliedName(applied),
    isChanged,
    change: isChanged ? await changeWithText(sql, connection.name, output, file.text) : null,
    suggestions: suggestionsFor(document, structure, counts),
    coverage: await storedCoverage(sql, target, document, structure, counts),
    labels: labelsOf(structure, document.locales?.map(({ locale }) => locale.text) ?? []),
    fields: fieldsOf(document),
    stored: counts.stored ?? null,
  }
}

export const suggestionsFor = (
  document: HubMapping,
  structure: Structure,
  counts: FillCounts | null,
): Suggested<MappingSuggestion>[] =>
  suggestAdditions(document, structure, counts).map((one) => suggested(one, one.path, one.yaml))

const appliedName = (applied: { name: string; text: string } | null) =>
  applied === null
    ? { name: 'the defaults', version: null }
    : { name: applied.name, version: readMappingFile(applied).mapping?.version ?? null }

/** In the first of these locales that has one, else in any. */
export function labelsOf(structure: Structure, locales: readonly string[]): Map<string, string> {
  return new Map(
    [...structure.attributes.values()].flatMap(({ code, labels = {} }) => {
      const label =
        locales.map((locale) => labels[locale]).find(Boolean) ?? Object.values(labels).find(Boolean)
      return label ? [[code, label] as const] : []
    }),
  )
}

function fieldsOf(mapping: HubMapping): HubMappingSight['fields'] {
  const { product, media, units, inventory, related, kits } = mapping
  const row = (field: string, rule: Rule | null, otherwise: string | null = null) => ({
    field,
    rule: rule?.text ?? otherwise,
  })
  const none = (field: string, rows: { field: string; rule: string | null }[]) =>
    rows.length === 0 ? [{ field, rule: null }] : rows
  return [
    row('product.sku', product.sku, '$identifier'),
    row('product.name', product.name, '$label'),
    row('product.description', product.description),
    row('product.brand', product.brand),
    row('product.barcode', product.barcode),
    ...none(
      'product.alternateIds',
      product.alternateIds.map(({ type, rule }) => row(`product.alternateIds.${type}`, rule)),
    ),
    row('product.type', product.type),
    row('product.taxClass', product.taxClass),
    row('product.prices.list', product.prices.list),
    row('product.prices.msrp', product.prices.msrp),
    row('product.prices.sale', product.prices.sale),
    ...none(
      'media',
      media.map(({ role, text }) => ({ field: `media.${role}`, rule: text })),
    ),
    ...units.map(({ code, text }) => ({ field: `units.${code}`, rule: text })),
    ...none(
      'inventory',
      inventory.levels.map(({ location, quantity }) => row(`inventory.${location}`, quantity)),
    ),
    ...none(
      'related',
      related === 'all'
        ? [{ field: 'related', rule: 'all' }]
        : related.map(({ association, type }) => ({ field: `related.${type}`, rule: association })),
    ),
    ...none(
      'kits',
      kits.map(({ association, type }) => ({ field: `kits (${type})`, rule: association })),
    ),
  ]
}
