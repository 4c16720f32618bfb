import { didYouMean } from '../../mapping/nearest.ts'
import type { MappingProblem } from '../../mapping/problem.ts'
import type { Condition, StepName } from '../../mapping/rule.ts'
import { foldCase } from '../../text.ts'
import type { IcecatMapping, IcecatRule, MatchRule, MediaMapping } from '../mapping/document.ts'
import type { IcecatAddress } from '../mapping/icecat-address.ts'
import type { TargetAttribute, TargetStructure } from '../target.ts'

/** What each type of attribute can be fed from, and which steps mean something on the way. */
const kinds: Readonly<
  Record<string, { bases: readonly IcecatAddress['base'][]; steps: readonly StepName[] }>
> = {
  pim_catalog_text: {
    bases: ['feature', 'fact', 'text', 'items'],
    steps: ['map', 'as', 'html', 'join', 'max'],
  },
  pim_catalog_textarea: {
    bases: ['feature', 'fact', 'text', 'items'],
    steps: ['map', 'html', 'join', 'max'],
  },
  pim_catalog_number: { bases: ['feature', 'fact'], steps: ['map', 'decimals'] },
  pim_catalog_metric: { bases: ['feature'], steps: ['unit', 'decimals'] },
  pim_catalog_boolean: { bases: ['feature'], steps: ['map'] },
  pim_catalog_simpleselect: { bases: ['feature', 'fact', 'text'], steps: ['map'] },
  pim_catalog_multiselect: { bases: ['feature', 'fact', 'text', 'items'], steps: ['map'] },
  pim_catalog_date: { bases: ['feature', 'fact'], steps: ['map'] },
}

const fileTypes = ['pim_catalog_image', 'pim_catalog_file']

/** Something of a mapping that does not fit a catalogue. */
export interface Misfit {
  problem: MappingProblem
  /** Of an error, what can do without it: the other `rules`; or all but the channel, locale, family or option that it `names`. */
  spares: 'rules' | 'all but the name'
}

/** Whether a mapping fits a catalogue; everything that does not, at once, with its line. */
export const checkMapping = (mapping: IcecatMapping, structure: TargetStructure): MappingProblem[] =>
  misfitsOf(mapping, structure).map(({ problem }) => problem)

