import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findingsOf } from '../../connectors/hub/findings.ts'
import { lastSeq, recordsOf } from '../../connectors/hub/records.ts'
import { workflowId } from '../../contracts/names.ts'
import { HubProduct } from '../../contracts/hub.ts'
import { type Api, apiOf } from '../simulator/api.ts'
import { openPipeline, type Pipeline } from '../support/pipeline.ts'

const label = (text: string, locale = 'en_US') => ({ locale, channel: null, data: text })
const once = (data: unknown) => [{ locale: null, channel: null, data }]
const value = (data: unknown) => [{ locale: null, scope: null, data }]

/** Uploads a file for records or assets; returns its code. */
async function uploadTo(api: Api, path: string, content: string, name: string): Promise<string> {
  const form = new FormData()
  form.set('file', new Blob([content]), name)
  const { status, headers, text } = await api.send(path, { method: 'POST', body: form })
  if (status !== 201) throw new Error(`The upload was answered ${status}: ${text}`)
  return headers.get(`${path.slice(1).replace('media-files', 'media-file')}-code`) ?? ''
}

async function done(answer: Promise<{ status: number; text: string }>): Promise<void> {
  const { status, text } = await answer
  if (status >= 400 || /"status_code":4/.test(text)) throw new Error(`${status}: ${text}`)
}

