import { describe, expect, it } from 'vitest'
import { items, withAkeneo } from './api.ts'
import { fillSmallPim } from './small-pim.ts'

describe('records of a reference entity', () => {
  it('are complete for a channel and some of its locales', async () => {
    await withAkeneo({}, async (api) => {
      await fillSmallPim(api)
      await api.patch('/reference-entities/brand', {})
      const attribute = (code: string, rest: object) =>
        api.patch(`/reference-entities/brand/attributes/${code}`, {
          type: 'text',
          is_required_for_completeness: true,
          ...rest,
        })
      await attribute('country', {})
      await attribute('slogan', { value_per_locale: true, value_per_channel: true })
      await attribute('note', { is_required_for_completeness: false })
      const text = (locale: string | null, channel: string | null) => ({ locale, channel, data: 'text' })
      await api.patch('/reference-entities/brand/records', [
        { code: 'none' },
        { code: 'english', values: { country: [text(null, null)], slogan: [text('en_US', 'ecommerce')] } },
        {
          code: 'both',
          values: {
            country: [text(null, null)],
            slogan: [text('en_US', 'ecommerce'), text('fr_FR', 'ecommerce')],
          },
        },
      ])
      const find = async (criterion: object) => {
        const complete = { operator: '=', channel: 'ecommerce', ...criterion }
        const query = `search=${encodeURIComponent(JSON.stringify({ complete }))}`
        return items(await api.get(`/reference-entities/brand/records?${query}`)).map(({ code }) => code)
      }
      expect(await find({ value: true, locales: ['en_US'] })).toEqual(['both', 'english'])
      expect(await find({ value: true, locales: ['en_US', 'fr_FR'] })).toEqual(['both'])
      expect(await find({ value: false, locales: ['fr_FR'] })).toEqual(['english', 'none'])
      const wrong = encodeURIComponent(
        JSON.stringify({ complete: { operator: '=', value: true, channel: 'x' } }),
      )
      expect((await api.get(`/reference-entities/brand/records?search=${wrong}`)).status).toBe(422)
    })
  })
})
