import { describe, expect, it } from 'vitest'
import { wantOptions } from '../../connectors/hub/enrichment/options.ts'
import { parkedLines } from '../../connectors/hub/enrichment/lines.ts'
import { failureOf } from '../connectors/akeneo/helpers.ts'
import {
  type Enriching,
  enriching,
  entryOf,
  findingsOf,
  lineFor,
  patches,
  shown,
} from '../support/enriching.ts'
import { until } from '../support/until.ts'

const looks = ({ akeneo }: Enriching) =>
  akeneo.requests().filter(({ method, path }) => method === 'GET' && path.includes('/product'))

describe('a push of lines', () => {
  it('writes them, remembers what was sent, and reads back what Akeneo shows', async () => {
    const run = await enriching()
    const lamp = await run.product('NL-DL9-B')
    await run.put(lineFor(lamp, { name: 'Desk light', weight: { amount: '0.9', unit: 'KILOGRAM' } }))
    expect(await run.push()).toEqual({ done: 1, more: false, waitMs: null })
    expect((await shown(run, lamp.uuid))?.values['name']?.[0]?.data).toBe('Desk light')
    expect(await entryOf(run, lamp.uuid, 'name  ')).toMatchObject({ sent: 'Desk light', isUnread: true })
    expect(await run.readBack()).toMatchObject({ done: 1, more: false })
    expect(await entryOf(run, lamp.uuid, 'weight  ')).toMatchObject({
      sent: { amount: '0.9', unit: 'KILOGRAM' },
      echoed: { unit: 'KILOGRAM' },
      isUnread: false,
    })
    // The hub has read it the way polls do.
    expect((await run.product('NL-DL9-B')).values['name']?.[0]?.data).toBe('Desk light')
    expect(await run.counts()).toMatchObject({ lines: 1, values: 2 })
    expect(await findingsOf(run)).toEqual([])
  })

  it('sends 100 a call, models before products, after one look for edits for each', async () => {
    const run = await enriching()
    const rows = await run.sql<{ source: never }[]>`
      select source from source_record where connection = ${run.connection} and stream = 'products' and code <> 'NL-404' and parent is null`
    await run.put(
      lineFor(await run.model('jacket_fell'), { material: 'wool' }),
      ...rows.map(({ source }) => lineFor(source, { name: 'New' })),
    )
    // Each takes long enough for the others to begin.
    run.akeneo.fault({ method: 'PATCH', path: '/api/rest/v1/products-uuid', delayMs: 700 })
    const { done } = await run.push()
    expect(done).toBe(rows.length + 1)
    expect(patches(run).map(({ path }) => path.split('/').at(-1))).toEqual([
      'product-models',
      ...Array.from({ length: Math.ceil(rows.length / 100) }, () => 'products-uuid'),
    ])
    expect(looks(run)).toHaveLength(2)
    expect(run.akeneo.counters().peakConcurrent).toBeGreaterThan(1)
    expect(run.akeneo.counters().peakConcurrent).toBeLessThanOrEqual(4)
  })

  it('leaves what is made meanwhile to the next one, which has more of it to a call', async () => {
    const run = await enriching()
    await run.put(lineFor(await run.product('NL-DL9-B'), { name: 'Desk light' }))
    run.akeneo.fault({ method: 'PATCH', path: '/api/rest/v1/products-uuid', delayMs: 1000, count: 1 })
    const push = run.push()
    await until(() => Promise.resolve(patches(run).length > 0), 'the first line is on its way')
    await run.put(lineFor(await run.product('NL-DL7-W'), { name: 'White light' }))
    expect(await push).toEqual({ done: 1, more: false, waitMs: null })
    expect(await run.push()).toEqual({ done: 1, more: false, waitMs: null })
  })

  it('with nothing to send asks Akeneo nothing', async () => {
    const run = await enriching()
    expect(await run.push()).toEqual({ done: 0, more: false, waitMs: null })
    expect(run.akeneo.requests()).toEqual([])
  })

  it('splits off what Akeneo refuses, sends the rest again, and remembers the refusal', async () => {
    const run = await enriching()
    const lamp = await run.product('NL-DL9-B')
    await run.put(lineFor(lamp, { name: 'x'.repeat(300), power: { amount: 9, unit: 'WATT' }, no_such: 'y' }))
    expect(await run.push()).toMatchObject({ more: false, waitMs: null })
    const values = (await shown(run, lamp.uuid))?.values
    expect(values?.['name']?.[0]?.data).not.toMatch(/^xxx/)
    const findings = await findingsOf(run)
    expect(values?.['power']?.[0]?.data).toMatchObject({ amount: 9 })
    expect(findings.map(({ place, kind, code }) => [place, kind, code])).toEqual([
      ['name  ', 'refused', '422'],
      ['no_such  ', 'refused', '422'],
    ])
    expect(findings[0]).toMatchObject({
      data: 'x'.repeat(300),
      message: expect.stringContaining('255') as string,
    })
    expect(await run.counts()).toMatchObject({ lines: 1, values: 1, refused: 2 })
  })

  it('puts a record aside that Akeneo takes no change of, and delays nothing else', async () => {
    const run = await enriching()
    const [broken, lamp] = [await run.product('NL-404'), await run.product('NL-DL9-B')]
    await run.put(lineFor(broken, { name: 'A' }), lineFor(lamp, { name: 'B' }))
    expect(await run.push()).toEqual({ done: 2, more: false, waitMs: null })
    expect((await shown(run, lamp.uuid))?.values['name']?.[0]?.data).toBe('B')
    expect(await parkedLines(run.sql, run.connection)).toEqual([
      { stream: 'products', key: broken.uuid, message: expect.stringContaining('weight') as string },
    ])
    expect(await run.counts()).toMatchObject({ lines: 1, parked: 1 })
    run.akeneo.resetRequests()
    await run.push()
    expect(patches(run)).toEqual([])
  })

  it('splits values over several lines that are too long for one', async () => {
    const run = await enriching()
    const lamp = await run.product('NL-DL9-B')
    // Six bytes each, as JSON writes them.
    const text = '\u0002'.repeat(40_000)
    const places = [
      ['en_US', 'ecommerce'],
      ['de_DE', 'ecommerce'],
      ['fr_FR', 'ecommerce'],
      ['en_US', 'print'],
      ['de_DE', 'print'],
    ].map(([locale = '', scope = '']) => ({ attribute: 'description', locale, scope, data: text }))
    await run.put(lineFor(lamp, places))
    await run.push()
    expect(patches(run)).toHaveLength(2)
    expect(await run.counts()).toMatchObject({ values: places.length })
  })

  it('gives lines back at once that Akeneo has not begun with', async () => {
    const run = await enriching()
    await run.put(lineFor(await run.product('NL-DL9-B'), { name: 'B' }))
    run.akeneo.fault({ method: 'PATCH', path: '/api/rest/v1/products-uuid', status: 403, count: 1 })
    expect(await failureOf(run.push())).toMatchObject({ code: 'forbidden' })
    expect(await run.push()).toMatchObject({ done: 1 })
  })
})

