import { describe, expect, it } from 'vitest'
import { items, withAkeneo, type Body } from './api.ts'
import { fillSmallPim } from './small-pim.ts'

const codes = (answer: { body: Body }) => answer.body.errors?.map(({ property }) => property)

describe('attributes of a reference entity', () => {
  it('have the keys of their type, say what these ask for, and stay what they are', async () => {
    await withAkeneo({}, async (api) => {
      const path = '/reference-entities/brand/attributes'
      expect(codes(await api.patch('/reference-entities/a brand', {}))).toEqual(['code'])
      await api.patch('/reference-entities/brand', {})
      const write = (code: string, body: object) => api.patch(`${path}/${code}`, body)
      expect((await write('note', { type: 'text', value_per_locale: true })).status).toBe(201)
      // As the documentation of the API shows one.
      expect((await api.get(`${path}/note`)).body).toEqual({
        code: 'note',
        labels: {},
        type: 'text',
        value_per_locale: true,
        value_per_channel: false,
        is_required_for_completeness: false,
        max_characters: null,
        is_textarea: false,
        is_rich_text_editor: false,
        validation_rule: 'none',
        validation_regexp: null,
      })
      expect(codes(await write('a-note', { type: 'text' }))).toEqual(['code'])
      expect(codes(await write('more', {}))).toEqual(['type'])
      expect(codes(await write('more', { type: 'poem' }))).toEqual(['type'])
      expect((await write('more', { type: 'text', size: 1 })).body.message).toBe(
        'Property "size" does not exist.',
      )
      const link = { type: 'reference_entity_single_link' }
      expect(codes(await write('owner', link))).toEqual(['reference_entity_code'])
      const away = { ...link, reference_entity_code: 'none' }
      expect(codes(await write('owner', away))).toEqual(['reference_entity_code'])
      expect((await write('owner', { ...link, reference_entity_code: 'brand' })).status).toBe(201)
      expect(codes(await write('note', { type: 'image' }))).toEqual(['type'])
      expect(codes(await write('note', { value_per_locale: false }))).toEqual(['value_per_locale'])
      expect((await write('note', { max_characters: 20 })).status).toBe(204)
      expect(codes(await api.patch('/asset-families/shots', {}))).toBeUndefined()
      const asset = (body: object) => api.patch('/asset-families/shots/attributes/film', body)
      expect(codes(await asset({ type: 'media_link' }))).toEqual(['media_type'])
      expect(codes(await asset({ type: 'boolean' }))).toEqual(['type'])
      expect((await asset({ type: 'media_link', media_type: 'vimeo' })).status).toBe(201)
    })
  })

  it('take values of their type, and options that they have', async () => {
    await withAkeneo({}, async (api) => {
      const attributes = '/reference-entities/brand/attributes'
      await api.patch('/reference-entities/brand', {})
      for (const type of ['text', 'number', 'single_option', 'multiple_options'])
        await api.patch(`${attributes}/${type}`, { type })
      expect(codes(await api.patch(`${attributes}/single_option/options/b-g`, {}))).toEqual(['code'])
      await api.patch(`${attributes}/single_option/options/big`, {})
      await api.patch(`${attributes}/multiple_options/options/red`, {})
      const write = async (attribute: string, data: unknown) => {
        const values = { [attribute]: [{ locale: null, channel: null, data }] }
        return (await api.patch('/reference-entities/brand/records/acme', { values })).status
      }
      expect(await write('text', 'x')).toBe(201)
      const good: [string, unknown][] = [
        ['number', '15'],
        ['single_option', 'big'],
        ['multiple_options', ['red']],
        ['multiple_options', []],
      ]
      for (const [attribute, data] of good) expect(await write(attribute, data)).toBe(204)
      const bad: [string, unknown][] = [
        ['text', 5],
        ['number', 'x'],
        ['single_option', 'small'],
        ['multiple_options', 'red'],
        ['multiple_options', ['red', 'blue']],
      ]
      for (const [attribute, data] of bad) expect([data, await write(attribute, data)]).toEqual([data, 422])
    })
  })

  it('hold values to their limits', async () => {
    await withAkeneo({ edition: 'GE' }, async (api) => {
      const upload = async (name: string, bytes: number) => {
        const form = new FormData()
        form.set('file', new Blob([new Uint8Array(bytes)]), name)
        const path = '/reference-entities-media-files'
        const { headers } = await api.send(path, { method: 'POST', body: form })
        return headers.get('reference-entities-media-file-code')
      }
      await api.patch('/reference-entities/brand', {})
      await api.patch('/asset-families/shots', {})
      const image = await upload('logo.png', 200_000)
      const large = await upload('poster.png', 300_000)
      const text = await upload('logo.txt', 10)
      const number = { type: 'number', min_value: '-1.5', max_value: '10' }
      const file = { allowed_extensions: ['png'], max_file_size: '0.25' }
      const limits: [object, unknown[], unknown[]][] = [
        [{ type: 'text', max_characters: 3 }, ['abc', '👍👍👍'], ['abcd']],
        [{ type: 'text', validation_rule: 'email' }, ['a@b.example'], ['a.example']],
        [{ type: 'text', validation_rule: 'url' }, ['https://b.example/a'], ['b.example']],
        [{ type: 'text', validation_rule: 'regexp', validation_regexp: '/^[a-z]+$/' }, ['ab'], ['A']],
        [number, ['-1', '10', '1.0', '+2'], ['-2', '11', '1.5', '1e999']],
        [{ ...number, decimals_allowed: true }, ['-1.5', '9.99'], ['-1.51', '10.01']],
        [{ type: 'image', ...file }, [image], [large, text]],
        [{ type: 'image' }, [image, large, text], []],
      ]
      const assetLimits: [object, unknown[], unknown[]][] = [
        [{ type: 'media_file', media_type: 'image', ...file }, [image], [large, text]],
        [{ type: 'date' }, ['2026-02-28'], ['28/02/2026', '2026-02-31']],
      ]
      const hold = async (family: string, items: string, given: typeof limits) => {
        for (const [place, [attribute, good, bad]] of given.entries()) {
          const code = `limited_${place}`
          expect((await api.patch(`${family}/attributes/${code}`, attribute)).status).toBe(201)
          const write = (data: unknown) =>
            api.patch(`${family}/${items}/acme`, {
              values: { [code]: [{ locale: null, channel: null, data }] },
            })
          for (const data of good) expect([data, (await write(data)).body.errors]).toEqual([data, undefined])
          for (const data of bad) expect([data, codes(await write(data))]).toEqual([data, [`values.${code}`]])
        }
      }
      await hold('/reference-entities/brand', 'records', limits)
      await hold('/asset-families/shots', 'assets', assetLimits)
    })
  })
})

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
