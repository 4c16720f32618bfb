import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { stringify } from 'yaml'
import { findRecords } from '../../connectors/hub/records.ts'
import { startCommand } from '../client/harness.ts'
import { type Delivering, delivering, upTo } from '../support/delivering.ts'
import { deliverySecret } from '../support/destination.ts'
import { productRecord } from '../support/published.ts'

/** The command line on a configuration file with the destination. */
async function commands({ pipeline, shop }: Delivering) {
  const folder = await mkdtemp(join(tmpdir(), 'pimflow-deliver-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const config = join(folder, 'pimflow.config.yaml')
  const akeneo = { clientId: '${X}', clientSecret: '${X}', username: '${X}', password: '${X}' }
  const connection = {
    name: pipeline.connection,
    akeneo: { url: pipeline.akeneo.url, ...akeneo },
    destinations: [{ name: 'shop', url: shop.url, secret: '${X}' }],
  }
  await writeFile(
    config,
    stringify({ version: 1, temporal: { taskQueue: pipeline.taskQueue }, connections: [connection] }),
  )
  const env = {
    X: deliverySecret,
    PIMFLOW_CONFIG: config,
    PIMFLOW_TOKEN_KEY: Buffer.alloc(32).toString('base64'),
    DATABASE_URL: pipeline.database.url,
    TEMPORAL_ADDRESS: inject('temporalAddress'),
  }
  return {
    folder,
    start: (...argv: string[]) => startCommand(argv, env),
    run: (...argv: string[]) => startCommand(argv, env).ended,
    json: async (...argv: string[]) => {
      const { code, out } = await startCommand([...argv, '--json'], env).ended
      return { code, value: JSON.parse(out) as unknown }
    },
  }
}

describe('pimflow deliver, resend and adopt', () => {
  it('tell what was refused and end with 3; after it was mended with 0', async () => {
    const at = await delivering()
    const { run, json } = await commands(at)
    await at.publish([productRecord('SKU-1'), productRecord('SKU-2')])
    at.shop.refuse = (record) => (record['sku'] === 'SKU-2' ? 'its name is taken' : undefined)
    const first = await run('deliver')
    expect(first.code).toBe(3)
    expect(first.out).toContain('1 delivered, 1 refused, 1 parked')
    expect((await run('deliver', '--refused')).out).toContain('SKU-2  product, shop: its name is taken')
    at.shop.refuse = () => undefined
    expect(await json('deliver')).toMatchObject({
      code: 0,
      value: { report: { outcome: 'done', delivered: 1 } },
    })
    expect((await run('deliver', '--destination', 'shp')).code).toBe(2)
  }, 60_000)

  it('send again what is asked for: single records as they stand now, or all after a number of the feed', async () => {
    const at = await delivering()
    const { run, json } = await commands(at)
    const [, second = ''] = await at.publish(upTo(4).map((n) => productRecord(`SKU-${n}`)))
    await at.deliver()
    await at.publish([{ id: second, record: productRecord('SKU-2', { name: 'newer' }) }])
    await at.deliver()

    expect(await json('resend', 'sku-2')).toMatchObject({ code: 0, value: { report: { delivered: 1 } } })
    const [entry] = at.shop.requests.at(-1)?.entries ?? []
    expect(entry).toMatchObject({ key: 'ecommerce/5/1', seq: 5, record: { name: { en_US: 'newer' } } })

    expect(await json('resend', '--since', '3')).toMatchObject({
      code: 0,
      value: { report: { delivered: 2 } },
    })
    expect(at.shop.requests.at(-1)?.entries.map(({ key }) => key)).toEqual(['ecommerce/4/2', 'ecommerce/5/2'])
    expect((await run('resend')).code).toBe(2)
    expect((await run('resend', '--since', '9'.repeat(30))).code).toBe(2)
    expect(await run('resend', 'SKU-2', 'NO-SUCH')).toMatchObject({ code: 1 })
  }, 60_000)

  it('adopt the ids of an existing shop, before or after the records are there, so that nothing is created twice', async () => {
    const at = await delivering()
    const { folder, run, json } = await commands(at)
    const csv = join(folder, 'ids.csv')
    await writeFile(csv, 'sku;id\nSKU-1;gid-1\nsku-2;gid-2\nSKU-3;\nSKU-1;gid-9\n')
    expect(await json('adopt', csv)).toEqual({
      code: 3,
      value: {
        destination: 'shop',
        adopted: 0,
        waiting: 2,
        unchanged: 0,
        refused: [
          { line: 4, reason: 'has no id for SKU-3' },
          { line: 5, reason: 'names SKU-1, which stands above already' },
        ],
      },
    })
    await at.publish(upTo(3).map((n) => productRecord(`SKU-${n}`)))
    const [record] = await findRecords(at.pipeline.database.sql, at.pipeline.connection, 'SKU-2')
    expect(record?.externalIds).toEqual({ shop: 'gid-2' })

    const ndjson = join(folder, 'ids.ndjson')
    await writeFile(
      ndjson,
      '{"sku":"SKU-3","id":3003}\n{"sku":"SKU-1","id":"gid-2"}\n{"sku":"SKU-1","id":"gid-1"}\n',
    )
    const again = await run('adopt', ndjson)
    expect(again).toMatchObject({ code: 3 })
    expect(again.out).toContain('names gid-2, but SKU-2 has this id')

    await at.deliver()
    const there = [...at.shop.receiver().shop.items.values()].map(({ externalId }) => externalId)
    expect(there).toEqual(['gid-1', 'gid-2', '3003'])
    const [shown] = await findRecords(at.pipeline.database.sql, at.pipeline.connection, 'SKU-3')
    expect(shown?.externalIds).toEqual({ shop: '3003' })
  }, 60_000)

  it('keep an adopted id when the record gets another SKU', async () => {
    const at = await delivering()
    const { folder, run } = await commands(at)
    const csv = join(folder, 'ids.csv')
    await writeFile(csv, 'sku,id\nOLD,gid-1\n')
    expect(await run('adopt', csv)).toMatchObject({ code: 0 })
    const [id = ''] = await at.publish([productRecord('OLD')])
    // Before anything was delivered, too.
    await at.publish([{ id, record: productRecord('NEW') }])
    await at.deliver()
    expect(at.shop.receiver().shop.items.get(id)?.externalId).toBe('gid-1')
    await at.publish([{ id, record: productRecord('NEWER') }])
    const [record] = await findRecords(at.pipeline.database.sql, at.pipeline.connection, 'NEWER')
    expect(record?.externalIds).toEqual({ shop: 'gid-1' })
  }, 60_000)
})