describe('reference entity records and assets', () => {
  let pipeline: Pipeline
  let api: Api
  let folder: string
  const product = async (sku: string) => {
    const { database, connection } = pipeline
    for await (const record of recordsOf(database.sql, connection, 'ecommerce'))
      if (record.kind === 'product' && record.sku === sku) return HubProduct.parse(record)
    throw new Error(`There is no product ${sku}`)
  }
  const seq = () => lastSeq(pipeline.database.sql, pipeline.connection, 'ecommerce')
  const collected = () =>
    pipeline.client.workflow.getHandle(workflowId(pipeline.connection, 'media')).result()
  const give = (sku: string, values: Record<string, unknown>) =>
    done(
      api.patch(`/products/${sku}`, {
        values: Object.fromEntries(Object.entries(values).map(([code, data]) => [code, value(data)])),
      }),
    )

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pimflow-records-'))
    pipeline = await openPipeline({
      settings: { media: { folder } },
      mappings: {
        ecommerce: `version: 1
output: ecommerce
channel: ecommerce
locales: { en_US: [], fr_FR: [en_US], de_DE: [] }
product: { name: $label, brand: { from: designer, as: label } }
attributes: { include: [packshots, materials] }
media: [{ role: main, from: $image }, { role: gallery, from: packshots }]
`,
      },
    })
    api = await apiOf(pipeline.akeneo)
    const portrait = await uploadTo(api, '/reference-entities-media-files', 'her face', 'aino.png')
    const front = await uploadTo(api, '/asset-media-files', 'from the front', 'front.png')
    await done(api.patch('/reference-entities/designers', { labels: { en_US: 'Designers' } }))
    await done(
      api.patch('/reference-entities/designers/attributes/born', {
        type: 'text',
        value_per_locale: false,
        value_per_channel: false,
      }),
    )
    await done(api.patch('/reference-entities/materials', {}))
    await done(
      api.patch('/reference-entities/designers/records', [
        {
          code: 'aino',
          values: { label: [label('Aino A.'), label('Aino, die', 'de_DE')], image: once(portrait) },
        },
      ]),
    )
    await done(
      api.patch('/reference-entities/materials/records', [
        { code: 'oak', values: { label: [label('Oak')] } },
        { code: 'steel' },
      ]),
    )
    await done(api.patch('/asset-families/shots', { attribute_as_main_media: 'media' }))
    await done(
      api.patch('/asset-families/shots/assets', [
        { code: 'front', values: { label: [label('Front')], media: once(front) } },
        { code: 'none', values: { label: [label('No file')] } },
      ]),
    )
    const attribute = (code: string, type: string, family: string) =>
      done(
        api.post('/attributes', {
          code,
          type,
          group: 'other',
          reference_data_name: family,
          localizable: false,
          scopable: false,
        }),
      )
    await attribute('designer', 'akeneo_reference_entity', 'designers')
    await attribute('materials', 'akeneo_reference_entity_collection', 'materials')
    await attribute('packshots', 'pim_catalog_asset_collection', 'shots')
    await give('NL-DL7-W', { designer: 'aino', materials: ['oak', 'steel'], packshots: ['front', 'none'] })
    await give('NL-DL7-B', { designer: 'aino' })
    await pipeline.initializeCategories()
    await pipeline.load()
    await collected()
  }, 120_000)
  afterAll(async () => {
    await pipeline.close()
    await rm(folder, { recursive: true })
  })

  it('are shown by code, label in each locale of the output, and picture', async () => {
    const { attributes, brand, media } = await product('NL-DL7-W')
    expect(brand).toEqual({ en_US: 'Aino A.', fr_FR: 'Aino A.', de_DE: 'Aino, die' })
    expect(attributes['materials']).toEqual({
      type: 'entities',
      value: ['oak', 'steel'],
      records: [
        { code: 'oak', labels: { en_US: 'Oak', fr_FR: 'Oak' } },
        { code: 'steel', labels: {} },
      ],
    })
    const [front, none] = attributes['packshots']?.records ?? []
    expect(front).toMatchObject({ code: 'front', labels: { en_US: 'Front', fr_FR: 'Front' } })
    expect(front?.image).toMatchObject({ fileName: 'front.png', size: 14, mimeType: 'image/png' })
    expect(none).toEqual({ code: 'none', labels: { en_US: 'No file', fr_FR: 'No file' } })
    expect(media.filter(({ role }) => role === 'gallery')).toEqual([
      { role: 'gallery', asset: 'front', ...front?.image },
    ])
  })

  it('bring the products that show them along when they change, and no others', async () => {
    const before = await seq()
    await done(
      api.patch('/reference-entities/designers/records/aino', { values: { label: [label('Aino Aalto')] } }),
    )
    await pipeline.poll()
    expect((await product('NL-DL7-W')).brand?.['en_US']).toBe('Aino Aalto')
    expect((await product('NL-DL7-B')).brand?.['en_US']).toBe('Aino Aalto')
    expect(await seq()).toBe(before + 2n)
  })

  it('make nothing anew when something changes that nobody shows', async () => {
    const { sql } = pipeline.database
    const before = await seq()
    await done(api.patch('/reference-entities/designers/records/aino', { values: { born: once('1894') } }))
    const [row] = await sql<{ ticket: bigint }[]>`
      select ticket from reading where stream = 'reference-entity-records' and key = 'designers/aino'`
    const report = await pipeline.poll()
    const [after] = await sql<{ ticket: bigint }[]>`
      select ticket from reading where stream = 'reference-entity-records' and key = 'designers/aino'`
    expect(after?.ticket).toBeGreaterThan(row?.ticket ?? 0n)
    expect(report.published).toBe(0)
    expect(await seq()).toBe(before)
  })

  it('that came after the last poll are there with the product that names them', async () => {
    await done(
      api.patch('/reference-entities/designers/records', [
        { code: 'poul', values: { label: [label('Poul H.')] } },
      ]),
    )
    await give('NL-DL9-B', { designer: 'poul' })
    await pipeline.poll()
    expect((await product('NL-DL9-B')).brand?.['en_US']).toBe('Poul H.')
  })

  it('are asked for by their changes alone: one short call for each family', async () => {
    pipeline.akeneo.resetRequests()
    await pipeline.poll()
    const calls = pipeline.akeneo.requests().filter(({ path }) => /records|assets/.test(path))
    expect(calls.map(({ path }) => path.replace('/api/rest/v1/', '')).sort()).toEqual([
      'asset-families/shots/assets',
      'reference-entities/designers/records',
      'reference-entities/materials/records',
    ])
    for (const { query } of calls) expect(decodeURIComponent(query)).toContain('"updated"')
  })

  it('leave the products that showed them when a reconcile finds them gone', async () => {
    await done(api.delete('/asset-families/shots/assets/none'))
    const report = await pipeline.reconcile()
    expect(report).toMatchObject({ outcome: 'done', retired: 1 })
    const shown = await product('NL-DL7-W')
    expect(shown.attributes['packshots']?.records?.map(({ code, labels }) => [code, labels])).toEqual([
      ['front', { en_US: 'Front', fr_FR: 'Front' }],
      ['none', {}],
    ])
    const [found] = await pipeline.database.sql<{ key: string }[]>`
      select key from source_record where stream = 'products' and code = 'NL-DL7-W'`
    const findings = await findingsOf(
      pipeline.database.sql,
      pipeline.connection,
      'products',
      found?.key ?? '',
    )
    expect(findings.map(({ code }) => code)).toContain('record-unknown')
  })

  it('that this edition or this user does not have leave products their codes, with a finding', async () => {
    const without = await openPipeline()
    try {
      const bare = await apiOf(without.akeneo)
      await done(
        bare.post('/attributes', {
          code: 'designer',
          type: 'akeneo_reference_entity',
          group: 'other',
          reference_data_name: 'designers',
          localizable: false,
          scopable: false,
        }),
      )
      await done(bare.patch('/reference-entities/designers', {}))
      await done(bare.patch('/reference-entities/designers/records', [{ code: 'aino' }]))
      await done(bare.patch('/products/NL-DL7-W', { values: { designer: value('aino') } }))
      without.akeneo.fault({
        path: '/api/rest/v1/reference-entities*',
        status: 404,
        message: 'No route found for "GET /api/rest/v1/reference-entities"',
      })
      await without.initializeCategories()
      expect((await without.load()).outcome).toMatch(/^done/)
      const { sql } = without.database
      const [row] = await sql<{ body: HubProduct }[]>`
        select body from hub_record where kind = 'product' and code = 'NL-DL7-W'`
      expect(row?.body.attributes['designer']).toEqual({
        type: 'entity',
        value: 'aino',
        records: [{ code: 'aino', labels: {} }],
      })
      const report = await without.reconcile()
      expect(report).toMatchObject({ outcome: 'done', absent: 0 })
    } finally {
      await without.close()
    }
  }, 60_000)

  it('are not asked for where no attribute names them', async () => {
    const without = await openPipeline()
    try {
      await without.initializeCategories()
      await without.load()
      await without.poll()
      const asked = without.akeneo.requests().filter(({ path }) => /reference-entities|asset/.test(path))
      expect(asked).toEqual([])
    } finally {
      await without.close()
    }
  }, 60_000)
})