describe('proposals', () => {
  const agency = { clientId: 'agency', clientSecret: 's', username: 'agency', password: 'p' }
  const proposing = (own: boolean) =>
    enriching({
      akeneo: {
        connections: [
          { code: 'agency', ...agency, rights: own ? {} : { categories: { master: 'edit', sales: 'edit' } } },
        ],
      },
      credentials: agency,
      mapping: (text) => `${text}\nwrite: proposal\n`,
    })

  it('are drafts that are handed in, and wait for approval without being judged', async () => {
    const run = await proposing(false)
    const [one, two] = [await run.product('NL-DL9-B'), await run.product('NL-DL7-B')]
    await run.put(lineFor(one, { name: 'Ours' }), lineFor(two, { name: 'Ours' }))
    expect(await run.push()).toMatchObject({ done: 2 })
    expect((await shown(run, one.uuid))?.values['name']?.[0]?.data).not.toBe('Ours')
    expect(await run.counts()).toMatchObject({ lines: 2, proposals: 2 })
    await run.readBack()
    expect(await entryOf(run, one.uuid, 'name  ')).toMatchObject({ sent: 'Ours', isUnread: true })
    expect((await findingsOf(run)).map(({ kind, code }) => [kind, code])).toEqual([
      ['waiting', 'proposal'],
      ['waiting', 'proposal'],
    ])
  })

  it('end after the first line where this user’s writes are no drafts', async () => {
    const run = await proposing(true)
    const [one, two] = [await run.product('NL-DL9-B'), await run.product('NL-DL7-B')]
    await run.put(lineFor(one, { name: 'Ours' }), lineFor(two, { name: 'Ours' }))
    expect(await failureOf(run.push())).toMatchObject({ code: 'not-a-draft' })
    expect(patches(run)).toHaveLength(1)
    const left = await run.sql`select state, holder from enrichment_line`
    expect(left).toEqual([{ state: 'intended', holder: null }])
  })
})

describe('options', () => {
  it('are made before the values that need them, and their products judged again', async () => {
    const run = await enriching()
    const lamp = await run.product('NL-DL9-B')
    await run.sql`
      insert into enrichment_product (connection, product, identifiers) values (${run.connection}, ${lamp.uuid}, '[]')`
    await run.sql.begin((tx) =>
      wantOptions(tx, run.connection, 1n, 'always', [
        {
          attribute: 'main_color',
          code: 'mint',
          labels: { en_US: 'Mint', de_DE: 'Minze' },
          product: lamp.uuid,
        },
        { attribute: 'main_color', code: 'not a code', labels: {}, product: lamp.uuid },
      ]),
    )
    expect(await run.createOptions()).toEqual({ done: 1, more: false, waitMs: null })
    expect(await run.sql`select due from enrichment_product`).toEqual([{ due: 'options' }])
    const [option] = await run.sql<{ source: { labels: object } }[]>`
      select source from source_record where stream = 'attribute-options' and key = 'main_color/mint'`
    expect(option?.source.labels).toEqual({ en_US: 'Mint', de_DE: 'Minze' })
    expect(await run.sql`select code, state from enrichment_option`).toEqual([
      { code: 'not a code', state: 'refused' },
    ])
  })
})

it('works where products are asked for by identifier', async () => {
  const run = await enriching({ settings: { productIdFormat: 'identifier' } })
  const lamp = await run.product('NL-DL9-B')
  await run.put(lineFor(lamp, { name: 'By SKU' }))
  expect(await run.push()).toMatchObject({ done: 1 })
  expect(patches(run).map(({ path }) => path)).toEqual(['/api/rest/v1/products'])
  await run.readBack()
  expect(await entryOf(run, lamp.uuid, 'name  ')).toMatchObject({ echoed: 'By SKU', isUnread: false })
})
