import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mappingChangesOf, mappingChange, decideMapping } from '../../connectors/hub/mapping-changes.ts'
import { appliedMappings } from '../../connectors/hub/outputs.ts'
import { findRecords, lastSeq, recordsOf } from '../../connectors/hub/records.ts'
import { workflowId, workflowTypes } from '../../contracts/names.ts'
import type { HubGroup, HubProduct, HubRecord } from '../../contracts/hub.ts'
import type { MappingReport } from '../../contracts/reports.ts'
import { createWorkersFor, mappingsOf, openPipeline, type Pipeline } from '../support/pipeline.ts'
import { openDependencies } from '../../workers/dependencies.ts'
import { until } from '../support/until.ts'

const shop = await readFile('examples/mapping/northlamp.hub.yaml', 'utf8')
/** Another channel, no fallbacks, one group per colour. */
const paper = `
version: 1
output: paper
channel: print
locales: { en_US: [] }
currencies: [EUR]
publish: { enabled: true }
variants: { groupAt: lowest }
product:
  sku: $identifier
  name: $label
  description: description
attributes:
  include: [color, size, material]
units:
  - { code: each, conversion: 1, base: true }
related: { X_SELL: crossSell }
`

type Hub = Map<string, HubRecord>
async function hubOf({ database, connection }: Pipeline, output: string): Promise<Hub> {
  const records: Hub = new Map()
  for await (const record of recordsOf(database.sql, connection, output)) {
    const code =
      record.kind === 'product' ? record.sku : record.kind === 'group' ? record.source.code : record.code
    records.set(`${record.kind} ${code ?? record.source.uuid ?? ''}`, record)
  }
  return records
}
const product = (hub: Hub, sku: string) => hub.get(`product ${sku}`) as HubProduct
const group = (hub: Hub, code: string) => hub.get(`group ${code}`) as HubGroup | undefined

