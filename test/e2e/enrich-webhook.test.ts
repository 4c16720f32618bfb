import { describe, expect, it, onTestFinished } from 'vitest'
import { workflowId, workflowTypes } from '../../contracts/names.ts'
import { Secret } from '../../domain/secret.ts'
import { loadedPipeline, northlampMapping } from '../support/icecat-shop.ts'
import { webhookDesk, webhookSecret } from '../support/webhook.ts'

interface Told {
  requests: { product: string; brand: string; gtins: string[]; askedAt: string }[]
}

describe('the webhook for content that Icecat lacks', { timeout: 120_000 }, () => {
  it('is told of each product once, signed; what it does not take is told again', async () => {
    const desk = await webhookDesk()
    desk.answers.push(503, 500)
    const told = () =>
      desk.posts.filter(({ status }) => status === 204).map(({ body }) => JSON.parse(body) as Told)
    const webhook = { url: desk.url, secret: new Secret(webhookSecret), batchSize: 100 }
    const pipeline = await loadedPipeline({
      icecat: { mapping: northlampMapping, settings: { requests: { webhook } } },
    })
    onTestFinished(() => pipeline.close())
    const { requested } = await pipeline.enrich()
    expect(requested).toBeGreaterThan(100)
    const products = () => told().flatMap(({ requests }) => requests.map(({ product }) => product))
    expect(products()).toHaveLength(requested)
    expect(new Set(products()).size).toBe(requested)
    expect(told().map(({ requests }) => requests.length)).toEqual([100, requested - 100])
    expect(told()[0]?.requests[0]).toMatchObject({ gtins: [expect.stringMatching(/^\d{14}$/)] })
    expect(new Set(desk.posts.map(({ signature }) => signature))).toEqual(new Set(['valid']))

    await pipeline.enrich()
    expect(products()).toHaveLength(requested)

    // A receiver that refuses keeps no run from its end; the next one tells.
    await pipeline.deps
      .sql`update enrichment_request set exported_at = null where product = (select min(product) from enrichment_request)`
    desk.answers.push(403)
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
