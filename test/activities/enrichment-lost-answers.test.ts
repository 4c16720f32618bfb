import { describe, expect, it } from 'vitest'
import { markSent, putLines, takeLines } from '../../connectors/hub/enrichment/lines.ts'
import { failureOf } from '../connectors/akeneo/helpers.ts'
import { enriching, entryOf, letLeasesEnd, lineFor, patches, shown } from '../support/enriching.ts'
import { until } from '../support/until.ts'

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
