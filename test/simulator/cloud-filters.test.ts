import { describe, expect, it } from 'vitest'
import { itemOf, items, search, type Api } from './api.ts'
import { cloudPim, value } from './small-pim.ts'

const found = async (api: Api, criteria: Record<string, unknown[]>) => {
  const answer = await api.get(`/products?${search(criteria)}`)
  return answer.status === 200 ? items(answer).map(({ identifier }) => identifier) : answer.status
}

describe('readiness', () => {
  it(
    'is searched by score, per configuration, channel and locale',
    cloudPim(async (api) => {
      api.simulator.pim.catalog.readiness.set('shop', {
        code: 'shop',
        families: ['familyA'],
        attributes: ['a_text', 'a_localized_text'],
      })
      await api.post('/products', {
        identifier: 'all',
        family: 'familyA',
        values: {
          a_text: value('x'),
          a_localized_text: [
            { locale: 'en_US', scope: null, data: 'x' },
            { locale: 'fr_FR', scope: null, data: 'x' },
          ],
        },
      })
      await api.post('/products', {
        identifier: 'half',
        family: 'familyA',
        values: {
          a_localized_text: value('x', 'en_US'),
        },
      })
      await api.post('/products', { identifier: 'other', family: 'familyB' })
      const score = (operator: string, rest: object) =>
        found(api, { readiness: [{ operator, readiness_code: 'shop', scope: 'ecommerce', ...rest }] })
      expect(await score('=', { value: 100, locale: 'en_US' })).toEqual(['all'])
      expect(await score('<', { value: 100, locale: 'en_US' })).toEqual(['half'])
      expect(await score('BETWEEN', { value: [50, 100], locale: 'en_US' })).toEqual(['all', 'half'])
      const locales = ['en_US', 'fr_FR']
      expect(await score('GREATER OR EQUALS THAN ON ALL LOCALES', { value: 50, locales })).toEqual(['all'])
      expect(await score('EQUALS ON AT LEAST ONE LOCALE', { value: 50, locales })).toEqual(['half'])
      expect(await score('EMPTY', {})).toEqual(['other'])
      expect(await score('NOT EMPTY', {})).toEqual(['all', 'half'])
      expect(await score('=', { value: '100', locale: 'en_US' })).toBe(422)
      expect(await score('=', { value: 100 })).toBe(422)
      expect(await score('LIKE', { value: 100, locale: 'en_US' })).toBe(422)
      expect(await score('=', { value: 100, locale: 'en_US', readiness_code: 'none' })).toBe(422)
      const ready = (operator: string, rest: object = {}) =>
        found(api, { readiness_by_channel: [{ operator, scope: 'ecommerce', ...rest }] })
      expect(await ready('ALL READY')).toEqual(['all'])
      expect(await ready('ALL UNREADY')).toEqual(['half'])
      expect(await ready('ALL READY', { scope: undefined })).toBe(422)
    }),
  )
})

describe('the date of linked entities', () => {
  it(
    'counts beside the own one, for all of them or for one kind',
    cloudPim(async (api) => {
      const attribute = { group: 'other', reference_data_name: 'brands' }
      await api.post('/attributes', { code: 'brand', type: 'akeneo_reference_entity', ...attribute })
      await api.post('/attributes', { code: 'pictures', type: 'pim_catalog_asset_collection', ...attribute })
      await api.patch('/reference-entities/brands', {})
      await api.patch('/asset-families/brands', {})
      await api.patch('/reference-entities/brands/records/acme', {})
      await api.patch('/asset-families/brands/assets/front', {})
      await api.post('/products', { identifier: 'a', values: { brand: value('acme') } })
      await api.post('/products', { identifier: 'b', values: { pictures: value(['front']) } })
      await api.post('/products', { identifier: 'c' })
      const { clock } = api.simulator
      clock.advance(600_000)
      const bound = clock.now().toISOString().slice(0, 19).replace('T', ' ')
      clock.advance(600_000)
      const label = { values: { label: [{ locale: 'en_US', channel: null, data: 'x' }] } }
      expect((await api.patch('/reference-entities/brands/records/acme', label)).status).toBe(204)
      expect((await api.patch('/asset-families/brands/assets/front', label)).status).toBe(204)
      const since = (types?: string[]) =>
        found(api, {
          updated_including_linked_entities: [{ operator: '>', value: bound }],
          ...(types !== undefined && { updated_including_linked_type: [{ operator: 'IN', value: types }] }),
        })
      expect(await found(api, { updated: [{ operator: '>', value: bound }] })).toEqual([])
      expect(await since()).toEqual(['a', 'b'])
      expect(await since(['asset'])).toEqual(['b'])
      expect(await since(['reference_entity_record'])).toEqual(['a'])
      expect(await since(['shelf'])).toBe(422)
      const alone = { updated_including_linked_type: [{ operator: 'IN', value: ['asset'] }] }
      expect(await found(api, alone)).toBe(422)
    }),
  )
})

