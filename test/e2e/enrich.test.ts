import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, inject, it, onTestFinished } from 'vitest'
import { enrichmentSight } from '../../connectors/hub/enrichment/sights.ts'
import { addFetched } from '../../connectors/hub/enrichment/meter.ts'
import { monthOf } from '../../domain/enrichment/fair-use.ts'
import { workflowId, workflowTypes } from '../../contracts/names.ts'
import type { RecheckReport } from '../../contracts/reports.ts'
import { FULL_API_TOKEN } from '../../simulator/icecat/index.ts'
import { apiOf } from '../simulator/api.ts'
import {
  dataAt,
  icecatOf,
  loadedPipeline,
  northlampMapping,
  productOf,
  recordOf,
} from '../support/icecat-shop.ts'
import { icecatMappingOf, openPipeline, type Pipeline, type PipelineOptions } from '../support/pipeline.ts'
import { until } from '../support/until.ts'
import { workerProcesses } from '../support/worker-process.ts'

const open: Pipeline[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((pipeline) => pipeline.close()))
})

/** Both ends, and a hub that holds the whole catalogue. */
async function enriched(
  icecat: Partial<NonNullable<PipelineOptions['icecat']>> = {},
  before: (pipeline: Pipeline) => Promise<unknown> = () => Promise.resolve(),
): Promise<Pipeline> {
  const pipeline = await loadedPipeline({ icecat: { mapping: northlampMapping, ...icecat } }, before)
  open.push(pipeline)
  return pipeline
}

/** Questions for sheets: the JSON door's, one a language. */
const sheetsAsked = (pipeline: Pipeline) =>
  icecatOf(pipeline)
    .requests()
    .filter(({ path }) => path === '/api' || path.startsWith('/api?'))

const lamp = 'NL-DL9-B'
const lampsSheet = '900000125'

