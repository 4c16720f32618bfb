import { describe, expect, it } from 'vitest'
import { fileName, type FileInput, putFiles, takeFiles } from '../../../connectors/hub/enrichment/files.ts'
import {
  forgetRefusals,
  type LineInput,
  markSent,
  mendedRecords,
  nextFreeMs,
  putLines,
  releaseLines,
  settleLines,
  takeLines,
} from '../../../connectors/hub/enrichment/lines.ts'
import { keepEchoes, keepValues, ledgerOf, unreadValues } from '../../../connectors/hub/enrichment/values.ts'
import { hubOfFile } from '../../support/database.ts'

const hub = hubOfFile()

const value = (data: unknown, attribute = 'name') => ({
  attribute,
  locale: null,
  scope: null,
  data,
  base: null,
  provenance: null,
})
const line = (key: string, data: unknown = 'x', createdAt = '2026-01-05T08:00:00Z'): LineInput => ({
  stream: 'products',
  key,
  createdAt: new Date(createdAt),
  knownUntil: new Date('2026-11-01T00:00:00Z'),
  values: [value(data)],
})
const put = async (...lines: LineInput[]) => [
  ...(await hub.sql.begin((tx) => putLines(tx, hub.connection, 1n, lines))).values(),
]
const a = { stream: 'products' as const, key: 'a' }
/** The record as it was read from Akeneo. */
const stored = (key: string, content: string) => hub.sql`
  insert into source_record (connection, stream, key, ticket, hash, source)
  values (${hub.connection}, 'products', ${key}, 1, ${Buffer.from(content)}, '{}')
  on conflict (connection, stream, key) do update set hash = excluded.hash`
/** Takes the line that there is, and brings Akeneo's refusal of all of it. */
async function refuse(meanwhile: () => Promise<unknown> = () => Promise.resolve()): Promise<void> {
  const [held] = await take(one)
  await meanwhile()
  const parked = [{ key: held?.key ?? '', values: held?.values ?? [], message: 'no' }]
  await hub.sql.begin((tx) =>
    settleLines(tx, hub.connection, { stream: 'products', holder: one, gone: [], shortened: [], parked }),
  )
}
const take = (
  holder: string,
  { most = 100, leaseMs = 60_000, only }: { most?: number; leaseMs?: number; only?: string[] } = {},
) =>
  takeLines(hub.sql, hub.connection, {
    stream: 'products',
    holder,
    most,
    leaseMs,
    only: only?.map((key) => ({ stream: 'products' as const, key })),
  })
const [one, two] = ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002']
const sent = (holder: string, keys: string[], leaseMs = 60_000) =>
  markSent(hub.sql, hub.connection, { stream: 'products', keys, holder, leaseMs })
const keysOf = (lines: { key: string }[]) => lines.map(({ key }) => key)

describe('lines of an enrichment', () => {
  it('are taken in the order of their records’ creation, each by one holder', async () => {
    await put(
      line('c', 1, '2026-01-03T00:00:00Z'),
      line('a', 1, '2026-01-05T00:00:00Z'),
      line('b', 1, '2026-01-04T00:00:00Z'),
    )
    expect(keysOf(await take(one, { most: 2 }))).toEqual(['c', 'b'])
    expect(keysOf(await take(two))).toEqual(['a'])
    expect(await take(two)).toEqual([])
  })

  it('are taken as soon as they are written, by the thousand, in a time that grows with their number alone', async () => {
    await put(...Array.from({ length: 6000 }, (_, n) => line(`many-${n}`)))
    const began = performance.now()
    expect(await take(one, { most: 2000 })).toHaveLength(2000)
    // It took 9 s by a join of each with each, 50 ms without.
    expect(performance.now() - began).toBeLessThan(3000)
  })

  it('are one for each record: a later judgement replaces what was not begun, and an empty one takes it away', async () => {
    expect(await put(line('a', 1))).toEqual(['put'])
    expect(await put(line('a', 2))).toEqual(['put'])
    const [taken] = await take(one)
    expect(taken?.values.map(({ data }) => data)).toEqual([2])
    await put(line('b', 1))
    await put({ ...line('b'), values: [] })
    expect(await take(one)).toEqual([])
  })

  it('are left alone while they are under way, and until their outcome is known', async () => {
    await put(line('a', 1))
    const lines = await take(one)
    expect(await put(line('a', 2))).toEqual(['held'])
    expect(await sent(one, ['a'], 0)).toEqual(new Set(['a']))
    // The holder died: the lease is over, and the line may have been done.
    expect(await put(line('a', 2))).toEqual(['held'])
    const [again] = await take(two)
    expect(again).toMatchObject({ key: 'a', isUnknown: true, attempts: 1, values: lines[0]?.values })
    expect(await sent(one, ['a'])).toEqual(new Set())
  })

  it('given back are as they were', async () => {
    await put(line('a', 1))
    const lines = await take(one)
    await releaseLines(hub.sql, hub.connection, { stream: 'products', lines, holder: one })
    expect(await take(two)).toMatchObject([{ key: 'a', isUnknown: false, attempts: 0 }])
  })

  it('that were refused whole wait for other values, and hold nobody up', async () => {
    await put(line('a', 1), line('b', 1))
    const lines = await take(one)
    await hub.sql.begin((tx) =>
      settleLines(tx, hub.connection, {
        stream: 'products',
        holder: one,
        gone: ['b'],
        shortened: [],
        parked: [{ key: 'a', values: lines[0]?.values ?? [], message: 'no' }],
      }),
    )
    expect(await nextFreeMs(hub.sql, hub.connection)).toBeNull()
    expect(await take(one)).toEqual([])
    expect(await put(line('a', 1))).toEqual(['parked'])
    expect(await put(line('a', 2))).toEqual(['put'])
    expect(keysOf(await take(one))).toEqual(['a'])
  })

  it('that were refused whole are made again once for each change of the record', async () => {
    await stored('a', 'as it was')
    await put(line('a', 1))
    await refuse()
    expect([await mendedRecords(hub.sql, hub.connection, [a]), await put(line('a', 1))]).toEqual([
      [],
      ['parked'],
    ])
    await stored('a', 'changed')
    expect(await mendedRecords(hub.sql, hub.connection, [a])).toEqual([a])
    expect(await put(line('a', 1))).toEqual(['put'])
    await refuse()
    expect([await mendedRecords(hub.sql, hub.connection, [a]), await put(line('a', 1))]).toEqual([
      [],
      ['parked'],
    ])
  })

  it('that were refused whole are made again where the record has changed while they were under way', async () => {
    await stored('a', 'as it was')
    await put(line('a', 1))
    await refuse(() => stored('a', 'changed'))
    expect(await mendedRecords(hub.sql, hub.connection, [a])).toEqual([a])
  })

  it('that were refused whole are made again when a person asks for it', async () => {
    await stored('a', 'as it was')
    await put(line('a', 1))
    await refuse()
    await hub.sql.begin((tx) => forgetRefusals(tx, hub.connection, [a]))
    expect(await put(line('a', 1))).toEqual(['put'])
  })

  it('can be taken of some records only', async () => {
    await put(line('a'), line('b'), line('c'))
    expect(keysOf(await take(one, { only: ['b', 'z'] }))).toEqual(['b'])
  })

  it('of a record whose file is under way wait for it', async () => {
    await put(line('a'))
    await hub.sql.begin((tx) => putFiles(tx, hub.connection, 1n, [file('a')]))
    const files = await takeFiles(hub.sql, hub.connection, { holder: two, most: 10, leaseMs: 60_000 })
    expect(files).toHaveLength(1)
    expect(await take(one)).toEqual([])
  })
})

