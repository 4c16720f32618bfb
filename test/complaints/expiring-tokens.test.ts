import { afterEach, describe, expect, it } from 'vitest'
import { workflowId, workflowTypes } from '../../contracts/names.ts'
import type { RunReport } from '../../contracts/reports.ts'
import { gate } from '../client/stubs.ts'
import { openPipeline, type Pipeline } from '../support/pipeline.ts'
import { pagesAfterTheFirst, rewritingProxy, type RewritingProxy } from '../support/rewriting-proxy.ts'
import { until } from '../support/until.ts'

let pipeline: Pipeline
let proxy: RewritingProxy
afterEach(async () => {
  await pipeline.close()
  await proxy.close()
})

/** A full load in the middle of which something happens to the token. */
async function loadThrough(happens: () => void): Promise<RunReport> {
  proxy = await rewritingProxy()
  pipeline = await openPipeline({ settings: { akeneo: { url: proxy.url } } })
  proxy.target = pipeline.akeneo.url
  const { client, connection, taskQueue, akeneo } = pipeline
  await pipeline.initializeCategories()
  const hasHappened = gate()
  let isInTheMiddle = false
  proxy.hold = (url) => {
    if (!pagesAfterTheFirst(url)) return undefined
    isInTheMiddle = true
    return hasHappened.opened
  }
  const handle = await client.workflow.start(workflowTypes.pollProducts, {
    workflowId: workflowId(connection, 'load-products'),
    taskQueue,
    args: [{ connection, mode: 'full' }],
  })
  await until(() => Promise.resolve(isInTheMiddle), 'a page of products was read, and another is asked for')
  akeneo.resetRequests()
  happens()
  hasHappened.open()
  return (await handle.result()) as RunReport
}

const grants = () => pipeline.akeneo.requests().filter(({ path }) => path.endsWith('/oauth/v1/token'))

describe('a token that ends in the middle of a load', () => {
  it.each([
    ['because its hour is over', () => pipeline.akeneo.clock.advance(2 * 3_600_000)],
    ['with its refresh token', () => pipeline.akeneo.clock.advance(30 * 86_400_000)],
    ['because somebody revoked it', () => pipeline.akeneo.revokeTokens()],
  ])(
    '%s costs nothing: the load goes on with a new one',
    async (_why, happens) => {
      const report = await loadThrough(happens)
      expect(report.outcome).toMatch(/^done/)
      expect(report.streams['products']?.read).toBe(pipeline.akeneo.pim.catalog.products.size)
      expect(grants().length).toBeGreaterThanOrEqual(1)
      // One for all readers, at most one more to find that the refresh token is no good either.
      expect(grants().length).toBeLessThanOrEqual(2)
    },
    60_000,
  )
})