describe('cells of tables', () => {
  it(
    'are searched by the operators of their column',
    cloudPim(async (api) => {
      const options = ['sugar', 'salt'].map((code) => ({ code }))
      const made = await api.post('/attributes', {
        code: 'food',
        type: 'pim_catalog_table',
        group: 'other',
        table_configuration: [
          { code: 'part', data_type: 'select', options },
          { code: 'percent', data_type: 'number', validations: { decimals_allowed: true } },
          { code: 'note', data_type: 'text' },
        ],
      })
      expect(made.status).toBe(201)
      const rows = (sugar: string) => ({
        food: value([
          { part: 'sugar', percent: sugar, note: 'Cane' },
          { part: 'salt', percent: '1' },
        ]),
      })
      expect((await api.post('/products', { identifier: 'sweet', values: rows('60') })).status).toBe(201)
      await api.post('/products', { identifier: 'plain', values: rows('5') })
      const cells = (operator: string, criterion: object) =>
        found(api, { food: [{ operator, value: criterion }] })
      expect(await cells('>', { row: 'sugar', column: 'percent', value: '50' })).toEqual(['sweet'])
      expect(await cells('<', { column: 'percent', value: 2 })).toEqual(['plain', 'sweet'])
      expect(await cells('CONTAINS', { column: 'note', value: 'can' })).toEqual(['plain', 'sweet'])
      expect(await cells('IN', { column: 'part', value: ['pepper'] })).toEqual([])
      expect(await cells('CONTAINS', { column: 'percent', value: '5' })).toBe(422)
      expect(await cells('>', { column: 'none', value: 1 })).toBe(422)
      expect(await cells('>', { row: 'sugar' })).toBe(422)
    }),
  )
})

