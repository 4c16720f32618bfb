import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { AkeneoCalls } from '../../../connectors/akeneo/client.ts'
import { multipartBody } from '../../../connectors/akeneo/multipart.ts'
import type { AkeneoProduct } from '../../../connectors/akeneo/schema.ts'
import { named } from '../../../connectors/akeneo/search.ts'
import { type AkeneoSimulator, type Rights, startAkeneo } from '../../../simulator/akeneo/index.ts'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'
import { clientOf, connectionTo, failureOf, once, someCredentials } from './helpers.ts'

const catalog = fileURLToPath(new URL('../../../examples/catalog', import.meta.url))
const agency = { ...someCredentials, clientId: 'agency', username: 'agency' }

let database: FreshDatabase
let folder: string
let akeneo: AkeneoSimulator
beforeAll(async () => {
  database = await freshDatabase()
  folder = await mkdtemp(join(tmpdir(), 'pimflow-writes-'))
})
afterAll(async () => {
  await database.drop()
  await rm(folder, { recursive: true })
})
beforeEach(() => start())

async function start(rights?: Rights): Promise<void> {
  const own = await startAkeneo({
    catalog,
    ...(rights ? { connections: [{ code: 'agency', ...agency, rights }] } : {}),
  })
  onTestFinished(() => own.close())
  akeneo = own
}

const calls = <T>(
  work: (calls: AkeneoCalls) => Promise<T>,
  settings: Parameters<typeof connectionTo>[1] = {},
) =>
  once(
    clientOf(database.sql, connectionTo(akeneo.url, { credentials: akeneo.credentials, ...settings })),
    work,
  )
const asAgency = <T>(work: (calls: AkeneoCalls) => Promise<T>) =>
  calls(work, { name: 'agency', credentials: agency })

const product = (sku: string) =>
  calls(async (akeneoCalls) => {
    const { items } = await akeneoCalls.readPage('products', {
      cursor: null,
      query: { search: { sku: [{ operator: '=', value: sku }] } },
    })
    return items[0] as AkeneoProduct & { uuid: string }
  })

/** What Akeneo takes for a picture by its first bytes. */
const png = (size = 100) =>
  Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(size - 8, 13)])

async function localFile(name: string, content: string | Buffer = png(), contentType = 'image/png') {
  const path = join(folder, `${Math.random()}`)
  await writeFile(path, content)
  return { path, name, contentType, size: (await stat(path)).size }
}
const image = { stream: 'products', attribute: 'image', locale: null, scope: null } as const

describe('an upload', () => {
  it('stores a file and sets the value in one call, and says by which code', async () => {
    const file = await localFile('lampe "grün".png', png(200))
    akeneo.resetRequests()
    const outcome = await calls((akeneoCalls) => akeneoCalls.upload(file, { ...image, name: 'NL-DL9-B' }))
    if (outcome.kind !== 'uploaded') throw new Error(outcome.message)
    const asked = akeneo.requests().map(({ method, path }) => `${method} ${path}`)
    expect(asked.filter((request) => !request.endsWith('/token'))).toEqual(['POST /api/rest/v1/media-files'])
    expect((await product('NL-DL9-B')).values['image']?.[0]?.data).toBe(outcome.code)
    const stored = await calls((akeneoCalls) => akeneoCalls.mediaFile(outcome.code))
    expect(stored).toMatchObject({ size: 200, mime_type: 'image/png' })
  })

  it('goes to models by their code', async () => {
    const outcome = await calls(async (akeneoCalls) =>
      akeneoCalls.upload(await localFile('m.png'), {
        ...image,
        stream: 'product-models',
        attribute: 'variation_image',
        name: 'jacket_fell_sage',
      }),
    )
    expect(outcome.kind).toBe('uploaded')
  })

  it('that Akeneo does not take says why', async () => {
    const refused = await calls(async (akeneoCalls) => [
      await akeneoCalls.upload(await localFile('a.gif', 'x', 'image/gif'), { ...image, name: 'NL-DL9-B' }),
      await akeneoCalls.upload(await localFile('a.png'), { ...image, name: 'nobody' }),
    ])
    expect(refused).toMatchObject([
      { kind: 'refused', status: 422 },
      { kind: 'refused', status: 422, message: expect.stringContaining('"nobody" does not exist') as string },
    ])
  })

  it('is made again with its whole body when the token was refused', async () => {
    await product('NL-DL9-B')
    akeneo.revokeTokens()
    const outcome = await calls(async (akeneoCalls) =>
      akeneoCalls.upload(await localFile('again.png', png(300_000)), {
        ...image,
        name: 'NL-DL9-B',
      }),
    )
    if (outcome.kind !== 'uploaded') throw new Error(outcome.message)
    expect(await calls((akeneoCalls) => akeneoCalls.mediaFile(outcome.code))).toMatchObject({ size: 300_000 })
  })

  it('is sent piece by piece, whatever its size', async () => {
    const file = await localFile('large.pdf', Buffer.alloc(8_000_000, 1), 'application/pdf')
    const { open, length } = multipartBody({ product: '{}' }, file)
    let size = 0
    let largest = 0
    for await (const piece of open()) {
      size += (piece as Buffer).length
      largest = Math.max(largest, (piece as Buffer).length)
    }
    expect(size).toBe(length)
    expect(largest).toBeLessThanOrEqual(65_536)
  })

  it('cannot smuggle a header in by the name of a file', async () => {
    const { open } = multipartBody({}, await localFile('a"\r\nContent-Type: text/html\r\n\r\n.png'))
    let text = ''
    for await (const piece of open()) text += String(piece)
    expect(text).toContain('filename="a%22%0D%0AContent-Type: text/html%0D%0A%0D%0A.png"')
  })
})

