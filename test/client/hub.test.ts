import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { reject, rejectionsOf } from '../../connectors/hub/rejections.ts'
import { publishRecords } from '../../connectors/hub/records.ts'
import { beginWatermark, closeRun, finishLoad, openRun } from '../../connectors/hub/runs.ts'
import { writeSources } from '../../connectors/hub/sources.ts'
import { enqueue } from '../../connectors/hub/waiting.ts'
import type { HubRecord, TranslatedRecord } from '../../contracts/hub.ts'
import type { StreamName } from '../../contracts/streams.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { nowhere, project, type TestProject } from './harness.ts'

const uuid = (n: number) => `00000000-0000-4000-8000-00000000000${n}`

let database: FreshDatabase
let at: TestProject
let connection: string

/** A hub in which one record stands in each way that a record can. */
beforeAll(async () => {
  database = await freshDatabase()
  at = await project({ databaseUrl: database.url })
  connection = at.taskQueue
  const { sql } = database
  await sql.begin(async (tx) => {
    const run = await openRun(tx, {
      connection,
      process: 'load-products',
      mode: 'full',
      workflowId: `pimflow/${connection}/load-products`,
      workflowRunId: 'run-1',
    })
    const publish = async (stream: StreamName, key: string, code: string, record: TranslatedRecord) => {
      const [source] = await writeSources(
        tx,
        connection,
        stream,
        [{ key, code, parent: null, family: null, source: {} }],
        1n,
      )
      const publication = { connection, output: 'shop', run: run.id }
      await publishRecords(tx, publication, [{ id: source?.id ?? '', record }])
    }
    await publish('categories', 'lamps', 'lamps', category('lamps'))
    await publish('products', uuid(1), 'LAMP-1', product('LAMP-1', 'active'))
    await publish('products', uuid(2), 'LAMP-2', product('LAMP-2', 'withheld'))
    // A name that two records share.
    await publish('products', uuid(3), 'lamps', product('lamps', 'active'))
    await writeSources(
      tx,
      connection,
      'products',
      [{ key: uuid(4), code: 'LAMP-4', parent: 'lamp-model', family: null, source: {} }],
      1n,
    )
    await enqueue(tx, connection, [{ stream: 'products', key: uuid(4), reason: 'group' }])
    await reject(tx, connection, [
      {
        stream: 'products',
        key: uuid(5),
        code: 'LAMP-5',
        reason: 'unit-unknown',
        field: 'weight',
        rule: 'attributes.weight (shop.hub@1, line 7)',
        text: 'unit "STONE" is not in Weight',
        remedy: 'Fix it in Akeneo',
      },
      {
        stream: 'categories',
        key: 'orphan',
        code: 'orphan',
        reason: 'parent-missing',
        field: 'parent',
        text: 'its parent is not in Akeneo',
        remedy: 'Give it another parent',
      },
    ])
    await beginWatermark(tx, connection, new Date(Date.now() - 120_000))
    await closeRun(tx, run.id, 'done with rejections', { published: 4 })
  })
  await finishLoad(sql, connection)
})
afterAll(async () => {
  await at.remove()
  await database.drop()
})

const source = (key: string | null, code: string) => ({
  uuid: key,
  code,
  updated: '2026-11-20T08:15:30Z',
  mapping: 'default@1',
})

const category = (code: string): TranslatedRecord => ({
  kind: 'category',
  status: 'active',
  source: source(null, code),
  code,
  parent: null,
  path: [],
  position: 1,
  labels: { en_US: 'Lamps' },
})

const product = (sku: string, status: 'active' | 'withheld'): TranslatedRecord => ({
  kind: 'product',
  status,
  ...(status === 'withheld'
    ? { reasons: [{ code: 'disabled', text: 'disabled in Akeneo', remedy: 'Enable it in Akeneo' }] }
    : {}),
  source: source(null, sku),
  sku,
  type: 'physical',
  trackBy: 'product',
  name: { en_US: `Lamp ${sku}` },
  categories: ['lamps'],
  attributes: {},
  media: [],
  units: [{ code: 'each', conversion: '1', base: true }],
  related: [],
})

