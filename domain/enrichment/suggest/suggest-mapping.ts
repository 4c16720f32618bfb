import { foldCase } from '../../text.ts'
import type { IcecatMapping } from '../mapping/document.ts'
import type { Texts } from '../sheet.ts'
import type { TargetAttribute, TargetStructure } from '../target.ts'
import { NameIndex } from './name-likeness.ts'
import { typeFit } from './type-fit.ts'
import { usualFeature, wellKnown } from './well-known.ts'

/** A feature as Icecat's list has it. */
export interface ListedFeature {
  id: string
  names: Texts
  type: string
  measure: { id: string; sign: string } | null
  restrictedValues: readonly string[]
}

/** A rule that could be in the file; nothing is written into Akeneo before a person has put it there. */
export interface Suggestion {
  attribute: string
  /** As it would stand in the file, in this section. */
  rule: string
  section: 'attributes' | 'media'
  address: string
  /** From 0 to 1. */
  score: number
  /** In words, for the comment behind the line. */
  reasons: string[]
}

export interface SuggestQuestion {
  structure: TargetStructure
  /** Labels of attributes by locale. */
  labels: ReadonlyMap<string, Readonly<Record<string, string | null>>>
  features: readonly ListedFeature[]
  languages: IcecatMapping['languages']
  neutral: string
  /** `managed`: only what codes say by themselves; else also what is alike by names, types, units and options. */
  preset?: 'managed' | 'self-service'
  /** Attributes and addresses that the file has already, or leaves out on purpose. */
  taken: { attributes: ReadonlySet<string>; addresses: ReadonlySet<string> }
  /** By feature: how many categories of ours ask for it. Of two that fit alike, the one that more do. */
  wanted?: ReadonlyMap<string, number>
}

/** Below it a suggestion would be a guess. */
const leastScore = 0.6

/** A fitting type alone says nothing: thousands of features are numbers. */
const leastLikeness = 0.5

/** For each attribute that nothing feeds yet, what fits best by name, type, unit and options, best first. */
export function suggestMapping(question: SuggestQuestion): Suggestion[] {
  const { structure, taken, preset = 'self-service' } = question
  const addresses = new Set(taken.addresses)
  const features = question.features.filter(({ id }) => !addresses.has(`feature/${id}`))
  const known = new Map(features.map((feature) => [feature.id, feature]))
  const names = nameIndexes(features, question)
  const suggestions = [...structure.attributes.values()].flatMap((attribute): Suggestion[] => {
    if (taken.attributes.has(foldCase(attribute.code)) || attribute.is_read_only === true) return []
    const plain = wellKnown(attribute, addresses, preset === 'managed')
    const plainRule = plain && checked(plain, attribute, known, question)
    // One picture for each attribute; a text may feed several.
    if (plainRule?.section === 'media') addresses.add(plainRule.address)
    if (plainRule) return [plainRule]
    if (preset === 'managed') return []
    const usual = usualFeature(attribute)
    const best = [...alike(attribute, names, question)]
      .flatMap(([place, name]) => scored(attribute, features[place], name, question) ?? [])
      .toSorted(
        (a, b) =>
          b.score - a.score ||
          b.wanted - a.wanted ||
          Number(b.featureId === usual) - Number(a.featureId === usual) ||
          Number(a.featureId) - Number(b.featureId),
      )[0]
    if (!best || best.score < leastScore) return []
    const { wanted: _wanted, featureId: _id, ...suggestion } = best
    return [suggestion]
  })
  return suggestions.toSorted((a, b) => b.score - a.score || (a.attribute < b.attribute ? -1 : 1))
}

/** What a code alone says holds only where Icecat's list has the feature, and its values can be written there. */
function checked(
  { featureId, ...suggestion }: Suggestion & { featureId: string | null },
  attribute: TargetAttribute,
  known: ReadonlyMap<string, ListedFeature>,
  question: SuggestQuestion,
): Suggestion | undefined {
  if (featureId === null) return suggestion
  const feature = known.get(featureId)
  const fit = feature && typeFit(attribute, feature, question)
  if (!feature || !fit) return undefined
  const name = feature.names[question.neutral] ?? feature.names['EN'] ?? featureId
  return {
    ...suggestion,
    rule: ruleOf(suggestion.address, fit.unit),
    reasons: [`${suggestion.reasons.join('; ')}, "${name}"`, ...fit.reasons],
  }
}

const ruleOf = (address: string, unit: string | undefined): string =>
  unit === undefined ? address : `{ from: ${address}, unit: ${unit} }`

/** Icecat's names by language: of each the features' places in the list. */
function nameIndexes(
  features: readonly ListedFeature[],
  { languages, neutral }: SuggestQuestion,
): Map<string, NameIndex> {
  const wanted = new Set([neutral, 'EN', ...languages.flatMap(({ chain }) => chain.map(({ text }) => text))])
  return new Map(
    [...wanted].map((language) => [
      language,
      new NameIndex(
        features.flatMap(({ names }, place) => {
          const name = names[language]
          return name === undefined ? [] : [[place, name] as const]
        }),
      ),
    ]),
  )
}

interface LikeName {
  score: number
  ours: string
  language: string
  /** What of ours it is like: the code, or the label in a locale. */
  where: string
}

/** Features whose name is like the attribute's code or one of its labels, by place, each with its best likeness. */
function alike(
  { code }: TargetAttribute,
  names: ReadonlyMap<string, NameIndex>,
  { labels, languages, neutral }: SuggestQuestion,
): Map<number, LikeName> {
  const own = labels.get(foldCase(code)) ?? {}
  const pairs = [
    { ours: code, language: neutral, where: 'code' },
    { ours: code, language: 'EN', where: 'code' },
    ...languages.flatMap(({ locale, chain }) =>
      chain.map(({ text }) => ({ ours: own[locale.text] ?? '', language: text, where: locale.text })),
    ),
  ]
  const found = new Map<number, LikeName>()
  for (const pair of pairs) {
    for (const [place, score] of names.get(pair.language)?.alike(pair.ours, leastLikeness) ?? []) {
      if (score > (found.get(place)?.score ?? 0)) found.set(place, { ...pair, score })
    }
  }
  return found
}

function scored(
  attribute: TargetAttribute,
  feature: ListedFeature | undefined,
  { score: name, ours, language, where }: LikeName,
  question: SuggestQuestion,
): (Suggestion & { wanted: number; featureId: string }) | undefined {
  if (feature === undefined) return undefined
  const fit = typeFit(attribute, feature, question)
  if (fit === undefined) return undefined
  const address = `feature/${feature.id}`
  const wanted = question.wanted?.get(feature.id) ?? 0
  return {
    attribute: attribute.code,
    address,
    rule: ruleOf(address, fit.unit),
    section: 'attributes',
    score: Math.round((0.6 * name + 0.4 * fit.score) * 100) / 100,
    reasons: [
      `"${ours}" (${where}) and "${feature.names[language] ?? ''}"`,
      ...fit.reasons,
      ...(wanted > 0 ? [`asked for in ${wanted} of your categories`] : []),
    ],
    wanted,
    featureId: feature.id,
  }
}
