import { unitOfMeasure } from '../convert/units.ts'
import type { TargetStructure } from '../target.ts'
import type { ListedFeature, Suggestion } from './suggest-mapping.ts'

/** An attribute that would have to be made in Akeneo, as its API takes it. */
export interface RawAttribute {
  code: string
  type: string
  group: string
  localizable: boolean
  scopable: boolean
  labels: Record<string, string>
  metric_family?: string
  default_metric_unit?: string
  decimals_allowed?: boolean
  negative_allowed?: boolean
}

export interface RawPreset {
  attributes: RawAttribute[]
  /** Rules that feed them. */
  rules: Suggestion[]
}

/**
 * Icecat's own taxonomy under a prefix, for who wants to transform it inside Akeneo: an attribute for each feature, typed as Icecat
 * types it. A number with a unit is a measure where exactly one family of Akeneo's knows the unit, else text with its sign.
 */
export function rawPreset(
  features: readonly ListedFeature[],
  structure: Pick<TargetStructure, 'measurementFamilies'>,
  locales: readonly { locale: string; language: string }[],
  { prefix = 'icecat_', group = 'other' }: { prefix?: string; group?: string } = {},
): RawPreset {
  const attributes = features.map((feature) => attributeFor(feature, structure, locales, prefix, group))
  const rules = features.map((feature, place): Suggestion => {
    const { code = '', type = '' } = attributes[place] ?? {}
    return {
      attribute: code,
      section: 'attributes',
      address: `feature/${feature.id}`,
      rule: `feature/${feature.id}`,
      score: 1,
      reasons: [`${feature.type === '' ? 'no type' : feature.type} into ${type.replace('pim_catalog_', '')}`],
    }
  })
  return { attributes, rules }
}

/** Icecat's types; what is not here is text. */
const types: Readonly<Record<string, string>> = {
  textarea: 'pim_catalog_textarea',
  y_n: 'pim_catalog_boolean',
  y_n_o: 'pim_catalog_simpleselect',
  dropdown: 'pim_catalog_simpleselect',
  multi_dropdown: 'pim_catalog_multiselect',
  date: 'pim_catalog_date',
}

function attributeFor(
  feature: ListedFeature,
  structure: Pick<TargetStructure, 'measurementFamilies'>,
  locales: readonly { locale: string; language: string }[],
  prefix: string,
  group: string,
): RawAttribute {
  const labels: Record<string, string> = {}
  for (const { locale, language } of locales) {
    const name = feature.names[language]
    if (name !== undefined) labels[locale] = name
  }
  const type = types[feature.type] ?? 'pim_catalog_text'
  const isText = type === 'pim_catalog_text' || type === 'pim_catalog_textarea'
  const attribute = {
    code: `${prefix}${feature.id}`,
    type,
    group,
    localizable: isText,
    scopable: false,
    labels,
  }
  return feature.type === 'numerical' ? { ...attribute, ...numerical(feature, structure) } : attribute
}

function numerical(
  { measure }: ListedFeature,
  { measurementFamilies }: Pick<TargetStructure, 'measurementFamilies'>,
) {
  const bounds = { decimals_allowed: true, negative_allowed: true }
  if (measure === null || measure.sign === '')
    return { type: 'pim_catalog_number', localizable: false, ...bounds }
  const families = [...measurementFamilies].flatMap(([code, family]) => {
    const unit = unitOfMeasure(measure, family, new Map())
    return unit === undefined ? [] : [{ code: familyCode(code, family), unit }]
  })
  const [only] = families
  if (families.length !== 1 || only === undefined) return {}
  return {
    type: 'pim_catalog_metric',
    localizable: false,
    metric_family: only.code,
    default_metric_unit: only.unit,
    ...bounds,
  }
}

/** A map by folded code does not show how the family is written; the family does. */
const familyCode = (key: string, family: object): string =>
  'code' in family && typeof family.code === 'string' ? family.code : key

/** Lines for the section `attributes` of a mapping file: the rule, and behind it how sure it is and why. */
export const suggestionLines = (suggestions: readonly Suggestion[]): string[] =>
  suggestions.map(
    ({ attribute, rule, score, reasons }) =>
      `  ${attribute}: ${rule} # ${Math.round(score * 100)} %: ${reasons.join('; ').replace(/\s+/g, ' ')}`,
  )

/** Attributes as the file that Akeneo imports them from, its heading first. */
export function rawAttributeRows(attributes: readonly RawAttribute[]): string[][] {
  const locales = [...new Set(attributes.flatMap(({ labels }) => Object.keys(labels)))].toSorted()
  const flag = (value: boolean | undefined) => (value === undefined ? '' : value ? '1' : '0')
  return [
    [
      'code',
      'type',
      'group',
      'localizable',
      'scopable',
      'metric_family',
      'default_metric_unit',
      'decimals_allowed',
      'negative_allowed',
      ...locales.map((locale) => `label-${locale}`),
    ],
    ...attributes.map(({ labels, ...attribute }) => [
      attribute.code,
      attribute.type,
      attribute.group,
      flag(attribute.localizable),
      flag(attribute.scopable),
      attribute.metric_family ?? '',
      attribute.default_metric_unit ?? '',
      flag(attribute.decimals_allowed),
      flag(attribute.negative_allowed),
      ...locales.map((locale) => labels[locale] ?? ''),
    ]),
  ]
}
