import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keepFindings } from '../../connectors/hub/enrichment/findings.ts'
import { ledgerOf, keepValues } from '../../connectors/hub/enrichment/values.ts'
import { monthOf } from '../../domain/enrichment/fair-use.ts'
import { writeSources } from '../../connectors/hub/sources.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { project, type TestProject } from './harness.ts'

const uuid = (n: number) => `00000000-0000-4000-8000-00000000000${n}`
const icecat = {
  icecat: {
    username: 'shop',
    subscription: 'open',
    apiToken: '${ICECAT_TOKEN}',
    mapping: 'acme.icecat.yaml',
  },
}

let database: FreshDatabase
let at: TestProject
let folder: string

/** A variant whose name a person has changed on its model, a product that Icecat lacks, and one that has nothing to be asked by. */
beforeAll(async () => {
  database = await freshDatabase()
  folder = await mkdtemp(join(tmpdir(), 'pimflow-enrichment-'))
  at = await project({ databaseUrl: database.url, sections: icecat })
  at.env['ICECAT_TOKEN'] = 'canary-token'
  const connection = at.taskQueue
  await database.sql.begin(async (tx) => {
    const source = (key: string, code: string, parent: string | null) => ({
      key,
      code,
      parent,
      family: 'tvs',
      source: {},
    })
    await writeSources(tx, connection, 'product-models', [source('tv', 'tv', null)], 1n)
    await writeSources(
      tx,
      connection,
      'products',
      [source(uuid(1), 'TV-1', 'tv'), source(uuid(2), 'TV-2', null), source(uuid(3), 'TV-3', null)],
      1n,
    )
    await tx`
      insert into enrichment_product (connection, product, root, identifiers, problems, brand, family, icecat_id, matched_by, outcome, fetched_at)
      values
        (${connection}, ${uuid(1)}, 'tv', ${tx.json([{ by: 'gtin', gtin: '08806091153821' }])}, '[]', 'LG', 'tvs', '29884521', 'gtin', 'enriched', now()),
        (${connection}, ${uuid(2)}, null, ${tx.json([{ by: 'code', brand: 'LG', code: 'X-2' }])}, '[]', 'LG', 'tvs', null, null, 'not-found', null),
        (${connection}, ${uuid(3)}, null, '[]', ${tx.json([{ code: 'bad-gtin', message: 'ean: 123 is no GTIN' }])}, null, 'tvs', null, null, 'no-identifier', null)`
    await tx`
      insert into enrichment_request (connection, product, state, asked_at, next_check_at, note)
      values (${connection}, ${uuid(2)}, 'asked', now(), now() + interval '1 day', 'Icecat has no sheet of this product')`
    const provenance = {
      product: uuid(1),
      icecatId: '29884521',
      from: 'title',
      language: 'EN',
      sheetUpdated: null,
      licence: 'full' as const,
      fetchedAt: new Date().toISOString(),
    }
    const value = { locale: 'en_US', scope: null, provenance, assetKey: null }
    await keepValues(tx, connection, 1n, new Date(), [
      {
        ...value,
        stream: 'product-models',
        key: 'tv',
        attribute: 'name',
        data: 'LG OLED',
        ticket: null,
      },
    ])
    await keepFindings(tx, connection, 1n, [
      {
        stream: 'product-models',
        key: 'tv',
        place: 'name en_US ',
        kind: 'kept',
        code: 'edited',
        message: 'name was changed by a person after it was written',
        product: uuid(1),
      },
      {
        stream: 'products',
        key: uuid(1),
        place: 'description en_US ecommerce',
        kind: 'flagged',
        code: 'foreign',
        message: 'description was there before, and says something else than Icecat',
        product: uuid(1),
      },
    ])
  })
})
afterAll(async () => {
  await at.remove()
  await rm(folder, { recursive: true })
  await database.drop()
})

