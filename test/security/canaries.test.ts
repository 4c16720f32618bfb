import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createTokenStore } from '../../connectors/hub/tokens.ts'
import { workflowId, workflowTypes } from '../../contracts/names.ts'
import { freePort } from '../../local/ports.ts'
import { project } from '../client/harness.ts'
import { readText } from '../packaging/files.ts'
import { dumpOf } from '../support/database.ts'
import { deliverySecret, startDestination, type TestDestination } from '../support/destination.ts'
import { historiesOf, payloadTexts } from '../support/histories.ts'
import { icecatSecrets, icecatSection } from '../support/icecat-account.ts'
import { openPipeline, type Pipeline } from '../support/pipeline.ts'
import { workerProcesses, type WorkerProcesses } from '../support/worker-process.ts'
import { type Collector, startCollector } from '../telemetry/collector.ts'

const mapping = readText('examples/mapping/northlamp.icecat.yaml')

/** By what they open. The tokens that Akeneo grants come to it while things run. */
const canaries = new Map([
  ['client secret of Akeneo', 'canary-client-secret'],
  ['password of Akeneo', 'canary-password'],
  ['signing secret of the destination', deliverySecret],
  ['password of Icecat', icecatSecrets.ICECAT_PASSWORD],
  ['API token of Icecat', icecatSecrets.ICECAT_API_TOKEN],
  ['app key of Icecat', icecatSecrets.ICECAT_APP_KEY],
  ['content token of Icecat', icecatSecrets.ICECAT_CONTENT_TOKEN],
])

/** Where somebody could read them, as text. */
const places = new Map<string, string>()

/** A day with a good deal of trouble, by a worker that logs all it can; then everything that it left behind is read. */
describe('secrets', () => {
  let folder: string
  let pipeline: Pipeline
  let shop: TestDestination
  let workers: WorkerProcesses
  let collector: Collector

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pimflow-canaries-'))
    await writeFile(join(folder, 'acme.icecat.yaml'), mapping)
    shop = await startDestination()
    collector = await startCollector()
    pipeline = await openPipeline({
      worker: false,
      settings: { destinations: [shop.settings] },
      icecat: { mapping },
      akeneo: { clientSecret: 'canary-client-secret', password: 'canary-password' },
    })
    canaries.set('key of tokens', pipeline.config.tokenKeys[0]?.reveal() ?? '')
    const metrics = `127.0.0.1:${await freePort()}`
    const secrets = { SHOP_SECRET: deliverySecret, ...icecatSecrets }
    const sections = {
      destinations: [{ ...shop.settings, secret: '${SHOP_SECRET}' }],
      icecat: icecatSection({ url: pipeline.icecat?.url, mapping: join(folder, 'acme.icecat.yaml') }),
    }
    workers = await workerProcesses(
      pipeline,
      { address: inject('temporalAddress'), workflowBundle: inject('workflowBundleCode') },
      { retry: { initialIntervalMs: 20, maximumIntervalMs: 100 } },
      {
        sections,
        env: {
          ...secrets,
          PIMFLOW_LOG_LEVEL: 'trace',
          PIMFLOW_METRICS_ADDRESS: metrics,
          OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
          OTEL_BSP_SCHEDULE_DELAY: '200',
        },
      },
    )
    await workers.start()
    await troubledDay()

    const { client, connection, taskQueue, database, akeneo } = pipeline
    places.set('metrics', await (await fetch(`http://${metrics}/metrics`)).text())
    places.set('traces', JSON.stringify(collector.spans))
    places.set('logs', workers.log())
    const executions: { workflowId: string; runId: string }[] = []
    const listed: unknown[] = []
    const query = `TaskQueue = "${taskQueue}"`
    for await (const execution of client.workflow.list({ query })) {
      executions.push(execution)
      listed.push(execution.memo, execution.typedSearchAttributes.getAll(), execution.workflowId)
    }
    places.set('visibility', JSON.stringify(listed))
    const histories = await historiesOf(client, executions)
    places.set('histories', histories.flatMap(({ history }) => payloadTexts(history)).join('\n'))
    places.set('database', await dumpOf(database))
    const commands = await project({
      connections: [connection],
      taskQueue,
      databaseUrl: database.url,
      akeneo: { url: akeneo.url, ...akeneo.credentials },
      sections,
    })
    Object.assign(commands.env, secrets)
    const page = join(folder, 'index.html')
    for (const argv of [
      ['report', '--out', page],
      ['status'],
      ['check'],
      ['check', '--json'],
      ['rejections'],
      ['requests'],
      ['explain', 'NL-DL7-W'],
      ['changes', '--json'],
      ['sync', 'NL-NOT-THERE', '--debug'],
    ]) {
      const { out, err } = await commands.run(...argv)
      places.set(`pimflow ${argv.join(' ')}`, out + err)
    }
    places.set('morning page', await readFile(page, 'utf8'))
    await commands.remove()

    async function storedToken(): Promise<string> {
      const store = createTokenStore(pipeline.database.sql, pipeline.config.tokenKeys)
      const { accessToken } = await store.token(pipeline.connection, () =>
        Promise.reject(new Error('no token')),
      )
      return accessToken
    }

    async function troubledDay(): Promise<void> {
      await pipeline.initializeCategories()
      await pipeline.load()
      canaries.set('first token of Akeneo', await storedToken())
      for (const fault of [{ status: 500 }, { reset: true }, { malformed: true }])
        pipeline.akeneo.fault({ path: '/api/rest/v1/*', count: 1, ...fault })
      await pipeline.poll()
      pipeline.akeneo.revokeTokens()
      pipeline.icecat?.fault({ status: 503, count: 1 })
      await pipeline.enrich()
      canaries.set('second token of Akeneo', await storedToken())
      shop.fault = () => ({ status: 401 })
      await expect(
        pipeline.client.workflow.execute(workflowTypes.deliverChanges, {
          workflowId: workflowId(pipeline.connection, 'deliver', 'shop'),
          taskQueue: pipeline.taskQueue,
          args: [{ connection: pipeline.connection, destination: 'shop' }],
        }),
      ).rejects.toThrow()
      // Not even the password gets in any more.
      pipeline.akeneo.revokeTokens()
      pipeline.akeneo.fault({ path: '/api/oauth/v1/token', status: 422, body: 'json', message: 'No user' })
      await pipeline.poll().catch(() => undefined)
      pipeline.akeneo.clearFaults()
    }
  }, 240_000)
  afterAll(async () => {
    await workers.close()
    await pipeline.close()
    await collector.close()
    await shop.close()
    await rm(folder, { recursive: true })
  })

  it('are really there to be found', () => {
    expect(canaries.size).toBe(10)
    for (const [what, canary] of canaries) expect(canary.length, what).toBeGreaterThan(10)
    for (const [place, text] of places) expect(text.length, place).toBeGreaterThan(20)
    expect(places.get('logs')).toContain(pipeline.connection)
    expect(places.get('database')).toContain('NL-DL7-W')
    expect(places.get('histories')).toContain(pipeline.connection)
  })

  it('stand nowhere that somebody reads', () => {
    const found: string[] = []
    for (const [place, text] of places)
      for (const [what, canary] of canaries) if (text.includes(canary)) found.push(`${what} in ${place}`)
    expect(found).toEqual([])
  })
})
