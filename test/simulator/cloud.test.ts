import { describe, expect, it } from 'vitest'
import { itemOf } from './api.ts'
import { cloudPim, message, smallPim, value } from './small-pim.ts'

/** What only Akeneo's own cloud knows. */
describe('values in the cloud', () => {
  it(
    'name the type of their attribute; measures carry their symbol, entities their family',
    cloudPim(async (api) => {
      await api.post('/attributes', {
        code: 'brand',
        type: 'akeneo_reference_entity',
        group: 'other',
        reference_data_name: 'brands',
      })
      await api.patch('/products/foo', {
        values: {
          a_text: value('x'),
          a_metric: value({ amount: '2', unit: 'KILOWATT' }),
          brand: value('acme'),
        },
      })
      const place = { locale: null, scope: null }
      expect(itemOf(await api.get('/products/foo')).values).toEqual({
        sku: [{ ...place, data: 'foo', attribute_type: 'pim_catalog_identifier' }],
        a_text: [{ ...place, data: 'x', attribute_type: 'pim_catalog_text' }],
        a_metric: [
          {
            ...place,
            data: { amount: '2.0000', unit: 'KILOWATT', symbol: 'kW' },
            attribute_type: 'pim_catalog_metric',
          },
        ],
        brand: [
          {
            ...place,
            data: 'acme',
            attribute_type: 'akeneo_reference_entity',
            reference_data_name: 'brands',
          },
        ],
      })
      // What was read is written back without harm.
      const read = (await api.get('/products/foo')).body
      expect((await api.patch('/products/foo', { values: read['values'] })).status).toBe(204)
      expect((await api.get('/products/foo')).body['updated']).toBe(read['updated'])
    }),
  )

  it(
    'turn measures into the units of a channel, by attribute or by family and locale',
    cloudPim(async (api) => {
      await api.post('/attributes', {
        code: 'local_power',
        type: 'pim_catalog_metric',
        group: 'other',
        metric_family: 'Power',
        default_metric_unit: 'WATT',
        decimals_allowed: true,
        negative_allowed: false,
        localizable: true,
      })
      const rules = {
        pim_config_family_rules: {
          Power: {
            en_US: { unit: 'WATT', decimal_places_strategy: 'round', decimal_places: 2 },
            fr_FR: { unit: 'MEGAWATT', decimal_places_strategy: 'trim' },
          },
        },
        pim_config_attribute_locale_rules: { local_power: { en_US: 'GIGAWATT' } },
      }
      expect((await api.patch('/channels/ecommerce', { conversion_units: rules })).status).toBe(204)
      expect((await api.get('/channels/ecommerce')).body['conversion_units']).toEqual(rules)
      const kilowatts = { amount: '1500', unit: 'KILOWATT' }
      await api.patch('/products/foo', {
        categories: ['shoes'],
        values: {
          a_metric: value(kilowatts),
          local_power: ['en_US', 'fr_FR'].map((locale) => ({ locale, scope: null, data: kilowatts })),
        },
      })
      const shown = async (query: string) => {
        const answer = await api.get(`/products?scope=ecommerce&convert_measurements=true${query}`)
        const { values: read = {} } = answer.body._embedded?.items[0] ?? {}
        return ['a_metric', 'local_power'].map((code) =>
          read[code]?.map(({ locale, scope, data }) => {
            const { amount, unit } = data as { amount: string; unit: string }
            return [locale, scope, amount, unit].join(' ')
          }),
        )
      }
      expect(await shown('')).toEqual([
        ['  1500.0000 KILOWATT', 'en_US ecommerce 1500000.00 WATT', 'fr_FR ecommerce 1.5 MEGAWATT'],
        ['en_US  0.0015 GIGAWATT', 'fr_FR  1.5 MEGAWATT'],
      ])
      expect((await shown('&locales=fr_FR'))[0]).toHaveLength(2)
      await api.patch('/channels/ecommerce', { conversion_units: { a_metric: 'WATT' } })
      expect((await shown('&locales=en_US'))[0]).toEqual([
        '  1500.0000 KILOWATT',
        'en_US ecommerce 1500000.0000 WATT',
      ])
      expect((await api.get('/products?convert_measurements=true')).status).toBe(422)
    }),
  )

  it.each([
    [{ Power: { en_US: 'METER' } }],
    [{ Power: { en_US: { unit: 'WATT', decimal_places_strategy: 'round' } } }],
    [{ Power: 'WATT' }],
    ['WATT'],
  ])('refuse the rule %j for units', (rule) =>
    cloudPim(async (api) => {
      const conversion_units = { pim_config_family_rules: rule }
      expect((await api.patch('/channels/ecommerce', { conversion_units })).status).toBe(422)
      expect((await api.get('/channels/ecommerce')).body['conversion_units']).toEqual({})
    })(),
  )

  it(
    'link another product or model',
    cloudPim(async (api) => {
      await api.post('/attributes', { code: 'battery', type: 'pim_catalog_product_link', group: 'other' })
      const uuid = (await api.post('/products', { identifier: 'cell' })).headers.get('location')
      expect(uuid).toContain('/cell')
      const cell = String((await api.get('/products/cell')).body['uuid'])
      await api.post('/product-models', { code: 'm', family_variant: 'one_level' })
      const write = (identifier: string, data: object) =>
        api.patch(`/products/${identifier}`, { values: { battery: value(data) } })
      expect((await write('a', { type: 'product', identifier: 'cell' })).status).toBe(201)
      expect((await write('b', { type: 'product_model', id: 'm' })).status).toBe(201)
      expect((await write('c', { type: 'product', identifier: 'none' })).status).toBe(422)
      expect((await write('c', { type: 'shelf', id: 'm' })).status).toBe(422)
      const link = { type: 'product', id: cell }
      expect(itemOf(await api.get('/products/a')).values['battery']).toMatchObject([{ data: link }])
      const find = async (operator: string, criterion: object) => {
        const search = encodeURIComponent(JSON.stringify({ battery: [{ operator, ...criterion }] }))
        const answer = await api.get(`/products?search=${search}`)
        return answer.body._embedded?.items.map(({ identifier }) => identifier)
      }
      expect(await find('IN', { value: [link] })).toEqual(['a'])
      expect(await find('NOT IN', { value: [link] })).toEqual(['b', 'cell'])
      expect(await find('NOT EMPTY', {})).toEqual(['a', 'b'])
    }),
  )

  it(
    'bring the options that an attribute lets them make, and none with a record that is refused',
    cloudPim(async (api) => {
      await api.patch('/attributes/a_multi_select', { enable_option_creation_during_import: true })
      expect((await api.get('/attributes/a_multi_select')).body['enable_option_creation_during_import']).toBe(
        true,
      )
      const body = (extra: object) => ({ values: { a_multi_select: value(['new', 'optionA']), ...extra } })
      const made = async () => (await api.get('/attributes/a_multi_select/options/new')).status
      expect((await api.patch('/products/foo', body({}))).status).toBe(422)
      const path = '/products/foo?create_missing_options=true'
      expect((await api.patch(path, body({ a_text: value('x'.repeat(300)) }))).status).toBe(422)
      expect(await made()).toBe(404)
      expect((await api.patch(path, body({}))).status).toBe(201)
      expect(await made()).toBe(200)
      const other = { values: { a_simple_select: value('new') } }
      expect((await api.patch(path, other)).status).toBe(422)
      const line = { code: 'm', family_variant: 'one_level', values: { a_multi_select: value(['newer']) } }
      const { lines } = await api.patchLines('/product-models?create_missing_options=true', [line])
      expect(lines[0]).toMatchObject({ status_code: 201 })
    }),
  )
})

