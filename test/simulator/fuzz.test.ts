import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startAkeneo, type AkeneoSimulator } from '../../simulator/akeneo/index.ts'
import { apiOf, COLLECTION, type Api } from './api.ts'
import { fillSmallPim } from './small-pim.ts'

const UUID = '0f4f2c3b-0000-4000-8000-000000000011'
const EDITOR = { clientId: 'e', clientSecret: 'e', username: 'e', password: 'e' }

let simulator: AkeneoSimulator
let apis: Api[]

beforeAll(async () => {
  const rights = {
    categories: { shoes: 'edit' as const, boots: 'view' as const },
    attributeGroups: { technical: 'none' as const },
    locales: { fr_FR: 'view' as const },
  }
  simulator = await startAkeneo({ edition: 'Serenity', connections: [{ code: 'editor', ...EDITOR, rights }] })
  const owner = await apiOf(simulator)
  await fillSmallPim(owner)
  await owner.post('/attributes', {
    code: 'a_table',
    type: 'pim_catalog_table',
    group: 'other',
    table_configuration: [
      { code: 'part', data_type: 'select', options: [{ code: 'lid' }] },
      { code: 'count', data_type: 'measurement', measurement_family_code: 'Power' },
    ],
  })
  await owner.patch('/reference-entities/brand', {})
  await owner.patch('/asset-families/photos', {})
  await owner.post('/products', { identifier: 'edited', family: 'familyA', categories: ['shoes'] })
  await owner.post('/product-models', {
    code: 'a_model',
    family_variant: 'two_levels',
    categories: ['shoes'],
  })
  apis = [owner, await apiOf(simulator, EDITOR)]
})

afterAll(() => simulator.close())

const PATHS = [
  'products',
  'products-uuid',
  'products-uuid/search',
  'product-models',
  'products/edited/draft',
  'products/edited/proposal',
  'product-models/a_model/draft',
  'categories',
  'families',
  'families/familyA/variants',
  'attributes',
  'attributes/a_text/options',
  'attributes/a_simple_select/options',
  'attribute-groups',
  'association-types',
  'channels',
  'locales',
  'currencies',
  'media-files',
  'category-media-files',
  'measure-families',
  'measurement-families',
  'reference-entities',
  'reference-entities/brand/attributes',
  'reference-entities/brand/attributes/label/options',
  'reference-entities/brand/records',
  'asset-families',
  'asset-families/photos/assets',
  'system-information',
]

const FIELDS = [
  'code',
  'identifier',
  'uuid',
  'values',
  'labels',
  'parent',
  'family',
  'family_variant',
  'categories',
  'groups',
  'associations',
  'quantified_associations',
  'attributes',
  'attribute_requirements',
  'attribute_as_label',
  'type',
  'group',
  'table_configuration',
  'locales',
  'currencies',
  'category_tree',
  'conversion_units',
  'variant_attribute_sets',
  'level',
  'axes',
  'units',
  'standard_unit_code',
  'convert_from_standard',
  'a_metric',
  'a_price',
  'a_date',
  'a_table',
  'an_image',
  'a_multi_select',
  'sku',
  'X_SELL',
  'TWIN',
  'PACK',
  'products',
  'product_models',
  'quantity',
  'data',
  'locale',
  'scope',
  'channel',
  'amount',
  'unit',
  'currency',
  'attribute_code',
  'search',
  '__proto__',
  'constructor',
  'toString',
]

const WORDS = [
  'familyA',
  'master',
  'shoes',
  'a_text',
  'two_levels',
  'en_US',
  'fr_FR',
  'ecommerce',
  'optionA',
  'edited',
  'a_model',
  'pim_catalog_text',
  'pim_catalog_table',
  'KILOWATT',
  'EUR',
  UUID,
  '',
  '0',
  'constructor',
]

const leaf = fc.oneof(
  fc.constantFrom(...WORDS),
  fc.integer(),
  fc.double({ noNaN: true }),
  fc.boolean(),
  fc.constant(null),
  fc.string({ maxLength: 8 }),
)
const field = fc.constantFrom(...FIELDS)
const { json } = fc.letrec((tie) => ({
  json: fc.oneof(
    { maxDepth: 5 },
    leaf,
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(field, tie('json'), { maxKeys: 4 }),
  ),
}))
const values = fc.dictionary(
  field,
  fc.array(fc.record({ locale: leaf, scope: leaf, channel: leaf, data: json }, { requiredKeys: ['data'] }), {
    maxLength: 2,
  }),
  { maxKeys: 3 },
)
const record = fc.oneof(
  fc.dictionary(field, json, { minKeys: 1, maxKeys: 5 }),
  fc.record(
    {
      code: fc.constantFrom('a_model', 'fresh', 'shoes'),
      identifier: fc.constantFrom('edited', 'fresh'),
      values,
      categories: json,
      parent: leaf,
      family_variant: leaf,
    },
    { requiredKeys: [] },
  ),
)
const body = fc.oneof(json, record, fc.array(record, { maxLength: 3 }))