export function misfitsOf(mapping: IcecatMapping, structure: TargetStructure): Misfit[] {
  const misfits: Misfit[] = []
  const add =
    (severity: MappingProblem['severity'], spares: Misfit['spares']) =>
    (line: number, path: string, message: string) => {
      misfits.push({ problem: { severity, line, path, message }, spares })
    }
  const error = add('error', 'rules')
  const nameError = add('error', 'all but the name')
  const warn = add('warning', 'all but the name')

  const channelCodes = structure.channels.map(({ code }) => code)
  for (const { text, line } of mapping.channels) {
    if (!channelCodes.includes(text))
      nameError(line, 'channels', `there is no channel ${text}.${didYouMean(text, channelCodes)}`)
  }
  const active = new Set(structure.channels.flatMap(({ locales }) => locales))
  for (const { locale } of mapping.languages) {
    if (!active.has(locale.text)) {
      nameError(
        locale.line,
        `languages.${locale.text}`,
        `is active in no channel.${didYouMean(locale.text, active)}`,
      )
    }
  }
  const families = mapping.products.family ?? []
  for (const { text, line } of families) {
    if (!structure.families.has(text)) {
      nameError(
        line,
        'products.family',
        `there is no family ${text}.${didYouMean(text, structure.families.keys())}`,
      )
    }
  }
  for (const { code, rule } of mapping.attributes) {
    const attribute = checkTarget(code, rule.line, `attributes.${code}`)
    if (attribute) checkRule(attribute, rule)
    checkWhen(rule.when, `attributes.${code}`)
  }
  for (const media of mapping.media) {
    checkMedia(media)
    checkWhen(media.when, `media.${media.code}`)
  }
  for (const rule of mapping.match) checkMatch(rule)
  const { flag } = mapping.products
  if (flag) checkRead(flag.attribute.text, flag.attribute.line, 'products.flag')
  const seen = new Map<string, number>()
  for (const { code, line } of [
    ...mapping.attributes.map(({ code, rule }) => ({ code, line: rule.line })),
    ...mapping.media,
  ]) {
    const first = seen.get(foldCase(code))
    if (first !== undefined) error(line, code, `is fed twice, on line ${first} too`)
    seen.set(foldCase(code), line)
  }
  return misfits

  /** What is read in Akeneo only narrows what is enriched: a name that is wrong there stops nothing, and finds nothing. */
  function checkRead(code: string, line: number, path: string): void {
    if (structure.attributes.has(code)) return
    const guess = didYouMean(code, structure.attributes.keys())
    warn(line, path, `there is no attribute ${code}: nothing is ever read there.${guess}`)
  }

  function checkMatch(rule: MatchRule): void {
    const read =
      rule.by === 'gtin' ? rule.addresses : rule.by === 'code' ? [rule.brand, rule.code] : [rule.address]
    for (const address of [...read, ...(rule.when?.filled ?? []), ...(rule.when?.empty ?? [])])
      if (address.base === 'attribute') checkRead(address.code, address.line, 'match')
    checkFamilies(rule.when, 'match')
  }

  function checkWhen(when: Condition | null, path: string): void {
    for (const address of [...(when?.filled ?? []), ...(when?.empty ?? [])]) {
      if (address.base === 'attribute') checkRead(address.code, address.line, `${path}.when`)
      else if (address.base !== 'family')
        warn(
          address.line,
          `${path}.when`,
          `${address.text} is never filled here; attributes and $family can be asked for`,
        )
    }
    checkFamilies(when, `${path}.when`)
  }

  function checkFamilies(when: Condition | null, path: string): void {
    if (when === null) return
    for (const code of when.family ?? []) {
      if (structure.families.has(code)) continue
      const guess = didYouMean(code, structure.families.keys())
      warn(when.line, path, `there is no family ${code}.${guess}`)
    }
  }

  function checkTarget(code: string, line: number, path: string): TargetAttribute | undefined {
    const attribute = structure.attributes.get(code)
    if (!attribute) {
      error(line, path, `there is no attribute ${code}.${didYouMean(code, structure.attributes.keys())}`)
      return undefined
    }
    if (attribute.is_read_only === true) error(line, path, `${code} is read-only in Akeneo`)
    const inFamilies = families.length > 0 ? families.map(({ text }) => text) : [...structure.families.keys()]
    const has = inFamilies.some((family) =>
      structure.families.get(family)?.attributes.some((own) => foldCase(own) === foldCase(code)),
    )
    if (!has) warn(line, path, `${code} is in no family that is enriched: nothing will be written`)
    return attribute
  }

  function checkRule(attribute: TargetAttribute, rule: IcecatRule): void {
    const path = `attributes.${attribute.code}`
    const kind = kinds[attribute.type]
    if (kind === undefined) {
      const hint = fileTypes.includes(attribute.type)
        ? 'a file: it belongs under media'
        : `of type ${attribute.type}, which Icecat cannot feed`
      error(rule.line, path, `is ${hint}`)
      return
    }
    const addresses =
      rule.source.kind === 'from'
        ? rule.source.addresses
        : rule.source.kind === 'template'
          ? rule.source.parts.filter((part) => typeof part !== 'string')
          : []
    for (const { base, text, line } of addresses) {
      const fits =
        rule.source.kind === 'template' ? base !== 'media' && base !== 'items' : kind.bases.includes(base)
      if (!fits)
        error(line, path, `${text} does not fit ${attribute.code}, which is of type ${typeName(attribute)}`)
    }
    if (
      rule.source.kind === 'template' &&
      !['pim_catalog_text', 'pim_catalog_textarea'].includes(attribute.type)
    ) {
      error(rule.line, path, `template makes text, ${attribute.code} is of type ${typeName(attribute)}`)
    }
    for (const step of ['map', 'as', 'unit', 'decimals', 'html', 'join', 'max'] as const) {
      if (rule.steps[step] !== null && !kind.steps.includes(step)) {
        error(
          rule.lines[step] ?? rule.line,
          `${path}.${step}`,
          `does not fit an attribute of type ${typeName(attribute)}`,
        )
      }
    }
    if (rule.steps.as === 'label')
      error(rule.lines.as ?? rule.line, `${path}.as`, 'label is for values of Akeneo')
    if (attribute.type === 'pim_catalog_metric') checkUnit(attribute, rule, path)
    if (attribute.type.endsWith('select')) checkOptions(attribute, rule, path)
  }

  function checkUnit(
    attribute: TargetAttribute,
    { steps, lines, line, source, default: fallback }: IcecatRule,
    path: string,
  ): void {
    const family = structure.measurementFamilies.get(attribute.metric_family ?? '')
    if (!family) error(line, path, `the measurement family ${attribute.metric_family ?? ''} is not known`)
    else if (steps.unit !== null && !Object.hasOwn(family.units, steps.unit)) {
      const place = lines.unit ?? line
      error(
        place,
        `${path}.unit`,
        `${steps.unit} is no unit of ${attribute.metric_family ?? ''}.${didYouMean(steps.unit, Object.keys(family.units))}`,
      )
    }
    if ((source.kind === 'const' || fallback !== null) && steps.unit === null)
      error(line, path, 'a constant amount needs a unit')
  }

  function checkOptions(attribute: TargetAttribute, rule: IcecatRule, path: string): void {
    const codes = (structure.options.get(attribute.code) ?? []).map(({ code }) => code)
    const known = new Set(codes.map(foldCase))
    const wanted = [
      ...(rule.steps.map?.values() ?? []),
      ...(rule.default ? [rule.default] : []),
      ...(rule.source.kind === 'const' ? [rule.source.constant] : []),
    ]
    for (const { value } of wanted) {
      if (!known.has(foldCase(String(value)))) {
        nameError(
          rule.lines.map ?? rule.line,
          path,
          `${attribute.code} has no option ${String(value)}.${didYouMean(String(value), codes)}`,
        )
      }
    }
  }

  function checkMedia({ code, line, addresses }: MediaMapping): void {
    const path = `media.${code}`
    const attribute = checkTarget(code, line, path)
    if (!attribute) return
    if (!fileTypes.includes(attribute.type)) {
      error(line, path, `is of type ${typeName(attribute)}; only images and files stand under media`)
      return
    }
    const isPicture = ({ name }: { name: string }) => name.startsWith('image/') || name === 'energy-label'
    for (const address of addresses) {
      if (address.base === 'media' && attribute.type === 'pim_catalog_image' && !isPicture(address)) {
        warn(line, path, `${address.text} is mostly no picture, which ${code} takes`)
      }
    }
  }
}

const typeName = ({ type }: TargetAttribute): string => type.replace('pim_catalog_', '')
