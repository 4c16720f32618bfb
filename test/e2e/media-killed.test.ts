import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, inject, it } from 'vitest'
import { workflowId } from '../../contracts/names.ts'
import type { MediaReport } from '../../contracts/reports.ts'
import { downloads, mediaOf, stored } from '../support/media.ts'
import { openPipeline } from '../support/pipeline.ts'
import { until } from '../support/until.ts'
import { workerProcesses } from '../support/worker-process.ts'

describe('a worker that is killed while it downloads', () => {
  it('goes on where it was: nothing that is in the store is asked for again', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pimflow-media-'))
    const timeouts = { timeoutMs: 1500 }
    const media = { folder, timeoutMs: 1500 }
    const pipeline = await openPipeline({
      akeneo: { latencyMs: 200 },
      settings: { akeneo: timeouts, media },
      worker: false,
    })
    const workers = await workerProcesses(
      pipeline,
      { address: inject('temporalAddress'), workflowBundle: inject('workflowBundleCode') },
      timeouts,
      { sections: { media } },
    )
    try {
      const { sql } = pipeline.database
      const kept = async () => {
        const [row] = await sql<{ n: number }[]>`select count(sha256)::int as n from media_file`
        return row?.n ?? 0
      }
      let worker = await workers.start()
      await pipeline.initializeCategories()
      await pipeline.load()
      const kills = 2
      for (let kill = 1; kill <= kills; kill++) {
        const enough = (await kept()) + 5
        await until(async () => (await kept()) >= enough, `${enough} files are in the store`)
        await workers.kill(worker)
        worker = await workers.start()
      }
      const handle = pipeline.client.workflow.getHandle(workflowId(pipeline.connection, 'media'))
      const report = (await handle.result()) as MediaReport
      const files = await mediaOf(pipeline)
      const codes = new Set(files.map(({ code }) => code))
      expect(report).toMatchObject({ outcome: 'done', downloaded: codes.size })
      for (const file of files) expect(file.sha256).toBeDefined()
      expect(downloads(pipeline.akeneo).length).toBeLessThanOrEqual(codes.size + kills)
      const shown = [...new Set(files.map((file) => file.sha256))].sort()
      expect((await stored(folder)).hashes).toEqual(shown)
    } finally {
      await workers.close()
      await pipeline.close()
      await rm(folder, { recursive: true })
    }
  }, 180_000)
})
