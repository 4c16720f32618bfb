import { describe, expect, it } from 'vitest'
import { keepFindings, refusedValues, replaceFindings } from '../../../connectors/hub/enrichment/findings.ts'
import {
  allowOptions,
  nextWantedOptions,
  optionQuestions,
  wantOptions,
} from '../../../connectors/hub/enrichment/options.ts'
import { hubOfFile } from '../../support/database.ts'

const hub = hubOfFile()

describe('findings', () => {
  const finding = (place: string, data: unknown, kind: 'refused' | 'kept' = 'refused') => ({
    stream: 'products' as const,
    key: 'a',
    place,
    kind,
    code: 'c',
    message: 'm',
    data,
  })
  it('remember what was refused, and are made anew for a record without losing when they began', async () => {
    await hub.sql.begin(async (tx) => {
      await keepFindings(tx, hub.connection, 1n, [
        finding('x', { amount: '1', unit: 'STONE' }),
        finding('y', 'z', 'kept'),
        finding('w', 'z', 'kept'),
      ])
    })
    const first =
      await hub.sql`select first_seen from enrichment_finding where connection = ${hub.connection} and place = 'y'`
    await hub.sql.begin((tx) =>
      replaceFindings(
        tx,
        hub.connection,
        2n,
        [{ stream: 'products', key: 'a' }],
        ['kept'],
        [finding('y', 'z', 'kept')],
      ),
    )
    expect((await refusedValues(hub.sql, hub.connection, 'products', ['a'])).get('a')).toEqual(
      new Map([['x', { amount: '1', unit: 'STONE' }]]),
    )
    const left =
      await hub.sql`select place, first_seen from enrichment_finding where connection = ${hub.connection} and kind = 'kept'`
    expect(left).toEqual([{ place: 'y', first_seen: (first[0] as { first_seen: Date }).first_seen }])
  })
})

describe('missing options', () => {
  const option = { attribute: 'color', code: 'sage', labels: { en_US: 'Sage' }, product: 'a' }
  const want = (create: 'ask' | 'always') =>
    hub.sql.begin((tx) => wantOptions(tx, hub.connection, 1n, create, [option, { ...option, product: 'b' }]))

  it('wait for a person where the mapping says so', async () => {
    await want('ask')
    expect(await nextWantedOptions(hub.sql, hub.connection, 100)).toEqual([])
    expect(await optionQuestions(hub.sql, hub.connection)).toMatchObject([
      { code: 'sage', state: 'asked', products: 2 },
    ])
    await allowOptions(hub.sql, hub.connection, 'color', ['sage'])
    expect(await nextWantedOptions(hub.sql, hub.connection, 100)).toEqual([
      { attribute: 'color', code: 'sage', labels: { en_US: 'Sage' } },
    ])
  })

  it('are made once the mapping says always', async () => {
    await want('ask')
    await want('always')
    expect(await nextWantedOptions(hub.sql, hub.connection, 100)).toHaveLength(1)
  })
})
