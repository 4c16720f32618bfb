import { MockActivityEnvironment } from '@temporalio/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sampleWindows } from '../../activities/reading/sample-windows.ts'
import type { ConnectionRuntime } from '../../activities/dependencies.ts'
import type { Window } from '../../domain/slices.ts'
import { type AkeneoSimulator, startAkeneo } from '../../simulator/akeneo/index.ts'
import { clientOf, connectionTo } from '../connectors/akeneo/helpers.ts'
import { freshDatabase, type FreshDatabase } from '../support/database.ts'

// 12,000 models, whose codes are in the order in which they were created: page numbers reach 10,000 of them.
const products = 200_000
const models = 12_000

type Sample = Awaited<ReturnType<typeof sampleWindows>>

describe('the sample that a load is cut by', () => {
  let database: FreshDatabase
  let akeneo: AkeneoSimulator
  let connection: ConnectionRuntime
  beforeAll(async () => {
    database = await freshDatabase()
    akeneo = await startAkeneo({ shape: `medium:${products}` })
    const config = connectionTo(akeneo.url, { credentials: akeneo.credentials })
    connection = { config, akeneo: clientOf(database.sql, config) } as ConnectionRuntime
  })
  afterAll(async () => {
    await akeneo.close()
    await database.drop()
  })

  const sample = (stream: 'products' | 'product-models') =>
    new MockActivityEnvironment().run<[], Sample, () => Promise<Sample>>(() =>
      sampleWindows(connection, stream, ['sku']),
    )

  /** Records in each window, by the dates of the generated catalogue: 20 a second, models first. */
  const counts = (windows: Window[], first: number, count: number) =>
    windows.map(({ from, to }) => {
      const began = Date.parse('2026-01-05T08:00:00Z')
      const place = (at: Date) => ((at.getTime() - began) / 1000) * 20
      const start = from === null ? first : Math.max(first, place(from))
      const end = to === null ? first + count : Math.min(first + count, place(to) + 20)
      return Math.max(0, end - start)
    })

  it('cuts models evenly although their codes are in the order in which they were created', async () => {
    const { total, windows } = await sample('product-models')
    expect(total).toBe(models)
    const sizes = counts(windows, 0, models)
    expect(sizes.reduce((sum, size) => sum + size)).toBe(models)
    expect(Math.max(...sizes)).toBeLessThan(models / 3)
    expect(sizes.length).toBeGreaterThanOrEqual(8)
  })

  it('cuts products evenly', async () => {
    const { total, windows } = await sample('products')
    expect(total).toBe(products)
    const sizes = counts(windows, models, products)
    expect(sizes.reduce((sum, size) => sum + size)).toBe(products)
    expect(Math.max(...sizes)).toBeLessThan(10_000)
  })
})