describe('how products stand with Icecat', () => {
  it('is told by brand, family and locale, and written as CSV', async () => {
    const file = join(folder, 'coverage.csv')
    const { out, code } = await at.run('enrich', '--report', '--csv', file)
    expect(code).toBe(0)
    expect(out).toMatch(/chosen +3 products, 0 to look at/)
    expect(out).toMatch(/LG +2 /)
    expect(out).toMatch(/en_US +1/)
    expect((await readFile(file, 'utf8')).split('\n')).toEqual([
      'by;name;products;enriched;no-identifier;not-found',
      'brand;LG;2;1;0;1',
      'brand;;1;0;1;0',
      'family;tvs;3;1;1;1',
      '',
    ])
  })

  it('is summed by day, over all of its runs', async () => {
    const { sql } = database
    await sql`
      with began as (
        insert into run (connection, process, mode, workflow_id, workflow_run_id, started_at)
        select ${at.taskQueue}, 'enrich', 'daily', 'w', began_at, began_at::timestamptz
        from unnest(array['2026-11-02T06:00:00Z', '2026-11-02T23:59:00Z', '2026-11-03T06:00:00Z']) as began_at
        returning id
      )
      , counted as (
        insert into enrichment_count (run, name, n) select id, name, 2 from began, unnest(array['enriched', 'refused']) as name
      )
      insert into enrichment_count_part (run, by, part, name, n)
      select id, by, part, name, 2 from began, (values ('family', 'tvs', 'enriched'), ('family', '', 'refused'), ('reason', '422', 'refused')) as p (by, part, name)`
    const file = join(folder, 'days.csv')
    const { out } = await at.run('enrich', '--report', '--days', file)
    expect(out).toMatch(/2026-11-03 +1 +2 [^]*2026-11-02 +2 +4 /)
    const lines = (await readFile(file, 'utf8')).split('\n')
    expect(lines[0]).toMatch(/^day;runs;by;name;enriched;unchanged;/)
    expect(lines.filter((line) => line.startsWith('2026-11-02')).map((line) => line.slice(0, 27))).toEqual([
      '2026-11-02;2;all;;4;0;0;0;0',
      '2026-11-02;2;family;;0;0;0;',
      '2026-11-02;2;family;tvs;4;0',
      '2026-11-02;2;reason;422;0;0',
    ])
    expect((await at.json('enrich', '--report')).value).toMatchObject({
      days: [
        { day: '2026-11-03', runs: 1 },
        {
          day: '2026-11-02',
          runs: 2,
          counts: { enriched: 4, refused: 4 },
          by: { family: [{ part: '' }, { part: 'tvs', counts: { enriched: 4 } }], locale: [] },
        },
      ],
    })
    const ofRuns = join(folder, 'runs.csv')
    const { value } = await at.json('enrich', '--report', '--runs', ofRuns)
    expect(value).toMatchObject({
      runs: ['2026-11-03T06', '2026-11-02T23', '2026-11-02T06'].map((hour) => ({
        startedAt: expect.stringContaining(hour) as string,
        counts: { enriched: 2, refused: 2 },
        by: { reason: [{ part: '422', counts: { refused: 2 } }] },
      })),
    })
    const written = (await readFile(ofRuns, 'utf8')).split('\n')
    expect(written[0]).toMatch(/^run;startedAt;mode;outcome;by;name;enriched;/)
    expect(
      written.filter((line) => line.includes(';2026-11-02T23:59:00.000Z;daily;;family;tvs;2;')),
    ).toHaveLength(1)
    await sql`delete from run where workflow_id = 'w'`
  })

  it('is on the morning page: by family and locale, with the account’s sheets of the month', async () => {
    const file = join(folder, 'page.html')
    await database.sql`
      insert into enrichment_meter (account, month, language, fetched)
      values ('shop@live.icecat.biz', ${monthOf(new Date())}, 'EN', 900000)`
    expect(await at.run('report', '--out', file)).toMatchObject({ code: 0 })
    const text = (await readFile(file, 'utf8')).replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')
    expect(text).toContain('Family Products With a sheet en_US')
    expect(text).toContain('tvs 3 1 (33 %) 1')
    expect(text).toMatch(/fair use 900000 of 1000000 sheets in \d{4}-\d\d \(90 %, slowed down\)/)
    expect(text).toContain('asked of Icecat 1 asked')
    const { value } = await at.json('report')
    expect(value).toMatchObject({
      connections: [{ icecatFamilies: [{ name: 'tvs', products: 3, locales: { en_US: 1 } }] }],
    })
  })

  it('is part of the status', async () => {
    const { value } = await at.json('status')
    expect(value).toMatchObject({
      connections: [{ enrichment: { chosen: 3, values: 1, findings: [{ count: 1 }, { count: 1 }] } }],
    })
  })

  it('is explained for one product, with the values of its model', async () => {
    const { out } = await at.run('explain', 'TV-1')
    expect(out).toContain('from Icecat: enriched, sheet 29884521 by gtin')
    expect(out).toMatch(/asked by +GTIN 08806091153821/)
    expect(out).toMatch(/name en_US +on model tv +LG OLED +title of sheet 29884521 \(full content\), written/)
    expect(out).toMatch(/name en_US +on model tv +kept +name was changed by a person/)
    expect((await at.run('explain', 'TV-3')).out).toMatch(/not asked by +ean: 123 is no GTIN/)
  })

  it('tells which products are asked for by one GTIN, and whose sheet was taken unchecked', async () => {
    const { sql } = database
    const shared = JSON.stringify([{ by: 'gtin', gtin: '08806091153821' }])
    await sql`
      insert into enrichment_product (connection, product, identifiers, outcome)
      select ${at.taskQueue}, 'extra ' || n, ${shared}::text::jsonb, 'unchanged' from generate_series(1, 10) n`
    const unchecked = "Icecat's sheet 29884521 names no brand, the product's is LG: it was taken all the same"
    await sql.begin((tx) =>
      keepFindings(tx, at.taskQueue, 1n, [
        {
          stream: 'products',
          key: uuid(1),
          place: '',
          kind: 'unchecked',
          code: 'nothing-to-compare',
          message: unchecked,
        },
      ]),
    )
    const { out } = await at.run('explain', 'TV-1')
    expect(out).toMatch(/shared GTIN +08806091153821 of 11 products: .*TV-1.*, …/)
    expect(out).toMatch(new RegExp(`unchecked +${unchecked}`))
    expect((await at.run('explain', 'TV-3')).out).not.toContain('shared GTIN')
    const report = (await at.run('enrich', '--report')).out
    expect(report).toMatch(/unchecked +1 sheet taken without a brand to compare/)
    expect(report).toMatch(/left alone +1 flagged, 1 kept\n/)
    expect(report).toMatch(/GTINs that several products have\n {2}08806091153821 of 11 products: /)
    expect((await at.json('enrich', '--report')).value).toMatchObject({
      sharedGtins: [{ gtin: '08806091153821', count: 11 }],
    })
    await sql`delete from enrichment_product where connection = ${at.taskQueue} and product like 'extra %'`
    await sql`delete from enrichment_finding where connection = ${at.taskQueue} and kind = 'unchecked'`
    expect((await at.run('enrich', '--report')).out).not.toMatch(/GTINs that several|unchecked/)
  })

  it('is not started where the connection has no Icecat', async () => {
    const other = await project({ databaseUrl: database.url })
    const { code, err } = await other.run('enrich')
    expect({ code, err }).toMatchObject({
      code: 2,
      err: expect.stringContaining('no section icecat') as string,
    })
    await other.remove()
  })

  it('is started by lines that the temporal program takes', async () => {
    const { out } = await at.run('enrich', '--print')
    expect(out).toContain('--type enrichCatalog')
    expect((await at.run('enrich', 'TV-1', '--print')).out).toContain('--type enrichProduct')
    expect((await at.run('requests', 'recheck', '--print')).out).toContain('--type recheckCreationRequests')
  })
})

