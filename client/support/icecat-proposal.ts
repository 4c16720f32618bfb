import type { Structure } from '../../connectors/akeneo/translate/index.ts'
import type { Sql } from '../../connectors/hub/database.ts'
import { proposedChain } from '../../connectors/icecat/languages.ts'
import { CodeMap } from '../../domain/code-map.ts'
import { csvText } from '../../domain/csv.ts'
import type { IcecatMapping } from '../../domain/enrichment/mapping/document.ts'
import { firstFile, isKeyAttribute } from '../../domain/enrichment/suggest/first-file.ts'
import { rawAttributeRows, rawPreset } from '../../domain/enrichment/suggest/raw-preset.ts'
import { type Suggestion, suggestMapping } from '../../domain/enrichment/suggest/suggest-mapping.ts'
import { foldCase } from '../../domain/text.ts'
import { UsageError } from './errors.ts'
import { listedFeatures } from './icecat-coverage.ts'
import type { IcecatTarget } from './icecat-target.ts'

export interface Proposal {
  suggestions: Suggestion[]
  /** A whole file of them. */
  text: string
  /** With the preset raw: attributes to import into Akeneo. */
  attributesCsv: string | null
}

export interface ProposalSettings {
  /** What is there already; null: nothing. */
  mapping: IcecatMapping | null
  preset: IcecatMapping['preset']
  /** Of Icecat's, by number; empty: those that products are in. */
  categories: readonly string[]
}

/** What the mapping could say, from what was collected of both sides; changes nothing. */
export async function proposal(
  sql: Sql,
  target: IcecatTarget,
  structure: Structure,
  { mapping, preset, categories }: ProposalSettings,
): Promise<Proposal> {
  const languages = mapping?.languages ?? proposedLanguages(structure)
  const neutral = mapping?.neutral.text ?? 'EN'
  const codes = languages.flatMap(({ chain }) => chain.map(({ text }) => text))
  const { features, wanted } = await listedFeatures(sql, target, [neutral, ...codes], categories)
  const chains = languages.map(({ locale, chain }) => ({
    locale: locale.text,
    chain: chain.map(({ text }) => text),
  }))
  if (preset === 'raw') {
    const own = features.filter(({ id }) => wanted.has(id))
    if (own.length > mostRawFeatures)
      throw new UsageError(
        `Icecat has ${own.length} features in these categories: name those that you want with --category`,
      )
    // The first language of a chain that has a name gives the label.
    const locales = chains.flatMap(({ locale, chain }) =>
      chain.toReversed().map((language) => ({ locale, language })),
    )
    const raw = rawPreset(own, structure, locales)
    return {
      suggestions: raw.rules,
      text: firstFile({ preset, structure, languages: chains, suggestions: raw.rules }),
      attributesCsv: csvText(rawAttributeRows(raw.attributes)),
    }
  }
  const suggestions = suggestMapping({
    structure: { ...structure, attributes: fedAttributes(structure, mapping) },
    labels: new Map(
      [...structure.attributes.values()].map(({ code, labels }) => [foldCase(code), labels ?? {}]),
    ),
    features,
    languages,
    neutral,
    preset,
    wanted,
    taken: takenBy(mapping),
  })
  return {
    suggestions,
    text: firstFile({ preset, structure, languages: chains, suggestions }),
    attributesCsv: null,
  }
}

/** More attributes than this in one catalogue help nobody. */
const mostRawFeatures = 5000

/** A chain for each locale that a channel has and Icecat knows. */
function proposedLanguages({ channels }: Structure): IcecatMapping['languages'] {
  const word = (text: string) => ({ text, line: 1 })
  const locales = [...new Set(channels.flatMap(({ locales: own }) => own))].toSorted()
  return locales.flatMap((locale) => {
    const chain = proposedChain(locale).map(word)
    return chain.length === 0 ? [] : [{ locale: word(locale), chain }]
  })
}

/** Attributes that an enriched family has, without those that products are found by. */
export function fedAttributes({ attributes, families }: Structure, mapping: IcecatMapping | null) {
  const named = mapping?.products.family?.flatMap(({ text }) => families.get(text) ?? [])
  const enriched = new Set(
    (named ?? [...families.values()]).flatMap((family) => family.attributes.map(foldCase)),
  )
  const fed = new CodeMap<NonNullable<ReturnType<typeof attributes.get>>>()
  for (const attribute of attributes.values()) {
    if (enriched.has(foldCase(attribute.code)) && !isKeyAttribute(attribute))
      fed.set(attribute.code, attribute)
  }
  return fed
}

function takenBy(mapping: IcecatMapping | null) {
  if (mapping === null) return { attributes: new Set<string>(), addresses: new Set<string>() }
  const sources = mapping.attributes.flatMap(({ rule: { source } }) =>
    source.kind === 'from'
      ? source.addresses
      : source.kind === 'template'
        ? source.parts.filter((part) => typeof part !== 'string')
        : [],
  )
  const addresses = [
    ...sources,
    ...mapping.media.flatMap(({ addresses: own }) => own),
    ...mapping.ignore.map(({ address }) => address),
  ]
  return {
    attributes: new Set([...mapping.attributes, ...mapping.media].map(({ code }) => foldCase(code))),
    addresses: new Set(addresses.map(({ text }) => text)),
  }
}
