import { describe, expect, it } from 'vitest'
import { type FileInput, putFiles } from '../../connectors/hub/enrichment/files.ts'
import { refusedValues, replaceFindings } from '../../connectors/hub/enrichment/findings.ts'
import type { AkeneoProduct, AkeneoProductModel } from '../../connectors/akeneo/schema.ts'
import { shownAt } from '../../domain/enrichment/plan-writes.ts'
import { FULL_CONTENT_TOKEN, type IcecatOptions, type IcecatSimulator } from '../../simulator/icecat/index.ts'
import { icecat as startIcecat } from '../simulator/icecat/helpers.ts'
import { clientOf, connectionTo, once } from '../connectors/akeneo/helpers.ts'
import {
  type Enriching,
  type EnrichingOptions,
  enriching as openRun,
  entryOf,
  findingsOf,
  shown,
} from '../support/enriching.ts'

interface Run extends Enriching {
  icecat: IcecatSimulator
}
async function enriching(options: EnrichingOptions = {}, icecatOptions: IcecatOptions = {}): Promise<Run> {
  const icecat = await startIcecat({ assetsNeedToken: true, ...icecatOptions })
  const one = await openRun({
    ...options,
    icecat: { url: icecat.url, contentToken: FULL_CONTENT_TOKEN },
  })
  return { ...one, icecat }
}

const fileFor = (
  run: Run,
  record: AkeneoProduct | AkeneoProductModel,
  changes: Partial<FileInput> & { content?: string } = {},
): FileInput => {
  const { content = '1.jpg', ...more } = changes
  const place = { attribute: 'image', locale: null, scope: null }
  const url = `${run.icecat.url}/assets/img/gallery/${content}`
  const isProduct = 'uuid' in record
  const file = {
    stream: isProduct ? ('products' as const) : ('product-models' as const),
    key: isProduct ? (record as AkeneoProduct & { uuid: string }).uuid : (record as AkeneoProductModel).code,
    place: `${more.attribute ?? 'image'}  `,
    ...place,
    assetKey: content,
    asset: {
      id: '1',
      url,
      kind: 'image' as const,
      type: 'ProductImage',
      contentType: 'image/jpeg',
      size: null,
      language: null,
      updated: null,
    },
    product: 'p',
    icecatId: '1',
    ...more,
  }
  return { ...file, base: more.base ?? (shownAt(record.values, file) as string | undefined) ?? null }
}
const put = (run: Run, ...files: FileInput[]) =>
  run.sql.begin((tx) => putFiles(tx, run.connection, BigInt(run.runId), files))
const uploads = ({ akeneo }: Run) =>
  akeneo.requests().filter(({ method, path }) => method === 'POST' && path.endsWith('/media-files'))
const downloads = ({ icecat }: Run) => icecat.requests().filter(({ path }) => path.startsWith('/assets/'))
const shownNow = async (run: Run, uuid: string, attribute = 'image') =>
  (await shown(run, uuid))?.values[attribute]?.[0]?.data
const letLeasesEnd = ({ sql }: Run) =>
  sql`update enrichment_file set held_until = '-infinity', next_attempt = '-infinity'`