describe('structure in the cloud', () => {
  it(
    'lets families stand below others and finds products of the whole branch',
    cloudPim(async (api) => {
      expect((await api.patch('/families/familyB', { parent: 'familyA' })).status).toBe(204)
      await api.post('/families', { code: 'familyC', parent: 'familyB' })
      expect((await api.get('/families/familyB')).body['parent']).toBe('familyA')
      expect((await api.patch('/families/familyA', { parent: 'familyC' })).status).toBe(422)
      expect((await api.patch('/families/familyA', { parent: 'none' })).status).toBe(422)
      for (const family of ['familyA', 'familyB', 'familyC']) {
        await api.post('/products', { identifier: family, family })
      }
      await api.post('/products', { identifier: 'loose' })
      const find = async (operator: string, family: string) => {
        const search = encodeURIComponent(JSON.stringify({ family: [{ operator, value: [family] }] }))
        const answer = await api.get(`/products?search=${search}`)
        return answer.body._embedded?.items.map(({ identifier }) => identifier)
      }
      expect(await find('IN CHILDREN', 'familyB')).toEqual(['familyB', 'familyC'])
      expect(await find('NOT IN CHILDREN', 'familyB')).toEqual(['familyA', 'loose'])
    }),
  )

  it(
    'asks products to keep to the rules of category trees',
    cloudPim(async (api) => {
      const validations = { max_categories_per_product: 1, only_leaves: true, is_mandatory: true }
      const rules = { validations, channel_requirements: ['ecommerce'] }
      expect((await api.patch('/categories/shoes', rules)).status).toBe(422)
      expect((await api.patch('/categories/master', { channel_requirements: ['nope'] })).status).toBe(422)
      expect((await api.patch('/categories/master', { validations: { only_leaves: 1 } })).status).toBe(422)
      expect((await api.patch('/categories/master', rules)).status).toBe(204)
      expect((await api.get('/categories/master')).body['channel_requirements']).toEqual(['ecommerce'])
      await api.post('/categories', { code: 'socks', parent: 'master' })
      const errors = async (categories: string[]) =>
        (await api.patch('/products/foo', { categories })).body.errors?.map(({ property }) => property)
      expect(await errors([])).toEqual(['categories'])
      expect(await errors(['shoes'])).toEqual(['categories'])
      expect(await errors(['boots', 'socks'])).toEqual(['categories'])
      expect(await errors(['boots'])).toBeUndefined()
    }),
  )

  it(
    'takes what a list of categories shows, and keeps what it alone knows of attributes',
    cloudPim(async (api) => {
      const shown = { updated: '2020-01-01T00:00:00+00:00', position: 3 }
      expect((await api.patch('/categories/shoes', shown)).status).toBe(204)
      const settings = { is_mandatory: true, decimal_places_strategy: 'round', decimal_places: 2 }
      expect((await api.patch('/attributes/a_number', settings)).status).toBe(204)
      expect((await api.get('/attributes/a_number')).body).toMatchObject(settings)
      const none = { is_mandatory: false, decimal_places_strategy: null, decimal_places: null }
      expect((await api.get('/attributes/a_text')).body).toMatchObject(none)
    }),
  )

  it(
    'spells out currencies',
    cloudPim(async (api) => {
      expect((await api.get('/currencies/EUR')).body).toEqual({
        code: 'EUR',
        enabled: true,
        label: 'EUR (Euro)',
      })
    }),
  )
})

