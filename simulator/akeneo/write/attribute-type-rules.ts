import type { Catalog } from '../catalog/catalog.ts'
import type { Violation } from '../errors.ts'
import { phpString, type Json } from '../json.ts'
import type { DraftAttribute } from './attribute.ts'
import { configurationViolations } from './table-rules.ts'

const NULL = 'This value should be null.'
const NOT_NULL = 'This value should not be null.'

const AMOUNTS = ['pim_catalog_number', 'pim_catalog_price_collection', 'pim_catalog_metric']
const SELECTS = ['pim_catalog_simpleselect', 'pim_catalog_multiselect']
const FILES = ['pim_catalog_file', 'pim_catalog_image']
export const REFERENCES = [
  'pim_reference_data_simpleselect',
  'pim_reference_data_multiselect',
  'akeneo_reference_entity',
  'akeneo_reference_entity_collection',
  'pim_catalog_asset_collection',
]

/** Types whose values Akeneo can keep unique. */
const UNIQUE_TYPES = ['pim_catalog_identifier', 'pim_catalog_text', 'pim_catalog_number', 'pim_catalog_date']

/** Which types may set a property; on every other one it has to stay null (config/validation/attribute.yml). */
const ONLY_FOR = {
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
} as const

/** What the type of an attribute asks for: rules of the whole, then property by property. */
export function typeRules(catalog: Catalog, draft: DraftAttribute): Violation[] {
  if (draft.type === '') return []
  const properties = (...names: (keyof typeof ONLY_FOR)[]) =>
    names.flatMap((property) => propertyRules(draft, property))
  return [
    ...measurement(catalog, draft),
    ...dateRange(draft),
    ...numberRange(draft),
    ...only(draft, 'reference_data_name', REFERENCES, 'This attribute cannot be linked to reference data.'),
    ...only(draft, 'auto_option_sorting', SELECTS, 'This attribute cannot have options.'),
    ...only(
      draft,
      'default_value',
      ['pim_catalog_boolean'],
      'This attribute type cannot have a default value.',
    ),
    ...properties('wysiwyg_enabled', 'decimals_allowed', 'negative_allowed', 'max_characters'),
    ...requiredRules(draft),
    ...uniqueness(draft),
    ...properties('max_file_size', 'date_min', 'date_max', 'validation_rule', 'validation_regexp'),
    ...extensionRules(draft),
    ...properties('number_min', 'number_max', 'metric_family', 'default_metric_unit'),
    ...(draft.type === 'pim_catalog_identifier' && (draft['available_locales'] as Json[]).length > 0
      ? [{ property: 'available_locales', message: 'This attribute cannot have available locales.' }]
      : []),
    ...(draft.type === 'pim_catalog_table'
      ? configurationViolations(draft['table_configuration'] ?? null)
      : []),
  ]
}

function only(
  draft: DraftAttribute,
  property: string,
  types: readonly string[],
  message: string,
): Violation[] {
  return types.includes(draft.type) || (draft[property] ?? null) === null ? [] : [{ property, message }]
}

function measurement(catalog: Catalog, draft: DraftAttribute): Violation[] {
  if (draft.type !== 'pim_catalog_metric') return []
  const family = catalog.measurementFamilies.get(phpString(draft['metric_family']))
  if (family === undefined) {
    return [{ property: 'metric_family', message: 'Please specify a valid metric family' }]
  }
  return family.units[phpString(draft['default_metric_unit'])] === undefined
    ? [{ property: 'default_metric_unit', message: 'Please specify a valid metric unit' }]
    : []
}

function dateRange(draft: DraftAttribute): Violation[] {
  const [min = null, max = null] = [draft['date_min'], draft['date_max']]
  if (draft.type !== 'pim_catalog_date' || min === null || max === null) return []
  return Date.parse(phpString(min)) >= Date.parse(phpString(max))
    ? [{ property: 'date_max', message: 'The max date must be greater than the min date' }]
    : []
}

/** A bound of zero is as good as none to PHP. */
function numberRange(draft: DraftAttribute): Violation[] {
  if (!AMOUNTS.includes(draft.type)) return []
  const [min, max] = [Number(draft['number_min'] ?? 0), Number(draft['number_max'] ?? 0)]
  const fits = (bound: number) =>
    (bound % 1 === 0 || draft['decimals_allowed'] === true) &&
    (bound >= 0 || draft['negative_allowed'] === true)
  const violations = Object.entries({ number_min: min, number_max: max })
    .filter(([, bound]) => !fits(bound))
    .map(([property]) => ({ property, message: 'This number is not valid' }))
  if (min !== 0 && max !== 0 && min >= max) {
    violations.push({ property: 'number_max', message: 'The max number must be greater than the min number' })
  }
  return violations
}

function requiredRules(draft: DraftAttribute): Violation[] {
  const required = draft['required'] ?? null
  if (draft.type === 'pim_catalog_identifier') {
    return required === false
      ? [{ property: 'required', message: 'This attribute type must be required' }]
      : []
  }
  return required === true ? [{ property: 'required', message: "This attribute type can't be required" }] : []
}

function uniqueness(draft: DraftAttribute): Violation[] {
  if (draft.type === 'pim_catalog_identifier' && draft['unique'] !== true) {
    return [{ property: 'unique', message: 'This attribute type must be unique' }]
  }
  return draft['unique'] === true && !UNIQUE_TYPES.includes(draft.type)
    ? [{ property: 'unique', message: "This attribute type can't have unique value" }]
    : []
}

function propertyRules(draft: DraftAttribute, property: keyof typeof ONLY_FOR): Violation[] {
  const types: readonly string[] = ONLY_FOR[property]
  const value = draft[property] ?? null
  const violation = (message: string) => [{ property, message }]
  if (!types.includes(draft.type)) return value === null ? [] : violation(NULL)
  switch (property) {
    case 'decimals_allowed':
    case 'negative_allowed':
      return value === null ? violation(NOT_NULL) : []
    case 'max_characters':
      return maxCharacters(draft.type, value, violation)
    case 'max_file_size':
      return value !== null && (Number(value) < 0.01 || Number(value) > 9999.99)
        ? violation('This value should be between 0.01 and 9999.99.')
        : []
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

const EXTENSIONS: Readonly<Record<string, readonly string[]>> = {
  pim_catalog_image: ['gif', 'jfif', 'jif', 'jpeg', 'jpg', 'pdf', 'png', 'psd', 'tif', 'tiff'],
  pim_catalog_file: ['csv', 'doc', 'docx', 'mp3', 'pdf', 'ppt', 'pptx', 'rtf', 'svg', 'txt', 'wav'],
}

function extensionRules(draft: DraftAttribute): Violation[] {
  const given = draft['allowed_extensions'] as string[]
  const known = EXTENSIONS[draft.type]
  const property = 'allowed_extensions'
  if (known === undefined) {
    return given.length > 0 ? [{ property, message: 'This value should be blank.' }] : []
  }
  const kind = draft.type === 'pim_catalog_image' ? 'image' : 'file'
  return given
    .filter((extension) => !known.includes(extension))
    .map((extension) => ({
      property,
      message: `"${extension}" is not a supported ${kind} extension. Valid extensions are: ${known.join(', ')}`,
    }))
}