const file = (key: string, changes: Partial<FileInput> = {}): FileInput => ({
  stream: 'products',
  key,
  place: 'picture  ',
  attribute: 'picture',
  locale: null,
  scope: null,
  assetKey: `content of ${key}`,
  asset: {
    id: '1',
    url: 'https://images.icecat.biz/1.jpg',
    kind: 'image',
    type: 'ProductImage',
    contentType: 'image/jpeg',
    size: 10,
    language: null,
    updated: null,
  },
  base: null,
  product: key,
  icecatId: '1',
  ...changes,
})
const files = (holder: string, most = 10) =>
  takeFiles(hub.sql, hub.connection, { holder, most, leaseMs: 60_000 })

describe('files of an enrichment', () => {
  it('of one content are with one holder at a time, so that it is uploaded once', async () => {
    await hub.sql.begin((tx) =>
      putFiles(tx, hub.connection, 1n, [
        file('a', { assetKey: 'same' }),
        file('b', { assetKey: 'same' }),
        file('c'),
      ]),
    )
    expect(keysOf(await files(one, 1))).toEqual(['a'])
    expect(keysOf(await files(two))).toEqual(['c'])
  })

  it('under way are not replaced; others are', async () => {
    await hub.sql.begin((tx) => putFiles(tx, hub.connection, 1n, [file('a'), file('b')]))
    await files(one, 1)
    const outcomes = await hub.sql.begin((tx) =>
      putFiles(tx, hub.connection, 1n, [file('a', { assetKey: 'new' }), file('b', { assetKey: 'new' })]),
    )
    expect([outcomes.get(fileName(file('a'))), outcomes.get(fileName(file('b')))]).toEqual(['held', 'put'])
    expect((await files(two)).map(({ assetKey }) => assetKey)).toEqual(['new'])
  })
})

describe('the ledger', () => {
  const written = (data: unknown, ticket: bigint | null) =>
    hub.sql.begin((tx) =>
      keepValues(tx, hub.connection, 1n, new Date('2026-11-02T00:00:00Z'), [
        { ...value(data), stream: 'products', key: 'a', ticket, assetKey: null },
      ]),
    )
  const unread = () => unreadValues(hub.sql, hub.connection, { stream: 'products', after: '', records: 10 })
  const entry = async () =>
    (await ledgerOf(hub.sql, hub.connection, 'products', ['a'])).get('a')?.get('name  ')

  it('keeps what was sent, and what Akeneo showed afterwards', async () => {
    await written('<b>x</b>', 7n)
    expect(await entry()).toMatchObject({ sent: '<b>x</b>', echoed: null, isUnread: true })
    const [waiting] = await unread()
    await hub.sql.begin((tx) => keepEchoes(tx, hub.connection, waiting ? [{ ...waiting, shown: 'x' }] : []))
    expect(await entry()).toMatchObject({ sent: '<b>x</b>', echoed: 'x', isUnread: false })
    expect(await unread()).toEqual([])
  })

  it('does not take for an echo what was read before another write', async () => {
    await written('one', 7n)
    const [waiting] = await unread()
    await written('two', 9n)
    await hub.sql.begin((tx) => keepEchoes(tx, hub.connection, waiting ? [{ ...waiting, shown: 'one' }] : []))
    expect(await entry()).toMatchObject({ sent: 'two', isUnread: true })
  })

  it('has nothing to read of what stood there already, and tells a value that was taken away from none', async () => {
    await written('same', null)
    expect(await entry()).toMatchObject({ sent: 'same', echoed: 'same', isUnread: false })
    await written(null, 9n)
    expect(await entry()).toMatchObject({ sent: null, isUnread: true })
  })
})