describe('two outputs of one connection', () => {
  let pipeline: Pipeline
  let inShop: Hub
  let onPaper: Hub

  beforeAll(async () => {
    pipeline = await openPipeline({ mappings: { shop, paper } })
    await pipeline.initializeCategories()
    await pipeline.load()
    inShop = await hubOf(pipeline, 'shop')
    onPaper = await hubOf(pipeline, 'paper')
  }, 120_000)
  afterAll(() => pipeline.close())

  it('are read once and made by their own rules', () => {
    const light = product(inShop, 'NL-DL7-W')
    expect(light).toMatchObject({
      status: 'active',
      source: { mapping: 'shop.hub@3' },
      brand: { en_US: 'Northlamp' },
      alternateIds: [{ type: 'mpn', value: expect.any(String) as string }],
      units: [
        { code: 'each', conversion: '1', base: true },
        { code: 'case', conversion: '12' },
      ],
      inventory: [{ location: 'main', unit: 'each' }],
    })
    expect(light.attributes).toHaveProperty('weight.value.unit', 'KILOGRAM')
    const printed = product(onPaper, 'NL-DL7-W')
    expect(printed.source.mapping).toBe('paper.hub@1')
    expect(printed.id).toBe(light.id)
    expect(Object.keys(printed.name)).toEqual(['en_US'])
    expect(printed.description).toEqual({ en_US: 'Northlamp Desk Light 7. Warm light.' })
    expect(printed).not.toHaveProperty('brand')
    expect(printed.units).toEqual([{ code: 'each', conversion: '1', base: true }])
  })

  it('publish each by its own rule: what is outside of a tree is withheld in the one that asks for it', () => {
    expect(product(inShop, 'SAMPLE-1')).toMatchObject({
      status: 'withheld',
      reasons: [{ code: 'outside-tree' }, { code: 'required-missing' }],
    })
    expect(product(onPaper, 'SAMPLE-1').status).toBe('active')
  })

  it('group at their own level, and a variant stands below the group of its output', () => {
    const root = group(inShop, 'jacket_fell')
    expect(root?.subgroups?.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['jacket_fell_black', 'jacket_fell_navy', 'jacket_fell_sage']),
    )
    expect(group(inShop, 'jacket_fell_black')).toBeUndefined()
    expect(group(onPaper, 'jacket_fell')).toBeUndefined()
    const black = group(onPaper, 'jacket_fell_black')
    expect(black?.axes.map(({ attribute }) => attribute)).toEqual(['size'])
    const variants = [...onPaper.values()].filter(
      (record): record is HubProduct => record.kind === 'product' && record.groupId === black?.id,
    )
    expect(variants.length).toBeGreaterThan(0)
    for (const { sku } of variants) expect(product(inShop, sku ?? '').groupId).toBe(root?.id)
    // One level is the lowest one.
    expect(group(onPaper, 'fjord_pendant')?.id).toBe(group(inShop, 'fjord_pendant')?.id)
  })

  it('carries kits with their parts', () => {
    const set = product(inShop, 'DL7-SET')
    expect(set.kit?.components.map(({ id }) => id)).toContain(product(inShop, 'NL-DL7-W').id)
    expect(product(onPaper, 'DL7-SET')).not.toHaveProperty('kit')
  })

  it('leaves nothing waiting, and each feed counts for itself', async () => {
    const { sql } = pipeline.database
    const [{ n } = { n: -1 }] = await sql<
      { n: number }[]
    >`select count(*)::int as n from waiting where reason <> 'related'`
    expect(n).toBe(0)
    for (const output of ['shop', 'paper']) {
      const [row] = await sql<{ lines: bigint; last: bigint }[]>`
        select count(*) as lines, max(seq) as last from feed where output = ${output}`
      expect(row?.lines).toBe(row?.last)
      expect(await lastSeq(sql, pipeline.connection, output)).toBe(row?.last)
    }
  })

  it('carries an edit into the outputs that show it, and into no other', async () => {
    const { sql } = pipeline.database
    const before = {
      shop: await lastSeq(sql, pipeline.connection, 'shop'),
      paper: await lastSeq(sql, pipeline.connection, 'paper'),
    }
    pipeline.akeneo.edit([
      {
        resource: 'product',
        code: 'NL-DL7-W',
        patch: { values: { release_date: [{ locale: null, scope: null, data: '2026-01-02' }] } },
      },
    ])
    await pipeline.poll()
    expect(await lastSeq(sql, pipeline.connection, 'shop')).toBe(before.shop + 1n)
    expect(await lastSeq(sql, pipeline.connection, 'paper')).toBe(before.paper)
  })

  it('withholds products whose category moved out of the tree, and brings them back', async () => {
    const move = async (parent: string) => {
      pipeline.akeneo.edit([{ resource: 'category', code: 'furniture_lights', patch: { parent } }])
      await pipeline.poll()
      const { sql } = pipeline.database
      const rows = await sql<{ status: string; n: number }[]>`
        select status, count(*)::int as n from hub_record
        where output = 'shop' and kind = 'product' and body -> 'categories' ? 'furniture_lights' group by status`
      return Object.fromEntries(rows.map(({ status, n }) => [status, n]))
    }
    const out = await move('sales')
    expect(out).toEqual({ withheld: expect.any(Number) as number })
    expect(await move('master')).toEqual({ active: out['withheld'] })
  })

  it('takes a manual sync as well', async () => {
    const report = await pipeline.sync('NL-DL7-B')
    expect(report.outcome).toBe('synced')
    expect(report.published).toHaveLength(2)
  })
})

