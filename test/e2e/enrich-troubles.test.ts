import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, inject, it, onTestFinished } from 'vitest'
import { workflowId, workflowTypes } from '../../contracts/names.ts'
import type { EnrichmentReport } from '../../contracts/processes.ts'
import { Secret } from '../../domain/secret.ts'
import { signatureHeaders, verifySignature } from '../../domain/signature.ts'
import { FULL_API_TOKEN, FULL_CONTENT_TOKEN } from '../../simulator/icecat/index.ts'
import { historiesOf, payloadTexts } from '../support/histories.ts'
import {
  dataAt,
  icecatOf,
  loadedPipeline,
  northlampMapping,
  productOf,
  recordOf,
} from '../support/icecat-shop.ts'
import { openPipeline, type Pipeline, type PipelineOptions } from '../support/pipeline.ts'
import { rewritingProxy, type RewritingProxy } from '../support/rewriting-proxy.ts'
import { until } from '../support/until.ts'
import { workerProcesses } from '../support/worker-process.ts'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close()
})

/** Short, so that what a dead worker held is free again soon. */
const timeouts = { timeoutMs: 1500 }

/** Behind a proxy that sees each line. */
async function watched(
  options: PipelineOptions = {},
): Promise<{ pipeline: Pipeline; proxy: RewritingProxy }> {
  const proxy = await rewritingProxy()
  open.push(proxy)
  const pipeline = await loadedPipeline(
    {
      ...options,
      settings: { ...options.settings, akeneo: { url: proxy.url, ...options.settings?.akeneo } },
    },
    (started) => {
      open.push(started)
      proxy.target = started.akeneo.url
      return Promise.resolve()
    },
  )
  return { pipeline, proxy }
}

/** What each record was sent, in order. */
function sentTo({ patches }: RewritingProxy): Map<string, string[]> {
  const sent = new Map<string, string[]>()
  for (const { key, text } of patches.flatMap(({ lines }) => lines))
    sent.set(key, [...(sent.get(key) ?? []), text])
  return sent
}

/** Records that were in two calls at once. */
function writtenTogether({ patches }: RewritingProxy): string[] {
  return patches.flatMap((one, index) =>
    patches
      .slice(index + 1)
      .filter((other) => other.startedAt < one.finishedAt && one.startedAt < other.finishedAt)
      .flatMap((other) =>
        one.lines.flatMap(({ key }) => (other.lines.some((line) => line.key === key) ? [key] : [])),
      ),
  )
}

const lamp = 'NL-DL9-B'

describe('an answer of lines that is cut', { timeout: 180_000 }, () => {
  it('loses nothing: what was done is read back, the rest is sent again', async () => {
    const pipeline = await loadedPipeline({ settings: { akeneo: timeouts } })
    open.push(pipeline)
    pipeline.akeneo.fault({
      method: 'PATCH',
      path: '/api/rest/v1/products-uuid',
      cutAfterLine: 3,
      count: 1,
    })
    const run = await pipeline.enrich()
    expect(run).toMatchObject({ due: 0, parked: 1 })
    expect(run.unanswered).toBeGreaterThan(0)
    expect(await pipeline.deps.sql`select 1 from enrichment_line where state <> 'parked'`).toEqual([])
    expect(dataAt(await productOf(pipeline, lamp), 'description', 'en_US', 'ecommerce')).toContain(
      'brings warm',
    )
    expect(await pipeline.enrich()).toMatchObject({ lines: 0, sheets: 0, files: 0 })
  })
})

