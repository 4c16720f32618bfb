import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { previewGroups } from '../../client/support/preview-group.ts'
import type { Hit } from '../../client/support/explain-record.ts'
import { buildStructure, defaultMapping, outputByFile } from '../../connectors/akeneo/translate/index.ts'
import { structureRecords } from '../../connectors/hub/structure.ts'
import type { HubGroup } from '../../contracts/hub.ts'
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

describe('what is no record of its own, or has no date', () => {
  it('a model below another one is told as a part of its group', async () => {
    expect(await explained('jacket_fell_sage')).toContain(
      'read, and a part of the group jacket_fell: pimflow explain jacket_fell',
    )
  })

  it('an attribute is told as made by its mapping', async () => {
    expect(await explained('weight')).toMatch(/made \(ecommerce\) +by default@1\n/)
  })
})

describe('the reading that brought a record', () => {
  it('is that of all trees for a category, and none of a page for what was synced', async () => {
    const trees = workflowId(catalogue.connection, 'initialize-categories')
    expect(await explained('lamps')).toMatch(
      new RegExp(String.raw`stored +with all trees, \d+ s ago, by ${trees}\n`),
    )
    await catalogue.api.patch('/products/NL-DL3-B', { enabled: false })
    await catalogue.sync('NL-DL3-B')
    expect(await explained('NL-DL3-B')).toMatch(/stored +alone or with the structure, by no page/)
  })

  it('is told by page, transfer, time and run; one that found it unchanged stands beside it', async () => {
    const load = workflowId(catalogue.connection, 'load-products')
    const { code } = await catalogue.record('NL-DL9-B').then(({ source }) => source)
    const page = String.raw`page \d+ of transfer \d+ \(.*\), \d+ s ago, by`
    expect(await explained(code ?? '')).toMatch(new RegExp(String.raw`stored +${page} ${load}\n`))
    await catalogue.api.patch('/products/NL-DL9-B', { enabled: false })
    await catalogue.poll()
    const poll = workflowId(catalogue.connection, 'poll-products')
    expect(await explained('NL-DL9-B')).toMatch(
      new RegExp(String.raw`stored +page \d+ of transfer \d+ \(those of .*"updated".*\), .* by ${poll}\n`),
    )
    await catalogue.load()
    const out = await explained('NL-DL9-B')
    expect(out).toMatch(new RegExp(String.raw`stored +${page} ${poll}\n`))
    expect(out).toMatch(new RegExp(String.raw`read last +${page} ${load}\n`))
    const [hit] = await hitsOf('NL-DL9-B')
    const [log] = await catalogue.database.sql<{ read: number }[]>`
      select read from transfer_page
      where transfer = ${hit?.readings[0]?.page?.transfer ?? 0n} and page = ${hit?.readings[0]?.page?.page ?? 0}`
    expect(log?.read).toBeGreaterThan(0)
  })
})

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

describe('the values of a record', () => {
  const load = () => workflowId(catalogue.connection, 'load-products')

  it('of a group come from the rules that make it, on its model', async () => {
    const out = await explained('jacket_tarn')
    expect(out).toMatch(/^jacket_tarn \(product model\): active in ecommerce/)
    expect(out).toMatch(
      new RegExp(String.raw`product\.name +.*Tarn jacket.* +default@1:\d+ +\S+ +\d+ s ago, .*${load()}`),
    )
    // What only a variant or a sub-model has is no value of the group.
    expect(out).not.toMatch(/product\.sku|product\.barcode/)
  })

  it('of a category are Akeneo’s own', async () => {
    const out = await explained('lamps')
    const writer = String.raw`\d+ s ago, ${workflowId(catalogue.connection, 'initialize-categories')}`
    expect(out).toMatch(new RegExp(String.raw`labels +\{.* +as in Akeneo +labels +${writer}`))
    expect(out).toMatch(new RegExp(String.raw`parent +master +as in Akeneo +parent +${writer}`))
    expect(out).toMatch(/position +\d+ +as in Akeneo +the tree/)
  })
})

describe('mapping preview', () => {
  it.each(['jacket_tarn', 'JACKET_TARN_NAVY'])('of the model %s shows its group', async (code) => {
    const { out, code: exit } = await at.run('mapping', 'preview', code)
    const [{ all, active } = {}] = await catalogue.database.sql<{ all: number; active: number }[]>`
      select count(*)::int as all, count(*) filter (where h.status = 'active')::int as active
      from source_record s join hub_record h using (connection, id)
      where connection = ${catalogue.connection} and stream = 'products' and parent like 'jacket_tarn%'`
    expect(all).toBeGreaterThan(1)
    expect(out).toMatch(new RegExp(`^jacket_tarn {2}active; a group of ${all} variants, ${active} active\n`))
    expect(out).toMatch(/product\.name +.*Tarn jacket/)
    expect(exit).toBe(0)
  })

  it('makes what the hub holds of the group', async () => {
    const { value } = await at.json('mapping', 'preview', 'jacket_tarn')
    const [{ preview }] = value as [{ preview: { record: object } }]
    const held = await catalogue.record('jacket_tarn')
    const { kind, name, axes, subgroups, attributes } = held as HubGroup
    expect(preview.record).toMatchObject({ kind, name, axes, subgroups, attributes })
  })

  it('shows each group of a root model where the mapping groups at the lowest level', async () => {
    const { sql } = catalogue.database
    const structure = buildStructure(await structureRecords(sql, catalogue.connection))
    const text = defaultMapping(structure, {}).replace('groupAt: root', 'groupAt: lowest')
    const output = outputByFile(structure, { name: 'lowest.hub.yaml', text })
    const groups = await previewGroups(sql, catalogue.connection, 'jacket_tarn', structure, output)
    expect(groups.map(({ code }) => code)).toEqual([
      'jacket_tarn_black',
      'jacket_tarn_navy',
      'jacket_tarn_sage',
    ])
    expect(groups.every(({ preview }) => (preview.variants?.all ?? 0) > 0)).toBe(true)
    const [one, ...others] = await previewGroups(
      sql,
      catalogue.connection,
      'jacket_tarn_navy',
      structure,
      output,
    )
    expect(others).toEqual([])
    expect(one).toMatchObject({
      code: 'jacket_tarn_navy',
      preview: { record: { kind: 'group', axes: [{ level: 2 }] } },
    })
  })
})
