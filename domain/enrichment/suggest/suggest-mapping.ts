import { foldCase } from '../../text.ts'
import { createOptionFinder } from '../convert/to-option.ts'
import { unitOfMeasure } from '../convert/units.ts'
import type { IcecatMapping } from '../mapping/document.ts'
import type { Texts } from '../sheet.ts'
import type { TargetAttribute, TargetStructure } from '../target.ts'
import { likeness } from './name-likeness.ts'

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
  /** As it would stand in the file. */
  rule: string
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
  /** Attributes and addresses that the file has already, or leaves out on purpose. */
  taken: { attributes: ReadonlySet<string>; addresses: ReadonlySet<string> }
}

/** Below it a suggestion would be a guess. */
const leastScore = 0.6

/** For each attribute that nothing feeds yet, the feature that fits best by name, type, unit and options, best first. */
export function suggestMapping(question: SuggestQuestion): Suggestion[] {
  const { structure, taken } = question
  const free = [...structure.attributes.values()].filter(({ code }) => !taken.attributes.has(foldCase(code)))
  const features = question.features.filter(({ id }) => !taken.addresses.has(`feature/${id}`))
  const suggestions = free.flatMap((attribute) => {
    const plain = plainSuggestion(attribute, taken.addresses)
    if (plain) return [plain]
    const best = features
      .map((feature) => scored(attribute, feature, question))
      .filter((one) => one !== undefined)
      .toSorted(
        (a, b) =>
          b.score - a.score || a.address.length - b.address.length || (a.address < b.address ? -1 : 1),
      )[0]
    return best && best.score >= leastScore ? [best] : []
  })
  return suggestions.toSorted((a, b) => b.score - a.score || (a.attribute < b.attribute ? -1 : 1))
}

/** Fields that every catalogue has under one of a few names. */
const plainFields: readonly (readonly [
  code: RegExp,
  types: readonly string[],
  address: string,
  rule: string,
])[] = [
  [/^(product_?)?(name|title)$/, ['pim_catalog_text'], 'title', '{ from: title, max: 255, cut: word }'],
  [
    /^(long_?)?description$/,
    ['pim_catalog_textarea'],
    'description.long',
    '{ from: [description.long, description.short] }',
  ],
  [/^short_?description$/, ['pim_catalog_text', 'pim_catalog_textarea'], 'summary.short', 'summary.short'],
  [
    /^(bullets?|bullet_?points?|features|highlights)$/,
    ['pim_catalog_textarea'],
    'bullets',
    '{ from: bullets, join: html-list }',
  ],
  [/^(warranty|guarantee)/, ['pim_catalog_text', 'pim_catalog_textarea'], 'warranty', 'warranty'],
  [/^release_?date$/, ['pim_catalog_date'], 'releaseDate', 'releaseDate'],
]

function plainSuggestion(
  { code, type }: TargetAttribute,
  taken: ReadonlySet<string>,
): Suggestion | undefined {
  const found = plainFields.find(
    ([pattern, types, address]) =>
      pattern.test(code.toLowerCase()) && types.includes(type) && !taken.has(address),
  )
  if (!found) return undefined
  const [, , address, rule] = found
  return { attribute: code, rule, address, score: 0.9, reasons: [`"${code}" is mostly ${address}`] }
}

function scored(
  attribute: TargetAttribute,
  feature: ListedFeature,
  question: SuggestQuestion,
): Suggestion | undefined {
  const fit = typeFit(attribute, feature, question)
  if (fit === undefined) return undefined
  const { score: name, reason } = nameFit(attribute, feature, question)
  // A fitting type alone says nothing: thousands of features are numbers.
  if (name <= 0.5) return undefined
  const address = `feature/${feature.id}`
  return {
    attribute: attribute.code,
    address,
    rule: fit.unit === undefined ? address : `{ from: ${address}, unit: ${fit.unit} }`,
    score: Math.round((0.6 * name + 0.4 * fit.score) * 100) / 100,
    reasons: [reason, ...fit.reasons],
  }
}

