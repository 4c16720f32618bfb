import type { Attribute } from '../catalog/records.ts'
import type { Violation } from '../errors.ts'
import { phpString, type Json } from '../json.ts'
import type { Pim } from '../pim.ts'
import { isNumeric } from '../search/predicate.ts'
import { sortOrderViolations } from './attribute-group.ts'
import type { DraftAttribute } from './attribute.ts'
import { flagViolations } from './association-type.ts'
import { BLANK, codeViolations, identityViolations, IMMUTABLE } from './structure-rules.ts'
import { configurationViolations } from './table-rules.ts'

const NULL = 'This value should be null.'
const NOT_NULL = 'This value should not be null.'

const AMOUNTS = ['pim_catalog_number', 'pim_catalog_price_collection', 'pim_catalog_metric']
const SELECTS = ['pim_catalog_simpleselect', 'pim_catalog_multiselect']
const FILES = ['pim_catalog_file', 'pim_catalog_image']
const REFERENCES = [
  'pim_reference_data_simpleselect',
  'pim_reference_data_multiselect',
  'akeneo_reference_entity',
  'akeneo_reference_entity_collection',
  'pim_catalog_asset_collection',
]

/** Which types may set a property; on every other one it has to stay null (config/validation/attribute.yml). */
const ONLY_FOR: Readonly<Record<string, readonly string[]>> = {
  wysiwyg_enabled: ['pim_catalog_textarea'],
  decimals_allowed: AMOUNTS,
  negative_allowed: ['pim_catalog_number', 'pim_catalog_metric'],
  max_characters: ['pim_catalog_identifier', 'pim_catalog_text', 'pim_catalog_textarea'],
  max_file_size: FILES,
  date_min: ['pim_catalog_date'],
  date_max: ['pim_catalog_date'],
  validation_rule: ['pim_catalog_text', 'pim_catalog_identifier'],
  validation_regexp: ['pim_catalog_text', 'pim_catalog_identifier'],
  number_min: AMOUNTS,
  number_max: AMOUNTS,
  metric_family: ['pim_catalog_metric'],
  default_metric_unit: ['pim_catalog_metric'],
}

/** Types whose values Akeneo can keep unique. */
const UNIQUE_TYPES = ['pim_catalog_identifier', 'pim_catalog_text', 'pim_catalog_number', 'pim_catalog_date']

const RESERVED =
  /^(id|associationtypes|categories|categoryid|completeness|enabled|family|groups|associations|products|scope|treeid|values|category|parent|label|.*_(products|groups)|entity_type|attributes|uuid|identifier)$/i

const MAX_IDENTIFIERS = 10

/** What Akeneo's validators say about an attribute, class rules first, then property by property. */
export function attributeViolations(
  pim: Pim,
  draft: DraftAttribute,
  existing: Attribute | undefined,
): Violation[] {
  const { catalog } = pim
  return [
    ...identityViolations(existing, draft.code, (taken) => catalog.attributes.has(taken)),
    ...identifierLimit(pim, draft, existing),
    ...immutable(draft, existing),
    ...classRules(pim, draft),
    ...(draft.type === '' ? [{ property: 'type', message: BLANK }] : []),
    ...codeRules(draft.code),
    ...['localizable', 'scopable'].flatMap((flag) => [
      ...flagViolations(flag, draft[flag] ?? null),
      ...(draft['unique'] === true && draft[flag] === true
        ? [{ property: flag, message: `A unique attribute can not be ${flag}` }]
        : []),
    ]),
    ...flagViolations('useable_as_grid_filter', draft['useable_as_grid_filter'] ?? null),
    ...Object.entries(ONLY_FOR).flatMap(([property, types]) => propertyRules(draft, property, types)),
    ...sortOrderViolations(draft['sort_order'] ?? null),
    ...uniqueRules(draft),
    ...extensionRules(draft),
    ...(draft.type === 'pim_catalog_table'
      ? configurationViolations(draft['table_configuration'] ?? null)
      : []),
    ...(draft.group === '' ? [{ property: 'group', message: BLANK }] : []),
  ]
}

