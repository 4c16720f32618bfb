import { describe, expect, it } from 'vitest'
import type { Activities } from '../../activities/index.ts'
import { workflowId } from '../../contracts/names.ts'
import type { EnrichmentReport } from '../../contracts/reports.ts'
import { noCounts } from '../../domain/enrichment/counts.ts'
import { policy } from '../client/stubs.ts'
import { withStubs } from '../support/stub-worker.ts'

/** The server asks for a new history after some 4,000 events; that it does so is not waited for longer than this. */
const mostChunks = 3000

/** Stubs of a run that has chunks to prepare, each one enriched product, until it has gone on in a new history for a while. */
function longRun() {
  const done = { runs: [] as string[], modes: [] as string[], indexes: 0, prepared: 0 }
  let own = 0
  const hasMore = () => (done.runs.length < 2 || own < 5) && done.prepared < mostChunks
  const nothing = { done: 0, more: false, waitMs: null }
  const activities: Partial<Activities> = {
    openEnrichment: ({ mode }) => {
      done.runs.push(String(done.runs.length + 1))
      done.modes.push(mode)
      own = 0
      return Promise.resolve({ runId: done.runs.at(-1) ?? '', outcome: null, holder: null, policy })
    },
    chooseProducts: () => Promise.resolve({ more: false }),
    readIcecatIndex: () => {
      done.indexes++
      return Promise.resolve({ kind: 'daily' as const, rows: 0, matched: 0 })
    },
    prepareLines: () => {
      done.prepared++
      own++
      return Promise.resolve({ done: 1, more: hasMore(), waitMs: null, fairUse: null })
    },
    createOptions: () => Promise.resolve(nothing),
    pushEnrichment: () => Promise.resolve(nothing),
    uploadFiles: () => Promise.resolve(nothing),
    readBackEnrichment: () => Promise.resolve(nothing),
    closeEnrichment: ({ runId, outcome }) =>
      Promise.resolve({ report: { ...noCounts, enriched: own, sheets: 2 * own, outcome, runId, due: 0 } }),
  }
  return { done, activities }
}

describe('an enrichment whose history grows long', { timeout: 180_000 }, () => {
  it('goes on in a new one before Temporal’s limits, with its counts and without the index', async () => {
    const { done, activities } = longRun()
    await withStubs(activities, async ({ client, taskQueue, connection }) => {
      const handle = await client.workflow.start('enrichCatalog', {
        workflowId: workflowId(connection, 'enrich'),
        taskQueue,
        args: [{ connection }],
      })
      const report = (await handle.result()) as EnrichmentReport
      expect(report).toMatchObject({ outcome: 'done', enriched: done.prepared, sheets: 2 * done.prepared })
      expect(done.modes).toEqual(['daily', 'queued'])
      expect(done.indexes).toBe(1)
      const first = await client.workflow.getHandle(handle.workflowId, handle.firstExecutionRunId).describe()
      expect(first.status.name).toBe('CONTINUED_AS_NEW')
      expect(first.historyLength).toBeLessThan(6000)
    })
  })
})
