import type { z } from 'zod'
import type { StreamName } from '../../contracts/streams.ts'
import {
  AkeneoAssetFamily,
  AkeneoAssociationType,
  AkeneoAttribute,
  AkeneoAttributeGroup,
  AkeneoCategory,
  AkeneoChannel,
  AkeneoCurrency,
  AkeneoFamily,
  AkeneoFamilyVariant,
  AkeneoLocale,
  AkeneoMeasurementFamily,
  AkeneoOption,
  AkeneoProductByIdentifier,
  AkeneoProductByUuid,
  AkeneoProductModel,
  AkeneoRecord,
} from './schema.ts'

/** What is to be known about a kind of record to read it. */
export interface StreamDefinition {
  /** Below `/api/rest/v1`; `{parent}` is the record the list belongs to. */
  path: string
  key: 'code' | 'uuid' | 'identifier'
  /**
   * none: the answer is the whole list, without an envelope, and there is no address of a single record; cursor: as search_after, and
   * Akeneo alone says how long a page is; one: the answer is the one record that the list has.
   */
  paging: 'page' | 'search_after' | 'cursor' | 'none' | 'one'
  schema: z.ZodType
  /** Present where `updated` can be searched; pim: `YYYY-MM-DD hh:mm:ss` in the server's zone, iso: ISO 8601. */
  changedSince?: { dateFormat: 'iso' | 'pim' }
  /** One list for each record of this stream. */
  per?: StreamName
  /** Streams whose records this one's refer to. */
  after: readonly StreamName[]
}

export const streams = {
  channels: { path: '/channels', key: 'code', paging: 'page', schema: AkeneoChannel, after: [] },
  locales: { path: '/locales', key: 'code', paging: 'page', schema: AkeneoLocale, after: [] },
  currencies: { path: '/currencies', key: 'code', paging: 'page', schema: AkeneoCurrency, after: [] },
  'measurement-families': {
    path: '/measurement-families',
    key: 'code',
    paging: 'none',
    schema: AkeneoMeasurementFamily,
    after: [],
  },
  'association-types': {
    path: '/association-types',
    key: 'code',
    paging: 'page',
    schema: AkeneoAssociationType,
    after: [],
  },
  'attribute-groups': {
    path: '/attribute-groups',
    key: 'code',
    paging: 'page',
    schema: AkeneoAttributeGroup,
    changedSince: { dateFormat: 'iso' },
    after: [],
  },
  attributes: {
    path: '/attributes',
    key: 'code',
    paging: 'page',
    schema: AkeneoAttribute,
    changedSince: { dateFormat: 'iso' },
    after: ['attribute-groups', 'measurement-families', 'locales'],
  },
  'attribute-options': {
    path: '/attributes/{parent}/options',
    key: 'code',
    paging: 'page',
    schema: AkeneoOption,
    per: 'attributes',
    after: ['attributes'],
  },
  'asset-families': {
    path: '/asset-families/{parent}',
    key: 'code',
    paging: 'one',
    schema: AkeneoAssetFamily,
    per: 'attributes',
    after: ['attributes'],
  },
  'reference-entity-records': {
    path: '/reference-entities/{parent}/records',
    key: 'code',
    paging: 'cursor',
    schema: AkeneoRecord,
    changedSince: { dateFormat: 'iso' },
    per: 'attributes',
    after: ['attributes'],
  },
  assets: {
    path: '/asset-families/{parent}/assets',
    key: 'code',
    paging: 'cursor',
    schema: AkeneoRecord,
    changedSince: { dateFormat: 'iso' },
    per: 'attributes',
    after: ['asset-families'],
  },
  families: {
    path: '/families',
    key: 'code',
    paging: 'page',
    schema: AkeneoFamily,
    changedSince: { dateFormat: 'iso' },
    after: ['attributes'],
  },
  'family-variants': {
    path: '/families/{parent}/variants',
    key: 'code',
    paging: 'page',
    schema: AkeneoFamilyVariant,
    per: 'families',
    after: ['families'],
  },
  categories: {
    path: '/categories',
    key: 'code',
    paging: 'page',
    schema: AkeneoCategory,
    changedSince: { dateFormat: 'iso' },
    after: [],
  },
  'product-models': {
    path: '/product-models',
    key: 'code',
    paging: 'search_after',
    schema: AkeneoProductModel,
    changedSince: { dateFormat: 'pim' },
    after: ['family-variants', 'categories', 'association-types', 'channels', 'attribute-options'],
  },
  products: {
    path: '/products-uuid',
    key: 'uuid',
    paging: 'search_after',
    schema: AkeneoProductByUuid,
    changedSince: { dateFormat: 'pim' },
    after: ['product-models'],
  },
} as const satisfies Record<StreamName, StreamDefinition>

const productsByIdentifier: StreamDefinition = {
  ...streams.products,
  path: '/products',
  key: 'identifier',
  schema: AkeneoProductByIdentifier,
}

/** The stream as this Akeneo has it: products by uuid since 7.0, by identifier before. */
export function streamOf(name: StreamName, products: 'uuid' | 'identifier'): StreamDefinition {
  return name === 'products' && products === 'identifier' ? productsByIdentifier : streams[name]
}

/** The stream that a cursor goes on in, whatever products are asked for by now. */
export const streamAt = (name: StreamName, cursor: string): StreamDefinition =>
  streamOf(name, cursor.startsWith(`${productsByIdentifier.path}?`) ? 'identifier' : 'uuid')
