import { afterEach, describe, expect, it } from 'vitest'
import { wantOptions } from '../../connectors/hub/enrichment/options.ts'
import { ledgerOf } from '../../connectors/hub/enrichment/values.ts'
import { parkedLines, putLines, takeLines, markSent } from '../../connectors/hub/enrichment/lines.ts'
import { clientOf, connectionTo, failureOf, once } from '../connectors/akeneo/helpers.ts'
import { type Enriching, type EnrichingOptions, lineFor, openEnriching } from '../support/enriching.ts'
import { until } from '../support/until.ts'

const open: Enriching[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()))
})
async function enriching(options?: EnrichingOptions): Promise<Enriching> {
  const one = await openEnriching(options)
  open.push(one)
  return one
}

const patches = ({ akeneo }: Enriching) => akeneo.requests().filter(({ method }) => method === 'PATCH')
const looks = ({ akeneo }: Enriching) =>
  akeneo.requests().filter(({ method, path }) => method === 'GET' && path.includes('/product'))
const entryOf = async ({ sql, connection }: Enriching, key: string, place: string) =>
  (await ledgerOf(sql, connection, 'products', [key])).get(key)?.get(place)
const findingsOf = ({ sql, connection }: Enriching) =>
  sql<{ key: string; place: string; kind: string; code: string; message: string; data: unknown }[]>`
    select key, place, kind, code, message, data from enrichment_finding where connection = ${connection} order by key, place, kind`
/** What a person sees in Akeneo, by its own call. */
const shown = async ({ akeneo, deps }: Enriching, uuid: string) => {
  const client = clientOf(
    deps.sql,
    connectionTo(akeneo.url, { credentials: akeneo.credentials, name: 'person' }),
  )
  const { item } = await once(client, (calls) => calls.readOne('products', uuid))
  // Held to its schema when it was read.
  return item as {
    values: Record<string, { data: unknown; locale: string | null }[]>
    updated: string
  } | null
}
/** The time that lines are held for is over, as if it had been waited for. */
const letLeasesEnd = ({ sql, connection }: Enriching) =>
  sql`update enrichment_line set held_until = clock_timestamp() where connection = ${connection} and holder is not null`

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

describe('an answer that breaks off', () => {
  it('loses nothing, and what was done is not sent again', async () => {
    const run = await enriching()
    const rows = await run.sql<{ source: never }[]>`
      select source from source_record where connection = ${run.connection} and stream = 'products' and code <> 'NL-404'
        and parent is null order by key limit 20`
    await run.put(...rows.map(({ source }) => lineFor(source, { name: 'Once' })))
    run.akeneo.fault({ method: 'PATCH', path: '/api/rest/v1/products-uuid', cutAfterLine: 7, count: 1 })
    const first = await run.push()
    expect(first).toMatchObject({ done: 7, more: false })
    expect(first.waitMs).toBeGreaterThan(10_000)
    await letLeasesEnd(run)
    run.akeneo.resetRequests()
    expect(await run.push()).toEqual({ done: 13, more: false, waitMs: null })
    // They had been done after all, as the records show.
    expect(patches(run)).toEqual([])
    expect(await run.counts()).toMatchObject({ lines: 20, values: 20 })
  })

  it('before the work leaves lines to be sent again, unless somebody has edited them meanwhile', async () => {
    const run = await enriching()
    const [one, two] = [await run.product('NL-DL9-B'), await run.product('NL-DL7-B')]
    await run.put(lineFor(one, { name: 'Again' }), lineFor(two, { name: 'Again' }))
    run.akeneo.fault({ method: 'PATCH', path: '/api/rest/v1/products-uuid', reset: true, count: 1 })
    expect(await failureOf(run.push())).toMatchObject({ code: 'unreachable' })
    run.akeneo.edit([
      {
        resource: 'product',
        code: 'NL-DL7-B',
        patch: { values: { name: [{ locale: null, scope: null, data: 'Mine' }] } },
      },
    ])
    await letLeasesEnd(run)
    expect(await run.push()).toMatchObject({ done: 2, more: false })
    expect((await shown(run, one.uuid))?.values['name']?.[0]?.data).toBe('Again')
    expect((await shown(run, two.uuid))?.values['name']?.[0]?.data).toBe('Mine')
    expect(await run.counts()).toMatchObject({ lines: 1, overtaken: 1 })
  })
})

