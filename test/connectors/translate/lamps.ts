import type { HubGroup, HubProduct } from '../../../contracts/hub.ts'
import type {
  AkeneoAttribute,
  AkeneoProduct,
  AkeneoProductModel,
  AkeneoValues,
} from '../../../connectors/akeneo/schema.ts'
import {
  buildStructure,
  defaultOutput,
  translateGroup,
  translateProduct,
  type GroupInput,
  type Links,
  type Problem,
  type Translation,
} from '../../../connectors/akeneo/translate/index.ts'
import type { StreamName } from '../../../contracts/streams.ts'

type Stored = { stream: StreamName; source: unknown }

const attribute = (code: string, type: string, more: Partial<AkeneoAttribute> = {}): Stored => ({
  stream: 'attributes',
  source: { code, type: `pim_catalog_${type}`, localizable: false, scopable: false, labels: {}, ...more },
})
const option = (of: string, code: string, sort_order: number): Stored => ({
  stream: 'attribute-options',
  source: { code, attribute: of, sort_order, labels: { en_US: code.toUpperCase(), it_IT: code } },
})

/** A small shop for lamps with one attribute of every kind. */
export const lampRecords: Stored[] = [
  { stream: 'channels', source: { code: 'print', locales: ['it_IT'], currencies: ['CHF'] } },
  {
    stream: 'channels',
    source: { code: 'ecommerce', locales: ['en_US', 'fr_FR'], currencies: ['EUR', 'USD'] },
  },
  attribute('sku', 'identifier', { is_main_identifier: true }),
  attribute('erp_number', 'identifier', { is_main_identifier: false }),
  attribute('name', 'text', { localizable: true, labels: { en_US: 'Name', it_IT: 'Nome', fr_FR: null } }),
  attribute('description', 'textarea', { localizable: true, scopable: true }),
  attribute('care_note', 'textarea', { localizable: true }),
  attribute('slogan', 'text', { scopable: true }),
  attribute('note', 'text'),
  attribute('bulbs', 'number'),
  attribute('weight', 'metric', { metric_family: 'Weight' }),
  attribute('height', 'metric', { metric_family: 'Length' }),
  attribute('dimmable', 'boolean'),
  attribute('release_date', 'date'),
  attribute('color', 'simpleselect'),
  attribute('size', 'simpleselect'),
  attribute('collection', 'multiselect'),
  attribute('price', 'price_collection'),
  attribute('case_price', 'price_collection'),
  attribute('picture', 'image'),
  attribute('detail', 'image'),
  attribute('back', 'image', { localizable: true }),
  attribute('notice', 'file'),
  attribute('ean', 'text'),
  attribute('designer', '', { type: 'akeneo_reference_entity' }),
  attribute('materials', '', { type: 'akeneo_reference_entity_collection' }),
  attribute('fabric', '', { type: 'pim_reference_data_simpleselect' }),
  attribute('finishes', '', { type: 'pim_reference_data_multiselect' }),
  attribute('photos', 'asset_collection'),
  attribute('nutrition', 'table'),
  attribute('manual_of', 'product_link'),
  attribute('hologram', '', { type: 'acme_hologram' }),
  option('color', 'white', 2),
  option('color', 'red', 1),
  option('color', 'blue', 2),
  option('size', 'm', 1),
  option('size', 'xl', 2),
  option('collection', 'winter', 1),
  option('collection', 'autumn', 2),
  {
    stream: 'families',
    source: {
      code: 'lamps',
      attributes: [],
      attribute_as_label: 'name',
      attribute_as_image: 'picture',
    },
  },
  {
    stream: 'family-variants',
    source: {
      code: 'by_color_size',
      variant_attribute_sets: [
        { level: 1, axes: ['color'], attributes: ['color', 'name', 'picture'] },
        { level: 2, axes: ['size', 'dimmable'], attributes: ['sku', 'ean'] },
      ],
    },
  },
  {
    stream: 'family-variants',
    source: {
      code: 'by_height',
      variant_attribute_sets: [{ level: 1, axes: ['height'], attributes: ['sku', 'weight'] }],
    },
  },
  { stream: 'association-types', source: { code: 'X_SELL', is_quantified: false } },
  { stream: 'association-types', source: { code: 'UPSELL', is_quantified: false } },
  { stream: 'association-types', source: { code: 'PACK', is_quantified: true } },
  measures('Weight', 'GRAM', 'KILOGRAM'),
  measures('Length', 'INCH', 'CENTIMETER'),
]

function measures(code: string, ...units: string[]): Stored {
  const source = { code, units: Object.fromEntries(units.map((unit) => [unit, { code: unit }])) }
  return { stream: 'measurement-families', source }
}

export const lamps = buildStructure(lampRecords)
export const ecommerce = defaultOutput(lamps)

/** One value without locale and channel. */
export const plain = (data: unknown): AkeneoValues[string] => [{ locale: null, scope: null, data }]
/** One value for each locale. */
export const localized = (texts: Record<string, unknown>): AkeneoValues[string] =>
  Object.entries(texts).map(([locale, data]) => ({ locale, scope: null, data }))

export const uuid = '8f1d2c3b-0000-4000-8000-000000000011'
export const groupId = '0b6f1c1e-0000-4000-8000-000000000002'
export const partnerId = '0b6f1c1e-0000-4000-8000-000000000003'

export const noLinks: Links = { product: () => undefined, group: () => undefined }

export function lamp(values: AkeneoValues, more: Partial<AkeneoProduct> = {}): AkeneoProduct {
  return {
    uuid,
    enabled: true,
    family: 'lamps',
    parent: null,
    categories: ['lamps'],
    values: { sku: plain('L-1'), ...values },
    created: '2025-01-01T00:00:00+00:00',
    updated: '2026-11-20T08:15:30+00:00',
    associations: {},
    ...more,
  }
}

export const model = (
  code: string,
  values: AkeneoValues,
  more: Partial<AkeneoProductModel> = {},
): AkeneoProductModel => ({
  code,
  family: 'lamps',
  family_variant: 'by_color_size',
  parent: null,
  categories: ['lamps'],
  values,
  created: '2025-01-01T00:00:00+00:00',
  updated: '2026-11-20T08:15:30+00:00',
  associations: {},
  ...more,
})

/** The product that a lamp becomes, and what was warned about. */
export function productOf(
  source: AkeneoProduct,
  models: Parameters<typeof translateProduct>[1] = null,
  links: Links = noLinks,
): { product: HubProduct; warnings: Problem[] } {
  const { record, warnings } = accepted(translateProduct(source, models, lamps, ecommerce, links))
  if (record.kind !== 'product') throw new Error(`a product was expected, this is a ${record.kind}`)
  return { product: { id: uuid, version: 1, ...record }, warnings }
}

export function groupOf(input: GroupInput, links: Links = noLinks): { group: HubGroup; warnings: Problem[] } {
  const { record, warnings } = accepted(translateGroup(input, lamps, ecommerce, links))
  if (record.kind !== 'group') throw new Error(`a group was expected, this is a ${record.kind}`)
  return { group: { id: groupId, version: 1, ...record }, warnings }
}

export function accepted(translation: Translation) {
  if (translation.outcome === 'record') return translation
  throw new Error(`rejected: ${translation.problem.text}`)
}
