import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { recordsOf } from '../../connectors/hub/records.ts'
import { rejectionsOf } from '../../connectors/hub/rejections.ts'
import type { HubProduct, HubRecord } from '../../contracts/hub.ts'
import { compareDump, type Dumped } from '../oracle/compare.ts'
import { oracleFromCsv } from '../oracle/hub.ts'
import { extrasOf } from '../oracle/overlay.ts'
import { openPipeline, type Pipeline } from '../support/pipeline.ts'

const overlay = 'examples/overlay'
const catalogues = [
  { name: 'the invented catalogue', dir: 'examples/catalog' },
  ...(process.env['PIMFLOW_REFERENCE_DATA'] === undefined
    ? []
    : [{ name: 'Akeneo’s demo catalogue', dir: process.env['PIMFLOW_REFERENCE_DATA'] }]),
]

describe.each(catalogues)('$name with the overlay', ({ dir }) => {
  let pipeline: Pipeline
  let extras: HubRecord[]
  const dump = async (output: string): Promise<HubRecord[]> => {
    const records: HubRecord[] = []
    for await (const record of recordsOf(pipeline.database.sql, pipeline.connection, output))
      records.push(record)
    return records
  }
  const found = (sku: string) => {
    const record = extras.find((one): one is HubProduct => one.kind === 'product' && one.sku === sku)
    if (!record) throw new Error(`The output has no ${sku}`)
    return record
  }
  const codeOf = (id: string) => extras.find((record) => record.id === id)?.source.code

  beforeAll(async () => {
    pipeline = await openPipeline({
      akeneo: { catalog: dir, overlay },
      settings: {
        outputs: [
          { name: 'ecommerce', channel: 'ecommerce' },
          { name: 'extras', mapping: 'extras.hub.yaml' },
        ],
      },
      mappings: { extras: await readFile(`${overlay}/extras.hub.yaml`, 'utf8') },
    })
    await pipeline.initializeCategories()
    expect((await pipeline.load()).waiting).toBe(0)
    extras = await dump('extras')
  }, 180_000)
  afterAll(() => pipeline.close())

  it('is in the hub field by field as the files of both say, records and assets included', async () => {
    const records = (await dump('ecommerce')).map((record): Dumped => ({ ...record }))
    const { differences, compared } = compareDump(oracleFromCsv(dir, [], overlay), records)
    expect(differences).toEqual([])
    expect(compared.product).toBeGreaterThan(200)
  })

  it('has the overlay’s products with cases, stock, kits, links and pictures as its mapping says', () => {
    const { products } = extrasOf(dir, overlay)
    expect(products.length).toBe(5)
    for (const { sku, crossSell, kit, gallery, weight, inventory, brand, ...same } of products) {
      const product = found(sku)
      expect(product).toMatchObject({ status: 'active', sku, ...same })
      expect(product.brand).toEqual(brand)
      expect(product.inventory).toEqual(inventory)
      expect(product.attributes['weight']).toEqual(weight && { type: 'measure', value: weight })
      expect(product.media.map(({ role, asset, fileName }) => ({ role, asset, fileName }))).toEqual(
        gallery.map((file) => ({ role: 'gallery', ...file })),
      )
      expect(product.related.map(({ type, id }) => [type, codeOf(id)])).toEqual(
        crossSell.map((code) => ['crossSell', code]),
      )
      expect(product.kit?.components.map(({ id, quantity }) => ({ code: codeOf(id), quantity }))).toEqual(kit)
    }
  })

  it('refuses what is in a unit that nobody knows, and tells the kit that lacks it', async () => {
    const { refused } = extrasOf(dir, overlay)
    const { sql } = pipeline.database
    const rejections = await rejectionsOf(sql, pipeline.connection, 'unit-unknown')
    expect(rejections.map(({ code }) => code)).toEqual(expect.arrayContaining(refused))
    const [{ uuid } = { uuid: '' }] = await sql<{ uuid: string }[]>`
      select key as uuid from source_record where stream = 'products' and code = ${refused[0] ?? ''}`
    expect(found('EXTRA-BOAT').pending).toEqual([
      expect.objectContaining({ field: 'kit.components', code: uuid }),
    ])
  })

  it('is the same after a second load: nothing is published twice', async () => {
    expect((await pipeline.load()).published).toBe(0)
  }, 120_000)
})
