import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createDestinationClient } from '../../../connectors/delivery/client.ts'
import { RefusedError, TransientError } from '../../../connectors/errors.ts'
import type { FeedEntry } from '../../../contracts/hub.ts'
import { Secret } from '../../../domain/secret.ts'
import { signatureOf } from '../../../domain/signature.ts'
import { createReceiver } from '../../../examples/receiver/receiver.ts'
import { deliverySecret, startDestination, type TestDestination } from '../../support/destination.ts'
import { productRecord } from '../../support/published.ts'

let destination: TestDestination
beforeEach(async () => {
  destination = await startDestination()
})
afterEach(() => destination.close())

const id = (seq: number) => `00000000-0000-4000-8000-${String(seq).padStart(12, '0')}`

const entries = (count: number): FeedEntry[] =>
  Array.from({ length: count }, (_, index) => ({
    seq: index + 1,
    at: '2026-11-20T08:15:30.000Z',
    kind: 'product',
    id: id(index + 1),
    version: 1,
    change: 'created',
    fields: [],
    record: { ...productRecord(`SKU-${index + 1}`), id: id(index + 1), version: 1 },
  }))

const deliver = (
  count: number,
  { secret = deliverySecret, generation = 0, timeoutMs = 5000, queued = false } = {},
) =>
  createDestinationClient('acme', {
    name: 'shop',
    url: destination.url,
    secret: new Secret(secret),
    batchSize: 100,
    timeoutMs,
  }).deliver({
    output: 'ecommerce',
    generation,
    entries: entries(count),
    queued,
    signal: AbortSignal.timeout(20_000),
  })

const statuses = async (count: number) =>
  (await deliver(count)).outcomes.map(({ entry, status }) => `${entry.seq} ${status ?? 'unknown'}`)

