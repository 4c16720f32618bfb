import { afterEach, describe, expect, it } from 'vitest'
import { rejectionsOf } from '../../connectors/hub/rejections.ts'
import type { Pipeline } from '../support/pipeline.ts'
import { closePoisoned, productKey, rejectedKey, skus, withPoison } from './poison.ts'

afterEach(closePoisoned)

const noAnswers = ({ database: { sql }, connection }: Pipeline) => rejectionsOf(sql, connection, 'no-answer')

describe('a person’s sync beside a record that Akeneo cannot answer', () => {
  it('carries a product whose partner breaks Akeneo, and says of the partner why it does not come', async () => {
    const { pipeline } = await withPoison(['NL-DL7-B'])
    await pipeline.load()
    const { sql } = pipeline.database
    // As if the first look at it were this one.
    await sql`delete from rejection where reason = 'no-answer'`
    const sku = 'NL-DL7-W'
    expect(await pipeline.sync(sku)).toMatchObject({ outcome: 'synced' })
    expect(await noAnswers(pipeline)).toMatchObject([{ stream: 'products', attempts: 1 }])
    // The next one does not ask for it.
    expect(await pipeline.sync(sku)).toMatchObject({ outcome: 'synced' })
    expect(await noAnswers(pipeline)).toMatchObject([{ attempts: 1 }])
  }, 60_000)

  it('carries a model with the variants that Akeneo answers with', async () => {
    const { pipeline } = await withPoison(['CAL-FELL-SAGE-M'])
    await pipeline.load()
    const { sql } = pipeline.database
    await sql`delete from rejection where reason = 'no-answer'`
    await sql`delete from source_record where stream = 'products' and code like 'CAL-FELL-%'`
    expect(await pipeline.sync('jacket_fell')).toMatchObject({ outcome: 'synced' })
    expect((await skus(pipeline)).filter((sku) => sku.startsWith('CAL-FELL-'))).toHaveLength(11)
    expect(await noAnswers(pipeline)).toMatchObject([{ stream: 'products', code: 'CAL-FELL-SAGE-M' }])
  }, 60_000)
})

describe('a person’s sync of a record that Akeneo cannot answer', () => {
  it.each(['uuid', 'identifier'])(
    'says that it is rejected and why, by %s, and it comes when it answers again',
    async (productIdFormat) => {
      const { pipeline, heal } = await withPoison(['NL-DL7-W'], { productIdFormat })
      const { sql } = pipeline.database
      await pipeline.load()
      const key = await rejectedKey(pipeline, 'NL-DL7-W')
      // As if the first look at it were this one.
      await sql`delete from rejection where reason = 'no-answer'`
      const report = await pipeline.sync('NL-DL7-W')
      expect(report).toMatchObject({ outcome: 'rejected', published: [] })
      expect(report.text).toMatch(/Akeneo cannot show NL-DL7-W: .*500/)
      expect(await noAnswers(pipeline)).toMatchObject([{ stream: 'products', key, code: 'NL-DL7-W' }])

      heal()
      await sql`update rejection set next_attempt = now()`
      await pipeline.poll()
      expect(await skus(pipeline)).toContain('NL-DL7-W')
      expect(await noAnswers(pipeline)).toEqual([])
    },
    60_000,
  )

  it.each([
    ['product', 'products', 'NL-DL7-W'],
    ['model', 'product-models', 'jacket_fell'],
  ])(
    'says so of a stored %s too, which stays as it was',
    async (_what, stream, name) => {
      const { pipeline, proxy } = await withPoison([])
      const { sql } = pipeline.database
      await pipeline.load()
      const bodies = () => sql`select id, version from hub_record where code = ${name}`
      const before = await bodies()
      const key = stream === 'products' ? await productKey(pipeline, name) : name
      proxy.failure = ({ pathname }) => (pathname.endsWith(`/${key}`) ? 500 : undefined)
      expect(await pipeline.sync(name)).toMatchObject({ outcome: 'rejected' })
      expect(await noAnswers(pipeline)).toMatchObject([{ stream, key, code: name }])
      expect(await bodies()).toEqual(before)

      proxy.failure = () => undefined
      expect(await pipeline.sync(name)).toMatchObject({ outcome: 'synced' })
      expect(await noAnswers(pipeline)).toEqual([])
    },
    60_000,
  )

  it('waits while all of Akeneo is down, and rejects nothing', async () => {
    const { pipeline, proxy } = await withPoison([])
    await pipeline.load()
    const key = await productKey(pipeline, 'NL-DL7-W')
    let attempts = 0
    proxy.failure = ({ pathname }) => {
      if (pathname.endsWith(key)) attempts++
      // Back for its fourth try; after the second one a record may be at fault.
      return attempts < 4 ? 500 : undefined
    }
    expect(await pipeline.sync('NL-DL7-W')).toMatchObject({ outcome: 'synced' })
    expect(attempts).toBe(4)
    expect(await noAnswers(pipeline)).toEqual([])
  }, 60_000)
})