describe('assets in the cloud', () => {
  const withAssets = (test: (api: Api) => Promise<void>) =>
    cloudPim(async (api) => {
      await api.patch('/asset-families/pictures', { sharing_enabled: true })
      const attributes: Record<string, object> = {
        usage: { type: 'multiple_options' },
        width: { type: 'number' },
        retouched: { type: 'boolean' },
        link: { type: 'media_link', media_type: 'image', prefix: 'https://example.com/', suffix: '.png' },
      }
      for (const [code, attribute] of Object.entries(attributes)) {
        const answer = await api.patch(`/asset-families/pictures/attributes/${code}`, attribute)
        expect(answer.status).toBe(201)
      }
      for (const code of ['web', 'print']) {
        await api.patch(`/asset-families/pictures/attributes/usage/options/${code}`, {})
      }
      const place = { locale: null, channel: null }
      await api.patch('/asset-families/pictures/assets', [
        {
          code: 'summer_1',
          values: {
            label: [{ locale: 'en_US', channel: null, data: 'Summer on the beach' }],
            usage: [{ ...place, data: ['web', 'print'] }],
            width: [{ ...place, data: '200' }],
            retouched: [{ ...place, data: true }],
            link: [{ ...place, data: 'beach' }],
          },
        },
        { code: 'summer_2', values: { usage: [{ ...place, data: ['print'] }] } },
        { code: 'winter', values: { retouched: [{ ...place, data: false }] } },
      ])
      await test(api)
    })

  it.each([
    [{ usage: { operator: 'IN', value: ['web'] } }, ['summer_1']],
    [{ usage: { operator: 'EMPTY' } }, ['winter']],
    [{ label: { operator: 'CONTAINS', value: 'beach', locale: 'en_US' } }, ['summer_1']],
    [{ label: { operator: 'ENDS WITH', value: 'BEACH', locale: 'en_US' } }, ['summer_1']],
    [{ width: { operator: '=', value: 200 } }, ['summer_1']],
    [{ retouched: { operator: '=', value: false } }, ['winter']],
    [{ code: { operator: 'STARTS_WITH', value: 'summer' } }, ['summer_1', 'summer_2']],
    [
      { or: [{ code: { operator: '=', value: 'winter' } }, { usage: { operator: 'IN', value: ['web'] } }] },
      ['summer_1', 'winter'],
    ],
    [
      {
        and: [
          { or: [{ code: { operator: '=', value: 'winter' } }, { usage: { operator: 'NOT EMPTY' } }] },
          { retouched: { operator: 'NOT EMPTY' } },
        ],
      },
      ['summer_1', 'winter'],
    ],
    [{ link: { operator: '=', value: 'beach' } }, 422],
    [{ width: { operator: '<', value: 1 } }, 422],
    [{ and: [], or: [] }, 422],
    [{ and: 'x' }, 422],
  ])('are searched by %j', (criteria, expected) =>
    withAssets(async (api) => {
      const query = encodeURIComponent(JSON.stringify(criteria))
      const answer = await api.get(`/asset-families/pictures/assets?search=${query}`)
      const codes = items(answer).map(({ code }) => code)
      expect(answer.status === 200 ? codes : answer.status).toEqual(expected)
    })(),
  )

  it(
    'name their family and the types of their values, and share their files',
    withAssets(async (api) => {
      const form = new FormData()
      form.set('file', new Blob(['a file']), 'front.txt')
      const { headers } = await api.send('/asset-media-files', { method: 'POST', body: form })
      const media = [{ locale: null, channel: null, data: headers.get('asset-media-file-code') }]
      await api.patch('/asset-families/pictures/assets/winter', { values: { media } })
      const { body } = await api.get('/asset-families/pictures/assets/winter')
      expect(body['asset_family_code']).toBe('pictures')
      const href = `${api.simulator.url}/asset-delivery/pictures/media/winter.txt`
      expect(body['values']).toMatchObject({
        media: [{ attribute_type: 'media_file', _links: { share_link: { href } } }],
        retouched: [{ attribute_type: 'boolean' }],
      })
      expect(await (await fetch(href)).text()).toBe('a file')
      const linked = (await api.get('/asset-families/pictures/assets/summer_1')).body['values']
      expect(linked).toMatchObject({
        link: [
          { linked_data: { full_url: 'https://example.com/beach.png', prefix: 'https://example.com/' } },
        ],
      })
      await api.post('/attributes', {
        code: 'gallery',
        type: 'pim_catalog_asset_collection',
        group: 'other',
        reference_data_name: 'pictures',
      })
      await api.post('/products', { identifier: 'foo', values: { gallery: value(['winter', 'summer_1']) } })
      const read = async (query: string) => {
        return itemOf(await api.get(`/products/foo${query}`)).values['gallery']?.[0]
      }
      expect(await read('?with_asset_share_links=true')).toMatchObject({
        linked_data: {
          winter: {
            share_links: [{ attribute: 'media', scope: null, locale: null, _links: { self: { href } } }],
          },
          summer_1: { share_links: [] },
        },
        reference_data_name: 'pictures',
      })
      expect(await read('')).not.toHaveProperty('linked_data')
      await api.patch('/asset-families/pictures', { sharing_enabled: false })
      expect((await fetch(href)).status).toBe(404)
    }),
  )
})
