import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from '@temporalio/worker'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { proposeMapping } from '../../connectors/hub/mapping-changes.ts'
import { recordsOf } from '../../connectors/hub/records.ts'
import { workflowId, workflowTypes } from '../../contracts/names.ts'
import type { ReconcileReport } from '../../contracts/reports.ts'
import { Secret } from '../../domain/secret.ts'
import { FULL_API_TOKEN, FULL_CONTENT_TOKEN } from '../../simulator/icecat/index.ts'
import { apiOf } from '../simulator/api.ts'
import { deliverySecret, startDestination, type TestDestination } from '../support/destination.ts'
import { historiesOf, historyText, payloadTexts, type RecordedRun } from '../support/histories.ts'
import { openPipeline, type Pipeline } from '../support/pipeline.ts'

const folder = fileURLToPath(new URL('../histories/', import.meta.url))

const icecatMapping = readFileSync(
  new URL('../../examples/mapping/northlamp.icecat.yaml', import.meta.url),
  'utf8',
)

/** Set to keep the runs of this test as the histories that later versions must replay; see CONTRIBUTING.md. */
const recording = process.env['PIMFLOW_RECORD_HISTORIES'] === 'true'

const mapping =
  'version: 1\noutput: ecommerce\nchannel: ecommerce\nguards: { changed: 25% }\nmedia: [{ role: main, from: image }]\n'

const replay = (history: unknown, id: string) =>
  Worker.runReplayHistory({ workflowBundle: { code: inject('workflowBundleCode') } }, history, id)