function identifierLimit(
  { catalog }: Pim,
  draft: DraftAttribute,
  existing: Attribute | undefined,
): Violation[] {
  if (draft.type !== 'pim_catalog_identifier' || existing !== undefined) return []
  const identifiers = [...catalog.attributes.values()].filter(({ type }) => type === 'pim_catalog_identifier')
  if (identifiers.length < MAX_IDENTIFIERS) return []
  const message = `Limit of "${MAX_IDENTIFIERS}" identifier attributes is reached. The following identifier has not been created `
  return [{ property: '', message }]
}

function immutable(draft: DraftAttribute, existing: Attribute | undefined): Violation[] {
  if (existing === undefined) return []
  const fields = [
    'type',
    'scopable',
    'localizable',
    'metric_family',
    'unique',
    'reference_data_name',
  ] as const
  return fields.flatMap((property) =>
    existing[property] === draft[property] ? [] : [{ property, message: IMMUTABLE }],
  )
}

function classRules({ catalog }: Pim, draft: DraftAttribute): Violation[] {
  const violations: Violation[] = []
  if (draft.type === 'pim_catalog_identifier' && draft['useable_as_grid_filter'] !== true) {
    violations.push({
      property: 'useable_as_grid_filter',
      message: `"${draft.code}" is an identifier attribute, it must be usable as grid filter`,
    })
  }
  if (draft.type === 'pim_catalog_metric') {
    const family = catalog.measurementFamilies.get(phpString(draft['metric_family']))
    if (family === undefined) {
      violations.push({ property: 'metric_family', message: 'Please specify a valid metric family' })
    } else if (family.units[phpString(draft['default_metric_unit'])] === undefined) {
      violations.push({ property: 'default_metric_unit', message: 'Please specify a valid metric unit' })
    }
  }
  if (disordered(draft['date_min'], draft['date_max'], (text) => Date.parse(phpString(text)))) {
    violations.push({ property: 'date_max', message: 'The max date must be greater than the min date' })
  }
  if (disordered(draft['number_min'], draft['number_max'], Number)) {
    violations.push({ property: 'number_max', message: 'The max number must be greater than the min number' })
  }
  if (REFERENCES.includes(draft.type) && draft['reference_data_name'] === null) {
    violations.push({ property: 'reference_data_name', message: BLANK })
  }
  if (!REFERENCES.includes(draft.type) && draft.type !== '' && draft['reference_data_name'] !== null) {
    violations.push({
      property: 'reference_data_name',
      message: 'This attribute cannot be linked to reference data.',
    })
  }
  if (!SELECTS.includes(draft.type) && draft['auto_option_sorting'] !== null) {
    violations.push({ property: 'auto_option_sorting', message: 'This attribute cannot have options.' })
  }
  if (draft.type !== 'pim_catalog_boolean' && draft['default_value'] !== null) {
    violations.push({
      property: 'default_value',
      message: 'This attribute type cannot have a default value.',
    })
  }
  return violations
}

