import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { workflowId } from '../../contracts/names.ts'
import { dumpOf } from '../support/database.ts'
import { historiesOf, payloadTexts } from '../support/histories.ts'
import { icecatSecrets, icecatSection } from '../support/icecat-account.ts'
import { dataAt, icecatOf, northlampMapping, productOf } from '../support/icecat-shop.ts'
import { openPipeline } from '../support/pipeline.ts'
import { rewritingProxy, sentTo } from '../support/rewriting-proxy.ts'
import { until } from '../support/until.ts'
import { workerProcesses } from '../support/worker-process.ts'

/** Short, so that what a dead worker held is free again soon. */
const timeouts = { timeoutMs: 1500 }

describe('a worker that is killed while Akeneo works on its lines', { timeout: 240_000 }, () => {
  it('has sent nothing twice with another result, and leaves no secret anywhere', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pimflow-enrich-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    await writeFile(join(folder, 'acme.icecat.yaml'), northlampMapping)
    const proxy = await rewritingProxy()
    onTestFinished(() => proxy.close())
    const secrets = {
      akeneo: { clientSecret: 'canary-client-secret', password: 'canary-akeneo-password' },
      icecat: icecatSecrets,
    }
    const pipeline = await openPipeline({
      akeneo: secrets.akeneo,
      settings: { akeneo: { ...timeouts, url: proxy.url } },
      icecat: { mapping: northlampMapping, settings: timeouts },
      worker: false,
    })
    onTestFinished(() => pipeline.close())
    proxy.target = pipeline.akeneo.url
    const workers = await workerProcesses(
      pipeline,
      { address: inject('temporalAddress'), workflowBundle: inject('workflowBundleCode') },
      { ...timeouts, url: proxy.url },
      {
        sections: {
          icecat: icecatSection({
            url: icecatOf(pipeline).url,
            mapping: join(folder, 'acme.icecat.yaml'),
            ...timeouts,
          }),
        },
        env: { ...secrets.icecat, PIMFLOW_LOG_LEVEL: 'debug' },
      },
    )
    onTestFinished(() => workers.close())
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
    expect(dataAt(await productOf(pipeline, 'NL-DL9-B'), 'description', 'en_US', 'ecommerce')).toContain(
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
      database: await dumpOf(pipeline.database),
    }
    expect(places.log).toContain('Activity completed')
    for (const [place, text] of Object.entries(places))
      for (const canary of canaries) expect(text.includes(canary), `${canary} in ${place}`).toBe(false)
  })
})
