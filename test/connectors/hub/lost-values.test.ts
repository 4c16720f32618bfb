import { describe, expect, it } from 'vitest'
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
import { hubOfFile } from '../../support/database.ts'

const hub = hubOfFile()
let ticket = 0n

const key = 'a'
const a = { stream: 'products' as const, key }
const place = 'Colors'
const atPlace = { attribute: place, locale: null, scope: null }

/** Akeneo shows the record so. */
const read = (data: unknown, updated: string) =>
  readEntries(data === null ? [] : [{ locale: null, scope: null, data }], updated)

const readEntries = (entries: unknown[], updated: string) =>
  hub.sql.begin(async (tx) => {
    await claimReading(tx, hub.connection, 'products', [key], ++ticket)
    const values = entries.length === 0 ? {} : { [place]: entries }
    const source = { uuid: key, updated, values }
    await writeSources(
      tx,
      hub.connection,
      'products',
      [{ key, code: 'A', parent: null, family: null, source }],
      ticket,
    )
  })

/** Written by us and read back. */
async function written(data: string[] | string): Promise<void> {
  await hub.sql.begin(async (tx) => {
    const value = { ...a, ...atPlace, data, provenance: null, assetKey: null, ticket: 1n }
    await keepValues(tx, hub.connection, 1n, new Date(), [value])
    await keepEchoes(tx, hub.connection, [{ ...a, place: 'colors  ', ticket: '1', shown: data }])
  })
  await read(data, '2026-11-01T10:00:00+00:00')
}

const entry = async () => {
  const { wasGone, remained } =
    (await ledgerOf(hub.sql, hub.connection, 'products', [key])).get(key)?.get('colors  ') ?? {}
  return { wasGone, remained }
}
const lost = (...codes: string[]) =>
  hub.sql.begin((tx) => markLostOptions(tx, hub.connection, [{ attribute: 'colors', codes }]))

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
    await hub.sql`
      insert into source_record (connection, stream, key, ticket, hash, source)
      values (${hub.connection}, 'attributes', ${place}, 1, '', ${hub.sql.json({ type: 'pim_catalog_simpleselect' })})`
    await written('mint')
    await read(null, '2026-11-01T10:00:05+00:00')
    const mint = { attribute: place, code: 'mint' }
    expect(await emptiedOptions(hub.sql, hub.connection, null)).toEqual([mint])
    await hub.sql.begin((tx) => markEmptiedWith(tx, hub.connection, null, [{ ...mint, code: 'plum' }]))
    expect(await entry()).toEqual({ wasGone: false, remained: null })
    await hub.sql.begin((tx) => markEmptiedWith(tx, hub.connection, null, [mint]))
    expect(await entry()).toEqual({ wasGone: true, remained: null })
    expect(await emptiedOptions(hub.sql, hub.connection, null)).toEqual([])
  })

  it('went with its option, as long as it was there until then', async () => {
    await written(['red', 'Mint'])
    await lost('blue')
    expect(await entry()).toEqual({ wasGone: false, remained: null })
    await lost('mint')
    expect(await entry()).toEqual({ wasGone: true, remained: ['red'] })
    await lost('red')
    expect(await entry()).toEqual({ wasGone: true, remained: null })
    const records = await lostWithOptions(hub.sql as never, hub.connection, [
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
    await hub.sql.begin((tx) => keepFindings(tx, hub.connection, 1n, [cleared]))
    await hub.sql.begin((tx) => markGone(tx, hub.connection, ['colors']))
    expect(await entry()).toEqual({ wasGone: false, remained: null })
    await hub.sql`delete from enrichment_finding where connection = ${hub.connection}`
    await hub.sql.begin((tx) => markGone(tx, hub.connection, ['colors']))
    expect(await entry()).toEqual({ wasGone: true, remained: null })
  })
})

describe('a text of ours that is gone from a record of the same second', () => {
  const updated = '2026-11-01T10:00:00+00:00'
  const english = { locale: 'en_US', scope: 'web', data: 'Lamp' }
  const german = { locale: 'de_DE', scope: 'web', data: 'Lampe' }

  /** Both are ours, and the German one is not shown any more. Of channel `web` those locales are known. */
  async function lostGerman(type: string, locales: string[], left: unknown[]) {
    await hub.sql`delete from source_record where connection = ${hub.connection}`
    const structure = [
      { stream: 'attributes', key: place, source: { type } },
      { stream: 'channels', key: 'web', source: { code: 'web', locales } },
    ]
    for (const { stream, key: code, source } of structure)
      await hub.sql`
        insert into source_record (connection, stream, key, ticket, hash, source)
        values (${hub.connection}, ${stream}, ${code}, 1, '', ${hub.sql.json(source)})`
    await hub.sql.begin(async (tx) => {
      const ours = [english, german].map((entry) => ({
        ...a,
        attribute: place,
        ...entry,
        provenance: null,
        assetKey: null,
        ticket: 1n,
      }))
      await keepValues(tx, hub.connection, 1n, new Date(), ours)
      const echoes = ours.map(({ locale, scope, data }) => ({
        ...a,
        place: `colors ${locale} ${scope}`,
        ticket: '1',
        shown: data,
      }))
      await keepEchoes(tx, hub.connection, echoes)
    })
    await readEntries([english, german], updated)
    await readEntries(left, updated)
    const ledger = (await ledgerOf(hub.sql, hub.connection, 'products', [key])).get(key)
    return ledger?.get('colors de_DE web')?.wasGone
  }

  it('was taken by a person where others of its attribute stand', async () => {
    expect(await lostGerman('pim_catalog_text', ['de_DE', 'en_US'], [english])).toBe(false)
  })

  it('went with its attribute where none does', async () => {
    expect(await lostGerman('pim_catalog_text', ['de_DE', 'en_US'], [])).toBe(true)
  })

  it('went with its locale where its channel has that no more, and with a channel that is gone', async () => {
    expect(await lostGerman('pim_catalog_text', ['en_US'], [english])).toBe(true)
    const print = { ...english, scope: 'print' }
    expect(await lostGerman('pim_catalog_text', ['en_US'], [print])).toBe(true)
  })

  it('went with its option where it is one', async () => {
    expect(await lostGerman('pim_catalog_simpleselect', ['de_DE', 'en_US'], [english])).toBe(true)
  })
})

describe('rules that are kept', () => {
  it('say which options have left, of attributes that the mapping writes', async () => {
    const options = (hash: string, codes?: string[]): KeptRule[] => [
      { kind: 'options', code: 'colors', hash, ...(codes && { codes }) },
    ]
    let version = 0n
    const keep = (rules: KeptRule[]) => hub.sql.begin((tx) => keepRules(tx, hub.connection, ++version, rules))
    await hub.sql.begin((tx) =>
      setMapping(tx, hub.connection, { name: 'm', version: 1, text: '', hash: 'h' }),
    )
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