describe('a delivery', () => {
  it('is signed, so that the receiver takes it, and brings back its ids', async () => {
    const { outcomes } = await deliver(2)
    expect(outcomes.map(({ status, externalId }) => [status, externalId])).toEqual([
      ['accepted', 'item-1'],
      ['accepted', 'item-2'],
    ])
  })

  it('with another secret is refused, and the operator is told what to compare', async () => {
    const failure = await deliver(1, { secret: 'another-secret-of-at-least-32-characters' }).catch(
      (error: unknown) => error,
    )
    expect(failure).toBeInstanceOf(RefusedError)
    expect((failure as Error).message).toContain('same secret')
    expect((failure as Error).message).not.toContain('another-secret')
    expect(destination.receiver().shop.items.size).toBe(0)
  })

  it('has the same keys when it is repeated, and others when it is asked for again', async () => {
    await deliver(2)
    await deliver(2)
    await deliver(2, { generation: 1 })
    const [first, second, third] = destination.requests
    expect(first?.entries.map(({ key }) => key)).toEqual(['ecommerce/1', 'ecommerce/2'])
    expect(second?.key).toBe(first?.key)
    expect(third?.entries.map(({ key }) => key)).toEqual(['ecommerce/1/1', 'ecommerce/2/1'])
    expect(third?.key).not.toBe(first?.key)
    expect(destination.receiver().shop.effects).toHaveLength(2)
  })

  it('that is answered without a body is accepted as a whole', async () => {
    destination.fault = () => ({ status: 204 })
    expect(await statuses(2)).toEqual(['1 accepted', '2 accepted'])
  })

  it('whose results leave an entry out does not know what became of it', async () => {
    destination.fault = () => ({ status: 200, body: '{"results":[{"seq":2,"status":"accepted"}]}' })
    expect(await statuses(2)).toEqual(['1 unknown', '2 accepted'])
  })

  it.each([
    ['not JSON', '<html>'],
    ['results of another shape', '{"results":[{"seq":"x"}]}'],
    ['a result for what was not sent', '{"results":[{"seq":9,"status":"accepted"}]}'],
  ])('that is answered with %s is a broken contract', async (_, body) => {
    destination.fault = () => ({ status: 200, body })
    await expect(deliver(2)).rejects.toMatchObject({ name: 'ContractError' })
  })

  it.each([413, 410, 422])(
    'answered with %s goes in parts, and what nobody takes is refused alone',
    async (status) => {
      destination.fault = (sent) => (sent.some(({ seq }) => seq === 5) ? { status } : undefined)
      expect(await statuses(8)).toEqual(
        [1, 2, 3, 4, 5, 6, 7, 8].map((n) => `${n} ${n === 5 ? 'refused' : 'accepted'}`),
      )
    },
  )

  it('that fails half-way in parts brings back what became of those before, and why it stopped', async () => {
    destination.fault = (sent) => {
      if (sent.some(({ seq }) => seq === 3)) return { status: 422 }
      return sent.some(({ seq }) => seq === 4) ? { status: 429, headers: { 'retry-after': '7' } } : undefined
    }
    const { outcomes, failure } = await deliver(8)
    expect(outcomes.map(({ entry, status }) => `${entry.seq} ${status ?? 'unknown'}`)).toEqual([
      '1 accepted',
      '2 accepted',
      '3 refused',
    ])
    expect(failure).toMatchObject({ name: 'TransientError', retryAfterMs: 7000 })
  })

  it('tells the size that the destination took, so that the next request is not too large again', async () => {
    destination.fault = (sent) => (sent.length > 3 ? { status: 413 } : undefined)
    expect((await deliver(8)).smallerBatches).toBe(2)
  })

  it('refused as a whole and in every part is the operator’s business, not that of single records', async () => {
    destination.fault = () => ({ status: 400 })
    await expect(deliver(4)).rejects.toMatchObject({ name: 'RefusedError', code: 'everything-refused' })
    const { outcomes } = await deliver(4, { queued: true })
    expect(outcomes.map(({ status }) => status)).toEqual(Array(4).fill('refused'))
  })

  it.each([401, 403, 404, 405, 302])('answered with %s stops until an operator has acted', async (status) => {
    destination.fault = () => ({ status, headers: { location: 'http://127.0.0.1:9/' } })
    await expect(deliver(1)).rejects.toBeInstanceOf(RefusedError)
    expect(destination.requests).toHaveLength(1)
  })

  it.each([
    ['seconds', '7', 7000],
    ['nothing', undefined, undefined],
  ])('answered with 429 and %s is tried again by the engine', async (_, after, retryAfterMs) => {
    destination.fault = () => ({ status: 429, headers: after === undefined ? {} : { 'retry-after': after } })
    const failure = await deliver(1).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(TransientError)
    expect(failure).toMatchObject({ retryAfterMs, benign: true })
  })

  it.each([500, 503, 408])('answered with %s is tried again', async (status) => {
    destination.fault = () => ({ status })
    await expect(deliver(1)).rejects.toBeInstanceOf(TransientError)
  })

  it('that is not answered is given up after its timeout, and tried again', async () => {
    destination.fault = () => new Promise(() => undefined)
    await expect(deliver(1, { timeoutMs: 100 })).rejects.toMatchObject({ code: 'timeout' })
  })
})

describe('the example of a receiver', () => {
  const now = 1_795_000_000
  const body = JSON.stringify({ destination: 'shop', entries: [] })
  const signed = {
    'pimflow-timestamp': String(now),
    'pimflow-signature': signatureOf(deliverySecret, now, body),
  }
  const answerAt = (seconds: number) =>
    createReceiver({ secret: deliverySecret, now: () => seconds }).handle(signed, body).status

  it('refuses a request that somebody recorded and sends again later', () => {
    expect(answerAt(now + 300)).toBe(200)
    expect(answerAt(now + 301)).toBe(401)
  })

  it('refuses what is not signed', () => {
    expect(createReceiver({ secret: deliverySecret }).handle({}, body).status).toBe(401)
  })

  it('never goes back to an older version', () => {
    const { shop } = createReceiver({ secret: deliverySecret })
    const record = (version: number) => ({
      kind: 'product' as const,
      id: 'a',
      version,
      status: 'active' as const,
    })
    shop.apply(record(2), 'shop')
    shop.apply(record(1), 'shop')
    expect(shop.items.get('a')?.record.version).toBe(2)
  })
})
