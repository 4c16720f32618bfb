import { get } from 'node:http'
import { describe, expect, it } from 'vitest'
import { itemOf, items, listOf, withAkeneo, type Api } from './api.ts'
import { fillSmallPim } from './small-pim.ts'

const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')

async function upload(
  api: Api,
  fields: Record<string, string>,
  name = 'a picture.png',
  content = PNG,
  field = 'file',
) {
  const form = new FormData()
  for (const [key, text] of Object.entries(fields)) form.set(key, text)
  form.set(field, new Blob([new Uint8Array(content)]), name)
  return api.send('/media-files', { method: 'POST', body: form })
}

const product = (fields: object) =>
  JSON.stringify({ identifier: 'foo', attribute: 'an_image', scope: null, locale: null, ...fields })

describe('product media', () => {
  it('are uploaded into a value, listed, downloaded and taken out again', async () => {
    await withAkeneo({}, async (api) => {
      await fillSmallPim(api)
      await api.post('/products', { identifier: 'foo' })
      const answer = await upload(api, { product: product({}) })
      expect([answer.status, answer.text]).toEqual([201, ''])
      const location = answer.headers.get('location') ?? ''
      const code = location.split('/media-files/')[1] ?? ''
      expect(code).toMatch(/^([0-9a-f]\/){4}[0-9a-f]{40}_a_picture\.png$/)
      const { values } = itemOf(await api.get('/products/foo'))
      expect(values['an_image']).toEqual([
        { locale: null, scope: null, data: code, _links: { download: { href: `${location}/download` } } },
      ])
      expect((await api.get(location)).body).toMatchObject({
        code,
        original_filename: 'a picture.png',
        size: PNG.length,
        extension: 'png',
      })
      expect(items(await api.get('/media-files'))).toHaveLength(1)
      const authorization = `Bearer ${await api.token()}`
      const download = await fetch(`${location}/download`, { headers: { authorization } })
      expect(download.headers.get('content-type')).toBe('image/png')
      expect(download.headers.get('content-disposition')).toBe('attachment; filename="a picture.png"')
      expect(Buffer.from(await download.arrayBuffer()).equals(PNG)).toBe(true)

      const other = await upload(api, { product: product({}) }, 'größe.png')
      const named = `${other.headers.get('location')}/download`
      // Not by fetch: versions of it differ in how they read the bytes of a header.
      const disposition = await new Promise<string>((resolve) => {
        get(named, { headers: { authorization } }, (response) => {
          response.resume()
          resolve(Buffer.from(response.headers['content-disposition'] ?? '', 'latin1').toString())
        })
      })
      expect(disposition).toBe('attachment; filename="größe.png"')
      await api.patch('/products/foo', { values: { an_image: [{ locale: null, scope: null, data: null }] } })
      expect(itemOf(await api.get('/products/foo')).values).not.toHaveProperty('an_image')
    })
  })

  it.each([
    [{}, 422, 'You should at least give one of the following properties: "product" or "product_model".'],
    [
      { product: product({}), product_model: '{}' },
      422,
      'You should give either a "product" or a "product_model" key.',
    ],
    [{ product: '{"identifier}' }, 400, 'Invalid json message received'],
    [
      { product: '{"identifier":"foo"}' },
      422,
      'Product property must contain "identifier", "attribute", "locale" and "scope" properties.',
    ],
    [{ product: product({ identifier: 'nope' }) }, 422, 'Product "nope" does not exist.'],
    [{ product: product({ attribute: 'nope' }) }, 422, 'The nope attribute does not exist in your PIM.'],
    [
      { product_model: '{"code":"nope","attribute":"an_image","locale":null,"scope":null}' },
      422,
      'Product model "nope" does not exist.',
    ],
  ])('refuse %j', async (fields, status, message) => {
    await withAkeneo({}, async (api) => {
      await fillSmallPim(api)
      await api.post('/products', { identifier: 'foo' })
      expect((await upload(api, fields)).body).toEqual({ code: status, message })
      expect(items(await api.get('/media-files'))).toEqual([])
    })
  })

  it('must be what their name says, under the right field', async () => {
    await withAkeneo({}, async (api) => {
      await fillSmallPim(api)
      await api.post('/products', { identifier: 'foo' })
      const said = async (answer: Promise<{ body: { errors?: { message: string }[] } }>) =>
        (await answer).body.errors?.map(({ message }) => message)
      expect(await said(upload(api, { product: product({}) }, 'a.txt'))).toEqual([
        'The txt file extension is not allowed for the an_image attribute. Allowed extensions are jpg, gif, png.',
      ])
      expect(await said(upload(api, { product: product({}) }, 'a.jpg', Buffer.from('text')))).toEqual([
        'The MIME type is not allowed for jpg (allowed types: image/jpeg, found text/plain).',
      ])
      expect((await upload(api, { product: product({}) }, 'a.png', PNG, 'image')).body.message).toBe(
        'Property "file" is required.',
      )
      expect(
        (
          await api.patch('/products/foo', {
            values: { an_image: [{ locale: null, scope: null, data: 'nope' }] },
          })
        ).body.message,
      ).toBe(
        'Property "an_image" expects a valid pathname as data, "nope" given. Check the expected format on the API documentation.',
      )
    })
  })
})

