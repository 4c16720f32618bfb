import { describe, expect, it } from 'vitest'
import { items, listOf, withAkeneo } from './api.ts'
import { documented, failed, smallPim } from './small-pim.ts'

const INVALID_JSON = { code: 400, message: 'Invalid json message received' }
describe('an empty PIM', () => {
  it('has an identifier, a group, its locales and currencies, and the standard measures', async () => {
    await withAkeneo({}, async (api) => {
      expect(items(await api.get('/attributes')).map(({ code }) => code)).toEqual(['sku'])
      expect(items(await api.get('/attribute-groups')).map(({ code }) => code)).toEqual(['other'])
      for (const locale of ['en_US', 'fr_FR', 'de_DE', 'zh_CN']) {
        expect((await api.get(`/locales/${locale}`)).body).toEqual({ code: locale, enabled: true })
      }
      expect((await api.get('/currencies/EUR')).body).toEqual({ code: 'EUR', enabled: true })
      const families = listOf(await api.get('/measurement-families'))
      expect(families.map(({ code }) => code)).toEqual(expect.arrayContaining(['Power', 'Temperature']))
    })
  })
})

describe('categories', () => {
  it('are created by POST and by PATCH, answering where they are and nothing else', async () => {
    await withAkeneo({}, async (api) => {
      const posted = await api.post('/categories', { code: 'master' })
      expect([posted.status, posted.text]).toEqual([201, ''])
      expect(posted.headers.get('location')).toBe(`${api.simulator.url}/api/rest/v1/categories/master`)
      expect((await api.patch('/categories/child', { parent: 'master' })).status).toBe(201)
      const updated = await api.patch('/categories/child', { labels: { en_US: 'Child', fr_FR: null } })
      expect(updated.status).toBe(204)
      expect(updated.headers.get('location')).toBe(`${api.simulator.url}/api/rest/v1/categories/child`)
      expect((await api.get('/categories/child')).body['labels']).toEqual({ en_US: 'Child' })
    })
  })

  it.each([
    ['empty text', '', INVALID_JSON],
    ['half a document', '{', INVALID_JSON],
    [
      'a code in use',
      { code: 'master' },
      failed({ property: 'code', message: 'This value is already used.' }),
    ],
    ['an empty code', { code: '' }, failed({ property: 'code', message: 'This value should not be blank.' })],
    [
      'an unknown key',
      { code: 'x', extra: '' },
      documented('Property "extra" does not exist.', 'post_categories'),
    ],
    [
      'labels that are null',
      { labels: null },
      documented('Property "labels" expects an array as data, "NULL" given.', 'post_categories'),
    ],
    [
      'an unknown locale',
      { code: 'x', labels: { zz_ZZ: 'label' } },
      failed({ property: 'labels', message: 'The locale "zz_ZZ" does not exist.' }),
    ],
  ])('refuse %s', async (_, body, answer) => {
    await withAkeneo({}, async (api) => {
      await api.post('/categories', { code: 'master' })
      expect((await api.post('/categories', body)).body).toEqual(answer)
    })
  })

  it(
    'keep their code, and their place outside their own subtree',
    smallPim(async (api) => {
      expect((await api.patch('/categories/boots', { code: 'other' })).body).toEqual(
        failed({ property: 'code', message: 'This property cannot be changed.' }),
      )
      expect((await api.patch('/categories/new_one', { code: 'other' })).body.message).toBe(
        'The code "other" provided in the request body must match the code "new_one" provided in the url.',
      )
      expect((await api.patch('/categories/shoes', { parent: 'boots' })).body.message).toMatch(
        /^Cannot set child as parent to node: \d+$/,
      )
      expect((await api.patch('/categories/master', { parent: 'boots' })).body.message).toBe(
        "You can't move a category tree linked to a user. Check the expected format on the API documentation.",
      )
    }),
  )

  it(
    'keep `updated` when nothing changes',
    smallPim(async (api) => {
      const before = (await api.get('/categories/master')).body['updated']
      api.simulator.clock.advance(60_000)
      await api.patch('/categories/master', { labels: { en_US: 'Master' } })
      expect((await api.get('/categories/master')).body['updated']).toBe(before)
      await api.patch('/categories/master', { labels: { en_US: 'Another' } })
      expect((await api.get('/categories/master')).body['updated']).not.toBe(before)
    }),
  )
})
