import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Hit } from '../../client/support/explain-record.ts'
import { workflowId } from '../../contracts/names.ts'
import { project, type TestProject } from '../client/harness.ts'
import { type Catalogue, closeCatalogues, deleteProducts, loaded } from '../support/reconciling.ts'

/** A loaded catalogue, and a person who asks about its records. */
let catalogue: Catalogue
let at: TestProject

beforeAll(async () => {
  catalogue = await loaded()
  const { connection, taskQueue, database, akeneo } = catalogue
  at = await project({
    connections: [connection],
    taskQueue,
    databaseUrl: database.url,
    akeneo: { url: akeneo.url, ...akeneo.credentials },
  })
}, 120_000)
afterAll(async () => {
  await at.remove()
  await closeCatalogues()
})

const hitsOf = async (name: string) => {
  const { value } = await at.json('explain', name)
  return (value as { hits: Hit[] }).hits
}
const explained = async (name: string) => (await at.run('explain', name)).out

describe('a record that has left', () => {
  it('is explained by SKU, uuid and hub id: why, when and by which run', async () => {
    const before = (await hitsOf('NL-DL7-B'))[0]
    await deleteProducts(catalogue, ['NL-DL7-B'])
    const { retired, plan } = await catalogue.reconcile()
    expect(retired).toBe(1)
    const run = workflowId(catalogue.connection, 'retire', plan ?? '')
    for (const name of ['nl-dl7-b', before?.key ?? '', before?.id ?? '']) {
      const out = await explained(name)
      expect(out).toMatch(
        /^NL-DL7-B \(product\): retired in ecommerce, version \d+: Akeneo has it no more, .*pimflow sync/,
      )
      expect(out).toMatch(new RegExp(`left +\\d+ s ago, by ${run}`))
      expect(out).toMatch(new RegExp(`feed \\d+ \\(ecommerce\\) +retired v\\d+, \\d+ s ago, by ${run}`))
      const hits = await hitsOf(name)
      expect(hits).toMatchObject([
        {
          stream: 'products',
          key: before?.key,
          id: before?.id,
          left: { workflowId: run },
          records: [{ status: 'retired', reasons: [{ code: 'not-in-akeneo' }] }],
        },
      ])
    }
  })

  it('is one that is there again after its SKU was made anew', async () => {
    await catalogue.api.post('/products', { identifier: 'NL-DL7-B', family: 'accessories' })
    await catalogue.sync('NL-DL7-B')
    expect(await hitsOf('NL-DL7-B')).toMatchObject([{ left: null }])
  })

  it('is told apart from one that was never published', async () => {
    const { sql } = catalogue.database
    await sql`
      insert into retired_record (connection, stream, key, code, id)
      values (${catalogue.connection}, 'products', 'never', 'NEVER-OUT', gen_random_uuid())`
    expect(await explained('NEVER-OUT')).toMatch(
      /^NEVER-OUT \(product\): it was in no output and has left: Akeneo has it no more/,
    )
  })
})
