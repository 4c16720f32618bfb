import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { runWriteTests } from '../../../connectors/akeneo/write-tests.ts'
import type { LocalFile } from '../../../connectors/akeneo/multipart.ts'
import { type AkeneoSimulator, type Rights, startAkeneo } from '../../../simulator/akeneo/index.ts'
import { apiOf, itemOf, items } from '../../simulator/api.ts'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'
import { clientOf, connectionTo, someCredentials } from './helpers.ts'

const catalog = fileURLToPath(new URL('../../../examples/catalog', import.meta.url))
const agency = { ...someCredentials, clientId: 'agency', username: 'agency' }
const sku = 'NL-DL9-B'

let database: FreshDatabase
let folder: string
let picture: LocalFile
beforeAll(async () => {
  database = await freshDatabase()
  folder = await mkdtemp(join(tmpdir(), 'pimflow-write-tests-'))
  const png = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(92, 13)])
  const path = join(folder, 'test.png')
  await writeFile(path, png)
  picture = { path, name: 'test.png', contentType: 'image/png', size: png.length }
})
afterAll(async () => {
  await database.drop()
  await rm(folder, { recursive: true })
})

async function start(rights?: Rights): Promise<AkeneoSimulator> {
  const akeneo = await startAkeneo({
    catalog,
    ...(rights ? { connections: [{ code: 'agency', ...agency, rights }] } : {}),
  })
  onTestFinished(() => akeneo.close())
  return akeneo
}

const productOf = async (akeneo: AkeneoSimulator, code = sku) =>
  itemOf(await (await apiOf(akeneo)).get(`/products/${encodeURIComponent(code)}`))

/** The battery as this user, and what it said of each thing by name. */
async function battery(akeneo: AkeneoSimulator, credentials = akeneo.credentials, product = sku) {
  const connection = connectionTo(akeneo.url, { name: credentials.username, credentials })
  const report = await runWriteTests({
    connection: { ...connection, version: 'auto' },
    akeneo: clientOf(database.sql, connection),
    product,
    picture,
    signal: new AbortController().signal,
  })
  for (const { status, remedy } of report.lines) if (status !== 'ok') expect(remedy).toMatch(/\.$/)
  return {
    ...report,
    by: Object.fromEntries(report.lines.map(({ name, status, text }) => [name, `${status}: ${text}`])),
  }
}

describe('the battery of writes', { timeout: 30_000 }, () => {
  it('tries all that enrichment relies on, puts every value back, and says what stays', async () => {
    const akeneo = await start()
    const before = await productOf(akeneo)
    const { by, isRestored, stays } = await battery(akeneo)
    expect(by).toMatchObject({
      'token grant': expect.stringMatching(/^ok: Akeneo gives tokens for \d/) as string,
      'token refresh': expect.stringMatching(/^ok/) as string,
      quotas: expect.stringMatching(/^ok: 12 calls, 4 at once/) as string,
      permissions: expect.stringMatching(/^ok: this user writes products directly/) as string,
      'PATCH NDJSON': expect.stringMatching(/^ok/) as string,
      'refused line': expect.stringMatching(/^ok: a wrong line is refused alone: 422/) as string,
      'batch size': expect.stringMatching(/^ok: 100 lines in one request/) as string,
      'UTF-8': expect.stringMatching(/^ok/) as string,
      'locales and scopes': expect.stringMatching(/^ok: .* stands in [2-9] places/) as string,
      media: expect.stringMatching(/^ok/) as string,
      restored: expect.stringMatching(/^ok/) as string,
    })
    expect(isRestored).toBe(true)
    const after = await productOf(akeneo)
    expect(after.values).toEqual(before.values)
    expect(stays).toHaveLength(3)
    expect(stays.join('\n')).toMatch(
      /test\.png stays in Akeneo's store[^]*writes are in the product's history[^]*its updated is/,
    )
  })

  it('finds out that writes become drafts, and leaves none', async () => {
    const akeneo = await start({ categories: { master: 'edit', sales: 'edit' } })
    const before = await productOf(akeneo)
    const { by, lines } = await battery(akeneo, agency)
    expect(by['permissions']).toMatch(/^failed: .*became a draft/)
    expect(lines.find(({ name }) => name === 'permissions')?.remedy).toContain('write: proposal')
    expect((await productOf(akeneo)).values).toEqual(before.values)
  })

  it('says so where this user may only look', async () => {
    const akeneo = await start({ categories: { master: 'view', sales: 'view' } })
    expect((await battery(akeneo, agency)).by['permissions']).toMatch(/^failed: 403/)
  })

  it('puts values back when a test fails on the way', async () => {
    const akeneo = await start()
    const before = await productOf(akeneo)
    akeneo.fault({ method: 'PATCH', path: '/api/rest/v1/products-uuid', status: 503, count: 2 })
    const { by, isRestored } = await battery(akeneo)
    expect(by['PATCH NDJSON']).toMatch(/^failed: .*503/)
    expect(isRestored).toBe(true)
    expect((await productOf(akeneo)).values).toEqual(before.values)
  })

  it('refuses a variant and a product that is not there, before anything is written', async () => {
    const akeneo = await start()
    await expect(battery(akeneo, akeneo.credentials, 'NO-SUCH')).rejects.toThrow('there is none')
    const products = items(await (await apiOf(akeneo)).get('/products?limit=100'))
    const variant = products.find(({ parent }) => parent !== null)
    await expect(battery(akeneo, akeneo.credentials, variant?.identifier)).rejects.toThrow(
      'it is a variant of',
    )
    expect(akeneo.requests().filter(({ method }) => method === 'PATCH')).toEqual([])
  })
})
