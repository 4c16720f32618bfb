import { isDecimal } from '../../catalog/numbers.ts'
import { phpString, phpType, type Json, type JsonObject } from '../../json.ts'

export const RECORD_CODE = 'This field may only contain letters, numbers and underscores.'
export const MAX_CODE = 255

/** What an attribute of one type has besides what all have, and how its values look; from the description of the API. */
export interface AttributeType {
  /** Keys with what they are when nobody says; those that have to be said have `undefined`. */
  keys: Readonly<Record<string, Json | undefined>>
  data: 'text' | 'number' | 'flag' | 'list'
  /** Values are codes of the attribute's options. */
  hasOptions?: boolean
  /** Akeneo's cloud only. */
  isCloud?: boolean
}

const TEXT: AttributeType = {
  keys: {
    max_characters: null,
    is_textarea: false,
    is_rich_text_editor: false,
    validation_rule: 'none',
    validation_regexp: null,
  },
  data: 'text',
}
const NUMBER: AttributeType = {
  keys: { decimals_allowed: false, min_value: null, max_value: null },
  data: 'number',
}
const FILE = { allowed_extensions: [], max_file_size: null }
const OPTIONS = {
  single_option: { keys: {}, data: 'text', hasOptions: true },
  multiple_options: { keys: {}, data: 'list', hasOptions: true },
} as const satisfies Record<string, AttributeType>

export const ENTITY_TYPES: Readonly<Record<string, AttributeType>> = {
  text: TEXT,
  number: NUMBER,
  image: { keys: FILE, data: 'text' },
  ...OPTIONS,
  reference_entity_single_link: { keys: { reference_entity_code: undefined }, data: 'text' },
  reference_entity_multiple_links: { keys: { reference_entity_code: undefined }, data: 'list' },
  asset_collection: { keys: { asset_family_identifier: undefined }, data: 'list' },
}

/** Attributes of assets may be closed to people besides. */
const ofAssets = (keys: AttributeType['keys'], rest: Omit<AttributeType, 'keys'>): AttributeType => ({
  ...rest,
  keys: { is_read_only: false, ...keys },
})

export const ASSET_TYPES: Readonly<Record<string, AttributeType>> = {
  text: ofAssets(TEXT.keys, TEXT),
  number: ofAssets(NUMBER.keys, NUMBER),
  media_file: ofAssets({ ...FILE, media_type: undefined }, { data: 'text' }),
  media_link: ofAssets({ media_type: undefined, prefix: null, suffix: null }, { data: 'text' }),
  single_option: ofAssets({}, OPTIONS.single_option),
  multiple_options: ofAssets({}, OPTIONS.multiple_options),
  boolean: ofAssets({}, { data: 'flag', isCloud: true }),
  date: ofAssets({}, { data: 'text', isCloud: true }),
  record: ofAssets({ reference_entity: null }, { data: 'list', isCloud: true }),
  auto_tagging: ofAssets({}, { data: 'list', isCloud: true }),
}

const COMMON: JsonObject = {
  labels: {},
  type: '',
  value_per_locale: false,
  value_per_channel: false,
  is_required_for_completeness: false,
}

/** Every key that an attribute of some of these types has. */
export function keysOf(types: Readonly<Record<string, AttributeType>>): string[] {
  return ['code', ...Object.keys(COMMON), ...Object.values(types).flatMap(({ keys }) => Object.keys(keys))]
}

export function newRecordAttribute(
  code: string,
  type: string,
  keys: AttributeType['keys'] | undefined,
): JsonObject & { code: string } {
  const defaults = Object.entries(keys ?? {}).filter(
    (entry): entry is [string, Json] => entry[1] !== undefined,
  )
  return { code, ...COMMON, type, ...Object.fromEntries(defaults) }
}

const TYPES: Readonly<Record<string, AttributeType>> = { ...ENTITY_TYPES, ...ASSET_TYPES }

/** Why data is no value of an attribute; linked records and files are not looked up. */
export function dataProblem(
  attribute: JsonObject,
  data: Json,
  isOption: (code: string) => boolean,
): string | undefined {
  const type = TYPES[phpString(attribute['type'])]
  if (type === undefined) return undefined
  if (!FITS[type.data](data)) return `A ${type.data} is expected, "${phpType(data)}" given.`
  const options = type.hasOptions === true && Array.isArray(data) ? data : [data]
  const unknown =
    type.hasOptions === true ? options.map(phpString).find((code) => !isOption(code)) : undefined
  return unknown === undefined ? undefined : `The option "${unknown}" does not exist.`
}

const FITS: Readonly<Record<AttributeType['data'], (data: Json) => boolean>> = {
  text: (data) => typeof data === 'string',
  number: isDecimal,
  flag: (data) => typeof data === 'boolean',
  list: (data) => Array.isArray(data) && data.every((one) => typeof one === 'string'),
}