function disordered(min: Json | undefined, max: Json | undefined, order: (value: Json) => number): boolean {
  if ((min ?? null) === null || (max ?? null) === null) return false
  return order(max ?? null) <= order(min ?? null)
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

function propertyRules(draft: DraftAttribute, property: string, types: readonly string[]): Violation[] {
  const value = draft[property] ?? null
  const violation = (message: string) => [{ property, message }]
  if (!types.includes(draft.type)) return value === null || draft.type === '' ? [] : violation(NULL)
  switch (property) {
    case 'wysiwyg_enabled':
      return value === null || typeof value === 'boolean'
        ? []
        : violation('This value should be of type bool.')
    case 'decimals_allowed':
    case 'negative_allowed':
      if (value === null) return violation(NOT_NULL)
      return typeof value === 'boolean' ? [] : violation('This value should be of type bool.')
    case 'max_characters':
      return maxCharacters(draft.type, value, violation)
    case 'max_file_size':
      if (value === null) return []
      if (!isNumeric(value)) return violation('This value should be of type numeric.')
      return Number(value) < 0.01 || Number(value) > 9999.99
        ? violation('This value should be between 0.01 and 9999.99.')
        : []
    case 'number_min':
    case 'number_max':
      return value === null || isNumeric(value) ? [] : violation('This value should be of type numeric.')
    case 'validation_rule': {
      const choices = draft.type === 'pim_catalog_text' ? ['url', 'email', 'regexp'] : ['regexp']
      const known = value === null || choices.includes(phpString(value))
      return known ? [] : violation('The value you selected is not a valid choice.')
    }
    case 'validation_regexp':
      return validRegexp(value) ? [] : violation('This regular expression is not valid.')
    default:
      return []
  }
}

function maxCharacters(type: string, value: Json, violation: (message: string) => Violation[]): Violation[] {
  if (value === null) return []
  if (!isNumeric(value)) return violation('This value should be of type numeric.')
  if (Number(value) % 1 !== 0) return violation('This value should not be a decimal.')
  if (Number(value) < 0) return violation('This value should be greater than or equal to 0.')
  const most = type === 'pim_catalog_textarea' ? 65_535 : 255
  return Number(value) > most ? violation(`This value should be less than or equal to ${most}.`) : []
}

/** PHP writes its patterns between delimiters. */
function validRegexp(value: Json): boolean {
  if (value === null || value === '') return true
  return typeof value === 'string' && phpPattern(value) !== undefined
}

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}', '<': '>' }

/** Any sign but letters, digits, blanks and backslashes may begin a pattern; brackets end with their partner. */
export function phpPattern(text: string): RegExp | undefined {
  const opening = text.trimStart().charAt(0)
  if (!/^[^a-zA-Z0-9\\\s]$/.test(opening)) return undefined
  const begin = text.indexOf(opening) + 1
  const end = text.lastIndexOf(CLOSING[opening] ?? opening)
  const flags = text.slice(end + 1)
  if (end < begin || !/^[imsxADSUXJu\s]*$/.test(flags)) return undefined
  try {
    return new RegExp(text.slice(begin, end), flags.replace(/[^imsu]/g, ''))
  } catch {
    return undefined
  }
}

function uniqueRules(draft: DraftAttribute): Violation[] {
  const unique = draft['unique'] ?? null
  if (typeof unique !== 'boolean') return flagViolations('unique', unique)
  if (draft.type === 'pim_catalog_identifier' && !unique) {
    return [{ property: 'unique', message: 'This attribute type must be unique' }]
  }
  return unique && draft.type !== '' && !UNIQUE_TYPES.includes(draft.type)
    ? [{ property: 'unique', message: "This attribute type can't have unique value" }]
    : []
}

const EXTENSIONS: Readonly<Record<string, readonly string[]>> = {
  pim_catalog_image: ['gif', 'jfif', 'jif', 'jpeg', 'jpg', 'pdf', 'png', 'psd', 'tif', 'tiff'],
  pim_catalog_file: ['csv', 'doc', 'docx', 'mp3', 'pdf', 'ppt', 'pptx', 'rtf', 'svg', 'txt', 'wav'],
}

function extensionRules(draft: DraftAttribute): Violation[] {
  const given = draft['allowed_extensions'] as string[]
  const known = EXTENSIONS[draft.type]
  const property = 'allowed_extensions'
  if (known === undefined) {
    return given.length > 0 && draft.type !== '' ? [{ property, message: 'This value should be blank.' }] : []
  }
  const kind = draft.type === 'pim_catalog_image' ? 'image' : 'file'
  return given
    .filter((extension) => !known.includes(extension))
    .map((extension) => ({
      property,
      message: `"${extension}" is not a supported ${kind} extension. Valid extensions are: ${known.join(', ')}`,
    }))
}