describe('files', () => {
  it('are brought once: a second run moves no byte', async () => {
    const run = await enriching()
    const lamp = await run.product('NL-DL9-B')
    await put(run, fileFor(run, lamp))
    expect(await run.upload()).toEqual({ done: 1, more: false, waitMs: null })
    const code = await shownNow(run, lamp.uuid)
    expect(code).toMatch(/1\.jpg$/)
    expect(await entryOf(run, lamp.uuid, 'image  ')).toMatchObject({
      sent: code,
      assetKey: '1.jpg',
      isUnread: true,
    })
    await run.readBack()
    expect(await entryOf(run, lamp.uuid, 'image  ')).toMatchObject({ echoed: code, isUnread: false })
    expect(await run.counts()).toMatchObject({ files: 1, bytes: expect.any(Number) as number })
    run.akeneo.resetRequests()
    expect(await run.upload()).toEqual({ done: 0, more: false, waitMs: null })
    expect([run.akeneo.requests(), downloads(run).length]).toEqual([[], 1])
  })

  it('of one content are uploaded once, whatever the number of records and places', async () => {
    const run = await enriching()
    const [one, two, three] = [
      await run.product('NL-DL9-B'),
      await run.product('NL-DL7-B'),
      await run.product('NL-DL7-W'),
    ]
    await put(run, fileFor(run, one), fileFor(run, two), fileFor(run, one, { attribute: 'variation_image' }))
    // Both lanes wait for what stands there, and go on at the same moment.
    run.akeneo.fault({ method: 'GET', path: '/api/rest/v1/products-uuid', delayMs: 300, count: 1 })
    await run.upload()
    // Later, in another run.
    await put(run, fileFor(run, three))
    await run.upload()
    expect([uploads(run).length, downloads(run).length]).toEqual([1, 1])
    const code = await shownNow(run, one.uuid)
    expect([await shownNow(run, two.uuid), await shownNow(run, three.uuid)]).toEqual([code, code])
  })

  it('go to models, and are taken away where Icecat has none any more', async () => {
    const run = await enriching()
    const model = await run.model('jacket_fell_sage')
    const lamp = await run.product('NL-DL7-B')
    expect(lamp.values['image']).toBeDefined()
    await put(
      run,
      fileFor(run, model, { attribute: 'variation_image' }),
      fileFor(run, lamp, { asset: null, assetKey: '' }),
    )
    expect(await run.upload()).toMatchObject({ done: 2 })
    expect(await shownNow(run, lamp.uuid)).toBeUndefined()
    expect(await entryOf(run, lamp.uuid, 'image  ')).toMatchObject({ sent: null, assetKey: null })
  })

  it('do not take the place of one that a person has put there since', async () => {
    const run = await enriching()
    const [lamp, other] = [await run.product('NL-DL9-B'), await run.product('NL-DL7-W')]
    await run.sql`insert into enrichment_product (connection, product, identifiers) values (${run.connection}, ${lamp.uuid}, '[]')`
    await put(run, fileFor(run, lamp))
    const picture = other.values['image']?.[0]?.data
    run.akeneo.edit([
      {
        resource: 'product',
        code: 'NL-DL9-B',
        patch: { values: { image: [{ locale: null, scope: null, data: picture }] } },
      },
    ])
    await run.upload()
    expect(await shownNow(run, lamp.uuid)).toBe(picture)
    expect([uploads(run).length, downloads(run).length]).toEqual([0, 0])
    expect(await run.sql`select due from enrichment_product`).toEqual([{ due: 'overtaken' }])
  })

  it('for a product without identifier are reported, and not fetched for nothing', async () => {
    const run = await enriching()
    const uuid = '00000000-0000-4000-8000-000000000042'
    const client = clientOf(
      run.deps.sql,
      connectionTo(run.akeneo.url, { credentials: run.akeneo.credentials, name: 'person' }),
    )
    await once(client, (calls) => calls.patch('products', [JSON.stringify({ uuid, family: 'lamps' })]))
    await put(run, { ...fileFor(run, await run.product('NL-DL9-B')), key: uuid, base: null })
    await run.upload()
    expect(await findingsOf(run)).toMatchObject([{ kind: 'problem', code: 'no-identifier' }])
    expect(downloads(run)).toEqual([])
  })

  it('that Akeneo or Icecat will not give a place are remembered, and asked for once', async () => {
    const run = await enriching()
    const [one, two] = [await run.product('NL-DL9-B'), await run.product('NL-DL7-B')]
    run.icecat.fault({ path: '/assets/img/gallery/gone.jpg', status: 404 })
    await put(run, fileFor(run, one, { content: 'gone.jpg' }), fileFor(run, two, { content: 'film.mp4' }))
    expect(await run.upload()).toEqual({ done: 2, more: false, waitMs: null })
    expect((await findingsOf(run)).map(({ kind, code }) => `${kind} ${code}`).toSorted()).toEqual([
      'refused 422',
      'refused asset-gone',
    ])
    expect((await refusedValues(run.sql, run.connection, 'products', [one.uuid])).get(one.uuid)).toEqual(
      new Map([['image  ', 'gone.jpg']]),
    )
    // A new judgement of the record leaves refusals in place.
    await run.sql.begin((tx) =>
      replaceFindings(
        tx,
        run.connection,
        1n,
        [{ stream: 'products', key: one.uuid }],
        ['kept', 'problem'],
        [],
      ),
    )
    expect(await findingsOf(run)).toHaveLength(2)
  })

  it('whose upload was not answered are not uploaded twice', async () => {
    const run = await enriching()
    const lamp = await run.product('NL-DL9-B')
    await put(run, fileFor(run, lamp))
    run.akeneo.fault({ method: 'POST', path: '/api/rest/v1/media-files', resetAfterWork: true, count: 1 })
    const first = await run.upload()
    expect(first).toMatchObject({ done: 0, more: false })
    expect(first.waitMs).toBeGreaterThan(50_000)
    await letLeasesEnd(run)
    expect(await run.upload()).toMatchObject({ done: 1 })
    expect(uploads(run)).toHaveLength(1)
    expect(await entryOf(run, lamp.uuid, 'image  ')).toMatchObject({
      sent: await shownNow(run, lamp.uuid),
      assetKey: '1.jpg',
    })
  })

  it('that fail for a while delay no others, and come later', async () => {
    const run = await enriching()
    const [one, two] = [await run.product('NL-DL9-B'), await run.product('NL-DL7-B')]
    run.icecat.fault({ path: '/assets/img/gallery/slow.jpg', status: 503, count: 1 })
    await put(run, fileFor(run, one, { content: 'slow.jpg' }), fileFor(run, two))
    expect(await run.upload()).toMatchObject({ done: 1, more: false })
    await letLeasesEnd(run)
    expect(await run.upload()).toMatchObject({ done: 1, more: false, waitMs: null })
  })

  it('leave the content token nowhere', async () => {
    const run = await enriching()
    run.icecat.fault({ path: '/assets/img/gallery/broken.jpg', status: 503 })
    await put(
      run,
      fileFor(run, await run.product('NL-DL9-B')),
      fileFor(run, await run.product('NL-DL7-B'), { content: 'broken.jpg' }),
    )
    await run.upload()
    const tables = await run.sql<{ name: string }[]>`
      select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`
    for (const { name } of tables) {
      const [{ text } = { text: '' }] = await run.sql<{ text: string }[]>`
        select coalesce(string_agg(t::text, ' '), '') as text from ${run.sql(name)} t`
      expect(text, name).not.toContain(FULL_CONTENT_TOKEN)
    }
    expect(JSON.stringify(run.akeneo.requests())).not.toContain(FULL_CONTENT_TOKEN)
  })
})
