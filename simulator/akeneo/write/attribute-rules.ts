import type { Catalog } from '../catalog/catalog.ts'
import type { Attribute, Labels } from '../catalog/records.ts'
import type { Violation } from '../errors.ts'
import type { Json } from '../json.ts'
import { isNumeric } from '../search/predicate.ts'
import { sortOrderViolations } from './attribute-group.ts'
import { REFERENCES, typeRules } from './attribute-type-rules.ts'
import type { DraftAttribute } from './attribute.ts'
import { flagViolations } from './association-type.ts'
import {
  ALREADY_USED,
  BLANK,
  codeViolations,
  IMMUTABLE,
  labelViolations,
  tooLong,
} from './structure-rules.ts'

const RESERVED =
  /^(id|associationtypes|categories|categoryid|completeness|enabled|family|groups|associations|products|scope|treeid|values|category|parent|label|.*_(products|groups)|entity_type|attributes|uuid|identifier)$/i

const MAX_IDENTIFIERS = 10

export interface JudgedAttribute {
  draft: DraftAttribute
  existing: Attribute | undefined
  /** As the body has it: a number is no code, though it can be written as one. */
  code: Json
}

/**
 * What Akeneo's validators say about an attribute: what every attribute has to keep to, then what its type asks for, then
 * what unique values ask for. No step is taken once the one before it has found something (getGroupSequence).
 */
export function attributeViolations(catalog: Catalog, judged: JudgedAttribute): Violation[] {
  const { draft } = judged
  const steps = [
    () => generalRules(catalog, judged),
    () => typeRules(catalog, draft),
    () => (draft['unique'] === true ? uniqueRules(draft) : []),
  ]
  for (const step of steps) {
    const violations = step()
    if (violations.length > 0) return violations
  }
  return []
}

/** Rules of the whole attribute, then property by property. */
function generalRules(catalog: Catalog, { draft, existing, code }: JudgedAttribute): Violation[] {
  return [
    ...(existing === undefined && catalog.attributes.has(draft.code)
      ? [{ property: 'code', message: ALREADY_USED }]
      : []),
    ...identifierLimit(catalog, draft, existing),
    ...gridFilter(draft),
    ...immutable(draft, existing),
    ...(REFERENCES.includes(draft.type) && (draft['reference_data_name'] ?? '') === ''
      ? [{ property: 'reference_data_name', message: BLANK }]
      : []),
    ...typed(draft, ['auto_option_sorting', 'default_value'], 'bool'),
    ...axisWithLocales(catalog, draft),
    ...(draft.type === '' ? [{ property: 'type', message: BLANK }] : []),
    ...(code === null || typeof code === 'string' ? [] : [ofType('code', 'string')]),
    ...codeRules(draft.code),
    ...['localizable', 'scopable', 'useable_as_grid_filter'].flatMap((flag) =>
      flagViolations(flag, draft[flag] ?? null),
    ),
    ...typed(draft, ['wysiwyg_enabled', 'decimals_allowed', 'negative_allowed'], 'bool'),
    ...typed(draft, ['max_characters'], 'numeric'),
    ...(isNumeric(draft['max_characters'] ?? null) && Number(draft['max_characters']) % 1 !== 0
      ? [{ property: 'max_characters', message: 'This value should not be a decimal.' }]
      : []),
    ...sortOrderViolations(draft['sort_order'] ?? null),
    ...typed(draft, ['required'], 'bool'),
    ...flagViolations('unique', draft['unique'] ?? null),
    ...typed(draft, ['max_file_size'], 'numeric'),
    ...typed(draft, ['validation_regexp'], 'string'),
    ...labelViolations(draft['labels'] as Labels, catalog, { named: true }),
    ...(draft.group === '' ? [{ property: 'group', message: BLANK }] : []),
    ...typed(draft, ['number_min', 'number_max'], 'numeric'),
    ...typed(draft, ['metric_family', 'default_metric_unit'], 'string'),
    ...guidelineRules(catalog, draft['guidelines'] as Labels),
  ]
}