describe('what Icecat was asked for', () => {
  it('is listed, and exported once', async () => {
    expect((await at.run('requests')).out).toMatch(/TV-2 +LG +asked +asked .* looked for in/)
    expect((await at.run('requests', '--state', 'delivered')).out).toBe('Nothing is asked of Icecat')
    expect((await at.run('requests', '--state', 'lost')).code).toBe(2)
    const file = join(folder, 'missing.csv')
    expect((await at.run('requests', 'export', file)).out).toBe(`1 product written to ${file}`)
    const [head, line] = (await readFile(file, 'utf8')).split('\n')
    expect(head).toBe('product;brand;product_code;gtin;name;asked_on')
    expect(line).toMatch(/^TV-2;LG;X-2;;;\d{4}-\d\d-\d\d$/)
    expect((await at.run('requests', 'export', file)).out).toContain('0 products written')
    expect((await at.run('requests', 'export', file, '--again')).out).toContain('1 product written')
  })
})

describe('a value that a person had taken over', () => {
  const dueOf = async () => {
    const [row] = await database.sql<{ due: string | null }[]>`
      select due from enrichment_product where connection = ${at.taskQueue} and product = ${uuid(1)}`
    return row?.due
  }
  const ledger = () => ledgerOf(database.sql, at.taskQueue, 'products', [uuid(1)])

  it('is given back by its attribute alone, and its product is looked at again', async () => {
    const { code, out } = await at.run('release', 'TV-1', 'NAME')
    expect(code).toBe(0)
    expect(out).toContain('1 value of TV-1 may be written over: name en_US')
    expect(await dueOf()).toBe('person')
    const models = await ledgerOf(database.sql, at.taskQueue, 'product-models', ['tv'])
    expect(models.get('tv')?.get('name en_US ')).toMatchObject({ sent: 'LG OLED', isReleased: true })
    expect(await ledger()).toEqual(new Map())
  })

  it('is given back also where it was never ours', async () => {
    expect((await at.json('release', 'TV-1')).value).toMatchObject({ released: [{}, {}] })
    expect((await ledger()).get(uuid(1))?.get('description en_US ecommerce')).toMatchObject({
      sent: null,
      isReleased: true,
      isUnread: false,
    })
  })

  it('is not found where nothing stays because of a person', async () => {
    const { code, out } = await at.run('release', 'TV-3')
    expect({ code, out }).toMatchObject({
      code: 1,
      out: expect.stringContaining('Nothing of TV-3 stays') as string,
    })
  })
})
