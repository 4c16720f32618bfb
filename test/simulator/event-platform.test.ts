import { createHmac } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { until } from '../support/until.ts'
import { withAkeneo, type Api } from './api.ts'
import { listen, type Listener } from './listener.ts'

let listener: Listener
beforeEach(async () => {
  listener = await listen()
})
afterEach(() => listener.close())

type Call = (
  method: string,
  path: string,
  body?: object,
) => Promise<{ status: number; body: Record<string, unknown> }>

async function platform(test: (api: Api, call: Call, token: string) => Promise<void>): Promise<void> {
  await withAkeneo({ edition: 'Serenity' }, async (api) => {
    const token = await api.token()
    const call: Call = async (method, path, body) => {
      const answer = await fetch(`${api.simulator.url}/api/v1/subscribers${path}`, {
        method,
        headers: {
          'x-pim-url': 'https://pim.example',
          'x-pim-token': token,
          'x-pim-client-id': api.simulator.credentials.clientId,
          'content-type': 'application/json',
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      const text = await answer.text()
      return { status: answer.status, body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown> }
    }
    await test(api, call, token)
  })
}

const subscription = (rest: object = {}) => ({
  source: 'pim',
  subject: 'https://pim.example',
  events: ['com.akeneo.pim.v1.product.created', 'com.akeneo.pim.v1.product.updated'],
  type: 'https',
  config: { url: listener.url, secret: { primary: 'shh', secondary: 'old' } },
  ...rest,
})

/** Settles once the platform has given the subscription at that path up. */
const suspended = (call: Call, path: string) =>
  until(async () => (await call('GET', path)).body['status'] === 'suspended', 'the subscription is suspended')

async function subscribed(call: Call, rest: object = {}): Promise<string> {
  const subscriber = await call('POST', '', { name: 'x', contact: { technical_email: 'a@example.com' } })
  expect(subscriber).toMatchObject({
    status: 201,
    body: { status: 'active', subject: 'https://pim.example' },
  })
  const path = `/${String(subscriber.body['id'])}/subscriptions`
  const made = await call('POST', path, subscription(rest))
  expect(made).toMatchObject({ status: 201, body: { status: 'active', config: { url: listener.url } } })
  expect(JSON.stringify(made.body)).not.toContain('shh')
  return `${path}/${String(made.body['id'])}`
}

describe('the Event Platform', () => {
  it('sends CloudEvents that name the record and its writer, signed with both secrets', () =>
    platform(async (api, call) => {
      const path = await subscribed(call)
      await api.post('/products', { identifier: 'foo' })
      await listener.until(1)
      await api.delete('/products/foo')
      const [first] = listener.received
      const uuid = /"uuid":"([^"]+)"/.exec(first?.body ?? '')?.[1]
      expect(JSON.parse(first?.body ?? '{}')).toMatchObject({
        specversion: '1.0',
        source: 'pim',
        type: 'com.akeneo.pim.v1.product.created',
        subject: path.split('/').at(-1),
        data: { product: { uuid }, author: { type: 'api' } },
      })
      const sign = (secret: string) =>
        createHmac('sha256', secret)
          .update(first?.body ?? '')
          .digest('hex')
      expect(first?.headers['x-akeneo-signature-primary']).toBe(sign('shh'))
      expect(first?.headers['x-akeneo-signature-secondary']).toBe(sign('old'))
      // Nothing was subscribed to that tells of deletions.
      await api.post('/products', { identifier: 'bar' })
      const types = (await listener.until(2)).map(({ body }) => (JSON.parse(body) as { type: string }).type)
      expect(types).toEqual(['com.akeneo.pim.v1.product.created', 'com.akeneo.pim.v1.product.created'])
    }))

  it('tries again after 5, 10 and 20 minutes and then gives up', () =>
    platform(async (api, call) => {
      await subscribed(call)
      listener.answer.status = 503
      await api.post('/products', { identifier: 'foo' })
      await listener.until(1)
      for (const [minutes, count] of [
        [5, 2],
        [10, 3],
        [20, 4],
      ] as const) {
        // The wait begins when the answer has come back.
        const now = api.simulator.clock.now().getTime()
        const retryAt = () =>
          Date.parse((api.simulator.backOffice['event-retries']?.({}) as string[])[0] ?? '')
        await until(() => Promise.resolve(retryAt() > now), 'the answer has come back')
        const pauseMs = retryAt() - now
        expect(Math.round(pauseMs / 60_000)).toBe(minutes)
        api.simulator.clock.advance(pauseMs)
        expect(await listener.until(count)).toHaveLength(count)
      }
      expect(new Set(listener.received.map(({ body }) => body)).size).toBe(1)
      listener.answer.status = 200
      api.simulator.edit([{ resource: 'product', code: 'foo', patch: { enabled: false } }])
      const last = (await listener.until(5)).at(-1)
      expect(last?.body).toContain('product.updated')
      expect(last?.body).toContain('"type":"user"')
    }))

  it.each([404, 302])('suspends at once after %i, loses what happens meanwhile, and is resumed', (status) =>
    platform(async (api, call) => {
      const path = await subscribed(call)
      Object.assign(listener.answer, { status, headers: { location: '/elsewhere' } })
      await api.post('/products', { identifier: 'a' })
      await suspended(call, path)
      await api.post('/products', { identifier: 'b' })
      listener.answer.status = 200
      expect((await call('POST', `${path}/resume`)).body['status']).toBe('active')
      await api.post('/products', { identifier: 'c' })
      expect(await listener.until(2)).toHaveLength(2)
    }),
  )

  it('suspends an endpoint that fails for more than a tenth within an hour', () =>
    platform(async (api, call) => {
      const path = await subscribed(call)
      listener.answer.status = 500
      for (let index = 0; index < 12; index++) await api.post('/products', { identifier: `p${index}` })
      await suspended(call, path)
      expect(listener.received.length).toBeLessThan(12)
    }))

  it('lets in who shows a token of the PIM and its client', () =>
    platform(async (api, call, token) => {
      const url = `${api.simulator.url}/api/v1/subscribers`
      const clientId = api.simulator.credentials.clientId
      const status = async (headers: Record<string, string>) => (await fetch(url, { headers })).status
      expect(await status({})).toBe(401)
      expect(await status({ 'x-pim-token': 'none', 'x-pim-client-id': clientId })).toBe(401)
      expect(await status({ 'x-pim-token': token, 'x-pim-client-id': 'none' })).toBe(401)
      expect(await status({ 'x-pim-token': token, 'x-pim-client-id': clientId })).toBe(200)
      expect((await call('GET', '/none')).status).toBe(404)
      const { body } = await call('POST', '', { name: 'x' })
      const path = `/${String(body['id'])}/subscriptions`
      for (const wrong of [
        { source: 'dam' },
        { events: [] },
        { type: 'smtp' },
        { config: { url: 'x' } },
        { config: { url: listener.url } },
        { filter: 'user="x"' },
      ]) {
        expect((await call('POST', path, subscription(wrong))).status).toBe(422)
      }
      expect((await call('DELETE', `/${String(body['id'])}`)).status).toBe(204)
      expect((await call('GET', path)).status).toBe(404)
    }))

  it('is nothing that a release has', () =>
    withAkeneo({}, async (api) => {
      expect((await fetch(`${api.simulator.url}/api/v1/subscribers`)).status).toBe(404)
    }))
})