describe('workflow histories', () => {
  let pipeline: Pipeline
  let runs: RecordedRun[]
  let shop: TestDestination
  let media: string

  beforeAll(async () => {
    shop = await startDestination()
    media = await mkdtemp(join(tmpdir(), 'pimflow-histories-'))
    pipeline = await openPipeline({
      icecat: { mapping: icecatMapping },
      settings: {
        destinations: [shop.settings],
        media: { folder: media },
        notifications: { webhook: { url: shop.url, secret: new Secret(deliverySecret) } },
      },
      mappings: { ecommerce: mapping },
      akeneo: { clientSecret: 'canary-client-secret', password: 'canary-password' },
    })
    const { client, connection, akeneo } = pipeline
    await pipeline.initializeCategories()
    await pipeline.load()
    await client.workflow.getHandle(workflowId(connection, 'media')).result()
    akeneo.edit([{ resource: 'product', code: 'NL-DL7-W', patch: { enabled: false } }])
    await pipeline.poll()
    akeneo.edit([{ resource: 'product', code: 'NL-DL7-W', patch: { enabled: true } }])
    await pipeline.sync('NL-DL7-W')
    await client.workflow.execute(workflowTypes.deliverChanges, {
      workflowId: workflowId(connection, 'deliver'),
      taskQueue: pipeline.taskQueue,
      args: [{ connection }],
    })
    await (await apiOf(akeneo)).delete('/products/NL-DL7-B')
    const reconciled = (await client.workflow.execute(workflowTypes.reconcileCatalog, {
      workflowId: workflowId(connection, 'reconcile'),
      taskQueue: pipeline.taskQueue,
      args: [{ connection }],
    })) as ReconcileReport
    expect(reconciled).toMatchObject({ outcome: 'done', retired: 1 })
    const change = await proposed(
      pipeline,
      mapping.replace('version: 1', 'version: 2').replace('25%', '100%') +
        'product: { taxClass: { const: full } }\n',
    )
    await client.workflow.execute(workflowTypes.applyMapping, {
      workflowId: workflowId(connection, 'mapping', change),
      taskQueue: pipeline.taskQueue,
      args: [{ connection, change }],
    })
    await pipeline.enrich()
    await pipeline.enrichProduct('NL-DL7-W')
    await client.workflow.execute(workflowTypes.recheckCreationRequests, {
      workflowId: workflowId(connection, 'recheck-requests'),
      taskQueue: pipeline.taskQueue,
      args: [{ connection }],
    })
    await client.workflow.execute(workflowTypes.collectTaxonomy, {
      workflowId: workflowId(connection, 'taxonomy'),
      taskQueue: pipeline.taskQueue,
      args: [{ connection }],
    })
    await client.workflow.execute(workflowTypes.sendNotifications, {
      workflowId: workflowId(connection, 'notify'),
      taskQueue: pipeline.taskQueue,
      args: [{ connection }],
    })
    runs = await historiesOf(client, [
      { workflowId: workflowId(connection, 'notify') },
      { workflowId: workflowId(connection, 'taxonomy') },
      { workflowId: workflowId(connection, 'enrich') },
      { workflowId: workflowId(connection, 'enrich-product', 'NL-DL7-W') },
      { workflowId: workflowId(connection, 'recheck-requests') },
      { workflowId: workflowId(connection, 'mapping', change) },
      { workflowId: workflowId(connection, 'initialize-categories') },
      { workflowId: workflowId(connection, 'load-products') },
      { workflowId: workflowId(connection, 'poll-products') },
      { workflowId: workflowId(connection, 'sync', 'NL-DL7-W') },
      { workflowId: workflowId(connection, 'deliver') },
      // The run that retires is its child.
      { workflowId: workflowId(connection, 'reconcile') },
    ])
    if (recording) {
      await mkdir(folder, { recursive: true })
      for (const run of distinct(runs)) await writeFile(join(folder, fileName(run)), historyText(run.history))
    }
  }, 180_000)
  afterAll(async () => {
    await pipeline.close()
    await shop.close()
    await rm(media, { recursive: true })
  })

  it('exist for each workflow', () => {
    expect([...new Set(runs.map(({ workflowType }) => workflowType))].sort()).toEqual(
      Object.values(workflowTypes).sort(),
    )
  })

  it('replay as they were run', async () => {
    for (const { history, workflowId: id } of runs) await replay(history, id)
  })

  it('that were recorded before replay with the workflows of today', { timeout: 120_000 }, async () => {
    const files = (await readdir(folder)).filter((name) => name.endsWith('.json'))
    expect(new Set(files.map((name) => name.split('.')[0]))).toEqual(new Set(Object.values(workflowTypes)))
    for (const file of files)
      await replay(JSON.parse(await readFile(join(folder, file), 'utf8')), `pimflow/recorded/${file}`)
  })

  it('hold no secret, no token and no content of a product', async () => {
    const { database, akeneo, connection } = pipeline
    const seen = runs.flatMap(({ history }) => payloadTexts(history)).join('\n')
    const tokens = akeneo.requests().length
    expect(tokens).toBeGreaterThan(0)
    expect(seen).not.toContain('canary-client-secret')
    expect(seen).not.toContain('canary-password')
    expect(seen).not.toContain(deliverySecret)
    for (const secret of ['full-shop-password', 'full-app-key', FULL_API_TOKEN, FULL_CONTENT_TOKEN])
      expect(seen).not.toContain(secret)
    expect(seen).not.toMatch(/bearer/i)
    for await (const record of recordsOf(database.sql, connection, 'ecommerce')) {
      if (record.kind !== 'product' && record.kind !== 'group') continue
      for (const text of [...Object.values(record.name), ...Object.values(record.description ?? {})]) {
        // Some groups are named by their code, which an address may hold.
        if (text !== record.source.code && text.length > 8) expect(seen).not.toContain(text)
      }
    }
  })
})

async function proposed({ database, connection }: Pipeline, text: string): Promise<string> {
  const file = { name: 'ecommerce.hub.yaml', text }
  return database.sql.begin(async (tx) =>
    (await proposeMapping(tx, connection, 'ecommerce', file)).toString(),
  )
}

/** One of each kind is enough: full and delta polls are two. */
function distinct(runs: RecordedRun[]): RecordedRun[] {
  return [...new Map(runs.map((run) => [fileName(run), run])).values()]
}

function fileName({ workflowType, workflowId: id }: RecordedRun): string {
  const process = id.split('/').at(2) ?? ''
  return `${workflowType}.${process}.json`
}
