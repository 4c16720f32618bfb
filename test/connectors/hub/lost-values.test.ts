import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Sql } from '../../../connectors/hub/database.ts'
import { keepFindings } from '../../../connectors/hub/enrichment/findings.ts'
import {
  emptiedOptions,
  lostWithOptions,
  markEmptiedWith,
  markGone,
  markLostOptions,
} from '../../../connectors/hub/enrichment/lost-values.ts'
import { setMapping } from '../../../connectors/hub/enrichment/state.ts'
import { keepRules, type KeptRule } from '../../../connectors/hub/enrichment/structure-rules.ts'
import { keepEchoes, keepValues, ledgerOf } from '../../../connectors/hub/enrichment/values.ts'
import { claimReading, writeSources } from '../../../connectors/hub/sources.ts'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'

let database: FreshDatabase
let sql: Sql
let connection: string
let connections = 0
let ticket = 0n
beforeAll(async () => {
  database = await freshDatabase()
  sql = database.sql
})
beforeEach(() => {
  connection = `acme-${++connections}`
})
afterAll(() => database.drop())

const key = 'a'
const a = { stream: 'products' as const, key }
const place = 'Colors'
const atPlace = { attribute: place, locale: null, scope: null }

/** Akeneo shows the record so. */
const read = (data: unknown, updated: string) =>
  sql.begin(async (tx) => {
    await claimReading(tx, connection, 'products', [key], ++ticket)
    const values = data === null ? {} : { [place]: [{ locale: null, scope: null, data }] }
    const source = { uuid: key, updated, values }
    await writeSources(
      tx,
      connection,
      'products',
      [{ key, code: 'A', parent: null, family: null, source }],
      ticket,
    )
  })

/** Written by us and read back. */
async function written(data: string[] | string): Promise<void> {
  await sql.begin(async (tx) => {
    const value = { ...a, ...atPlace, data, provenance: null, assetKey: null, ticket: 1n }
    await keepValues(tx, connection, 1n, new Date(), [value])
    await keepEchoes(tx, connection, [{ ...a, place: 'colors  ', ticket: '1', shown: data }])
  })
  await read(data, '2026-11-01T10:00:00+00:00')
}

const entry = async () => {
  const { wasGone, remained } =
    (await ledgerOf(sql, connection, 'products', [key])).get(key)?.get('colors  ') ?? {}
  return { wasGone, remained }
}
const lost = (...codes: string[]) =>
  sql.begin((tx) => markLostOptions(tx, connection, [{ attribute: 'colors', codes }]))

describe('a value of ours that is gone', () => {
  it('with nobody having touched the record was taken by Akeneo, in part or whole', async () => {
    await written(['red', 'Mint'])
    await read(['red'], '2026-11-01T10:00:00+00:00')
    expect(await entry()).toEqual({ wasGone: true, remained: ['red'] })
    await read(null, '2026-11-01T10:00:00+00:00')
    expect(await entry()).toEqual({ wasGone: true, remained: null })
  })

  it('from a record that somebody has touched was taken by that person', async () => {
    await written(['red', 'mint'])
    await read(['red'], '2026-11-01T10:00:05+00:00')
    expect(await entry()).toEqual({ wasGone: false, remained: null })
  })

  it('and was a person’s before is no loss of ours', async () => {
    await written('mint')
    await read('plum', '2026-11-01T10:00:05+00:00')
    await read(null, '2026-11-01T10:00:05+00:00')
    expect(await entry()).toEqual({ wasGone: false, remained: null })
  })

  it('with an option that Akeneo says it has no more went with that, whoever has touched the record', async () => {
    await sql`
      insert into source_record (connection, stream, key, ticket, hash, source)
      values (${connection}, 'attributes', ${place}, 1, '', ${sql.json({ type: 'pim_catalog_simpleselect' })})`
    await written('mint')
    await read(null, '2026-11-01T10:00:05+00:00')
    const mint = { attribute: place, code: 'mint' }
    expect(await emptiedOptions(sql, connection, null)).toEqual([mint])
    await sql.begin((tx) => markEmptiedWith(tx, connection, null, [{ ...mint, code: 'plum' }]))
    expect(await entry()).toEqual({ wasGone: false, remained: null })
    await sql.begin((tx) => markEmptiedWith(tx, connection, null, [mint]))
    expect(await entry()).toEqual({ wasGone: true, remained: null })
    expect(await emptiedOptions(sql, connection, null)).toEqual([])
  })

  it('went with its option, as long as it was there until then', async () => {
    await written(['red', 'Mint'])
    await lost('blue')
    expect(await entry()).toEqual({ wasGone: false, remained: null })
    await lost('mint')
    expect(await entry()).toEqual({ wasGone: true, remained: ['red'] })
    await lost('red')
    expect(await entry()).toEqual({ wasGone: true, remained: null })
    const records = await lostWithOptions(sql as never, connection, [
      { attribute: 'colors', names: ['mint'] },
    ])
    expect(records).toEqual([a])
    await written('mint')
    expect(await entry()).toEqual({ wasGone: false, remained: null })
    await read(null, '2026-11-01T10:00:05+00:00')
    await lost('mint')
    expect(await entry()).toEqual({ wasGone: false, remained: null })
  })

  it('went with its attribute, unless a person was found to have cleared it', async () => {
    await written('mint')
    const cleared = { ...a, place: 'colors  ', kind: 'kept' as const, code: 'cleared', message: '' }
    await sql.begin((tx) => keepFindings(tx, connection, 1n, [cleared]))
    await sql.begin((tx) => markGone(tx, connection, ['colors']))
    expect(await entry()).toEqual({ wasGone: false, remained: null })
    await sql`delete from enrichment_finding where connection = ${connection}`
    await sql.begin((tx) => markGone(tx, connection, ['colors']))
    expect(await entry()).toEqual({ wasGone: true, remained: null })
  })
})

describe('rules that are kept', () => {
  it('say which options have left, of attributes that the mapping writes', async () => {
    const options = (hash: string, codes?: string[]): KeptRule[] => [
      { kind: 'options', code: 'colors', hash, ...(codes && { codes }) },
    ]
    let version = 0n
    const keep = (rules: KeptRule[]) => sql.begin((tx) => keepRules(tx, connection, ++version, rules))
    await sql.begin((tx) => setMapping(tx, connection, { name: 'm', version: 1, text: '', hash: 'h' }))
    await keep(options('01', ['mint', 'plum', 'red']))
    const kept = { kind: 'options', code: 'colors' }
    expect(await keep(options('02', ['mint', 'red', 'sage']))).toEqual([{ ...kept, lost: ['plum'] }])
    expect(await keep(options('02', ['mint', 'red', 'sage']))).toEqual([])
    // The mapping does not write it any more: nothing is known to be lost.
    expect(await keep(options('03'))).toEqual([{ ...kept, lost: [] }])
    await keep(options('03', ['mint']))
    expect(await keep([])).toEqual([{ ...kept, lost: ['mint'] }])
  })
})