/** Akeneo writes the locale of a long guideline as it writes names of properties: `en_US` becomes `en__u_s`. */
function guidelineRules(catalog: Catalog, guidelines: Labels): Violation[] {
  const inSnakeCase = (locale: string) => locale.replace(/(?<=\w)[A-Z]/g, '_$&').toLowerCase()
  return Object.entries(guidelines).flatMap(([locale, text]): Violation[] => [
    ...(text.length > 500 ? [{ property: `guidelines[${inSnakeCase(locale)}]`, message: tooLong(500) }] : []),
    ...(catalog.locales.has(locale)
      ? []
      : [{ property: 'guidelines', message: `The locale "${locale}" does not exist.` }]),
  ])
}

const IS_OF: Readonly<Record<'bool' | 'numeric' | 'string', (value: Json) => boolean>> = {
  bool: (value) => typeof value === 'boolean',
  numeric: isNumeric,
  string: (value) => typeof value === 'string',
}

function typed(draft: DraftAttribute, properties: readonly string[], type: keyof typeof IS_OF): Violation[] {
  return properties
    .filter((property) => (draft[property] ?? null) !== null && !IS_OF[type](draft[property] ?? null))
    .map((property) => ofType(property, type))
}

const ofType = (property: string, type: string): Violation => ({
  property,
  message: `This value should be of type ${type}.`,
})

function identifierLimit(
  catalog: Catalog,
  draft: DraftAttribute,
  existing: Attribute | undefined,
): Violation[] {
  if (draft.type !== 'pim_catalog_identifier' || existing !== undefined) return []
  const identifiers = [...catalog.attributes.values()].filter(({ type }) => type === 'pim_catalog_identifier')
  if (identifiers.length < MAX_IDENTIFIERS) return []
  const message = `Limit of "${MAX_IDENTIFIERS}" identifier attributes is reached. The following identifier has not been created `
  return [{ property: '', message }]
}

function gridFilter(draft: DraftAttribute): Violation[] {
  if (draft.type !== 'pim_catalog_identifier' || draft['useable_as_grid_filter'] === true) return []
  const message = `"${draft.code}" is an identifier attribute, it must be usable as grid filter`
  return [{ property: 'useable_as_grid_filter', message }]
}

/** What was never set may still be. */
function immutable(draft: DraftAttribute, existing: Attribute | undefined): Violation[] {
  if (existing === undefined) return []
  const fields = [
    'code',
    'type',
    'scopable',
    'localizable',
    'metric_family',
    'unique',
    'reference_data_name',
  ] as const
  return fields.flatMap((property) =>
    existing[property] === null || existing[property] === draft[property]
      ? []
      : [{ property, message: IMMUTABLE }],
  )
}

function axisWithLocales(catalog: Catalog, draft: DraftAttribute): Violation[] {
  if ((draft['available_locales'] as Json[]).length === 0) return []
  const isAxis = [...catalog.familyVariants.values()].some(({ variant_attribute_sets: sets }) =>
    sets.some(({ axes }) => axes.includes(draft.code)),
  )
  const message =
    'An attribute cannot become locale specific if it is already used as an axis in a variant family.'
  return isAxis ? [{ property: 'available_locales', message }] : []
}

function codeRules(code: string): Violation[] {
  const violations = codeViolations(
    code,
    'Attribute code may contain only letters, numbers and underscore',
    255,
  )
  if (RESERVED.test(code)) violations.push({ property: 'code', message: 'This code is not available' })
  if (code.includes('\n')) {
    violations.push({ property: 'code', message: 'Attribute code may not contain line-feed characters' })
  }
  return violations
}

function uniqueRules(draft: DraftAttribute): Violation[] {
  return ['localizable', 'scopable']
    .filter((flag) => draft[flag] === true)
    .map((property) => ({ property, message: `A unique attribute can not be ${property}` }))
}
