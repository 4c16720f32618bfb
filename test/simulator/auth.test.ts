import { describe, expect, it } from 'vitest'
import { startAkeneo, type AkeneoOptions, type AkeneoSimulator } from '../../simulator/akeneo/index.ts'
import { withAkeneo } from './api.ts'

interface Pair {
  access_token: string
  refresh_token: string
}

const basic = (id: string, secret: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`
const RIGHT = basic('simulator-client', 'simulator-secret')
const PASSWORD = { grant_type: 'password', username: 'simulator', password: 'simulator-password' }

async function grant(
  { url }: AkeneoSimulator,
  fields: Record<string, unknown>,
  authorization = RIGHT,
  type = 'application/json',
) {
  const isForm = type === 'application/x-www-form-urlencoded'
  const response = await fetch(`${url}/api/oauth/v1/token`, {
    method: 'POST',
    headers: { 'content-type': type, ...(authorization !== '' && { authorization }) },
    body: isForm ? new URLSearchParams(fields as Record<string, string>).toString() : JSON.stringify(fields),
  })
  return {
    status: response.status,
    body: (await response.json()) as Pair & { code: number; message: string },
  }
}

async function ask({ url }: AkeneoSimulator, headers: Record<string, string>, path = '/categories') {
  const response = await fetch(`${url}/api/rest/v1${path}`, { headers })
  return { status: response.status, body: await response.json() }
}

async function withSimulator(options: AkeneoOptions, test: (simulator: AkeneoSimulator) => Promise<void>) {
  const simulator = await startAkeneo(options)
  try {
    await test(simulator)
  } finally {
    await simulator.close()
  }
}

const CLIENT = 'Parameter "client_id" is missing or does not match any client, or secret is invalid'
const REQUEST = 'Parameter "grant_type", "username" or "password" is missing, empty or invalid'

describe('the token endpoint', () => {
  it.each(['application/json', 'application/x-www-form-urlencoded'])('grants on %s', async (type) => {
    await withSimulator({}, async (simulator) => {
      const { status, body } = await grant(simulator, PASSWORD, RIGHT, type)
      expect(status).toBe(200)
      expect(body).toMatchObject({ expires_in: 3600, token_type: 'bearer', scope: null })
      expect((await ask(simulator, { authorization: `Bearer ${body.access_token}` })).status).toBe(200)
    })
  })

  it.each([
    ['no grant type', { ...PASSWORD, grant_type: undefined }, RIGHT, REQUEST],
    ['a grant type that is none', { ...PASSWORD, grant_type: 'passwordd' }, RIGHT, REQUEST],
    [
      'a grant type not allowed',
      { ...PASSWORD, grant_type: 'token' },
      RIGHT,
      'This grant type is not authorized for this client',
    ],
    ['no username', { ...PASSWORD, username: undefined }, RIGHT, REQUEST],
    ['an empty password', { ...PASSWORD, password: '' }, RIGHT, REQUEST],
    ['an unknown client', PASSWORD, basic('nobody', 'simulator-secret'), CLIENT],
    ['a wrong secret', PASSWORD, basic('simulator-client', 'nope'), CLIENT],
    ['no client', PASSWORD, '', CLIENT],
    [
      'a wrong password',
      { ...PASSWORD, password: 'nope' },
      RIGHT,
      'No user found for the given username and password',
    ],
    [
      'no refresh token',
      { grant_type: 'refresh_token' },
      RIGHT,
      'Parameter "grant_type" or "refresh_token" is missing or empty',
    ],
    [
      'a stale refresh token',
      { grant_type: 'refresh_token', refresh_token: 'x' },
      RIGHT,
      'Refresh token is invalid or has expired',
    ],
  ])('refuses %s with 422', async (_, fields, authorization, message) => {
    await withSimulator({}, async (simulator) => {
      const { status, body } = await grant(simulator, fields, authorization)
      expect([status, body]).toEqual([422, { code: 422, message }])
    })
  })

  it('refuses other content types and long bodies', async () => {
    await withSimulator({}, async (simulator) => {
      expect((await grant(simulator, PASSWORD, RIGHT, 'application/xml')).body).toEqual({
        code: 415,
        message:
          '"application/xml" in "Content-Type" header is not valid. Only "application/json" or "application/x-www-form-urlencoded" are allowed.',
      })
      expect((await grant(simulator, { ...PASSWORD, padding: 'x'.repeat(300) })).body).toEqual({
        code: 413,
        message: 'Request content exceeded the maximum allowed size of 300 bytes',
      })
    })
  })

  it('rotates: a refresh token works once, the old access token lives on', async () => {
    await withSimulator({}, async (simulator) => {
      const first = (await grant(simulator, PASSWORD)).body
      const refresh = { grant_type: 'refresh_token', refresh_token: first.refresh_token }
      const second = (await grant(simulator, refresh)).body
      expect(second.access_token).not.toBe(first.access_token)
      expect((await grant(simulator, refresh)).status).toBe(422)
      for (const { access_token } of [first, second]) {
        expect((await ask(simulator, { authorization: `Bearer ${access_token}` })).status).toBe(200)
      }
    })
  })
})

describe('a token', () => {
  it('is asked for, must be known, and dies on the movable clock or when all are revoked', async () => {
    await withSimulator({ accessTokenSeconds: 60 }, async (simulator) => {
      const { access_token } = (await grant(simulator, PASSWORD)).body
      const bearer = { authorization: `Bearer ${access_token}` }
      expect(await ask(simulator, {})).toEqual({
        status: 401,
        body: { code: 401, message: 'Authentication is required' },
      })
      expect((await ask(simulator, { authorization: 'Bearer nope' })).body).toEqual({
        code: 401,
        message: 'The access token provided is invalid.',
      })
      expect((await ask(simulator, { authorization: RIGHT })).status).toBe(401)
      simulator.clock.advance(60_001)
      expect((await ask(simulator, bearer)).body).toEqual({
        code: 401,
        message: 'The access token provided has expired.',
      })
      const fresh = (await grant(simulator, PASSWORD)).body.access_token
      simulator.revokeTokens()
      expect((await ask(simulator, { authorization: `Bearer ${fresh}` })).status).toBe(401)
    })
  })

  it('belongs to a connection with rights of its own', async () => {
    const connection = (code: string, rights: object) => ({
      code,
      clientId: code,
      clientSecret: code,
      username: code,
      password: code,
      rights,
    })
    const connections = [
      connection('kevin', { api: false }),
      connection('julia', {
        acls: { pim_api_attribute_list: false, pim_api_category_list: false, pim_api_product_remove: false },
      }),
    ]
    await withSimulator({ connections }, async (simulator) => {
      const bearer = async (code: string) => {
        const fields = { grant_type: 'password', username: code, password: code }
        return {
          authorization: `Bearer ${(await grant(simulator, fields, basic(code, code))).body.access_token}`,
        }
      }
      expect((await ask(simulator, await bearer('kevin'))).body).toEqual({
        code: 403,
        message: 'You are not allowed to access the web API.',
      })
      expect((await ask(simulator, await bearer('julia'))).body).toEqual({
        code: 403,
        message: 'Access forbidden. You are not allowed to list categories.',
      })
      expect((await ask(simulator, await bearer('julia'), '/attributes/sku')).body).toEqual({
        code: 403,
        message: 'Access forbidden. You are not allowed to list attributes.',
      })
      expect((await ask(simulator, await bearer('julia'), '/products')).status).toBe(200)
    })
  })
})

describe('HTTP rules', () => {
  it('know routes, verbs and media types', async () => {
    await withAkeneo({}, async (api) => {
      const { url } = api.simulator
      expect((await api.get('/nope')).body).toEqual({
        code: 404,
        message: `No route found for "GET ${url}/api/rest/v1/nope"`,
      })
      const put = await api.send('/categories/master', { method: 'PUT' })
      expect([put.status, put.headers.get('allow')]).toEqual([405, 'GET, PATCH'])
      expect(put.body.message).toBe(
        `No route found for "PUT ${url}/api/rest/v1/categories/master": Method Not Allowed (Allow: GET, PATCH)`,
      )
      expect((await api.get('/categories', { accept: 'application/xml' })).body).toEqual({
        code: 406,
        message: '"application/xml" in "Accept" header is not valid. Only "application/json" is allowed.',
      })
      expect((await api.get('/categories', { accept: 'text/html, */*' })).status).toBe(200)
      const typed = (type: string) =>
        api.send('/categories', { method: 'POST', headers: { 'content-type': type }, body: '{"code":"a"}' })
      expect((await typed('application/xml')).body.message).toBe(
        '"application/xml" in "Content-Type" header is not valid. Only "application/json" is allowed.',
      )
      expect((await typed('application/json; charset=utf-8')).status).toBe(201)
      expect((await api.get('/products/a%2Fb')).status).toBe(404)
    })
  })

  it('leave the root open and nothing else', async () => {
    await withSimulator({}, async (simulator) => {
      expect((await ask(simulator, {}, '')).status).toBe(200)
      expect((await ask(simulator, {}, '/system-information')).status).toBe(401)
    })
  })
})