describe('two runs at once', { timeout: 120_000 }, () => {
  it('never write one record together, and the second of a kind finds the first', async () => {
    const { pipeline, proxy } = await watched({
      icecat: { mapping: northlampMapping, simulator: { latencyMs: 15 } },
    })
    pipeline.akeneo.fault({ method: 'PATCH', path: '/api/rest/v1/*', delayMs: 150 })
    const { client, connection, taskQueue } = pipeline
    const other = () =>
      client.workflow.execute(workflowTypes.enrichCatalog, {
        // As a schedule names its runs.
        workflowId: `${workflowId(connection, 'enrich')}-2026-11-29T06:00:00Z`,
        taskQueue,
        args: [{ connection }],
      }) as Promise<EnrichmentReport>
    const daily = pipeline.enrich()
    await until(
      async () => (await pipeline.deps.sql`select 1 from enrichment_product`).length > 0,
      'it has begun',
    )
    const [first, second, one, model] = await Promise.all([
      daily,
      other(),
      pipeline.enrichProduct(lamp),
      pipeline.enrichProduct('jacket_moor'),
    ])
    expect([first.outcome, second.outcome]).toEqual(['done with rejections', 'already running'])
    expect([one.outcome, model.outcome].filter((outcome) => outcome === 'waiting')).toEqual([])
    expect(writtenTogether(proxy)).toEqual([])
    // Whoever of them came first has written it; nothing was sent twice with another result.
    expect([...sentTo(proxy).values()].filter((lines) => new Set(lines).size > 1)).toEqual([])
    expect(dataAt(await productOf(pipeline, lamp), 'description', 'en_US', 'ecommerce')).toContain(
      'brings warm',
    )
    expect(
      dataAt(await recordOf(pipeline, '/product-models/jacket_moor'), 'description', 'de_DE', 'ecommerce'),
    ).toBe('Die Moor-Jacke hält Wind und Regen ab.')
    expect(await pipeline.enrich()).toMatchObject({ lines: 0, sheets: 0, files: 0 })
  })
})

describe('a worker that is killed while Akeneo works on its lines', { timeout: 240_000 }, () => {
  it('has sent nothing twice with another result, and leaves no secret anywhere', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pimflow-enrich-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    await writeFile(join(folder, 'acme.icecat.yaml'), northlampMapping)
    const proxy = await rewritingProxy()
    open.push(proxy)
    const secrets = {
      akeneo: { clientSecret: 'canary-client-secret', password: 'canary-akeneo-password' },
      icecat: {
        ICECAT_API_TOKEN: FULL_API_TOKEN,
        ICECAT_APP_KEY: 'full-app-key',
        ICECAT_CONTENT_TOKEN: FULL_CONTENT_TOKEN,
        ICECAT_PASSWORD: 'full-shop-password',
      },
    }
    const pipeline = await openPipeline({
      akeneo: secrets.akeneo,
      settings: { akeneo: { ...timeouts, url: proxy.url } },
      icecat: { mapping: northlampMapping, settings: timeouts },
      worker: false,
    })
    open.push(pipeline)
    proxy.target = pipeline.akeneo.url
    const workers = await workerProcesses(
      pipeline,
      { address: inject('temporalAddress'), workflowBundle: inject('workflowBundleCode') },
      { ...timeouts, url: proxy.url },
      {
        sections: {
          icecat: {
            username: 'full-shop',
            password: '${ICECAT_PASSWORD}',
            apiToken: '${ICECAT_API_TOKEN}',
            appKey: '${ICECAT_APP_KEY}',
            contentToken: '${ICECAT_CONTENT_TOKEN}',
            subscription: 'full',
            mapping: join(folder, 'acme.icecat.yaml'),
            url: icecatOf(pipeline).url,
            throttle: { concurrency: 2, perSecond: 1000 },
            ...timeouts,
          },
        },
        env: { ...secrets.icecat, PIMFLOW_LOG_LEVEL: 'debug' },
      },
    )
    open.push(workers)
    const worker = await workers.start()
    await pipeline.initializeCategories()
    await pipeline.load()
    // Each kind of trouble has its words, and none may have a secret among them.
    icecatOf(pipeline).fault({ path: '/api', status: 503, count: 2 })
    icecatOf(pipeline).fault({ path: '/assets/*', status: 500, count: 1 })
    pipeline.akeneo.fault({ method: 'PATCH', path: '/api/rest/v1/products-uuid', delayMs: 1000, count: 1 })
    const running = pipeline.enrich()
    await until(
      () =>
        Promise.resolve(
          proxy.patches.some(
            ({ path, finishedAt }) => path.includes('products-uuid') && finishedAt === Infinity,
          ),
        ),
      'lines are on their way',
      60_000,
    )
    await workers.kill(worker)
    await workers.start()
    expect(await running).toMatchObject({ outcome: 'done with rejections', parked: 1, due: 0 })
    const sent = sentTo(proxy)
    expect(sent.size).toBeGreaterThan(10)
    expect([...sent.values()].filter((lines) => new Set(lines).size > 1)).toEqual([])
    expect(dataAt(await productOf(pipeline, lamp), 'description', 'en_US', 'ecommerce')).toContain(
      'brings warm',
    )
    expect(await pipeline.enrich()).toMatchObject({ lines: 0, files: 0 })

    const canaries = [...Object.values(secrets.akeneo), ...Object.values(secrets.icecat)]
    const { client, connection } = pipeline
    const histories = await historiesOf(client, [
      { workflowId: workflowId(connection, 'enrich') },
      { workflowId: workflowId(connection, 'load-products') },
    ])
    const places = {
      log: workers.log(),
      histories: histories.flatMap(({ history }) => payloadTexts(history)).join('\n'),
      'calls to Akeneo': JSON.stringify([pipeline.akeneo.requests(), proxy.patches]),
      ...(await dumpOf(pipeline)),
    }
    expect(places.log).toContain('Activity completed')
    for (const [place, text] of Object.entries(places))
      for (const canary of canaries) expect(text.includes(canary), `${canary} in ${place}`).toBe(false)
  })
})

