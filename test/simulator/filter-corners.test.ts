import { describe, expect, it } from 'vitest'
import { items, search, withAkeneo, type Api } from './api.ts'
import { fillSmallPim, value } from './small-pim.ts'

const found = async (api: Api, property: string, condition: object) => {
  const answer = await api.get(`/products?${search({ [property]: [condition] })}`)
  if (answer.status !== 200) throw new Error(answer.text)
  return items(answer).map(({ identifier }) => identifier)
}

/** What Akeneo's search index does where the wording of an operator would let one expect something else. */
describe('filters', () => {
  it('call a price empty for a product that could have it', async () => {
    await withAkeneo({}, async (api) => {
      await fillSmallPim(api)
      const euros = value([{ amount: 10, currency: 'EUR' }])
      await api.post('/products', { identifier: 'priced', family: 'familyA', values: { a_price: euros } })
      await api.post('/products', { identifier: 'bare', family: 'familyA' })
      await api.post('/products', { identifier: 'elsewhere', family: 'familyB' })
      const price = (operator: string, wanted?: object) => found(api, 'a_price', { operator, value: wanted })
      expect(await price('EMPTY ON ALL CURRENCIES')).toEqual(['bare'])
      expect(await price('NOT EMPTY ON AT LEAST ONE CURRENCY')).toEqual(['priced'])
      expect(await price('EMPTY FOR CURRENCY', { currency: 'USD' })).toEqual(['bare', 'priced'])
      expect(await price('EMPTY FOR CURRENCY', { currency: 'EUR' })).toEqual(['bare'])
      expect(await price('NOT EMPTY FOR CURRENCY', { currency: 'EUR' })).toEqual(['priced'])
    })
  })

  it('take an empty list for an amount that lacks its keys, as PHP does', async () => {
    await withAkeneo({}, async (api) => {
      await fillSmallPim(api)
      const refusal = async (property: string) =>
        (await api.get(`/products?${search({ [property]: [{ operator: '=', value: [] }] })}`)).body.message
      for (const property of ['a_metric', 'a_price']) {
        expect(await refusal(property)).toBe(`Property "${property}" expects an array with the key "amount".`)
      }
    })
  })

  it('let a locale and a scope pass that an attribute has no use for', async () => {
    await withAkeneo({}, async (api) => {
      await fillSmallPim(api)
      await api.post('/attributes', {
        code: 'a_french_text',
        type: 'pim_catalog_text',
        group: 'other',
        localizable: true,
        available_locales: ['fr_FR'],
      })
      await api.post('/products', {
        identifier: 'red',
        values: { a_text: value('red'), a_french_text: value('rouge', 'fr_FR') },
      })
      const plain = { operator: '=', value: 'red' }
      for (const more of [{ locale: 'en_US' }, { scope: 'ecommerce' }, { scope: 'none' }]) {
        expect(await found(api, 'a_text', { ...plain, ...more })).toEqual(['red'])
      }
      for (const defaults of ['search_locale=en_US', 'search_scope=ecommerce']) {
        const answer = await api.get(`/products?${defaults}&${search({ a_text: [plain] })}`)
        expect(items(answer).map(({ identifier }) => identifier)).toEqual(['red'])
      }
      const french = { operator: '=', value: 'rouge' }
      expect(await found(api, 'a_french_text', { ...french, locale: 'fr_FR' })).toEqual(['red'])
      expect(await found(api, 'a_french_text', { ...french, locale: 'de_DE' })).toEqual([])
    })
  })

  it('take dates of values relative to now, and as PHP reads them', async () => {
    await withAkeneo({ timezone: 'Pacific/Auckland' }, async (api) => {
      await fillSmallPim(api)
      // Half a day later it is the 31st in Auckland.
      api.simulator.clock.set(new Date('2026-01-30T12:00:00Z'))
      for (const day of ['2026-01-30', '2026-01-31', '2026-02-01', '2026-03-03']) {
        await api.post('/products', { identifier: day, values: { a_date: value(day) } })
      }
      const date = (operator: string, wanted: unknown) => found(api, 'a_date', { operator, value: wanted })
      expect(await date('=', 'now')).toEqual(['2026-01-31'])
      expect(await date('=', '-1 day')).toEqual(['2026-01-30'])
      expect(await date('>', '+1week')).toEqual(['2026-03-03'])
      expect(await date('=', '+1 months')).toEqual(['2026-03-03'])
      expect(await date('<', '-0 years')).toEqual(['2026-01-30'])
      expect(await date('=', '2026-2-1')).toEqual(['2026-02-01'])
      for (const wanted of ['2026-02-30', '+1 hour', 'tomorrow']) {
        await expect(date('=', wanted)).rejects.toThrow(
          `Property \\"a_date\\" expects a string with the format \\"yyyy-mm-dd\\" as data, \\"${wanted}\\" given.`,
        )
      }
      await expect(date('BETWEEN', ['now', '2026-02-01'])).rejects.toThrow('as data')
    })
  })

  it('read text areas as a reader does, and texts as they are', async () => {
    await withAkeneo({}, async (api) => {
      await fillSmallPim(api)
      const html = 'A <b>warm</b>\n&amp; dry jacket<br/>'
      await api.post('/products', { identifier: 'area', values: { a_text_area: value(html) } })
      await api.post('/products', { identifier: 'text', values: { a_text: value('A <b>warm</b> one') } })
      const area = (operator: string, wanted: string) =>
        found(api, 'a_text_area', { operator, value: wanted })
      expect(await area('CONTAINS', 'warm& DRY')).toEqual(['area'])
      expect(await area('STARTS WITH', 'a warm')).toEqual(['area'])
      expect(await area('CONTAINS', 'b>')).toEqual([])
      expect(await area('DOES NOT CONTAIN', '<br/>')).toEqual(['area'])
      expect(await area('=', 'a <i>warm</i>& dry jacket')).toEqual(['area'])
      expect(await area('!=', 'a warm& dry jacket')).toEqual([])
      expect(await found(api, 'a_text', { operator: 'CONTAINS', value: '<B>warm' })).toEqual(['text'])
    })
  })

  it('find no record without a reference in "not in", though one without an option', async () => {
    await withAkeneo({}, async (api) => {
      await fillSmallPim(api)
      const type = 'pim_reference_data_simpleselect'
      await api.post('/attributes', { code: 'a_colour', type, group: 'other', reference_data_name: 'color' })
      await api.post('/products', { identifier: 'red', values: { a_colour: value('red') } })
      await api.post('/products', { identifier: 'plain', values: { a_simple_select: value('optionA') } })
      const notIn = (property: string, code: string) =>
        found(api, property, { operator: 'NOT IN', value: [code] })
      expect(await notIn('a_colour', 'blue')).toEqual(['red'])
      expect(await notIn('a_colour', 'red')).toEqual([])
      expect(await notIn('a_simple_select', 'optionB')).toEqual(['plain', 'red'])
    })
  })

  it('compare completeness on all locales that are named, or on one of them', async () => {
    await withAkeneo({}, async (api) => {
      await fillSmallPim(api)
      await api.post('/families', {
        code: 'texts',
        attributes: ['a_localized_text'],
        attribute_requirements: { ecommerce: ['a_localized_text'] },
      })
      const english = [{ locale: 'en_US', scope: null, data: 'x' }]
      await api.post('/products', {
        identifier: 'half',
        family: 'texts',
        values: { a_localized_text: english },
      })
      await api.post('/products', { identifier: 'none', family: 'texts' })
      await api.post('/products', { identifier: 'homeless' })
      const at = (operator: string, bound: number, more: object = {}) =>
        found(api, 'completeness', { operator, value: bound, scope: 'ecommerce', ...more })
      expect(await at('EQUALS ON AT LEAST ONE LOCALE', 100)).toEqual(['half'])
      expect(await at('NOT EQUALS ON AT LEAST ONE LOCALE', 100)).toEqual(['half', 'none'])
      expect(await at('GREATER THAN ON AT LEAST ONE LOCALE', 50)).toEqual(['half'])
      expect(await at('LOWER THAN ON AT LEAST ONE LOCALE', 60)).toEqual(['half', 'none'])
      expect(await at('LOWER OR EQUALS THAN ON AT LEAST ONE LOCALE', 50, { locale: 'en_US' })).toEqual([
        'none',
      ])
      const french = { locales: ['fr_FR'] }
      expect(await at('GREATER OR EQUALS THAN ON AT LEAST ONE LOCALE', 100, french)).toEqual([])
      const both = { locales: ['en_US', 'fr_FR'] }
      // Both have their identifier, which is required too.
      expect(await at('GREATER OR EQUALS THAN ON ALL LOCALES', 50, both)).toEqual(['half', 'none'])
      expect(await at('GREATER THAN ON ALL LOCALES', 50, both)).toEqual([])
      expect(await at('LOWER THAN ON ALL LOCALES', 60, both)).toEqual(['none'])
      // German is switched on, but not for this channel: there is nothing to compare.
      const withGerman = { locales: ['en_US', 'de_DE'] }
      expect(await at('GREATER OR EQUALS THAN ON ALL LOCALES', 0, withGerman)).toEqual([])
    })
  })
})