// Each has a catalogue of its own, loaded and enriched: 15 s on a quiet machine.
describe('enrichment', { timeout: 90_000 }, () => {
  it('brings what Icecat has to the records that own it, and a second run has nothing to do', async () => {
    const pipeline = await enriched()
    const first = await pipeline.enrich()
    // NL-404 weighs 2 stones, which Akeneo takes no more: its line is parked.
    expect(first).toMatchObject({ outcome: 'done with rejections', parked: 1, restricted: 1, due: 0 })
    expect(first.lines).toBeGreaterThan(14)
    expect(first.sheets).toBeGreaterThan(100)
    expect(first.files).toBeGreaterThan(5)
    expect(first.requested).toBeGreaterThan(100)
    expect(first.bytes).toBeGreaterThan(1000)
    const desk = await productOf(pipeline, 'NL-DL7-B')
    expect(dataAt(desk, 'description', 'de_DE', 'print')).toContain('bringt warmes Licht an den Schreibtisch')
    // Each value of ours is known with the sheet that it is from, when that was fetched, and under which licence.
    const unknown = await pipeline.deps.sql`
      select stream, key, place from enrichment_value
      where sent is not null and (product is null or icecat_id is null or source is null or fetched_at is null or licence is distinct from 'full')`
    expect(unknown).toEqual([])
    // Was a person's before we came.
    expect(dataAt(await productOf(pipeline, 'NL-DL7-W'), 'description', 'en_US', 'ecommerce')).toBe(
      '<p>Warm light from the Northlamp Desk Light 7.</p>',
    )
    const model = await recordOf(pipeline, '/product-models/jacket_moor')
    expect(dataAt(model, 'description', 'de_DE', 'ecommerce')).toBe('Die Moor-Jacke hält Wind und Regen ab.')

    icecatOf(pipeline).resetRequests()
    const second = await pipeline.enrich()
    const { outcome, runId, due, ...counts } = second
    expect([outcome, due, Object.values(counts).every((count) => count === 0)]).toEqual(['done', 0, true])
    expect(runId).not.toBeNull()
    expect((await productOf(pipeline, 'NL-DL7-B')).updated).toBe(desk.updated)

    // Another night: its index says the same of what was refused by the guard, or is not for this account.
    icecatOf(pipeline).clock.advance(20 * 3_600_000)
    icecatOf(pipeline).generateIndex()
    expect(await pipeline.enrich()).toMatchObject({ enriched: 0, restricted: 0, sheets: 0, lines: 0 })
    expect(sheetsAsked(pipeline)).toEqual([])
  })

  it('brings one changed feature as one attribute in one line, and leaves a person’s values', async () => {
    const pipeline = await enriched()
    await pipeline.enrich()
    const { sql } = pipeline.deps
    expect(dataAt(await productOf(pipeline, lamp), 'description', 'en_US', 'ecommerce')).toContain(
      'brings warm light',
    )
    icecatOf(pipeline).edit({ id: lampsSheet, values: { 445: '9' } })
    icecatOf(pipeline).generateIndex()
    await (
      await apiOf(pipeline.akeneo)
    ).patch(`/products/${lamp}`, {
      values: {
        // A person rewrites one value, empties another, and writes a third in another unit.
        description: [
          { locale: 'en_US', scope: 'ecommerce', data: 'Mine' },
          { locale: 'en_US', scope: 'print', data: null },
        ],
        weight: [{ locale: null, scope: null, data: { amount: '860', unit: 'GRAM' } }],
      },
    })
    const run = await pipeline.enrich()
    // What people did was read by no poll yet: the check before the batch sees that it is not in the line, and reading back brings it.
    expect(run).toMatchObject({ lines: 1, values: 1, overtaken: 0 })
    const after = await productOf(pipeline, lamp)
    expect(dataAt(after, 'power')).toMatchObject({ amount: 9, unit: 'WATT' })
    expect(dataAt(after, 'description', 'en_US', 'ecommerce')).toBe('Mine')
    expect(dataAt(after, 'description', 'en_US', 'print')).toBeUndefined()
    expect(dataAt(after, 'weight')).toMatchObject({ unit: 'GRAM' })
    const found = await sql<{ code: string; place: string }[]>`
      select code, place from enrichment_finding where code in ('edited', 'cleared') order by code`
    expect(found.map(({ code, place }) => `${code} ${place}`)).toEqual([
      'cleared description en_US print',
      'edited description en_US ecommerce',
    ])
  })

  it('brings by itself what is described days later', async () => {
    const pipeline = await enriched()
    await pipeline.enrich()
    expect(dataAt(await productOf(pipeline, 'NL-L009'), 'description', 'en_US', 'ecommerce')).toBeUndefined()
    icecatOf(pipeline).clock.advance(3 * 86_400_000)
    icecatOf(pipeline).generateIndex()
    const run = await pipeline.enrich()
    expect(run).toMatchObject({ enriched: 1, delivered: 1 })
    expect(dataAt(await productOf(pipeline, 'NL-L009'), 'description', 'en_US', 'ecommerce')).toBeDefined()
  })

  it('asks for what Icecat lacks, and brings it when it is there', async () => {
    const pipeline = await enriched()
    await pipeline.enrich()
    const { sql } = pipeline.deps
    const recheck = () =>
      pipeline.client.workflow.execute(workflowTypes.recheckCreationRequests, {
        workflowId: workflowId(pipeline.connection, 'recheck-requests'),
        taskQueue: pipeline.taskQueue,
        args: [{ connection: pipeline.connection }],
      }) as Promise<RecheckReport>
    expect(await recheck()).toMatchObject({ outcome: 'done', checked: 0, delivered: 0 })

    const { uuid = '' } = await productOf(pipeline, 'NL-L018')
    const [request] = await sql`select state from enrichment_request where product = ${uuid}`
    expect(request).toEqual({ state: 'in-preparation' })
    icecatOf(pipeline).describe('900000153')
    await sql`update enrichment_request set next_check_at = now() where product = ${uuid}`
    expect(await recheck()).toMatchObject({ checked: 1, delivered: 1 })
    const [product] = await sql`
      select r.state, p.outcome from enrichment_request r join enrichment_product p using (connection, product)
      where product = ${uuid}`
    expect(product).toEqual({ state: 'delivered', outcome: 'enriched' })
  })

  it('follows a poll that saw an identifier appear', async () => {
    const given = { ean: null as unknown, mpn: null as unknown }
    const write = async ({ akeneo }: Pipeline, values: typeof given) => {
      const answer = await (
        await apiOf(akeneo)
      ).patch(`/products/${lamp}`, {
        values: Object.fromEntries(
          Object.entries(values).map(([code, data]) => [code, [{ locale: null, scope: null, data }]]),
        ),
      })
      expect(answer.status, answer.text).toBe(204)
    }
    const pipeline = await enriched({}, async (before) => {
      const item = await productOf(before, lamp)
      given.ean = dataAt(item, 'ean')
      given.mpn = dataAt(item, 'mpn')
      await write(before, { ean: null, mpn: null })
    })
    await pipeline.enrich()
    expect(dataAt(await productOf(pipeline, lamp), 'description', 'en_US', 'ecommerce')).toBeUndefined()
    await write(pipeline, given)
    await pipeline.poll()
    await pipeline.client.workflow.getHandle(workflowId(pipeline.connection, 'enrich')).result()
    expect(dataAt(await productOf(pipeline, lamp), 'description', 'en_US', 'ecommerce')).toContain(
      'brings warm light',
    )
  })

  it('enriches one product for a person', async () => {
    const pipeline = await enriched()
    expect(await pipeline.enrichProduct(lamp)).toMatchObject({ outcome: 'enriched' })
    expect(dataAt(await productOf(pipeline, lamp), 'description', 'en_US', 'ecommerce')).toContain(
      'brings warm light',
    )
    expect(await pipeline.enrichProduct('nobody')).toMatchObject({ outcome: 'not found' })
  })

  it('stops where the month’s sheets are used up, and loses nothing', async () => {
    const pipeline = await enriched({ settings: { fairUse: { sheetsPerMonth: 1000 } } })
    const { sql } = pipeline.deps
    const { account } = pipeline.deps.connection(pipeline.connection).icecat ?? { account: '' }
    const month = monthOf(new Date())
    await addFetched(sql, account, month, new Map([['EN', 1000]]))
    const run = await pipeline.enrich()
    expect(run).toMatchObject({ outcome: 'fair use reached', sheets: 0, lines: 0 })
    expect(run.due).toBeGreaterThan(100)
    await sql`delete from enrichment_meter`
    await sql`update enrichment_product set due_at = now() where due is not null`
    expect((await pipeline.enrich('queued')).lines).toBeGreaterThan(14)
  })

  it('goes on by the applied mapping where a newer file of the worker does not fit, or the same version says something else', async () => {
    const pipeline = await enriched()
    await pipeline.enrich()
    const { connection, deps } = pipeline
    const { icecat } = deps.connection(connection)
    const onDisk = (version: number, power: string) => {
      const text = northlampMapping.replace('version: 1', `version: ${version}`).replace('power:', power)
      const { file, mapping } = icecatMappingOf(connection, text)
      Object.assign(icecat ?? {}, { file, mapping })
    }
    onDisk(2, 'powers:')
    icecatOf(pipeline).edit({ id: lampsSheet, values: { 445: '9' } })
    icecatOf(pipeline).generateIndex()
    const notTaken = expect.stringMatching(
      /by version 1: .*attributes\.powers.* \(mapping-not-taken\)/,
    ) as string
    expect(await pipeline.enrich()).toMatchObject({ lines: 1, notTaken })
    expect(await pipeline.enrichProduct(lamp)).toMatchObject({ outcome: 'unchanged' })
    expect((await enrichmentSight(deps.sql, connection)).notTaken).toEqual(notTaken)
    onDisk(3, 'power:')
    expect(await pipeline.enrich()).not.toHaveProperty('notTaken')
    expect((await enrichmentSight(deps.sql, connection)).notTaken).toBeNull()

    // Two workers of different age would else have every sheet fetched again, each time.
    onDisk(3, 'weight_of_it:')
    icecatOf(pipeline).edit({ id: lampsSheet, values: { 445: '8' } })
    icecatOf(pipeline).generateIndex()
    const sameVersion = expect.stringMatching(/says version 3, .* \(mapping-version\)/) as string
    expect(await pipeline.enrich()).toMatchObject({ lines: 1, values: 1, notTaken: sameVersion })
    expect(await pipeline.enrichProduct(lamp)).toMatchObject({ outcome: 'unchanged' })
    expect((await enrichmentSight(deps.sql, connection)).notTaken).toEqual(sameVersion)
    onDisk(3, 'power:')
    expect(await pipeline.enrich()).not.toHaveProperty('notTaken')
  })

  it('refuses a mapping that does not fit the catalogue, with its line', async () => {
    const pipeline = await enriched({ mapping: northlampMapping.replace('power:', 'powers:') })
    await expect(pipeline.enrich()).rejects.toMatchObject({
      cause: { cause: { message: expect.stringMatching(/line \d+ attributes\.powers/) as string } },
    })
  })
})