/** Every row of every table, as text. */
async function dumpOf({ deps: { sql } }: Pipeline): Promise<Record<string, string>> {
  const tables = await sql<{ name: string }[]>`
    select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`
  const dump: Record<string, string> = {}
  for (const { name } of tables) {
    const [row] = await sql<{ text: string }[]>`
      select coalesce(string_agg(t::text, ' '), '') as text from ${sql(name)} t`
    dump[`table ${name}`] = row?.text ?? ''
  }
  return dump
}

interface Told {
  requests: { product: string; brand: string; gtins: string[]; askedAt: string }[]
}

describe('the webhook for content that Icecat lacks', { timeout: 120_000 }, () => {
  it('is told of each product once, signed; what it does not take is told again', async () => {
    const secret = 'a-secret-of-at-least-32-characters-for-a-webhook'
    const told: Told[] = []
    const answers = [503, 500]
    const verdicts = new Set<string>()
    const desk = await receiver((body, headers) => {
      verdicts.add(
        verifySignature(
          secret,
          {
            body,
            timestamp: headers[signatureHeaders.timestamp],
            signature: headers[signatureHeaders.signature],
          },
          Date.now() / 1000,
        ),
      )
      const status = answers.shift() ?? 204
      if (status === 204) told.push(JSON.parse(body) as Told)
      return status
    })
    const webhook = { url: desk.url, secret: new Secret(secret), batchSize: 100 }
    const pipeline = await loadedPipeline({
      icecat: { mapping: northlampMapping, settings: { requests: { webhook } } },
    })
    open.push(pipeline)
    const { requested } = await pipeline.enrich()
    expect(requested).toBeGreaterThan(100)
    const products = () => told.flatMap(({ requests }) => requests.map(({ product }) => product))
    expect(products()).toHaveLength(requested)
    expect(new Set(products()).size).toBe(requested)
    expect(told.map(({ requests }) => requests.length)).toEqual([100, requested - 100])
    expect(told[0]?.requests[0]).toMatchObject({ gtins: [expect.stringMatching(/^\d{14}$/)] })
    expect([...verdicts]).toEqual(['valid'])

    await pipeline.enrich()
    expect(products()).toHaveLength(requested)

    // A receiver that refuses keeps no run from its end; the next one tells.
    await pipeline.deps
      .sql`update enrichment_request set exported_at = null where product = (select min(product) from enrichment_request)`
    answers.push(403)
    expect(await pipeline.enrich('queued')).toMatchObject({ outcome: 'done' })
    expect(products()).toHaveLength(requested)
    await pipeline.client.workflow.execute(workflowTypes.recheckCreationRequests, {
      workflowId: workflowId(pipeline.connection, 'recheck-requests'),
      taskQueue: pipeline.taskQueue,
      args: [{ connection: pipeline.connection }],
    })
    expect(products()).toHaveLength(requested + 1)
  })
})

/** Takes POSTs; `answer` says with which status. */
async function receiver(
  answer: (body: string, headers: Record<string, string | undefined>) => number,
): Promise<{ url: string }> {
  const server: Server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      // Headers that are signed come once each.
      const headers = request.headers as Record<string, string | undefined>
      response.writeHead(answer(Buffer.concat(chunks).toString('utf8'), headers)).end()
    })()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open.push({
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}