describe('a worker that died', () => {
  it('has its lines sent by another, as they were, and not what was judged meanwhile', async () => {
    const run = await enriching()
    const lamp = await run.product('NL-DL9-B')
    await run.put(lineFor(lamp, { name: 'First' }))
    // Taken, marked, and dead before or after its call: nobody knows.
    const dead = '00000000-0000-4000-8000-00000000dead'
    await takeLines(run.sql, run.connection, { stream: 'products', holder: dead, most: 10, leaseMs: 60_000 })
    await markSent(run.sql, run.connection, {
      stream: 'products',
      keys: [lamp.uuid],
      holder: dead,
      leaseMs: 60_000,
    })
    const outcomes = await run.sql.begin((tx) =>
      putLines(tx, run.connection, BigInt(run.runId), [lineFor(lamp, { name: 'Second' })]),
    )
    expect([...outcomes.values()]).toEqual(['held'])
    const waiting = await run.push()
    expect(waiting).toMatchObject({ done: 0, more: false })
    expect(waiting.waitMs).toBeGreaterThan(50_000)
    expect(patches(run)).toEqual([])
    await letLeasesEnd(run)
    expect(await run.push()).toEqual({ done: 1, more: false, waitMs: null })
    expect((await shown(run, lamp.uuid))?.values['name']?.[0]?.data).toBe('First')
  })

  it('that comes back late settles nothing that another has settled', async () => {
    const run = await enriching()
    const lamp = await run.product('NL-DL9-B')
    await run.put(lineFor(lamp, { name: 'First' }))
    run.akeneo.fault({ method: 'PATCH', path: '/api/rest/v1/products-uuid', delayMs: 1500, count: 1 })
    const late = run.push()
    await until(
      async () => (await run.sql`select 1 from enrichment_line where state = 'sent'`).length > 0,
      'the line is on its way',
    )
    await letLeasesEnd(run)
    await run.push()
    await run.readBack()
    await run.put(lineFor(await run.product('NL-DL9-B'), { name: 'Third' }))
    await late
    await run.push()
    expect((await shown(run, lamp.uuid))?.values['name']?.[0]?.data).toBe('Third')
    expect(await entryOf(run, lamp.uuid, 'name  ')).toMatchObject({ sent: 'Third' })
  })
})

describe('a person’s edit', () => {
  it('between judgement and push stays, and the product is judged again', async () => {
    const run = await enriching()
    const [edited, other] = [await run.product('NL-DL9-B'), await run.product('NL-DL7-B')]
    await run.sql`
      insert into enrichment_product (connection, product, identifiers) values (${run.connection}, ${edited.uuid}, '[]')`
    await run.put(lineFor(edited, { name: 'Ours', mpn: 'M' }), lineFor(other, { name: 'Ours' }))
    run.akeneo.edit([
      {
        resource: 'product',
        code: 'NL-DL9-B',
        patch: { values: { name: [{ locale: null, scope: null, data: 'Mine' }] } },
      },
      // Of another value of a line: nothing of it is in the way.
      {
        resource: 'product',
        code: 'NL-DL7-B',
        patch: { values: { mpn: [{ locale: null, scope: null, data: 'X' }] } },
      },
    ])
    await run.push()
    expect((await shown(run, edited.uuid))?.values['name']?.[0]?.data).toBe('Mine')
    expect((await shown(run, other.uuid))?.values['name']?.[0]?.data).toBe('Ours')
    expect(await run.sql`select due from enrichment_product`).toEqual([{ due: 'overtaken' }])
    // It was read with the look for edits, so it is judged by what stands there now.
    expect((await run.product('NL-DL9-B')).values['name']?.[0]?.data).toBe('Mine')
    expect(await run.counts()).toMatchObject({ lines: 1, overtaken: 1 })
  })

  it('between push and read-back is not taken for Akeneo’s doing', async () => {
    const run = await enriching()
    const lamp = await run.product('NL-DL9-B')
    await run.put(lineFor(lamp, { name: 'Ours' }))
    await run.push()
    run.akeneo.clock.advance(60_000)
    run.akeneo.edit([
      {
        resource: 'product',
        code: 'NL-DL9-B',
        patch: { values: { name: [{ locale: null, scope: null, data: 'Mine' }] } },
      },
    ])
    await run.readBack()
    // What is shown now differs from the echo: the next judgement calls it edited.
    expect(await entryOf(run, lamp.uuid, 'name  ')).toMatchObject({
      sent: 'Ours',
      echoed: 'Ours',
      isUnread: false,
    })
    expect(await findingsOf(run)).toEqual([])
  })
})

