import { createHmac } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startAkeneo, type ConnectionOptions } from '../../simulator/akeneo/index.ts'
import { apiOf, type Api } from './api.ts'
import { listen, type Listener } from './listener.ts'
import { fillSmallPim, value } from './small-pim.ts'
import { until } from '../support/until.ts'

let listener: Listener
beforeEach(async () => {
  listener = await listen()
})
afterEach(() => listener.close())

const hmac = (text: string) => createHmac('sha256', 'shh').update(text).digest('hex')

interface Event {
  action: string
  author: string
  author_type: string
  event_id: string
  event_datetime: string
  data: { resource: Record<string, unknown> }
}

const shop = (rest: Partial<ConnectionOptions> = {}): ConnectionOptions => ({
  code: 'shop',
  clientId: 'shop',
  clientSecret: 's',
  username: 'shop_1',
  password: 'p',
  events: { url: listener.url, secret: 'shh' },
  ...rest,
})

/** A PIM with one connection that writes and one that is told. */
async function told(
  connection: ConnectionOptions,
  test: (writer: Api, shop: Api) => Promise<void>,
): Promise<void> {
  const simulator = await startAkeneo({ connections: [connection] })
  try {
    const writer = await apiOf(simulator)
    await fillSmallPim(writer)
    await test(writer, await apiOf(simulator, connection))
  } finally {
    await simulator.close()
  }
}

const eventsIn = (body: string) => (JSON.parse(body) as { events: Event[] }).events

describe('the Events API', () => {
  it('tells of products and models that were made, changed and removed, signed', () =>
    told(shop(), async (writer) => {
      await writer.post('/products', { identifier: 'foo', values: { a_text: value('x') } })
      const [first] = await listener.until(1)
      expect(first?.headers).toMatchObject({ 'content-type': 'application/json' })
      const timestamp = String(first?.headers['x-akeneo-request-timestamp'])
      expect(first?.headers['x-akeneo-request-signature']).toBe(hmac(`${timestamp}.${first?.body}`))
      const read = (await writer.get('/products/foo')).body
      expect(eventsIn(first?.body ?? '')).toMatchObject([
        { action: 'product.created', author: 'simulator', author_type: 'api', data: { resource: read } },
      ])
      await writer.patch('/products/foo', { enabled: false })
      await listener.until(2)
      // What changes nothing is not told.
      await writer.patch('/products/foo', { enabled: false })
      await writer.delete('/products/foo')
      await listener.until(3)
      await writer.post('/product-models', { code: 'm', family_variant: 'one_level' })
      await listener.until(4)
      await writer.delete('/product-models/m')
      const all = (await listener.until(5)).flatMap(({ body }) => eventsIn(body))
      expect(all.map(({ action }) => action)).toEqual([
        'product.created',
        'product.updated',
        'product.removed',
        'product_model.created',
        'product_model.removed',
      ])
      expect(all[2]?.data.resource).toEqual({ identifier: 'foo', uuid: read['uuid'] })
      expect(all[4]?.data.resource).toEqual({ code: 'm' })
      expect(new Set(all.map(({ event_id }) => event_id)).size).toBe(5)
    }))

  it('tells nobody what it wrote itself, and puts at most ten into a request', () =>
    told(shop(), async (writer, own) => {
      await own.post('/products', { identifier: 'own' })
      await writer.patchLines(
        '/products',
        Array.from({ length: 25 }, (_, index) => ({ identifier: `p${index}` })),
      )
      await until(
        () => Promise.resolve(listener.received.flatMap(({ body }) => eventsIn(body)).length === 25),
        'all 25 were told',
      )
      const sizes = listener.received.map(({ body }) => eventsIn(body).length)
      expect(Math.max(...sizes)).toBe(10)
      const logs = writer.simulator.backOffice['event-logs']?.({})
      expect(logs).toContainEqual({
        level: 'notice',
        message: 'The event was not sent because it was raised by the same connection.',
        connection: 'shop',
        events: [],
      })
    }))

  it('tells only what the connection may see', () =>
    told(shop({ rights: { categories: { shoes: 'none' } } }), async (writer) => {
      await writer.post('/products', { identifier: 'hidden', categories: ['shoes'] })
      await writer.post('/products', { identifier: 'seen' })
      await listener.until(1)
      const all = listener.received.flatMap(({ body }) => eventsIn(body))
      expect(all.map(({ data }) => data.resource['identifier'])).toEqual(['seen'])
    }))

  it('sends once, whatever the endpoint answers, and keeps a log', () =>
    told(shop(), async (writer) => {
      listener.answer.status = 500
      await writer.post('/products', { identifier: 'foo' })
      await listener.until(1)
      const logged = (level: string) => () =>
        (writer.simulator.backOffice['event-logs']?.({}) as { level: string }[]).filter(
          (log) => log.level === level,
        )
      await until(() => Promise.resolve(logged('error')().length === 1), 'the first failure is in the log')
      expect(logged('error')()).toMatchObject([{ message: 'The endpoint returned an error.' }])
      Object.assign(listener.answer, { status: 200, delayMs: 900 })
      await writer.patch('/products/foo', { enabled: false })
      await until(() => Promise.resolve(logged('error')().length === 2), 'the second failure is in the log')
      expect(logged('error')()[1]).toMatchObject({ message: 'The endpoint failed to answer under 500 ms.' })
      expect(listener.received).toHaveLength(2)
    }))

  it('loses and repeats events when told to, for Akeneo promises neither that they come nor that they come once', () =>
    told(
      shop({ events: { url: listener.url, secret: 'shh', loseEvery: 3, repeatEvery: 2 } }),
      async (writer) => {
        for (const identifier of ['a', 'b', 'c', 'd']) await writer.post('/products', { identifier })
        const told = () => listener.received.flatMap(({ body }) => eventsIn(body))
        await until(() => Promise.resolve(told().length === 5), 'the fifth was told')
        const identifiers = told().map(({ data }) => data.resource['identifier'])
        expect(identifiers.toSorted()).toEqual(['a', 'b', 'b', 'd', 'd'])
      },
    ))

  it('knows three subscriptions', async () => {
    const connections = ['a', 'b', 'c', 'd'].map((code) => shop({ code }))
    await expect(startAkeneo({ connections })).rejects.toThrow('3 event subscriptions')
  })
})
