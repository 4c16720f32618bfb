import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findingCounts } from '../../connectors/hub/findings.ts'
import { recordsOf } from '../../connectors/hub/records.ts'
import { workflowId } from '../../contracts/names.ts'
import type { HubCategory } from '../../contracts/hub.ts'
import type { MediaReport } from '../../contracts/reports.ts'
import { type Api, apiOf } from '../simulator/api.ts'
import { picture, placeOf, sha256, stored } from '../support/media.ts'
import { openPipeline, type Pipeline } from '../support/pipeline.ts'

const address = (code: string) => `/api/rest/v1/category-media-files/${code}/download`

const downloads = ({ akeneo }: Pipeline) =>
  akeneo.requests().filter(({ path }) => path.includes('/category-media-files/'))

async function categories({ database: { sql }, connection }: Pipeline): Promise<Map<string, HubCategory>> {
  const found = new Map<string, HubCategory>()
  for await (const record of recordsOf(sql, connection, 'ecommerce'))
    if (record.kind === 'category') found.set(record.code, record)
  return found
}

const imagesOf = async (pipeline: Pipeline, code: string) => (await categories(pipeline)).get(code)?.media

/** Uploads a picture as an image of the category; returns its code. */
async function upload(api: Api, code: string, content: Buffer, attribute = 'banner'): Promise<string> {
  const form = new FormData()
  form.set('category', JSON.stringify({ code, attribute_code: attribute, channel: null, locale: null }))
  form.set('file', new Blob([new Uint8Array(content)]), `${attribute}.png`)
  const { status, headers, text } = await api.send('/category-media-files', { method: 'POST', body: form })
  if (status !== 201) throw new Error(`The upload was answered ${status}: ${text}`)
  const [, path = ''] = (headers.get('location') ?? '').split('/category-media-files/')
  return decodeURIComponent(path.replace(/\/download$/, ''))
}

describe('images of categories', () => {
  let folder: string
  let pipeline: Pipeline
  let api: Api
  let banner: string
  const collection = () => pipeline.client.workflow.getHandle(workflowId(pipeline.connection, 'media'))
  const collected = async () => (await collection().result()) as MediaReport
  const pollAndCollect = async () => {
    const before = (await collection().describe()).runId
    await pipeline.poll()
    expect((await collection().describe()).runId).not.toBe(before)
    return collected()
  }
  const content = { banner: picture('desks'), thumbnail: picture('one desk') }
  const shown = (bytes: Buffer) => ({
    mimeType: 'image/png',
    size: bytes.length,
    sha256: sha256(bytes),
  })

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pimflow-category-media-'))
    pipeline = await openPipeline({ akeneo: { edition: 'Serenity' }, settings: { media: { folder } } })
    api = await apiOf(pipeline.akeneo)
    await upload(api, 'lamps', content.thumbnail, 'thumbnail')
    banner = await upload(api, 'lamps', content.banner)
    await pipeline.initializeCategories()
    await pipeline.load()
    await collected()
  }, 120_000)
  afterAll(async () => {
    await pipeline.close()
    await rm(folder, { recursive: true })
  })

  it('are downloaded once each after the load, and the record says their size, type and hash', async () => {
    const images = await imagesOf(pipeline, 'lamps')
    expect(images).toEqual([
      { role: 'banner', code: banner, fileName: 'banner.png', ...shown(content.banner) },
      {
        role: 'thumbnail',
        code: images?.[1]?.code,
        fileName: 'thumbnail.png',
        ...shown(content.thumbnail),
      },
    ])
    for (const { sha256: hash } of images ?? [])
      expect(sha256(await readFile(placeOf(folder, hash ?? '')))).toBe(hash)
    expect(downloads(pipeline)).toHaveLength(2)
    const others = [...(await categories(pipeline)).values()].filter(({ code }) => code !== 'lamps')
    expect(others.length).toBeGreaterThan(3)
    for (const other of others) expect(other).not.toHaveProperty('media')
  })

  it('move no byte and make no version when everything is read again', async () => {
    const before = await categories(pipeline)
    pipeline.akeneo.resetRequests()
    await pipeline.initializeCategories()
    await pipeline.load()
    await pipeline.poll()
    await pipeline.sync('NL-DL7-B')
    await collected()
    expect(downloads(pipeline)).toEqual([])
    expect(await categories(pipeline)).toEqual(before)
  })

  it('follow when one is replaced, and equal content is kept once', async () => {
    const before = (await stored(folder)).hashes
    const code = await upload(api, 'lamps', content.thumbnail)
    expect(await pollAndCollect()).toMatchObject({ outcome: 'done', downloaded: 1 })
    expect(await imagesOf(pipeline, 'lamps')).toMatchObject([
      { role: 'banner', code, ...shown(content.thumbnail) },
      { role: 'thumbnail', ...shown(content.thumbnail) },
    ])
    expect((await stored(folder)).hashes).toEqual(before)
  })

  it('that are gone are told with their reason, and the category goes out without them', async () => {
    const gone = await upload(api, 'lamps', picture('gone'))
    pipeline.akeneo.fault({ path: address(gone), status: 404, message: 'Media file does not exist.' })
    expect(await pollAndCollect()).toMatchObject({ outcome: 'done with rejections', refused: 1 })
    expect(await imagesOf(pipeline, 'lamps')).toMatchObject([{ role: 'thumbnail' }])
    expect(await findingCounts(pipeline.database.sql, pipeline.connection)).toContainEqual({
      reason: 'media-missing',
      count: 1,
    })
    pipeline.akeneo.clearFaults()
  })

  it('that are taken away leave the record', async () => {
    const { sql } = pipeline.database
    const values = ['banner', 'thumbnail'].map((attribute_code) => ({ attribute_code, data: null }))
    pipeline.akeneo.edit([{ resource: 'category', code: 'lamps', patch: { values } }])
    await pipeline.poll()
    expect((await categories(pipeline)).get('lamps')).not.toHaveProperty('media')
    expect(await sql`select 1 from media_use where stream = 'categories'`).toHaveLength(0)
    const [row] = await sql<{ fields: string[] }[]>`
      select fields from feed where kind = 'category' order by seq desc limit 1`
    expect(row?.fields).toEqual(['media'])
    const reasons = await findingCounts(sql, pipeline.connection)
    expect(reasons.map(({ reason }) => reason)).not.toContain('media-missing')
  })
})
