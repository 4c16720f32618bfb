import type { CodeMap } from '../../codes.ts'
import type { RecordFamily } from '../../catalog/record-family.ts'
import type { JsonObject } from '../../json.ts'
import type { Pim } from '../../pim.ts'
import { API } from '../listing.ts'
import { ASSET_TYPES, ENTITY_TYPES, newRecordAttribute, type AttributeType } from './attribute-types.ts'

/** How reference entities and asset families differ on the outside. */
export interface Flavour {
  path: string
  noun: string
  items: string
  itemNoun: string
  mediaPath: string
  mediaHeader: string
  /** Rights that calls need, as far as they begin alike: on the family, and on what it holds. */
  familyRight: string
  itemRight: string
  canDelete: boolean
  /** Asset family codes in URLs are compared letter by letter, unlike every other code. */
  caseSensitive: boolean
  fields: JsonObject
  types: Readonly<Record<string, AttributeType>>
  attributes: (JsonObject & { code: string })[]
  families: (pim: Pim) => CodeMap<RecordFamily>
}

const standard = (
  types: Flavour['types'],
  code: string,
  type: string,
  rest: JsonObject = {},
): JsonObject & { code: string } => ({ ...newRecordAttribute(code, type, types[type]?.keys), ...rest })

export const REFERENCE_ENTITIES: Flavour = {
  path: `${API}/reference-entities`,
  noun: 'Reference entity',
  items: 'records',
  itemNoun: 'Record',
  mediaPath: `${API}/reference-entities-media-files`,
  mediaHeader: 'reference-entities-media-file-code',
  familyRight: 'pim_api_reference_entity',
  itemRight: 'pim_api_record',
  canDelete: false,
  caseSensitive: false,
  fields: { labels: {}, image: null },
  types: ENTITY_TYPES,
  attributes: [
    standard(ENTITY_TYPES, 'label', 'text', { value_per_locale: true }),
    standard(ENTITY_TYPES, 'image', 'image'),
  ],
  families: (pim) => pim.catalog.referenceEntities,
}

export const ASSET_FAMILIES: Flavour = {
  path: `${API}/asset-families`,
  noun: 'Asset family',
  items: 'assets',
  itemNoun: 'Asset',
  mediaPath: `${API}/asset-media-files`,
  mediaHeader: 'asset-media-file-code',
  familyRight: 'pim_api_asset_family',
  itemRight: 'pim_api_asset',
  canDelete: true,
  caseSensitive: true,
  fields: {
    labels: {},
    attribute_as_main_media: 'media',
    naming_convention: {},
    product_link_rules: [],
    transformations: [],
  },
  types: ASSET_TYPES,
  attributes: [
    standard(ASSET_TYPES, 'label', 'text', { value_per_locale: true }),
    standard(ASSET_TYPES, 'media', 'media_file', { media_type: 'other' }),
  ],
  families: (pim) => pim.catalog.assetFamilies,
}
