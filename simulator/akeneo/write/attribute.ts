import { ATTRIBUTE_TYPES } from '../catalog/attribute-types.ts'
import type { Attribute } from '../catalog/records.ts'
import { validationFailed } from '../errors.ts'
import { midnight } from '../dates.ts'
import { newAttribute } from '../install/empty-pim.ts'
import { isPhpArray, phpString, sameJson, type Json, type JsonObject } from '../json.ts'
import {
  arrayExpected,
  booleanExpected,
  dateFormatExpected,
  notEmptyExpected,
  unknownProperty,
  validEntityCodeExpected,
} from '../messages.ts'
import { isCloud } from '../options.ts'
import type { Pim } from '../pim.ts'
import { API } from '../resources/listing.ts'
import { attributeViolations } from './attribute-rules.ts'
import type { Outcome } from './outcome.ts'
import { scalar, type Refuse } from './payload.ts'
import type { WritableResource, WriteInput } from './structure-routes.ts'
import { mergeLabels, readCode, scalarMap } from './structure-rules.ts'

export function attributeResource(pim: Pim): WritableResource<Attribute, undefined> {
  return {
    template: `${API}/attributes`,
    route: 'pim_api_attribute',
    acl: 'pim_api_attribute_edit',
    documentation: { post: 'post_attributes', patch: 'patch_attributes__code_' },
    context: () => undefined,
    path: (code) => `${API}/attributes/${code}`,
    find: (code) => pim.catalog.attributes.get(code),
    write: (input) => writeAttribute(pim, input),
  }
}

/** Fields that take any scalar and are stored as they come; validation judges them afterwards. */
const SCALARS = new Set([
  'unique',
  'useable_as_grid_filter',
  'metric_family',
  'default_metric_unit',
  'reference_data_name',
  'max_characters',
  'validation_rule',
  'validation_regexp',
  'wysiwyg_enabled',
  'number_min',
  'number_max',
  'decimals_allowed',
  'negative_allowed',
  'max_file_size',
  'minimum_input_length',
  'sort_order',
  'localizable',
  'scopable',
  'required',
  'is_read_only',
  'auto_option_sorting',
  'default_value',
])
/** Limits that the API prints as text; numbers get four decimals, sizes stay as they were sent. */
const LIMITS = new Set(['number_min', 'number_max', 'max_file_size'])
const IGNORED = new Set(['group_labels', 'is_main_identifier'])
/** Settings that Akeneo's cloud has beside them: kept and shown, not acted upon. */
const CLOUD_SCALARS = new Set([
  'is_mandatory',
  'decimal_places_strategy',
  'decimal_places',
  'max_items_count',
])

/** A body may hold anything scalar, so the draft is plain JSON until it has been judged. */
export type DraftAttribute = JsonObject & { code: string; type: string; group: string }

function writeAttribute(pim: Pim, input: WriteInput<Attribute, undefined>): Outcome {
  const { existing } = input
  const { catalog } = pim
  const draft = mergeBody(pim, input)
  const violations = attributeViolations(catalog, { draft, existing, code: input.body['code'] ?? null })
  if (violations.length > 0) throw validationFailed(violations)
  // Judged, and shown nowhere: families say what is required.
  delete draft['required']

  const at = pim.writtenAt()
  const attribute = draft as unknown as Attribute
  if (existing === undefined) {
    catalog.attributes.set(draft.code, { ...attribute, created: at, updated: at })
    return 'created'
  }
  if (sameJson(existing, attribute)) return 'unchanged'
  catalog.attributes.set(draft.code, { ...attribute, updated: at })
  return 'updated'
}

function mergeBody(
  { catalog, settings }: Pim,
  { existing, code: urlCode, body, refuse }: WriteInput<Attribute, undefined>,
): DraftAttribute {
  const code = readCode({ code: existing?.code ?? urlCode, body }, refuse)
  const draft = structuredClone(existing ?? newAttribute(code, '', '')) as unknown as DraftAttribute
  draft.code = code
  for (const [field, value] of Object.entries(body)) {
    switch (field) {
      case 'code':
        break
      case 'type':
        draft.type = readType(scalar(field, value, refuse), isCloud(settings), refuse)
        if (draft.type === 'pim_catalog_identifier') draft['unique'] = true
        break
      case 'group': {
        const given = phpString(scalar(field, value, refuse))
        const group = catalog.attributeGroups.get(given)
        if (group === undefined) {
          throw refuse(validEntityCodeExpected('group', 'code', 'The attribute group does not exist', given))
        }
        draft.group = group.code
        break
      }
      case 'labels':
        draft['labels'] = {
          ...mergeLabels(draft['labels'] as Record<string, string>, value, catalog, refuse),
        }
        break
      case 'guidelines':
        scalarMap(field, value, refuse)
        draft['guidelines'] = {
          ...mergeLabels(draft['guidelines'] as Record<string, string>, value, catalog, refuse),
        }
        break
      case 'available_locales':
        draft[field] = Object.values(scalarMap(field, value, refuse)).map((locale) => {
          const stored = catalog.locales.get(phpString(locale))
          if (stored !== undefined) return stored
          throw refuse(validEntityCodeExpected(field, 'locale code', 'The locale does not exist', locale))
        })
        break
      case 'allowed_extensions':
        draft[field] = Object.values(scalarMap(field, value, refuse)).map(phpString)
        break
      case 'date_min':
      case 'date_max':
        draft[field] = readDate(field, scalar(field, value, refuse), settings.timezone, refuse)
        break
      case 'table_configuration':
        if (!isPhpArray(value)) throw refuse(arrayExpected(field, value))
        draft[field] = value
        break
      case 'enable_option_creation_during_import':
        if (!isCloud(settings)) throw refuse(unknownProperty(field))
        if (typeof value !== 'boolean') throw refuse(booleanExpected(field, value))
        draft[field] = value
        break
      default:
        if (SCALARS.has(field) || (CLOUD_SCALARS.has(field) && isCloud(settings)))
          draft[field] = LIMITS.has(field) ? limit(value, field, refuse) : scalar(field, value, refuse)
        else if (!IGNORED.has(field)) throw refuse(unknownProperty(field))
    }
  }
  // The first identifier attribute of a PIM is its main one.
  if (existing === undefined && draft.type === 'pim_catalog_identifier') {
    draft['is_main_identifier'] = ![...catalog.attributes.values()].some((one) => one.is_main_identifier)
  }
  return draft
}

function readType(type: Json, cloud: boolean, refuse: Refuse): string {
  if (type === null || type === '') throw refuse(notEmptyExpected('type'))
  if (
    typeof type !== 'string' ||
    !(ATTRIBUTE_TYPES.has(type) || (cloud && type === 'pim_catalog_product_link'))
  ) {
    throw refuse(validEntityCodeExpected('type', 'attribute type', 'The attribute type does not exist', type))
  }
  return type
}

function limit(value: Json, field: string, refuse: Refuse): Json {
  const given = scalar(field, value, refuse)
  if (typeof given !== 'number') return given
  return field === 'max_file_size' ? String(given) : given.toFixed(4)
}

/** A day with or without time; the API prints it with time and offset. */
function readDate(field: string, value: Json, timezone: string, refuse: Refuse): string | null {
  if (value === null || value === '') return null
  const text = phpString(value)
  const at = Date.parse(text)
  if (!/^\d{4}-\d{2}-\d{2}/.test(text) || Number.isNaN(at)) {
    throw refuse(dateFormatExpected(field, 'yyyy-mm-dd', text))
  }
  return midnight(text, timezone)
}