describe('show', () => {
  it('prints the record of a SKU in any letter case', async () => {
    const { code, out } = await at.run('show', 'lamp-1')
    expect(out).toContain('output: shop\nkind: product\n')
    expect(out).toContain('sku: LAMP-1')
    expect(code).toBe(0)
  })

  it('shows both records when two answer to the name', async () => {
    const { value } = await at.json('show', 'lamps')
    expect((value as HubRecord[]).map(({ kind }) => kind)).toEqual(['category', 'product'])
  })

  it.each([uuid(1), 'LAMP-1'])('finds a product by %s', async (name) => {
    expect(await at.json('show', name)).toMatchObject({ code: 0, value: [{ sku: 'LAMP-1', output: 'shop' }] })
  })

  it('fails for what is not there, and says how to find out why', async () => {
    expect(await at.run('show', 'LAMP-4')).toEqual({
      code: 1,
      out: `The hub has no record LAMP-4 of ${connection}; to see why: pimflow explain LAMP-4`,
      err: '',
    })
  })
})

describe('explain', () => {
  it('says where a record stands, its key at the source and which run published it', async () => {
    const { out } = await at.run('explain', 'LAMP-1')
    expect(out).toContain('LAMP-1 (product): active in shop, version 1')
    expect(out).toMatch(new RegExp(`source key +${uuid(1)}`))
    expect(out).toMatch(
      new RegExp(`feed 2 \\(shop\\) +created v1, \\d+ s ago, by pimflow/${connection}/load-products`),
    )
  })

  it.each([
    ['LAMP-2', 'withheld in shop, version 1: disabled in Akeneo. Enable it in Akeneo'],
    ['LAMP-4', 'for its product model, which is not in the hub yet'],
    [
      'LAMP-5',
      'rejected: unit "STONE" is not in Weight. Fix it in Akeneo (by the rule attributes.weight (shop.hub@1, line 7); tried 1 time; again in',
    ],
    ['orphan', 'rejected: its parent is not in Akeneo. Give it another parent'],
    [
      'LAMP-9',
      'LAMP-9 is unknown: Akeneo has not shown it to this connection since it was loaded; to ask for it now: pimflow sync LAMP-9',
    ],
  ])('says why %s is not in the hub', async (name, why) => {
    const { code, out } = await at.run('explain', name)
    expect(out).toContain(why)
    expect(code).toBe(0)
  })

  it("finds a record by the hub's own id too", async () => {
    const shown = await at.json('show', 'LAMP-2')
    const [record] = shown.value as HubRecord[]
    expect(await at.json('explain', record?.id ?? '')).toMatchObject({
      value: { hits: [{ stream: 'products', code: 'LAMP-2', records: [{ status: 'withheld' }] }] },
    })
  })

  it('gives a program everything that it found', async () => {
    expect(await at.json('explain', 'LAMP-4')).toMatchObject({
      code: 0,
      value: {
        asked: 'LAMP-4',
        load: 'done',
        hits: [{ key: uuid(4), parent: 'lamp-model', records: [], waiting: { reason: 'group' }, feed: [] }],
      },
    })
  })
})

describe('changes', () => {
  it('prints the feed in order, a line each', async () => {
    const { out, code } = await at.run('changes', '--since', '0')
    expect(out.split('\n').map((line) => line.trim().split(/ {2,}/).slice(2, 6))).toEqual([
      ['created', 'category', 'lamps', 'v1'],
      ['created', 'product', 'LAMP-1', 'v1'],
      ['withheld', 'product', 'LAMP-2', 'v1'],
      ['created', 'product', 'lamps', 'v1'],
    ])
    expect(code).toBe(0)
  })

  it('gives a program the entries after a number, with their records', async () => {
    const { value } = await at.json('changes', '--since', '3')
    expect(value).toMatchObject([{ seq: 4, kind: 'product', record: { sku: 'lamps' } }])
  })

  it('waits for further ones until Ctrl-C, one JSON line each', async () => {
    const command = at.start('changes', '--since', '3', '--follow', '--json')
    await command.untilPrinted('"seq":4')
    const record = product('LAMP-1', 'withheld')
    const [lamp] = (await at.json('show', 'LAMP-1')).value as HubRecord[]
    await database.sql.begin((tx) =>
      publishRecords(tx, { connection, output: 'shop', run: null }, [{ id: lamp?.id ?? '', record }]),
    )
    await command.untilPrinted('"seq":5')
    command.interrupt()
    const { code, out } = await command.ended
    expect(out.split('\n').map((line) => (JSON.parse(line) as { change: string }).change)).toEqual([
      'created',
      'withheld',
    ])
    expect(code).toBe(0)
  })

  it.each([
    [['--since', 'yesterday'], 'A number of the feed is expected, such as 120.'],
    [['--since', '9'.repeat(30)], 'A number of the feed is expected, such as 120.'],
    [['--output', 'print'], 'has no output print; these have a feed: shop'],
  ])('refuses %j', async (flags, sentence) => {
    const { code, err } = await at.run('changes', ...flags)
    expect(err).toContain(sentence)
    expect(code).toBe(2)
  })
})

