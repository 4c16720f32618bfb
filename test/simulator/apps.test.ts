import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { withAkeneo, type Answer, type Api } from './api.ts'

const app = {
  clientId: 'app-1',
  clientSecret: 'app-secret',
  callbackUrl: 'https://app.example/callback?x=1',
  activateUrl: 'https://app.example/activate',
}

const withApp = (test: (api: Api) => Promise<void>) => () =>
  withAkeneo({ edition: 'Serenity', apps: [app] }, test)

async function authorize(api: Api, query: Record<string, string>): Promise<string> {
  const parameters = new URLSearchParams({ response_type: 'code', client_id: app.clientId, ...query })
  const answer = await fetch(`${api.simulator.url}/connect/apps/v1/authorize?${parameters.toString()}`, {
    redirect: 'manual',
  })
  expect(answer.status).toBe(302)
  return answer.headers.get('location') ?? ''
}

async function exchange(api: Api, code: string, rest: Record<string, string> = {}) {
  const answer = await fetch(`${api.simulator.url}/connect/apps/v1/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({
      client_id: app.clientId,
      code,
      grant_type: 'authorization_code',
      code_identifier: 'random',
      code_challenge: createHash('sha256').update(`random${app.clientSecret}`).digest('hex'),
      ...rest,
    }),
  })
  return { status: answer.status, body: (await answer.json()) as Record<string, string> }
}

const codeFor = async (api: Api, scope: string) =>
  new URL(await authorize(api, { scope })).searchParams.get('code') ?? ''

const connect = async (api: Api, scope: string) => {
  const { body } = await exchange(api, await codeFor(api, scope))
  return (path: string, init: RequestInit = {}): Promise<Answer> =>
    api.send(path, {
      ...init,
      headers: {
        ...(init.headers as Record<string, string>),
        authorization: `Bearer ${body['access_token']}`,
      },
    })
}

describe('apps', () => {
  it(
    'are connected by a code that the PIM sends to their callback, with the state as it was',
    withApp(async (api) => {
      const activate = await fetch(`${api.simulator.url}/connect/apps/v1/activate/app-1`, {
        redirect: 'manual',
      })
      expect(activate.headers.get('location')).toBe(
        `https://app.example/activate?pim_url=${encodeURIComponent(api.simulator.url)}`,
      )
      const callback = new URL(await authorize(api, { scope: 'write_products read_products', state: 'a b' }))
      expect(callback.href).toMatch(/^https:\/\/app\.example\/callback\?x=1&code=/)
      expect(callback.searchParams.get('state')).toBe('a b')
      const { status, body } = await exchange(api, callback.searchParams.get('code') ?? '')
      expect(status).toBe(200)
      expect(body).toEqual({
        access_token: expect.any(String) as string,
        token_type: 'bearer',
        scope: 'write_products',
      })
      // No end, and the same token for the same scopes.
      api.simulator.clock.advance(400 * 86_400_000)
      const again = await exchange(api, await codeFor(api, 'write_products'))
      expect(again.body['access_token']).toBe(body['access_token'])
      const wider = await exchange(api, await codeFor(api, 'write_products read_categories'))
      expect(wider.body['access_token']).not.toBe(body['access_token'])
      expect(wider.body['scope']).toBe('read_categories write_products')
      const old = await api.send('/products', {
        headers: { authorization: `Bearer ${body['access_token']}` },
      })
      expect(old.status).toBe(401)
    }),
  )

  it.each([
    [{ client_id: 'none' }, 'akeneo_connectivity.connection.connect.apps.error.app_not_found'],
    [{ response_type: '' }, 'akeneo_connectivity.connection.connect.apps.constraint.response_type.not_blank'],
    [
      { response_type: 'x' },
      'akeneo_connectivity.connection.connect.apps.constraint.response_type.must_be_code',
    ],
  ])('are shown an error for %j', (query, error) =>
    withApp(async (api) => {
      expect(await authorize(api, query)).toBe(`/#/connect/apps/authorize?error=${error}`)
    })(),
  )

  it.each([
    [{ client_id: '' }, 'invalid_request', undefined],
    [{ client_id: 'none' }, 'invalid_client', undefined],
    [{ code_challenge: 'wrong' }, 'invalid_client', undefined],
    [{ code: '' }, 'invalid_request', undefined],
    [{ code: 'none' }, 'invalid_grant', 'Code is not valid'],
    [{ grant_type: 'password' }, 'unsupported_grant_type', undefined],
    [{ code_identifier: '' }, 'invalid_request', undefined],
    [{ code_challenge: '' }, 'invalid_request', undefined],
  ])('are refused a token for %j', (rest, error, description) =>
    withApp(async (api) => {
      expect(await exchange(api, await codeFor(api, 'read_products'), rest)).toEqual({
        status: 400,
        body: { error, ...(description !== undefined && { error_description: description }) },
      })
    })(),
  )

  it(
    'have half a minute to exchange a code, once',
    withApp(async (api) => {
      const code = await codeFor(api, 'read_products')
      api.simulator.clock.advance(31_000)
      expect((await exchange(api, code)).body).toEqual({
        error: 'invalid_grant',
        error_description: 'Code has expired',
      })
      const fresh = await codeFor(api, 'read_products')
      expect((await exchange(api, fresh)).status).toBe(200)
      expect((await exchange(api, fresh)).body['error_description']).toBe('Code is not valid')
    }),
  )

  it.each([
    ['read_products', [200, 403, 403, 403, 403]],
    ['write_products', [200, 201, 403, 403, 403]],
    ['delete_products', [200, 201, 204, 403, 403]],
    ['write_catalog_structure', [403, 403, 403, 200, 403]],
    ['read_channel_settings unknown_scope write_workflows', [403, 403, 403, 403, 200]],
    ['', [403, 403, 403, 403, 403]],
  ])('may do with the scopes "%s" what those say', (scope, expected) =>
    withApp(async (api) => {
      await api.post('/products', { identifier: 'old' })
      const call = await connect(api, scope)
      const headers = { 'content-type': 'application/json' }
      const body = JSON.stringify({ identifier: 'new' })
      expect([
        (await call('/products')).status,
        (await call('/products', { method: 'POST', headers, body })).status,
        (await call('/products/old', { method: 'DELETE' })).status,
        (await call('/families')).status,
        (await call('/channels')).status,
      ]).toEqual(expected)
    })(),
  )

  it(
    'may be disconnected by a user of the PIM at any moment',
    withApp(async (api) => {
      const call = await connect(api, 'read_products')
      expect((await call('/products')).status).toBe(200)
      const update = `${api.simulator.url}/connect/apps/v1/scopes/update?scopes=read_categories`
      expect((await call(update, { method: 'POST' })).text).toBe('"Ok"')
      expect((await api.send(update, { method: 'POST' })).body.message).toBe('Not an authenticated App')
      api.simulator.backOffice['disconnect-app']?.({ clientId: app.clientId })
      expect((await call('/products')).body).toEqual({
        code: 401,
        message: 'The access token provided is invalid. Your app has been disconnected from that PIM.',
      })
      expect(() => api.simulator.backOffice['disconnect-app']?.({ clientId: app.clientId })).toThrow(
        'not connected',
      )
    }),
  )
})
