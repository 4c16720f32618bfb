import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { lastSeq } from '../../connectors/hub/records.ts'
import { workflowId, workflowTypes } from '../../contracts/names.ts'
import type { MediaReport } from '../../contracts/reports.ts'
import { openPipeline, type Pipeline } from '../support/pipeline.ts'

let folder: string
let pipeline: Pipeline
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pimflow-media-'))
  pipeline = await openPipeline({ settings: { media: { folder } } })
  await pipeline.initializeCategories()
  await pipeline.load()
  await collection().result()
}, 120_000)
afterAll(async () => {
  await pipeline.close()
  await rm(folder, { recursive: true })
})

const collection = () => pipeline.client.workflow.getHandle(workflowId(pipeline.connection, 'media'))
const downloads = () => pipeline.akeneo.requests().filter(({ path }) => path.includes('/media-files/'))

/** Every file of the store, with when it was written. */
async function stored(): Promise<string[]> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return Promise.all(files.sort().map(async (path) => `${path} ${(await stat(path)).mtimeMs}`))
}

it('files that did not change move no byte: with no poll, no full load and no collection', async () => {
  const { sql } = pipeline.database
  expect(downloads().length).toBeGreaterThan(15)
  const before = await stored()
  const seq = await lastSeq(sql, pipeline.connection, 'ecommerce')
  const { runId } = await collection().describe()
  pipeline.akeneo.resetRequests()
  await pipeline.poll()
  await pipeline.load()
  expect((await collection().describe()).runId).toBe(runId)
  const again = (await pipeline.client.workflow.execute(workflowTypes.collectMedia, {
    workflowId: workflowId(pipeline.connection, 'media'),
    taskQueue: pipeline.taskQueue,
    args: [{ connection: pipeline.connection }],
  })) as MediaReport
  expect(again).toMatchObject({ outcome: 'done', downloaded: 0, bytes: 0, published: 0 })
  expect(downloads()).toEqual([])
  expect(await stored()).toEqual(before)
  expect(await lastSeq(sql, pipeline.connection, 'ecommerce')).toBe(seq)
}, 60_000)
