import type { MappingProblem } from '../../mapping/problem.ts'
import type { Condition, Constant } from '../../mapping/rule.ts'
import { foldCase } from '../../text.ts'
import type { IcecatMapping, IcecatRule } from '../mapping/document.ts'
import type { IcecatAddress } from '../mapping/icecat-address.ts'
import type { Sheet, Texts } from '../sheet.ts'
import type { TargetAttribute, TargetStructure } from '../target.ts'
import { absent, type Cell, type CellResult, problem } from './cell.ts'
import { checkMapping } from './check-rules.ts'
import { compileMedia, type MediaCell } from './compile-media.ts'
import { type Place, placesOf } from './places.ts'
import { readSource, type SourceValue } from './source.ts'
import { stillFitting, type StillFitting } from './still-fitting.ts'
import { toNumber, toMeasure } from './to-number.ts'
import { createOptionFinder, type OptionFinder, toOption } from './to-option.ts'
import { toBoolean, toDate } from './to-other.ts'
import { limited, toText } from './to-text.ts'

/** A mapping that was fitted to a catalogue, ready to run on thousands of sheets. */
export interface Enrichment {
  /** Values for each place of each mapped attribute that the record's family has. */
  cells(sheet: Sheet, record: RecordView): Cell[]
  media(sheet: Sheet, record: RecordView): MediaCell[]
}

/** What conditions ask of the product in Akeneo. */
export interface RecordView {
  family: string | null
  isFilled(attribute: string, channel: string | null, locale: string | null): boolean
}

export interface CompiledEnrichment {
  /** Null when the mapping has errors. */
  enrichment: Enrichment | null
  problems: MappingProblem[]
}

/** Icecat's own lists, as far as conversion needs them. */
export interface IcecatLists {
  /** Translations of values, by folded word. */
  vocabulary: ReadonlyMap<string, Texts>
  /** Signs by number of the measure. */
  measures: ReadonlyMap<string, string>
}

const noLists: IcecatLists = { vocabulary: new Map(), measures: new Map() }

/** Fits a mapping to a catalogue. Pure: the same sheet always makes the same cells. */
export function compileEnrichment(
  mapping: IcecatMapping,
  structure: TargetStructure,
  lists: IcecatLists = noLists,
): CompiledEnrichment {
  const problems = checkMapping(mapping, structure)
  const isBroken = problems.some(({ severity }) => severity === 'error')
  return { enrichment: isBroken ? null : enrichmentOf(mapping, structure, lists), problems }
}

/** What still fits of a mapping that fitted when it was applied, ready to run. Pure, as `compileEnrichment`. */
export function compileStillFitting(
  mapping: IcecatMapping,
  structure: TargetStructure,
  lists: IcecatLists = noLists,
): StillFitting & { enrichment: Enrichment } {
  const still = stillFitting(mapping, structure)
  return { ...still, enrichment: enrichmentOf(still.mapping, structure, lists) }
}

/** Each rule must fit; channels, locales and options that are not there have no values. */
function enrichmentOf(mapping: IcecatMapping, structure: TargetStructure, lists: IcecatLists): Enrichment {
  const families = new Map(
    [...structure.families].map(([code, { attributes }]) => [
      foldCase(code),
      new Set(attributes.map(foldCase)),
    ]),
  )
  const rules = mapping.attributes.flatMap(({ code, rule }) => {
    const attribute = structure.attributes.get(code)
    return attribute ? [compileRule(attribute, rule, mapping, structure, lists)] : []
  })
  const files = mapping.media.flatMap((media) => {
    const attribute = structure.attributes.get(media.code)
    return attribute ? [compileMedia(attribute, media, mapping, structure)] : []
  })
  const inFamily = <One extends { attribute: TargetAttribute; when: Condition | null }>(
    all: One[],
    record: RecordView,
  ) => {
    const own = record.family === null ? undefined : families.get(foldCase(record.family))
    return all.filter(
      ({ attribute, when }) => (own?.has(foldCase(attribute.code)) ?? false) && holds(when, record),
    )
  }
  return {
    cells: (sheet, record) => inFamily(rules, record).flatMap(({ run }) => run(sheet)),
    media: (sheet, record) => inFamily(files, record).flatMap(({ run }) => run(sheet)),
  }
}

function holds(when: Condition | null, record: RecordView): boolean {
  if (when === null) return true
  const { family } = record
  const isIn = when.family === null || when.family.some((code) => foldCase(code) === foldCase(family ?? ''))
  const filled = ({ base, ...address }: Condition['filled'][number]) =>
    base === 'attribute' && 'code' in address
      ? record.isFilled(address.code, address.channel, address.locale)
      : base === 'family' && family !== null
  return isIn && when.filled.every(filled) && !when.empty.some(filled)
}

type Convert = (source: SourceValue, from: string) => CellResult

function compileRule(
  attribute: TargetAttribute,
  rule: IcecatRule,
  mapping: IcecatMapping,
  structure: TargetStructure,
  lists: IcecatLists,
) {
  const { source, when, required } = rule
  const places = placesOf(attribute, mapping, structure)
  const convert = converter(attribute, rule, mapping, structure, lists)
  const options = optionsOf(attribute, structure)
  const settled = (result: CellResult): CellResult => {
    if (result.kind !== 'absent') return result
    if (rule.default !== null) return constantOf(rule.default, attribute, rule, 'default')
    return required
      ? problem('required', `Icecat has nothing for ${attribute.code}, which is required`)
      : absent
  }
  const value = (sheet: Sheet, { chain }: Place): CellResult => {
    switch (source.kind) {
      case 'const':
        return constantOf(source.constant, attribute, rule, 'const')
      case 'template':
        return fromTemplate(source.parts, sheet, chain, attribute, rule)
      case 'from':
        return firstOf(source.addresses, sheet, chain, convert)
    }
  }
  return {
    attribute,
    when,
    run: (sheet: Sheet): Cell[] =>
      places.map((place) => ({
        attribute: attribute.code,
        locale: place.locale,
        scope: place.scope,
        result: withOptionsThere(settled(value(sheet, place)), attribute, options),
      })),
  }
}

