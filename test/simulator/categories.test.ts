import { describe, expect, it } from 'vitest'
import { search, withAkeneo, type Body } from './api.ts'

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'

describe('values of a category', () => {
  it('merge by attribute, channel and locale, and are read under other keys than they are written', async () => {
    await withAkeneo({ edition: 'Serenity' }, async (api) => {
      await api.post('/categories', { code: 'master' })
      const write = (values: object[]) => api.patch('/categories/master', { values })
      const read = async () => {
        const { body } = await api.get('/categories/master?with_enriched_attributes=true')
        return body['values'] as Record<string, Body>
      }
      const title = (locale: string, data: string | null) => ({
        attribute_code: 'title',
        channel: null,
        locale,
        data,
      })
      expect((await write([title('en_US', 'Lamps'), title('fr_FR', 'Lampes')])).status).toBe(204)
      expect((await write([title('en_US', 'All lamps'), title('fr_FR', null)])).status).toBe(204)
      const values = await read()
      expect(Object.keys(values)).toHaveLength(1)
      expect(Object.keys(values)[0]).toMatch(new RegExp(`^title\\|${UUID}\\|en_US$`))
      expect(Object.values(values)[0]).toMatchObject({ data: 'All lamps', type: 'text', locale: 'en_US' })
      expect((await api.get('/categories/master')).body).not.toHaveProperty('values')
      expect((await api.patch('/categories/master', { values: { title: 'x' } })).status).toBe(422)
    })
  })

  it('hold files that one call uploads', async () => {
    await withAkeneo({ edition: 'Serenity' }, async (api) => {
      await api.post('/categories', { code: 'master' })
      const upload = async (category: object) => {
        const form = new FormData()
        form.append('category', JSON.stringify(category))
        form.append('file', new Blob([Buffer.from('a picture')]), 'picture.png')
        return api.send('/category-media-files', { method: 'POST', body: form })
      }
      const place = { code: 'master', attribute_code: 'image', channel: null, locale: null }
      expect((await upload({ code: 'master' })).status).toBe(422)
      expect((await upload({ ...place, code: 'x' })).body.message).toBe('Category "x" does not exist.')
      const answer = await upload(place)
      expect(answer.status).toBe(201)
      expect((await api.send(answer.headers.get('location') ?? '', {})).text).toBe('a picture')
      const { body } = await api.get('/categories/master?with_enriched_attributes=true')
      expect(Object.values(body['values'] as object)).toMatchObject([
        { type: 'image', data: { original_filename: 'picture.png', size: 9, extension: 'png' } },
      ])
    })
  })

  it('are what releases do not have: the parameter changes nothing, and there is no file', async () => {
    await withAkeneo({ edition: 'EE' }, async (api) => {
      await api.post('/categories', { code: 'master' })
      const plain = await api.get('/categories/master')
      expect((await api.get('/categories/master?with_enriched_attributes=true')).body).toEqual(plain.body)
      const list = await api.get('/categories?with_enriched_attributes=true')
      expect(list.body._embedded?.items[0]).not.toHaveProperty('values')
      expect((await api.get('/category-media-files/1/2/a.png/download')).status).toBe(404)
    })
  })
})

describe('a product search in a body', () => {
  it('is refused beyond its documented size', async () => {
    await withAkeneo({}, async (api) => {
      const post = async (body: object) => {
        const answer = await api.post('/products-uuid/search', body)
        return [answer.status, answer.body.message]
      }
      const many = (length: number) => Array.from({ length }, (_, index) => `code_${index}`)
      const family = { operator: 'IN', value: many(801) }
      const searching = (criteria: Record<string, unknown[]>) =>
        post({ search: decodeURIComponent(search(criteria).slice('search='.length)) })
      expect(await searching({ enabled: [{ operator: '=', value: true }] })).toEqual([200, undefined])
      expect(await post({ attributes: many(801).join(',') })).toEqual([
        422,
        'You cannot request more than 800 attributes.',
      ])
      expect((await searching({ family: [family] }))[0]).toBe(422)
      const twentyOne = Array.from({ length: 21 }, () => ({ operator: '=', value: true }))
      expect(await searching({ enabled: twentyOne })).toEqual([
        422,
        'You cannot search by more than 20 criteria.',
      ])
    })
  })
})