describe('rejections', () => {
  it('lists what was rejected, why, and what to do', async () => {
    const { out, code } = await at.run('rejections')
    expect(out).toMatch(/LAMP-5 {2}products, \d+ s ago: unit "STONE" is not in Weight\n +Fix it in Akeneo/)
    expect(out).toContain('pimflow rejections retry')
    expect(code).toBe(0)
  })

  it('lists no more than asked for, and says how many there are', async () => {
    const { out } = await at.run('rejections', '--limit', '1')
    expect(out).toContain('orphan  categories')
    expect(out).not.toContain('LAMP-5')
    expect(out).toContain('1 of 2 are shown')
    expect((await at.run('rejections', '--limit', '2')).out).not.toContain('are shown')
    expect((await at.run('rejections', '--all')).out).toContain('LAMP-5')
    expect(await at.json('rejections', '--limit', '1')).toMatchObject({ value: [{ key: 'orphan' }] })
    expect((await at.run('rejections', '--limit', '0')).code).toBe(2)
  })

  it('lists those of a filter', async () => {
    const { value } = await at.json('rejections', '--filter', 'reason=parent-missing')
    expect(value).toMatchObject([{ key: 'orphan', stream: 'categories', attempts: 1 }])
  })

  it('shows one with everything that is known', async () => {
    const { out } = await at.run('rejections', 'show', 'lamp-5')
    expect(out).toMatch(/field +weight/)
    expect(out).toMatch(/rule +attributes\.weight \(shop\.hub@1, line 7\)/)
    expect(out).toMatch(/next try +in/)
  })

  it('lets the next poll try those that are named again', async () => {
    const { out, code } = await at.run('rejections', 'retry', 'LAMP-5')
    expect(out).toBe('The next poll tries 1 record again; to have it now: pimflow sync products')
    expect(code).toBe(0)
    const due = await rejectionsOf(database.sql, connection, 'unit-unknown')
    expect(due[0]?.nextAttempt.getTime()).toBeLessThanOrEqual(Date.now())
  })

  it('says that a name is not rejected instead of doing nothing', async () => {
    const { out, code } = await at.run('rejections', 'retry', 'LAMP-1')
    expect(out).toBe('Not rejected: LAMP-1; to see how they stand: pimflow explain LAMP-1')
    expect(code).toBe(1)
  })

  it('forgets nothing that was not named', async () => {
    const { err, code } = await at.run('rejections', 'forget')
    expect(err).toBe('pimflow: Say which to forget: ids, --filter reason=…, or --all')
    expect(code).toBe(2)
  })

  it('forgets one', async () => {
    expect(await at.json('rejections', 'forget', 'orphan')).toEqual({
      code: 0,
      value: { forgotten: 1, records: ['orphan'] },
    })
    expect((await rejectionsOf(database.sql, connection)).map(({ key }) => key)).toEqual([uuid(5)])
  })
})

describe('status', () => {
  it('says how far behind each connection is, what stands in the hub, and what waits for a person', async () => {
    const { out, code } = await at.run('status')
    expect(out).toContain(`${connection}  2 min behind (up to `)
    expect(out).toMatch(/shop +3 products \(2 withheld\), 0 groups, 1 category, 0 attributes; feed at \d/)
    expect(out).toMatch(/waiting +1 \(group 1\)/)
    expect(out).toMatch(/load-products +done with rejections +\d+ s ago/)
    expect(out).toContain('poll        every 5 min    ')
    expect(out).toContain(`Rejected records wait for a person: pimflow rejections --connection ${connection}`)
    expect(code).toBe(0)
  })

  it('gives a program the same', async () => {
    expect(await at.json('status')).toMatchObject({
      code: 0,
      value: {
        temporal: { worker: false, problem: null },
        connections: [{ connection, load: 'done', waiting: [{ reason: 'group', count: 1 }] }],
      },
    })
  })

  it('shows what the hub knows while Temporal is down, and ends as one that could not reach it', async () => {
    const down = await project({
      taskQueue: at.taskQueue,
      databaseUrl: database.url,
      temporalAddress: nowhere,
    })
    const { code, out } = await down.run('status')
    expect(out).toContain(`No Temporal server answers at ${nowhere}`)
    expect(out).toContain('2 min behind')
    expect(code).toBe(5)
    await down.remove()
  })
})
