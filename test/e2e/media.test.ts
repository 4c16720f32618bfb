import { mkdir, mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { WorkflowFailedError } from '@temporalio/client'
import { rootCause } from '@temporalio/common'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compareOutput } from '../../activities/publishing/compare-output.ts'
import { publishingContext } from '../../activities/publishing/context.ts'
import { findingCounts } from '../../connectors/hub/findings.ts'
import { recordsOf } from '../../connectors/hub/records.ts'
import { workflowId, workflowTypes } from '../../contracts/names.ts'
import type { HubProduct } from '../../contracts/hub.ts'
import type { MediaReport } from '../../contracts/reports.ts'
import { type Api, apiOf } from '../simulator/api.ts'
import { downloads, mediaOf, picture, placeOf, sha256, stored } from '../support/media.ts'
import { openPipeline, type Pipeline } from '../support/pipeline.ts'

async function product({ database: { sql }, connection }: Pipeline, sku: string): Promise<HubProduct> {
  for await (const record of recordsOf(sql, connection, 'ecommerce'))
    if (record.kind === 'product' && record.sku === sku) return record
  throw new Error(`There is no product ${sku}`)
}

const mainOf = async (pipeline: Pipeline, sku: string) =>
  (await product(pipeline, sku)).media.find(({ role }) => role === 'main')

const address = (code: string) => `/api/rest/v1/media-files/${code}/download`

/** Uploads a picture as the product's; returns its code. */
async function upload(api: Api, sku: string, content: Buffer, name = 'new.png'): Promise<string> {
  const form = new FormData()
  form.set('product', JSON.stringify({ identifier: sku, attribute: 'image', locale: null, scope: null }))
  form.set('file', new Blob([new Uint8Array(content)]), name)
  const { status, headers, text } = await api.send('/media-files', { method: 'POST', body: form })
  if (status !== 201) throw new Error(`The upload was answered ${status}: ${text}`)
  return decodeURIComponent((headers.get('location') ?? '').split('/media-files/')[1] ?? '')
}

