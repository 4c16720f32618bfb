import { describe, expect, it } from 'vitest'
import { rawRequest } from '../support/raw-request.ts'
import type { Api } from './api.ts'
import { message, smallPim } from './small-pim.ts'

const MULTIPART = 'multipart/form-data'

/** Sends bytes as they are. */
async function sendRaw(api: Api, method: string, path: string, headers: Record<string, string>, body = '') {
  const authorization = `Bearer ${await api.token()}`
  return rawRequest(`${api.simulator.url}/api/rest/v1${path}`, {
    method,
    headers: { authorization, 'content-length': Buffer.byteLength(body), ...headers },
    body,
  })
}

describe('a form that cannot be read', () => {
  const part = (name: string, content: string) =>
    `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${content}\r\n`
  const nothing = 'You should at least give one of the following properties: "product" or "product_model".'
  it.each([
    ['without a boundary', MULTIPART, `${part('product', '{}')}--b--\r\n`, nothing],
    [
      'with the boundary of another',
      `${MULTIPART}; boundary=c`,
      `${part('product', '{}')}--b--\r\n`,
      nothing,
    ],
    ['that is cut off', `${MULTIPART}; boundary=b`, '--b\r\nContent-Dispo', nothing],
    ['that is empty', `${MULTIPART}; boundary=b`, '', nothing],
    [
      'that is cut off after its first field',
      `${MULTIPART}; boundary=b`,
      `${part('product', '{}')}--b\r\nContent-Dispo`,
      'Product property must contain "identifier", "attribute", "locale" and "scope" properties.',
    ],
  ])('%s is one with nothing else in it', (_, type, body, refusal) =>
    smallPim(async (api) => {
      const answer = await sendRaw(api, 'POST', '/media-files', { 'content-type': type }, body)
      expect([answer.status, JSON.parse(answer.body)]).toEqual([422, { code: 422, message: refusal }])
    })(),
  )
})

describe('a path with a slash too many', () => {
  it.each([
    ['/categories/', '/categories'],
    ['/categories/master/', '/categories/master'],
    ['/families/familyA/variants/?limit=2', '/families/familyA/variants?limit=2'],
    ['/products/', '/products'],
  ])('sends a reader of %s to %s', (from, to) =>
    smallPim(async (api) => {
      const { url } = api.simulator
      const answer = await api.send(from, { redirect: 'manual' })
      expect([answer.status, answer.headers.get('location')]).toEqual([301, `${url}/api/rest/v1${to}`])
      expect((await api.get(from)).status).toBe(200)
    })(),
  )

  it(
    'sends no writer anywhere, and is part of a code that may hold slashes',
    smallPim(async (api) => {
      expect((await api.post('/categories/', { code: 'new' })).status).toBe(404)
      expect((await api.get('/products/none/')).body.message).toBe(
        'Product "none/" does not exist or you do not have permission to access it.',
      )
      expect((await api.get('/cate%20gories')).body.message).toBe(
        `No route found for "GET ${api.simulator.url}/api/rest/v1/cate%20gories"`,
      )
    }),
  )
})

it(
  'a Content-Type that is none is refused as any other is',
  smallPim(async (api) => {
    const type = 'application/json, text/plain'
    const answer = await sendRaw(api, 'POST', '/categories', { 'content-type': type }, '{"code":"new"}')
    expect([answer.status, JSON.parse(answer.body)]).toEqual([
      415,
      {
        code: 415,
        message: `"${type}" in "Content-Type" header is not valid. Only "application/json" is allowed.`,
      },
    ])
  }),
)

it(
  'a list for a body is a map of its indices',
  smallPim(async (api) => {
    for (const path of [
      '/categories/shoes',
      '/families/familyB',
      '/attributes/a_text',
      '/channels/ecommerce',
    ]) {
      const answer = await api.patch(path, [{ labels: {} }])
      expect([path, answer.status, answer.body.message]).toEqual([
        path,
        422,
        message('Property "0" does not exist.'),
      ])
    }
  }),
)

it(
  'Accept is not looked at where only the head is asked for',
  smallPim(async (api) => {
    const accept = { accept: 'application/xml' }
    expect((await api.send('/categories', { method: 'HEAD', headers: accept })).status).toBe(200)
    expect((await api.get('/categories', accept)).status).toBe(406)
  }),
)

it(
  'a text that is downloaded names its charset',
  smallPim(async (api) => {
    await api.post('/products', { identifier: 'foo' })
    const form = new FormData()
    form.set('product', JSON.stringify({ identifier: 'foo', attribute: 'a_file', scope: null, locale: null }))
    form.set('file', new Blob(['hello']), 'a.txt')
    const { headers } = await api.send('/media-files', { method: 'POST', body: form })
    const download = await api.get(`${headers.get('location')}/download`)
    expect([download.headers.get('content-type'), download.text]).toEqual([
      'text/plain; charset=UTF-8',
      'hello',
    ])
  }),
)
