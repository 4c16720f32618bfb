import { afterAll, beforeAll, expect, it } from 'vitest'
import { openPipeline, type Pipeline } from '../support/pipeline.ts'

const products = 450

/** As an import leaves them: no window of time cuts such a catalogue, and pages of one second follow each other by cursor alone. */
let pipeline: Pipeline
beforeAll(async () => {
  pipeline = await openPipeline({ akeneo: { shape: `small:${products}`, createdPerSecond: products * 2 } })
  await pipeline.initializeCategories()
})
afterAll(() => pipeline.close())

it('a catalogue of one second is loaded whole, each product once', async () => {
  const report = await pipeline.load()
  expect(report).toMatchObject({
    outcome: 'done',
    streams: { products: { read: products, changed: products } },
  })
})

it('and what an import changes within one second comes with the next poll, all of it', async () => {
  pipeline.akeneo.edit(
    Array.from({ length: products }, (_, n) => ({
      resource: 'product' as const,
      code: `P${String(n).padStart(7, '0')}`,
      patch: { categories: ['master'] },
    })),
  )
  expect(await pipeline.poll()).toMatchObject({
    outcome: 'done',
    streams: { products: { changed: products } },
  })
})
