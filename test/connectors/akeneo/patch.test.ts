import { fileURLToPath } from 'node:url'
import { afterAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { collectionBody, lineOutcomes } from '../../../connectors/akeneo/patch.ts'
import type { AkeneoProduct } from '../../../connectors/akeneo/schema.ts'
import { type AkeneoSimulator, startAkeneo } from '../../../simulator/akeneo/index.ts'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'
import { clientOf, connectionTo, once } from './helpers.ts'

const catalog = fileURLToPath(new URL('../../../examples/catalog', import.meta.url))

let database: FreshDatabase | undefined
let akeneo: AkeneoSimulator
beforeEach(async () => {
  database ??= await freshDatabase()
  akeneo = await startAkeneo({ catalog })
  onTestFinished(() => akeneo.close())
})
afterAll(() => database?.drop())

const calls = <T>(work: Parameters<typeof once<T>>[1]) => {
  if (!database) throw new Error('no database')
  return once(clientOf(database.sql, connectionTo(akeneo.url, { credentials: akeneo.credentials })), work)
}

const weight = (amount: string) => ({
  weight: [{ locale: null, scope: null, data: { amount, unit: 'GRAM' } }],
})

/** Lines for the first products of the catalogue. */
const products = async (count: number) =>
  calls(
    async (akeneoCalls) =>
      (await akeneoCalls.readPage('products', { cursor: null, limit: count })).items as AkeneoProduct[],
  )

describe('a batch of updates', () => {
  it('says of each line what became of it, with Akeneo’s words, and later lines still run', async () => {
    const [first, second, third] = await products(3)
    const { outcomes } = await calls((akeneoCalls) =>
      akeneoCalls.patch('products', [
        JSON.stringify({ uuid: first?.uuid, values: weight('500') }),
        JSON.stringify({
          uuid: second?.uuid,
          values: { no_such_attribute: [{ locale: null, scope: null, data: 1 }] },
        }),
        JSON.stringify({ uuid: third?.uuid, values: weight('700') }),
        JSON.stringify({ uuid: '00000000-0000-4000-8000-000000000001', values: {} }),
      ]),
    )
    expect(outcomes.map(({ kind }) => kind)).toEqual(['updated', 'refused', 'updated', 'created'])
    expect(outcomes[1]).toMatchObject({
      status: 422,
      message: expect.stringContaining('no_such_attribute') as string,
    })
    const { item } = await calls((akeneoCalls) => akeneoCalls.readOne('products', first?.uuid ?? ''))
    expect((item as AkeneoProduct).values['weight']?.[0]?.data).toMatchObject({ unit: 'GRAM' })
  })

  it('repeated, changes nothing: `updated` stays', async () => {
    const [first] = await products(1)
    const line = JSON.stringify({ uuid: first?.uuid, values: weight('512') })
    await calls((akeneoCalls) => akeneoCalls.patch('products', [line]))
    const [once] = await products(1)
    akeneo.clock.advance(300_000)
    await calls((akeneoCalls) => akeneoCalls.patch('products', [line]))
    const [twice] = await products(1)
    expect(twice?.updated).toBe(once?.updated)
  })

  it('takes models by their code', async () => {
    const { outcomes } = await calls((akeneoCalls) =>
      akeneoCalls.patch('product-models', [JSON.stringify({ code: 'fjord_pendant', values: {} })]),
    )
    expect(outcomes).toEqual([{ kind: 'updated' }])
  })

  it('whose answer is cut keeps what came; the other lines are unknown', async () => {
    const found = await products(10)
    akeneo.fault({ method: 'PATCH', path: '/api/rest/v1/products-uuid', cutAfterLine: 4 })
    const { outcomes } = await calls((akeneoCalls) =>
      akeneoCalls.patch(
        'products',
        found.map(({ uuid }) => JSON.stringify({ uuid, values: weight('640') })),
      ),
    )
    expect(outcomes.slice(0, 4)).toEqual(Array.from({ length: 4 }, () => ({ kind: 'updated' })))
    expect(outcomes.slice(4)).toEqual(Array.from({ length: 6 }, () => ({ kind: 'unknown' })))
  })

  it('is never larger than Akeneo takes', () => {
    expect(() => collectionBody([])).toThrow('1 to 100')
    expect(() => collectionBody(Array.from({ length: 101 }, () => '{}'))).toThrow('not 101')
  })
})

describe('an answer, line by line', () => {
  const outcomes = (text: string, sent = 2) => lineOutcomes(Buffer.from(text), sent, 'PATCH /products')

  it('may end in the middle of a line', () =>
    expect(outcomes('{"line":1,"uuid":"a","status_code":204}\n{"line":2,"uu')).toEqual([
      { kind: 'updated' },
      { kind: 'unknown' },
    ]))

  it('may end before its first line', () =>
    expect(outcomes('')).toEqual([{ kind: 'unknown' }, { kind: 'unknown' }]))

  it('that speaks of a line that was not sent is no answer of Akeneo', () =>
    expect(() => outcomes('{"line":3,"uuid":"a","status_code":204}')).toThrow(/line 3/))

  it('with text between lines is none either', () =>
    expect(() => outcomes('<html>\n{"line":2,"uuid":"a","status_code":204}')).toThrow(/not JSON/))
})
