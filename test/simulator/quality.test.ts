import { describe, expect, it } from 'vitest'
import { type Api } from './api.ts'
import { smallPim, value } from './small-pim.ts'

async function uploadPicture(api: Api, product: object): Promise<void> {
  const form = new FormData()
  form.set('product', JSON.stringify(product))
  const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')
  form.set('file', new Blob([new Uint8Array(png)]), 'picture.png')
  expect(await api.send('/media-files', { method: 'POST', body: form })).toMatchObject({ status: 201 })
}

describe('quality scores', () => {
  it(
    'count what is required and pictures twice, other attributes once, shorter codes first',
    smallPim(async (api) => {
      await api.post('/channels', {
        code: 'shop',
        category_tree: 'master',
        currencies: ['EUR'],
        locales: ['fr_FR', 'en_US'],
      })
      const family = await api.patch('/families/familyB', {
        attributes: ['sku', 'a_text', 'a_number', 'an_image'],
        attribute_requirements: { ecommerce: ['a_text'] },
      })
      expect(family.status).toBe(204)
      const scoresOf = async (values: object) => {
        await api.patch('/products/scored', { family: 'familyB', values })
        return (await api.get('/products/scored?with_quality_scores=true')).body['quality_scores']
      }
      const pairs = [
        ['shop', 'en_US'],
        ['shop', 'fr_FR'],
        ['ecommerce', 'en_US'],
        ['ecommerce', 'fr_FR'],
      ]
      const scores = (...letters: string[]) =>
        pairs.map(([scope, locale], index) => ({ scope, locale, data: letters[Math.floor(index / 2)] }))
      expect(await scoresOf({})).toEqual(scores('E', 'E'))
      // Of a weight of five in `ecommerce`: two for the text, one for half of the other two, two for no picture.
      expect(await scoresOf({ a_text: value('text'), a_number: value('1') })).toEqual(scores('E', 'E'))
      await uploadPicture(api, { identifier: 'scored', attribute: 'an_image', scope: null, locale: null })
      expect(await scoresOf({})).toEqual(scores('A', 'A'))
      // Without the only text that `ecommerce` requires: nothing of two, one of one, two of two.
      expect(await scoresOf({ a_text: value(null) })).toEqual(scores('A', 'D'))
    }),
  )
})