describe('files of products', () => {
  let folder: string
  let pipeline: Pipeline
  let api: Api
  const collection = () => pipeline.client.workflow.getHandle(workflowId(pipeline.connection, 'media'))
  const collected = async () => (await collection().result()) as MediaReport
  const collect = async (more: { retryRefused?: boolean } = {}) =>
    (await pipeline.client.workflow.execute(workflowTypes.collectMedia, {
      workflowId: workflowId(pipeline.connection, 'media'),
      taskQueue: pipeline.taskQueue,
      args: [{ connection: pipeline.connection, ...more }],
    })) as MediaReport
  /** What a poll finds to download. */
  const pollAndCollect = async () => {
    const before = (await collection().describe()).runId
    await pipeline.poll()
    expect((await collection().describe()).runId).not.toBe(before)
    return collected()
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pimflow-media-'))
    pipeline = await openPipeline({ settings: { media: { folder, maxMegabytes: 1 } } })
    api = await apiOf(pipeline.akeneo)
    await pipeline.initializeCategories()
    await pipeline.load()
    await collected()
  }, 120_000)
  afterAll(async () => {
    await pipeline.close()
    await rm(folder, { recursive: true })
  })

  it('are downloaded once each after the load, and records say their size, type and hash', async () => {
    const media = await mediaOf(pipeline)
    const codes = new Set(media.map(({ code }) => code))
    expect(codes.size).toBeGreaterThan(15)
    for (const file of media) {
      const content = await readFile(placeOf(folder, file.sha256 ?? 'no hash'))
      expect(sha256(content)).toBe(file.sha256)
      expect(file.size).toBe(content.length)
      expect(file.mimeType).toMatch(/^(image\/png|image\/jpeg|application\/pdf)$/)
    }
    expect(downloads(pipeline.akeneo)).toHaveLength(codes.size)
    expect((await stored(folder)).unfinished).toBe(0)
  })

  it('never take more than one call of Akeneo at a time', () => {
    const calls = downloads(pipeline.akeneo).sort((a, b) => a.startedAt - b.startedAt)
    const overlaps = calls.filter(
      ({ startedAt }, index) => startedAt < (calls[index - 1]?.finishedAt ?? 0) - 1,
    )
    expect(overlaps).toEqual([])
  })

  it('are published in at most one further version of each record', async () => {
    const [row] = await pipeline.database.sql<{ records: number; most: number }[]>`
      select count(*)::int as records, max(versions)::int as most from (
        select count(*) as versions from feed join run on run.id = feed.run
        where run.process = 'media' group by feed.id) as remade`
    expect(row?.records).toBeGreaterThan(15)
    expect(row?.most).toBe(1)
  })

  it('are no difference that a mapping makes', async () => {
    const { sql } = pipeline.database
    const context = await publishingContext(sql, pipeline.deps.connection(pipeline.connection), null)
    const [output] = context?.outputs ?? []
    if (!context || !output) throw new Error('The load has made no output')
    const { compared, changed } = await compareOutput(sql, context, output)
    expect(compared).toBeGreaterThan(200)
    expect(changed).toBe(0)
  })

  it('follow when a picture is replaced', async () => {
    pipeline.akeneo.resetRequests()
    const old = await mainOf(pipeline, 'NL-DL7-B')
    const content = picture('another')
    const code = await upload(api, 'NL-DL7-B', content)
    expect(await pollAndCollect()).toMatchObject({ outcome: 'done', downloaded: 1, bytes: content.length })
    expect(await mainOf(pipeline, 'NL-DL7-B')).toMatchObject({
      role: 'main',
      code,
      fileName: 'new.png',
      mimeType: 'image/png',
      size: content.length,
      sha256: sha256(content),
    })
    expect(old?.code).not.toBe(code)
    expect(downloads(pipeline.akeneo)).toHaveLength(1)
  })

  it('are downloaded once when two products use the same one, and kept once when two have the same content', async () => {
    pipeline.akeneo.resetRequests()
    const shared = await mainOf(pipeline, 'NL-DL7-B')
    const before = (await stored(folder)).hashes
    pipeline.akeneo.edit([
      {
        resource: 'product',
        code: 'NL-DL9-B',
        patch: { values: { image: [{ locale: null, scope: null, data: shared?.code }] } },
      },
    ])
    await pipeline.poll()
    expect(await mainOf(pipeline, 'NL-DL9-B')).toEqual(shared)
    expect(downloads(pipeline.akeneo)).toEqual([])
    await upload(api, 'NL-DL3-B', picture('another'), 'copy.png')
    await pollAndCollect()
    expect(await mainOf(pipeline, 'NL-DL3-B')).toMatchObject({ fileName: 'copy.png', sha256: shared?.sha256 })
    expect(downloads(pipeline.akeneo)).toHaveLength(1)
    expect((await stored(folder)).hashes).toEqual(before)
  })

  it('that are gone, broken for good or too large are told with their reason, and others go on', async () => {
    const gone = await upload(api, 'NL-DL7-W', picture('gone'), 'gone.png')
    const broken = await upload(api, 'NL-DL9-B', picture('broken'), 'broken.png')
    const large = await upload(api, 'NL-DL3-B', picture('x'.repeat(1024 * 1024)), 'large.png')
    await upload(api, 'NL-DL7-B', picture('well'), 'well.png')
    pipeline.akeneo.fault({ path: address(gone), status: 404, message: 'Media file does not exist.' })
    pipeline.akeneo.fault({ path: address(broken), status: 500 })
    pipeline.akeneo.resetRequests()
    expect(await pollAndCollect()).toMatchObject({
      outcome: 'done with rejections',
      downloaded: 1,
      refused: 3,
    })
    expect(downloads(pipeline.akeneo).filter(({ path }) => path === address(broken))).toHaveLength(3)
    for (const [sku, code] of [
      ['NL-DL7-W', gone],
      ['NL-DL9-B', broken],
      ['NL-DL3-B', large],
    ] as const) {
      const { media, status } = await product(pipeline, sku)
      expect(status).toBe('active')
      expect(media.map((file) => file.code)).not.toContain(code)
    }
    expect(await mainOf(pipeline, 'NL-DL7-B')).toMatchObject({ sha256: sha256(picture('well')) })
    const counts = await findingCounts(pipeline.database.sql, pipeline.connection)
    for (const reason of ['media-missing', 'media-no-answer', 'media-too-large'])
      expect(counts).toContainEqual({ reason, count: 1 })
    expect((await stored(folder)).unfinished).toBe(0)
  })

  it('that were gone are not asked for with each poll, and come when a person asks again', async () => {
    const { runId } = await collection().describe()
    await pipeline.poll()
    expect((await collection().describe()).runId).toBe(runId)
    pipeline.akeneo.clearFaults()
    expect(await collect({ retryRefused: true })).toMatchObject({ downloaded: 2, refused: 1 })
    expect(await mainOf(pipeline, 'NL-DL7-W')).toMatchObject({ sha256: sha256(picture('gone')) })
    const counts = await findingCounts(pipeline.database.sql, pipeline.connection)
    expect(counts.map(({ reason }) => reason)).not.toContain('media-missing')
  })

  it('that Akeneo or a proxy refuses one by one are told, and others go on', async () => {
    const refused = {
      'NL-DL7-W': { status: 403, message: 'Access forbidden.' },
      'NL-DL9-B': { status: 400 },
      'NL-DL3-B': { status: 302, body: 'html' },
      'NL-L007': { status: 404, body: 'html' },
    } as const
    for (const [sku, answer] of Object.entries(refused))
      pipeline.akeneo.fault({ path: address(await upload(api, sku, picture(sku))), ...answer })
    await upload(api, 'NL-DL7-B', picture('behind them'))
    expect(await pollAndCollect()).toMatchObject({ outcome: 'done with rejections', downloaded: 1 })
    expect(await mainOf(pipeline, 'NL-DL7-B')).toMatchObject({ sha256: sha256(picture('behind them')) })
    const { sql } = pipeline.database
    expect(await findingCounts(sql, pipeline.connection)).toContainEqual({
      reason: 'media-refused',
      count: 4,
    })
    expect(
      await sql`select code from media_file where reason = 'media-refused' and due_at > now() + interval '30 minutes'`,
    ).toHaveLength(4)
    pipeline.akeneo.clearFaults()
    await collect({ retryRefused: true })
    expect(await mainOf(pipeline, 'NL-DL7-W')).toMatchObject({ sha256: sha256(picture('NL-DL7-W')) })
    const counts = await findingCounts(sql, pipeline.connection)
    expect(counts.map(({ reason }) => reason)).not.toContain('media-refused')
  })

  it('that are all refused end the run early with the reason, blame none of them, and what came before is told', async () => {
    const { sql } = pipeline.database
    const code = await upload(api, 'NL-DL7-B', picture('before them'))
    const others = await sql<{ code: string }[]>`
      select code from media_file where origin = 'media-files' and due_at is null limit 15`
    for (const other of others)
      pipeline.akeneo.fault({ path: address(other.code), status: 403, message: 'Access forbidden.' })
    // While it is on its way, the others are due behind it.
    pipeline.akeneo.fault({ path: address(code), delayMs: 3000, count: 1 })
    pipeline.akeneo.resetRequests()
    await pipeline.poll()
    await sql`update media_file set due_at = now() where code = any(${others.map((other) => other.code)})`
    const failure: unknown = await collected().catch((error: unknown) => error)
    expect(rootCause((failure as WorkflowFailedError).cause)).toMatch(
      /403 "Access forbidden\.", as for the 9 files before it/,
    )
    expect(downloads(pipeline.akeneo)).toHaveLength(11)
    expect(await mainOf(pipeline, 'NL-DL7-B')).toMatchObject({ sha256: sha256(picture('before them')) })
    const counts = await findingCounts(sql, pipeline.connection)
    expect(counts.map(({ reason }) => reason)).not.toContain('media-refused')
    pipeline.akeneo.clearFaults()
    expect(await collect()).toMatchObject({ downloaded: 15 })
  })

  it('whose body breaks off are asked for again, and nothing half is kept', async () => {
    const content = picture('whole '.repeat(30_000))
    const code = await upload(api, 'NL-DL7-W', content)
    pipeline.akeneo.fault({
      path: `/api/rest/v1/media-files/${code}/download`,
      cutAfterBytes: 70_000,
      count: 1,
    })
    const before = (await stored(folder)).hashes
    expect(await pollAndCollect()).toMatchObject({ downloaded: 1 })
    expect(await mainOf(pipeline, 'NL-DL7-W')).toMatchObject({
      size: content.length,
      sha256: sha256(content),
    })
    const after = await stored(folder)
    expect(after.unfinished).toBe(0)
    expect(after.hashes.filter((hash) => !before.includes(hash))).toEqual([sha256(content)])
  })

  it('leave the store a week after the last record that named them, and come back when somebody removed them', async () => {
    const { sql } = pipeline.database
    const old = sha256(picture('gone'))
    const lost = await mainOf(pipeline, 'NL-DL7-B')
    await rm(placeOf(folder, lost?.sha256 ?? ''))
    await mkdir(join(folder, 'incoming'), { recursive: true })
    const abandoned = join(folder, 'incoming', 'abandoned')
    await writeFile(abandoned, 'half of some')
    const longAgo = new Date(Date.now() - 9 * 86_400_000)
    await utimes(abandoned, longAgo, longAgo)
    await utimes(placeOf(folder, old), longAgo, longAgo)
    const night = () => sql`update media_collection set swept_at = now() - interval '25 hours'`
    await night()
    expect(await collect()).toMatchObject({ removed: 0, downloaded: 0 })
    expect(await readFile(placeOf(folder, old))).toEqual(picture('gone'))
    await expect(stat(abandoned)).rejects.toThrow('ENOENT')
    await sql`update media_file set orphan_since = now() - interval '8 days' where orphan_since is not null`
    await night()
    expect(await collect()).toMatchObject({ downloaded: 1, published: 0 })
    await expect(stat(placeOf(folder, old))).rejects.toThrow('ENOENT')
    expect(sha256(await readFile(placeOf(folder, lost?.sha256 ?? '')))).toBe(lost?.sha256)
    // What records name is all there is.
    const shown = new Set((await mediaOf(pipeline)).map((file) => file.sha256))
    for (const hash of shown) await stat(placeOf(folder, hash ?? ''))
  })
})
