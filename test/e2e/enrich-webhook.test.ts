import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { workflowId, workflowTypes } from '../../contracts/names.ts'
import { Secret } from '../../domain/secret.ts'
import { signatureHeaders, verifySignature } from '../../domain/signature.ts'
import { loadedPipeline, northlampMapping } from '../support/icecat-shop.ts'

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
    onTestFinished(() => pipeline.close())
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
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  )
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}