function nameFit(
  { code }: TargetAttribute,
  { names }: ListedFeature,
  { labels, languages, neutral }: SuggestQuestion,
) {
  const own = labels.get(foldCase(code)) ?? {}
  const pairs = [
    { ours: code, theirs: names[neutral] ?? names['EN'], where: 'code' },
    ...languages.flatMap(({ locale, chain }) =>
      chain.map(({ text }) => ({ ours: own[locale.text] ?? '', theirs: names[text], where: locale.text })),
    ),
  ]
  let best = { score: 0, reason: '' }
  for (const { ours, theirs, where } of pairs) {
    const score = theirs === undefined ? 0 : likeness(ours, theirs)
    if (score > best.score) best = { score, reason: `"${ours}" (${where}) and "${theirs ?? ''}"` }
  }
  return best
}

interface Fit {
  score: number
  reasons: string[]
  unit?: string
}

/** Icecat's types for each of Akeneo's; the first fit exactly, the others can be written too. */
const typesFor: Readonly<Record<string, { exact: readonly string[]; possible: readonly string[] }>> = {
  pim_catalog_text: {
    exact: ['text', 'alphanumeric', '2d', '3d', 'ratio', 'range', 'contrast ratio', ''],
    possible: ['dropdown', 'multi_dropdown', 'numerical'],
  },
  pim_catalog_textarea: { exact: ['textarea'], possible: ['text', 'multi_dropdown', ''] },
  pim_catalog_boolean: { exact: ['y_n'], possible: [] },
  pim_catalog_number: { exact: ['numerical'], possible: [''] },
  pim_catalog_metric: { exact: ['numerical'], possible: [''] },
  pim_catalog_simpleselect: { exact: ['dropdown', 'y_n_o'], possible: ['text', 'ratio', ''] },
  pim_catalog_multiselect: { exact: ['multi_dropdown'], possible: ['dropdown', 'text', ''] },
  pim_catalog_date: { exact: ['date'], possible: [] },
}

function typeFit(
  attribute: TargetAttribute,
  feature: ListedFeature,
  question: SuggestQuestion,
): Fit | undefined {
  const types = typesFor[attribute.type]
  if (types === undefined) return undefined
  const isExact = types.exact.includes(feature.type)
  if (!isExact && !types.possible.includes(feature.type)) return undefined
  const score = isExact ? 1 : 0.5
  const reasons = [
    feature.type === ''
      ? 'Icecat names no type'
      : `${feature.type} into ${attribute.type.replace('pim_catalog_', '')}`,
  ]
  if (attribute.type === 'pim_catalog_metric')
    return unitFit(attribute, feature, question, { score, reasons })
  if (attribute.type.endsWith('select')) return optionFit(attribute, feature, question, { score, reasons })
  return { score, reasons }
}

function unitFit(
  { metric_family, default_metric_unit }: TargetAttribute,
  { measure }: ListedFeature,
  { structure }: SuggestQuestion,
  fit: Fit,
) {
  const family = structure.measurementFamilies.get(metric_family ?? '')
  const unit = family && measure ? unitOfMeasure(measure, family, new Map()) : undefined
  if (unit === undefined) return undefined
  return {
    ...fit,
    reasons: [...fit.reasons, `${measure?.sign ?? ''} is ${unit}`],
    unit: default_metric_unit ?? unit,
  }
}

/** Half of the score is how many of Icecat's own values are options already, where Icecat says which there are. */
function optionFit(
  attribute: TargetAttribute,
  { restrictedValues }: ListedFeature,
  question: SuggestQuestion,
  fit: Fit,
): Fit {
  if (restrictedValues.length === 0) return fit
  const { structure, languages, neutral } = question
  const options = structure.options.get(attribute.code) ?? []
  const finder = createOptionFinder({
    options,
    match: ['code', 'label'],
    languages,
    neutral,
    vocabulary: new Map(),
  })
  const known = restrictedValues.filter(
    (value) => typeof finder.find({ international: value, shown: {} }) === 'string',
  ).length
  return {
    score: fit.score / 2 + known / restrictedValues.length / 2,
    reasons: [...fit.reasons, `${known} of ${restrictedValues.length} values are options`],
  }
}