describe('measurement families', () => {
  const unit = (code: string, steps: [operator: string, value: string][]) => ({
    code,
    labels: {},
    convert_from_standard: steps.map(([operator, value]) => ({ operator, value })),
    symbol: '',
  })
  const custom = {
    code: 'Custom',
    standard_unit_code: 'ONE',
    units: { ONE: unit('ONE', [['mul', '1']]), TWO: unit('TWO', [['mul', '2']]) },
  }

  it('are written as one array, merge by key, and name what is wrong', async () => {
    await withAkeneo({}, async (api) => {
      const patch = async (families: unknown) =>
        (await api.patch('/measurement-families', families)).body as unknown
      expect(await patch([custom])).toEqual([{ code: 'Custom', status_code: 201 }])
      expect(
        await patch([{ code: 'Custom', labels: { en_US: 'Custom' }, units: { TWO: { symbol: '2' } } }]),
      ).toEqual([{ code: 'Custom', status_code: 204 }])
      const families = listOf(await api.get('/measurement-families'))
      expect(families.find(({ code }) => code === 'Custom')?.['units']).toMatchObject({
        TWO: { symbol: '2', convert_from_standard: [{ operator: 'mul', value: '2' }] },
      })
      const invalid = (message: string, code = 'Other') => ({
        code,
        status_code: 422,
        message: 'The measurement family has an invalid format.',
        errors: [{ property: '', message }],
      })
      expect(await patch([{ labels: {} }, { code: 'Other' }, { code: 'Custom', foo: 1 }])).toEqual([
        invalid('The required properties (code) are missing', ''),
        invalid('The required properties (units, standard_unit_code) are missing'),
        invalid('Additional object properties are not allowed: foo', 'Custom'),
      ])
      expect(await patch([{ code: 'Custom', units: { TWO: unit('THREE', [['mul', '2']]) } }])).toMatchObject([
        {
          message: 'The measurement family has data that does not comply with the business rules.',
          errors: [{ property: '[units][TWO]', message: 'The index does not match the unit code.' }],
        },
      ])
      expect(await patch({ values: null })).toEqual({
        code: 400,
        message: 'The list of measurement families has an invalid format.',
        errors: [{ property: '', message: 'The data (object) must match the type: array' }],
      })
    })
  })
})

describe('reference entities and assets', () => {
  it('hold records with values by locale and channel', async () => {
    await withAkeneo({}, async (api) => {
      expect((await api.patch('/reference-entities/brand', { labels: { en_US: 'Brand' } })).status).toBe(201)
      const label = (data: string | null) => ({
        values: { label: [{ locale: 'en_US', channel: null, data }] },
      })
      const answer = await api.patch('/reference-entities/brand/records', [
        { code: 'kartell', ...label('Kartell') },
        { code: '!' },
      ])
      expect(listOf(answer).map(({ status_code }) => status_code)).toEqual([201, 422])
      expect((await api.patch('/reference-entities/brand/records/kartell', label(null))).status).toBe(204)
      expect((await api.get('/reference-entities/brand/records/kartell')).body['values']).toEqual({})
      expect(items(await api.get('/reference-entities/brand/records'))).toHaveLength(1)
      await api.patch('/asset-families/packshots', {})
      await api.patch('/asset-families/packshots/assets/one', label('One'))
      expect((await api.get('/asset-families/PACKSHOTS/assets/one')).status).toBe(404)
      expect((await api.delete('/asset-families/packshots/assets/one')).status).toBe(204)
    })
  })
})

describe('generated catalogues', () => {
  it('are the same every time, page once through, and keep what is written on top', async () => {
    await withAkeneo({ shape: 'small', opaqueCursors: true }, async (api) => {
      const seen = new Set<string>()
      let pages = 0
      for (
        let path: string | undefined = '/products-uuid?pagination_type=search_after&limit=100';
        path !== undefined;
        pages++
      ) {
        const page = await api.get(path)
        for (const { uuid } of items(page)) seen.add(uuid ?? '')
        path = page.body._links?.['next']?.href
      }
      expect([seen.size, pages]).toEqual([5_000, 51])
      const first = (await api.get('/products/P0004321')).body
      expect((await api.get(`/products-uuid/${String(first['uuid'])}`)).body['created']).toBe(
        first['created'],
      )
      expect((await api.patch('/products/P0004321', { enabled: first['enabled'] !== true })).status).toBe(204)
      expect((await api.get('/products/P0004321')).body['enabled']).toBe(first['enabled'] !== true)
      expect((await api.delete('/products/P0000001')).status).toBe(204)
      expect((await api.get('/products?with_count=true')).body.items_count).toBe(4_999)
      const variant = (await api.get('/products/P0000000')).body
      expect(variant['parent']).toBe('M000000')
    })
  })
})