describe('options', () => {
  it('are made and labelled, at most three calls a second by whoever makes them', async () => {
    const lines = (code: string) => [JSON.stringify({ code, labels: { en_US: `Colour ${code}` } })]
    akeneo.resetRequests()
    const outcomes = await Promise.all(
      ['mint', 'plum', 'rust', 'teal'].map((code) =>
        calls((akeneoCalls) => akeneoCalls.patchOptions('color', lines(code))),
      ),
    )
    expect(outcomes.map((answer) => answer.outcomes)).toEqual(
      Array.from({ length: 4 }, () => [{ kind: 'created' }]),
    )
    const starts = akeneo
      .requests()
      .filter(({ path }) => path.endsWith('/options'))
      .map(({ startedAt }) => startedAt)
      .toSorted((a, b) => a - b)
    expect(starts).toHaveLength(4)
    // Three spaces of a third of a second; requests may be told apart by some milliseconds less.
    expect((starts[3] ?? 0) - (starts[0] ?? 0)).toBeGreaterThan(950)
  })

  it('that Akeneo does not take say why, one by one', async () => {
    const { outcomes } = await calls((akeneoCalls) =>
      akeneoCalls.patchOptions('color', [
        JSON.stringify({ code: 'mint' }),
        JSON.stringify({ code: 'not a code' }),
      ]),
    )
    expect(outcomes).toMatchObject([{ kind: 'created' }, { kind: 'refused', status: 422 }])
  })
})

describe('a product that nobody meant to make', () => {
  it('is deleted again', async () => {
    const uuid = '00000000-0000-4000-8000-000000000001'
    const deleted = await calls(async (akeneoCalls) => {
      const { outcomes } = await akeneoCalls.patch('products', [JSON.stringify({ uuid, values: {} })])
      expect(outcomes).toEqual([{ kind: 'created' }])
      return [await akeneoCalls.deleteProduct(uuid), await akeneoCalls.deleteProduct(uuid)]
    })
    expect(deleted).toEqual(['deleted', 'missing'])
  })

  it('stays where this user may not delete', async () => {
    await start({ acls: { pim_api_product_remove: false } })
    const { uuid } = await product('NL-DL9-B')
    expect(await asAgency((akeneoCalls) => akeneoCalls.deleteProduct(uuid))).toBe('forbidden')
  })
})

describe('a proposal', () => {
  const edit = (uuid: string) => [
    JSON.stringify({ uuid, values: { name: [{ locale: null, scope: null, data: 'Proposed' }] } }),
  ]
  it('is handed in once, of what this user has drafted', async () => {
    await start({ categories: { master: 'edit', sales: 'edit' } })
    const { uuid } = await product('NL-DL9-B')
    const proposed = await asAgency(async (akeneoCalls) => {
      await akeneoCalls.patch('products', edit(uuid))
      return [await akeneoCalls.propose('products', uuid), await akeneoCalls.propose('products', uuid)]
    })
    expect(proposed).toEqual(['submitted', 'none'])
    expect((await product('NL-DL9-B')).values['name']?.[0]?.data).not.toBe('Proposed')
  })

  it('is none where this user’s writes go into the catalogue', async () => {
    const { uuid } = await product('NL-DL9-B')
    expect(await calls((akeneoCalls) => akeneoCalls.propose('products', uuid))).toBe('direct')
  })
})

describe('a search by names', () => {
  it('stays within what an address may have, and finds each', async () => {
    const uuids = Array.from(
      { length: 130 },
      (_, n) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
    )
    const searches = named('products', 'uuid', uuids)
    expect(searches.flatMap((search) => search['uuid']?.[0]?.value as string[])).toEqual(uuids)
    for (const search of searches)
      expect(encodeURIComponent(JSON.stringify(search)).length).toBeLessThan(4200)
    const { uuid } = await product('NL-DL9-B')
    const found = await calls(async (akeneoCalls) => [
      ...(
        await akeneoCalls.readPage('products', {
          cursor: null,
          query: { search: named('products', 'uuid', [uuid])[0] ?? {} },
        })
      ).items,
      ...(
        await akeneoCalls.readPage('product-models', {
          cursor: null,
          query: { search: named('product-models', 'uuid', ['jacket_fell', 'nobody'])[0] ?? {} },
        })
      ).items,
    ])
    expect(found).toHaveLength(2)
  })
})

it('a failure of a write names the call and no secret', async () => {
  akeneo.fault({ method: 'POST', path: '/api/rest/v1/media-files', status: 500 })
  const failure = await failureOf(
    calls(async (akeneoCalls) =>
      akeneoCalls.upload(await localFile('a.png'), { ...image, name: 'NL-DL9-B' }),
    ),
  )
  expect(String(failure)).toContain('POST /api/rest/v1/media-files of acme: 500')
  expect(JSON.stringify(failure)).not.toContain(akeneo.credentials.clientSecret)
})
