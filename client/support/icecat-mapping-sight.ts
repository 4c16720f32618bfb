import type { FillCounts, Structure } from '../../connectors/akeneo/translate/index.ts'
import type { Sql } from '../../connectors/hub/database.ts'
import type { IcecatMapping, IcecatSource } from '../../domain/enrichment/mapping/document.ts'
import type { IcecatAddress } from '../../domain/enrichment/mapping/icecat-address.ts'
import { type IcecatMappingDiff, icecatMappingDiff } from '../../domain/enrichment/mapping/mapping-diff.ts'
import { mappingHash } from '../../domain/enrichment/mapping/meaning.ts'
import type { Suggestion } from '../../domain/enrichment/suggest/suggest-mapping.ts'
import type { MappingProblem } from '../../domain/mapping/problem.ts'
import { foldCase } from '../../domain/text.ts'
import { markOf } from './edit-file.ts'
import { labelsOf, type SeenFile, type Suggested, suggested } from './hub-mapping-sight.ts'
import { appliedIcecatMapping } from './icecat-applying.ts'
import { type CategorySight, coverageSights, featureNames, requireTaxonomy } from './icecat-coverage.ts'
import { fedAttributes, proposal } from './icecat-proposal.ts'
import { fitted, type IcecatTarget } from './icecat-target.ts'
import { storedStructure } from './mapping-target.ts'

/** The mapping from Icecat: the file as it lies there, held against both taxonomies and against what products are judged by. */
export interface IcecatMappingSight {
  kind: 'icecat'
  connection: string
  file: SeenFile
  /** Version of the mapping that products are judged by; null: none was applied. */
  applied: number | null
  isChanged: boolean
  /** Null where nothing was applied to compare with. */
  diff: IcecatMappingDiff | null
  suggestions: Suggested<Suggestion>[]
  categories: CategorySight[]
  /** Attributes that Icecat may feed, those that nothing feeds first. */
  attributes: FedAttribute[]
  ignored: { address: string; name: string | null; reason: string }[]
  warnings: MappingProblem[]
  /** Records that `filled` is counted over. */
  records: number
  /** As of a HubMappingSight. */
  stored: number | null
}

export interface FedAttribute {
  code: string
  label: string | null
  type: string
  filled: number
  /** In the file's words; null: nothing feeds it. */
  rule: string | null
  /** What Icecat calls the features that the rule reads. */
  features: string[]
}

export async function icecatMappingSight(
  sql: Sql,
  target: IcecatTarget,
  counts: FillCounts,
): Promise<IcecatMappingSight> {
  const { name } = target.connection
  const structure = await storedStructure(sql, name)
  const { file, mapping, warnings } = fitted(target, structure)
  await requireTaxonomy(sql, target)
  const applied = await appliedIcecatMapping(sql, name)
  const names = await featureNames(sql, target.account, mapping.neutral.text, featuresIn(mapping))
  return {
    kind: 'icecat',
    connection: name,
    file: { name: file.name, version: mapping.version, mark: markOf(file.text) },
    applied: applied?.version ?? null,
    isChanged: applied === null || mappingHash(applied) !== mappingHash(mapping),
    diff: applied && icecatMappingDiff(applied, mapping),
    suggestions: await icecatSuggestions(sql, target, structure, mapping),
    categories: await coverageSights(sql, target, mapping, structure, []),
    attributes: fedBy(mapping, structure, counts, names),
    ignored: mapping.ignore.map(({ address, reason }) => ({
      address: address.text,
      name: (address.base === 'feature' ? names.get(address.id) : null) ?? null,
      reason,
    })),
    warnings,
    records: counts.records,
    stored: counts.stored ?? null,
  }
}

export async function icecatSuggestions(
  sql: Sql,
  target: IcecatTarget,
  structure: Structure,
  mapping: IcecatMapping,
): Promise<Suggested<Suggestion>[]> {
  const { suggestions } = await proposal(sql, target, structure, {
    mapping,
    preset: 'self-service',
    categories: [],
  })
  return suggestions.map((one) => suggested(one, one.section, one.attribute, one.rule))
}

function fedBy(
  mapping: IcecatMapping,
  structure: Structure,
  { filled }: FillCounts,
  names: ReadonlyMap<string, string>,
): FedAttribute[] {
  const labels = labelsOf(
    structure,
    mapping.languages.map(({ locale }) => locale.text),
  )
  const rules = new Map([
    ...mapping.attributes.map(
      ({ code, rule }) => [foldCase(code), { text: rule.text, addresses: addressesIn(rule.source) }] as const,
    ),
    ...mapping.media.map(({ code, text, addresses }) => [foldCase(code), { text, addresses }] as const),
  ])
  const codes = new Set([...fedAttributes(structure, mapping).values()].map(({ code }) => code))
  return [...structure.attributes.values()]
    .flatMap(({ code, type }): FedAttribute[] => {
      const rule = rules.get(foldCase(code))
      if (rule === undefined && !codes.has(code)) return []
      return [
        {
          code,
          label: labels.get(code) ?? null,
          type: type.replace(/^pim_catalog_/, ''),
          filled: filled.get(code) ?? 0,
          rule: rule?.text ?? null,
          features: (rule?.addresses ?? []).flatMap(
            (address) => (address.base === 'feature' ? names.get(address.id) : undefined) ?? [],
          ),
        },
      ]
    })
    .toSorted(
      (a, b) =>
        Number(a.rule !== null) - Number(b.rule !== null) ||
        b.filled - a.filled ||
        (a.code < b.code ? -1 : 1),
    )
}

function addressesIn(source: IcecatSource): IcecatAddress[] {
  if (source.kind === 'from') return source.addresses
  return source.kind === 'template' ? source.parts.filter((part) => typeof part !== 'string') : []
}

const featuresIn = ({ attributes, ignore }: IcecatMapping): string[] => [
  ...new Set(
    [
      ...attributes.flatMap(({ rule }) => addressesIn(rule.source)),
      ...ignore.map(({ address }) => address),
    ].flatMap((address) => (address.base === 'feature' ? [address.id] : [])),
  ),
]