describe('a release', () => {
  it(
    'knows nothing of what the cloud has',
    smallPim(async (api) => {
      expect((await api.patch('/families/familyB', { parent: 'familyA' })).status).toBe(422)
      expect((await api.get('/families/familyB')).body).not.toHaveProperty('parent')
      expect((await api.get('/currencies/EUR')).body).toEqual({ code: 'EUR', enabled: true })
      for (const field of ['values', 'validations', 'channel_requirements', 'updated', 'position']) {
        const { body } = await api.patch('/categories/master', { [field]: [] })
        expect(body.message).toBe(message(`Property "${field}" does not exist.`))
      }
      expect((await api.get('/categories/master')).body).not.toHaveProperty('channel_requirements')
      for (const field of ['is_mandatory', 'decimal_places', 'updated']) {
        const { body } = await api.patch('/attributes/a_number', { [field]: 1 })
        expect(body.message).toBe(message(`Property "${field}" does not exist.`))
      }
      expect((await api.post('/products', { identifier: 'foo' })).status).toBe(201)
      const type = 'pim_catalog_product_link'
      expect((await api.post('/attributes', { code: 'battery', type, group: 'other' })).status).toBe(422)
      const rule = { pim_config_family_rules: { Power: { en_US: 'WATT' } } }
      expect((await api.patch('/channels/ecommerce', { conversion_units: rule })).status).toBe(422)
      const unknown = { values: { a_multi_select: value(['new']) } }
      expect((await api.patch('/products/foo?create_missing_options=true', unknown)).status).toBe(422)
      const filter = encodeURIComponent(
        JSON.stringify({ family: [{ operator: 'IN CHILDREN', value: ['familyA'] }] }),
      )
      expect((await api.get(`/products?search=${filter}`)).status).toBe(422)
      expect((await api.get('/products/foo?with_workflow_execution_statuses=true')).body).not.toHaveProperty(
        'workflow_execution_statuses',
      )
    }),
  )
})