describe('a worker that is killed while it enriches', { timeout: 240_000 }, () => {
  it('has sent nothing twice with another result, and another one goes on', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pimflow-enrich-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    await writeFile(join(folder, 'acme.icecat.yaml'), northlampMapping)
    // Short, so that what a dead worker held is free again soon.
    const timeouts = { timeoutMs: 1500 }
    const pipeline = await openPipeline({
      settings: { akeneo: timeouts },
      icecat: { mapping: northlampMapping, simulator: { latencyMs: 20 }, settings: timeouts },
      worker: false,
    })
    open.push(pipeline)
    const { sql } = pipeline.deps
    const workers = await workerProcesses(
      pipeline,
      { address: inject('temporalAddress'), workflowBundle: inject('workflowBundleCode') },
      timeouts,
      {
        sections: {
          icecat: {
            username: 'full-shop',
            apiToken: '${ICECAT_API_TOKEN}',
            appKey: '${ICECAT_APP_KEY}',
            subscription: 'full',
            mapping: join(folder, 'acme.icecat.yaml'),
            url: icecatOf(pipeline).url,
            throttle: { concurrency: 2, perSecond: 1000 },
            ...timeouts,
          },
        },
        env: { ICECAT_API_TOKEN: FULL_API_TOKEN, ICECAT_APP_KEY: 'full-app-key' },
      },
    )
    try {
      const worker = await workers.start()
      await pipeline.initializeCategories()
      await pipeline.load()
      const running = pipeline.enrich()
      await until(async () => {
        const [judged] = await sql`select 1 from enrichment_product where outcome = 'enriched' limit 1`
        const [held] = await sql`select 1 from enrichment_product where held_until > now() limit 1`
        return judged !== undefined && held !== undefined
      }, 'some products are judged and others are held')
      await workers.kill(worker)
      await workers.start()
      expect(await running).toMatchObject({ outcome: 'done with rejections', parked: 1, due: 0 })
      expect(await sql`select 1 from enrichment_product where outcome is null or due is not null`).toEqual([])
      expect(await sql`select 1 from enrichment_line where state <> 'parked'`).toEqual([])
      expect(dataAt(await productOf(pipeline, lamp), 'description', 'en_US', 'ecommerce')).toContain(
        'brings warm light',
      )
      expect(await pipeline.enrich()).toMatchObject({ lines: 0, sheets: 0, files: 0 })
    } finally {
      await workers.close()
    }
  })
})