describe('what Akeneo makes of a value', () => {
  it('is told from what a person does: dropped, or shown otherwise', async () => {
    const run = await enriching()
    const [variant] = await run.sql<{ source: never; key: string }[]>`
      select source, key from source_record where connection = ${run.connection} and stream = 'products' and lower(parent) = 'jacket_fell_sage'
      order by key limit 1`
    if (!variant) throw new Error('no variant')
    // Its model owns it: Akeneo answers 204 and drops it.
    await run.put(
      lineFor(variant.source, [{ attribute: 'variation_name', locale: 'de_DE', scope: null, data: 'Jacke' }]),
    )
    await run.push()
    await run.readBack()
    expect(await findingsOf(run)).toMatchObject([
      { place: 'variation_name de_DE ', kind: expect.stringMatching(/dropped|changed-by-akeneo/) as string },
    ])
    expect(await entryOf(run, variant.key, 'variation_name de_DE ')).toMatchObject({
      sent: 'Jacke',
      isUnread: false,
    })
  })
})

describe('a product that was deleted meanwhile', () => {
  const remove = (run: Enriching, uuid: string) => {
    const client = clientOf(
      run.deps.sql,
      connectionTo(run.akeneo.url, { credentials: run.akeneo.credentials, name: 'person' }),
    )
    return once(client, (calls) => calls.deleteProduct(uuid))
  }
  it('does not come back', async () => {
    const run = await enriching()
    const lamp = await run.product('NL-DL9-B')
    await run.put(lineFor(lamp, { name: 'Ours' }))
    await remove(run, lamp.uuid)
    await run.push()
    expect(await shown(run, lamp.uuid)).toBeNull()
    expect(await findingsOf(run)).toMatchObject([{ key: lamp.uuid, kind: 'problem', code: 'gone' }])
    expect(await run.counts()).toMatchObject({ createdByMistake: 1 })
    expect(await entryOf(run, lamp.uuid, 'name  ')).toBeUndefined()
  })

  it('does not come back when the answer was lost, either', async () => {
    const run = await enriching()
    const lamp = await run.product('NL-DL9-B')
    await run.put(lineFor(lamp, { name: 'Ours' }))
    await remove(run, lamp.uuid)
    run.akeneo.fault({ method: 'PATCH', path: '/api/rest/v1/products-uuid', resetAfterWork: true, count: 1 })
    await failureOf(run.push())
    expect(await shown(run, lamp.uuid)).not.toBeNull()
    await letLeasesEnd(run)
    await run.push()
    expect(await shown(run, lamp.uuid)).toBeNull()
    expect(await run.counts()).toMatchObject({ createdByMistake: 1 })
  })

  it('is reported with its address where this user may not delete', async () => {
    const agency = { clientId: 'agency', clientSecret: 's', username: 'agency', password: 'p' }
    const run = await enriching({
      akeneo: {
        connections: [{ code: 'agency', ...agency, rights: { acls: { pim_api_product_remove: false } } }],
      },
      credentials: agency,
    })
    const lamp = await run.product('NL-DL9-B')
    await run.put(lineFor(lamp, { name: 'Ours' }))
    await remove(run, lamp.uuid)
    await run.push()
    expect(await findingsOf(run)).toMatchObject([
      {
        code: 'created-by-mistake',
        message: expect.stringContaining(`${run.akeneo.url}/#/enrich/product/${lamp.uuid}`) as string,
      },
    ])
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