/** Codes that values may be, folded; null: whatever they are. */
const optionsOf = ({ code, type }: TargetAttribute, { options }: TargetStructure): Set<string> | null =>
  type.endsWith('select') ? new Set((options.get(code) ?? []).map((option) => foldCase(option.code))) : null

/** What a rule names may have been deleted since it was applied. It is not made again: a person took it away. */
function withOptionsThere(
  result: CellResult,
  { code }: TargetAttribute,
  options: ReadonlySet<string> | null,
): CellResult {
  if (options === null || result.kind !== 'value') return result
  const named = [result.data].flat().filter((data) => typeof data === 'string')
  const gone = named.filter((option) => !options.has(foldCase(option)))
  return gone.length === 0
    ? result
    : problem('option-gone', `${code} has no option ${gone.join(', ')} any more, which the rule names`)
}

/** The first address that has something; what that is decides, also when it cannot be written. */
function firstOf(
  addresses: readonly IcecatAddress[],
  sheet: Sheet,
  chain: readonly string[],
  convert: Convert,
): CellResult {
  for (const address of addresses) {
    const source = readSource(address, sheet, chain)
    if (source === undefined) continue
    const result = convert(source, address.text)
    if (result.kind !== 'absent') return result
  }
  return absent
}

function converter(
  attribute: TargetAttribute,
  rule: IcecatRule,
  mapping: IcecatMapping,
  structure: TargetStructure,
  lists: IcecatLists,
): Convert {
  const { steps } = rule
  const { type, code } = attribute
  const mapped =
    (convert: Convert): Convert =>
    (source, from) => {
      const constant =
        steps.map === null ? undefined : steps.map.get(foldCase(internationalOf(source).trim()))
      return constant === undefined ? convert(source, from) : constantOf(constant, attribute, rule, from)
    }
  switch (type) {
    case 'pim_catalog_number':
      return mapped((source, from) => toNumber(source, steps, attribute, from))
    case 'pim_catalog_metric': {
      const family = structure.measurementFamilies.get(attribute.metric_family ?? '') ?? { units: {} }
      return (source, from) => toMeasure(source, steps, attribute, family, lists.measures, from)
    }
    case 'pim_catalog_boolean':
      return mapped((source, from) => toBoolean(source, from))
    case 'pim_catalog_date':
      return mapped((source, from) => toDate(source, attribute, from))
    case 'pim_catalog_simpleselect':
    case 'pim_catalog_multiselect': {
      const finder: OptionFinder = createOptionFinder({
        options: structure.options.get(code) ?? [],
        match: mapping.options.match,
        languages: mapping.languages,
        neutral: mapping.neutral.text,
        vocabulary: lists.vocabulary,
      })
      const multiple = type === 'pim_catalog_multiselect'
      const { languages } = mapping
      return (source, from) =>
        toOption(source, { finder, map: steps.map, multiple, attribute: code, languages, from })
    }
    default:
      return mapped((source, from) => toText(source, steps, attribute, from))
  }
}

const internationalOf = (source: SourceValue): string =>
  source.kind === 'feature'
    ? source.feature.value
    : source.kind === 'text'
      ? source.text
      : source.items.join(',')

/** Every place must be filled: half a sentence is none. */
function fromTemplate(
  parts: readonly (string | IcecatAddress)[],
  sheet: Sheet,
  chain: readonly string[],
  attribute: TargetAttribute,
  rule: IcecatRule,
): CellResult {
  let text = ''
  let language: string | null = null
  const plain = { ...rule.steps, join: null, max: null, as: null }
  for (const part of parts) {
    if (typeof part === 'string') {
      text += part
      continue
    }
    const source = readSource(part, sheet, chain)
    const result =
      source === undefined
        ? absent
        : toText(source, plain, { ...attribute, max_characters: null, validation_rule: null }, part.text)
    if (result.kind !== 'value') return result
    text += typeof result.data === 'string' ? result.data : ''
    language ??= result.language
  }
  return limited(text, rule.steps, attribute, (data) => ({ kind: 'value', data, from: 'template', language }))
}

/** Checked against the attribute's type when the mapping was. */
function constantOf(
  constant: Constant,
  attribute: TargetAttribute,
  { steps }: IcecatRule,
  from: string,
): CellResult {
  const source: SourceValue = { kind: 'text', text: String(constant.value), language: null, html: false }
  switch (attribute.type) {
    case 'pim_catalog_number':
      return toNumber(source, steps, attribute, from)
    case 'pim_catalog_boolean':
      return typeof constant.value === 'boolean'
        ? { kind: 'value', data: constant.value, from, language: null }
        : toBoolean(source, from)
    case 'pim_catalog_date':
      return toDate(source, attribute, from)
    case 'pim_catalog_simpleselect':
      return { kind: 'value', data: source.text, from, language: null }
    case 'pim_catalog_multiselect':
      return { kind: 'value', data: [source.text], from, language: null }
    case 'pim_catalog_metric': {
      const amount = toNumber(source, steps, attribute, from)
      if (amount.kind !== 'value' || typeof amount.data === 'object' || typeof amount.data === 'boolean')
        return amount
      return { ...amount, data: { amount: amount.data, unit: steps.unit ?? '' } }
    }
    default:
      return limited(source.text, steps, attribute, (data) => ({ kind: 'value', data, from, language: null }))
  }
}
