import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Dependencies } from '../../activities/dependencies.ts'
import type { RequestRecord } from '../../simulator/request-log.ts'
import { playInProcess } from '../properties/in-process.ts'
import { type Passes, WorkerDied } from '../properties/passes.ts'
import { openTrade, told, type Trade } from './trade.ts'

type Format = 'uuid' | 'identifier'

let trade: Trade
afterEach(() => trade.close())

/** Passes in which the worker that reads by `from` dies over the second page of products; another one goes on, by `to`. */
async function switching(from: Format, to: Format): Promise<{ passes: Passes; hasSwitched: () => boolean }> {
  const [older, newer] = [await worker(from), await worker(to)]
  let now = older
  const { akeneo: _akeneo, ...runtime } = older.connection(trade.connection)
  const deps: Dependencies = {
    sql: older.sql,
    connection: (name) => ({
      ...runtime,
      akeneo: { inLane: (...given) => now.connection(name).akeneo.inLane(...given) },
    }),
  }
  const isPage = ({ path, query }: RequestRecord) =>
    /\/products(-uuid)?$/.test(path) && query.includes('search_after=')
  const { passes } = playInProcess(deps, trade.connection, (when) => {
    const last = trade.akeneo.requests().at(-1)
    if (when === 'before' || now === newer || last === undefined || !isPage(last)) return Promise.resolve()
    now = newer
    return Promise.reject(new WorkerDied())
  })
  return { passes, hasSwitched: () => now === newer }
}
const worker = (productIdFormat: Format) => trade.beside({ akeneo: { productIdFormat } })

/** What the shop has, by code; ids are of each hub, so codes stand in their places. */
function content(): Map<string, string> {
  const records = trade.shop.records()
  const codes = new Map(records.map(({ id, kind, source: { code } }) => [id, `${kind} ${code ?? ''}`]))
  const texts = records.map(({ version: _version, ...record }) =>
    JSON.stringify(record).replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (id) => codes.get(id) ?? id),
  )
  return new Map(records.map(({ id }, place) => [codes.get(id) ?? id, texts[place] ?? '']))
}

describe.each([
  ['uuid', 'identifier'],
  ['identifier', 'uuid'],
] as const)('akeneo.productIdFormat switched from %s to %s', (from, to) => {
  beforeEach(async () => {
    trade = await openTrade({ settings: { akeneo: { productIdFormat: from } } })
  })

  it('in the middle of a poll, a load or a reconcile, publishes nothing and refuses nothing', async () => {
    await trade.begin()
    const rejected = await trade.rejections()
    for (const pass of ['poll', 'load', 'reconcile'] as const) {
      // As if everything had changed since the last poll.
      await trade.sql`update watermark set at = '2020-01-01'`
      const { passes, hasSwitched } = await switching(from, to)
      trade.akeneo.resetRequests()
      await (pass === 'reconcile' ? passes.reconcile({ content: false }) : passes[pass]())
      expect([pass, hasSwitched()]).toEqual([pass, true])
      expect(told(await trade.shop.follow())).toEqual([])
      expect(await trade.rejections()).toEqual(rejected)
      // None of them is read by itself.
      expect(trade.akeneo.requests().length).toBeLessThan(100)
    }
  })

  it('in the middle of the first load, brings what each of them would', async () => {
    await trade.begin()
    const whole = content()
    await trade.close()
    trade = await openTrade()
    await trade.passes.categories()
    const { passes, hasSwitched } = await switching(from, to)
    trade.akeneo.resetRequests()
    await passes.load()
    expect(trade.akeneo.requests().length).toBeLessThan(100)
    expect(hasSwitched()).toBe(true)
    await trade.shop.follow()
    const mixed = content()
    expect(mixed.size).toBe(whole.size)
    expect([...whole].filter(([code, text]) => mixed.get(code) !== text)).toEqual([])
  })
})