const criteria = fc.oneof(
  json,
  fc.dictionary(
    fc.constantFrom(
      'updated',
      'created',
      'family',
      'categories',
      'parent',
      'enabled',
      'completeness',
      'complete',
      'quality_score',
      'uuid',
      'identifier',
      'a_text',
      'a_metric',
      'a_price',
      'a_date',
      'a_table',
      'a_simple_select',
      'sku',
      'groups',
      'code',
      'type',
      'is_root',
      'has_products',
      '__proto__',
      'constructor',
    ),
    fc.oneof(
      json,
      fc.array(
        fc.record(
          {
            operator: fc.constantFrom(
              '=',
              '!=',
              'IN',
              'NOT IN',
              'EMPTY',
              'BETWEEN',
              '>',
              'CONTAINS',
              'IN CHILDREN',
              'SINCE LAST N DAYS',
              'STARTS WITH',
              'AT LEAST COMPLETE',
              'GREATER THAN ON ALL LOCALES',
              'nope',
            ),
            value: json,
            locale: leaf,
            locales: json,
            scope: leaf,
            channel: leaf,
          },
          { requiredKeys: [] },
        ),
        { maxLength: 2 },
      ),
    ),
    { maxKeys: 2 },
  ),
)

const parameters = fc.dictionary(
  fc.constantFrom(
    'limit',
    'page',
    'pagination_type',
    'search_after',
    'with_count',
    'scope',
    'locales',
    'channel',
    'attributes',
    'search_locale',
    'with_completenesses',
    'with_quality_scores',
    'with_attribute_options',
    'with_enriched_attributes',
    'with_table_select_options',
  ),
  fc.oneof(leaf, fc.constant('true'), fc.constant('search_after')),
  { maxKeys: 3 },
)

const request = fc.record({
  as: fc.constantFrom(0, 1),
  method: fc.constantFrom('GET', 'POST', 'PATCH', 'DELETE', 'PUT'),
  path: fc.constantFrom(...PATHS),
  key: fc.option(
    fc.oneof(fc.constantFrom(...WORDS, '__proto__'), fc.string({ minLength: 1, maxLength: 6 })),
    {
      nil: undefined,
    },
  ),
  body,
  search: fc.option(criteria, { nil: undefined }),
  parameters,
  asLines: fc.boolean(),
})

describe('any request, however odd', () => {
  it('gets an answer that is no 500, and soon', async () => {
    await fc.assert(
      fc.asyncProperty(request, async ({ as, method, path, key, body, search, parameters, asLines }) => {
        const query = new URLSearchParams()
        for (const [name, value] of Object.entries(parameters)) query.set(name, String(value))
        if (search !== undefined) query.set('search', JSON.stringify(search))
        const url = `/${path}${key === undefined ? '' : `/${encodeURIComponent(key)}`}?${query.toString()}`
        const hasBody = method === 'POST' || method === 'PATCH' || method === 'PUT'
        const lines = Array.isArray(body) ? body : [body]
        const text = asLines ? lines.map((line) => JSON.stringify(line)).join('\n') : JSON.stringify(body)
        const began = performance.now()
        const api = apis[as] as Api
        const answer = await api.send(url, {
          method,
          headers: hasBody ? { 'content-type': asLines ? COLLECTION : 'application/json' } : {},
          ...(hasBody && { body: text }),
        })
        expect(performance.now() - began).toBeLessThan(5_000)
        expect(answer.status, answer.text).toBeLessThan(500)
        for (const line of answer.lines) {
          expect(Number(line['status_code'] ?? 0), answer.text).toBeLessThan(500)
        }
        if (Array.isArray(answer.body)) {
          for (const one of answer.body as { status_code?: number }[]) {
            expect(one.status_code ?? 0, answer.text).toBeLessThan(500)
          }
        }
      }),
      { numRuns: Number(process.env['FUZZ_RUNS'] ?? 2_000) },
    )
  }, 600_000)
})