describe('a changed mapping', () => {
  it('is compared first, applied below the guard, held above it, and never asks Akeneo', async () => {
    const pipeline = await openPipeline({ mappings: { shop }, worker: false })
    const { database, connection, client, taskQueue } = pipeline
    const { sql } = database
    let stop = await createWorkersFor(pipeline, pipeline.deps)
    try {
      await pipeline.initializeCategories()
      await pipeline.load()
      const apply = async (change: string) =>
        (await client.workflow.execute(workflowTypes.applyMapping, {
          workflowId: workflowId(connection, 'mapping', change),
          taskQueue,
          args: [{ connection, change }],
        })) as MappingReport
      const withFile = async (text: string) => {
        await stop()
        const deps = await openDependencies(pipeline.config, mappingsOf(connection, { shop: text }))
        const stopWorkers = await createWorkersFor(pipeline, deps)
        stop = async () => {
          await stopWorkers()
          await deps.close()
        }
      }
      const light = async () => (await findRecords(sql, connection, 'NL-DL7-W'))[0] as HubProduct

      // A small change: one field of a few products. The poll of a worker that has the new file brings it in by itself.
      const small = shop.replace('version: 3', 'version: 4').replace('code: case,', 'code: box,')
      await withFile(small)
      const requests = pipeline.akeneo.requests().length
      await pipeline.poll()
      await until(
        async () => (await appliedMappings(sql, connection)).get('shop')?.text === small,
        'the mapping is applied',
      )
      await until(async () => (await light()).units.at(-1)?.code === 'box', 'the product is made by it')
      const polled = pipeline.akeneo.requests().slice(requests)
      expect(
        polled.filter(({ path, query }) => path.endsWith('/products-uuid') && query.includes('search_after'))
          .length,
      ).toBeLessThanOrEqual(2)

      // A change of every name waits for a person, and until then records stay as they are.
      const large = small
        .replace('version: 4', 'version: 5')
        .replace(
          'name: { from: [variation_name, $label], required: true }',
          "name: { template: 'X {$identifier}' }",
        )
      await withFile(large)
      await pipeline.poll()
      await until(async () => (await mappingChangesOf(sql, connection, 'held')).length === 1, 'it is held')
      const [held] = await mappingChangesOf(sql, connection, 'held')
      expect(held?.diff?.share).toBeGreaterThan(0.2)
      expect(held?.diff?.fields[0]).toMatchObject({ field: 'name' })
      expect(held?.diff?.examples.length).toBeGreaterThan(0)
      expect((await light()).name['en_US']).toBe('Northlamp Desk Light 7')
      await pipeline.poll()
      expect(await mappingChangesOf(sql, connection, 'held')).toHaveLength(1)

      const id = held?.id ?? 0n
      await decideMapping(sql, connection, id, { state: 'approved', by: 'Ada' })
      const report = await apply(id.toString())
      // NL-404 weighs 2 STONE, by whichever mapping.
      expect(report).toMatchObject({ outcome: 'done with rejections', output: 'shop' })
      expect(report.changed).toBe(report.published)
      expect((await light()).name['en_US']).toBe('X NL-DL7-W')
      expect((await mappingChange(sql, connection, id))?.state).toBe('applied')

      // A worker that still has an older file takes nothing back.
      await withFile(small)
      await pipeline.poll()
      expect((await appliedMappings(sql, connection)).get('shop')?.text).toBe(large)
    } finally {
      await stop()
      await pipeline.close()
    }
  }, 180_000)

  it('moves groups to another level and leaves tombstones where they stood', async () => {
    const pipeline = await openPipeline({ mappings: { paper } })
    const { database, connection, client, taskQueue } = pipeline
    const { sql } = database
    try {
      await pipeline.initializeCategories()
      await pipeline.load()
      const { proposeMapping } = await import('../../connectors/hub/mapping-changes.ts')
      const text = paper.replace('groupAt: lowest', 'groupAt: root').replace('version: 1', 'version: 2')
      const id = await sql.begin((tx) =>
        proposeMapping(tx, connection, 'paper', { name: 'paper.hub.yaml', text }),
      )
      const change = id.toString()
      const run = async () =>
        (await client.workflow.execute(workflowTypes.applyMapping, {
          workflowId: workflowId(connection, 'mapping', change),
          taskQueue,
          args: [{ connection, change }],
        })) as MappingReport
      expect((await run()).outcome).toBe('awaiting approval')
      await decideMapping(sql, connection, id, { state: 'approved', by: 'Ada' })
      expect((await run()).outcome).toBe('done')
      const hub = await hubOf(pipeline, 'paper')
      const root = group(hub, 'jacket_fell')
      expect(root?.status).toBe('active')
      expect(group(hub, 'jacket_fell_black')).toMatchObject({
        status: 'retired',
        reasons: [{ code: 'grouped-otherwise' }],
      })
      const variants = [...hub.values()].filter(
        (record): record is HubProduct => record.kind === 'product' && record.axisValues !== undefined,
      )
      for (const { groupId } of variants) {
        const above = [...hub.values()].find(({ id: other }) => other === groupId)
        expect(above?.status).not.toBe('retired')
      }
    } finally {
      await pipeline.close()
    }
  }, 120_000)
})
