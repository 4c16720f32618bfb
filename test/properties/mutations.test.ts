import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type * as Sources from '../../connectors/hub/sources.ts'
import type * as Transfers from '../../connectors/hub/transfers.ts'
import type * as Windows from '../../domain/poll-window.ts'
import type * as Runs from '../../connectors/hub/runs.ts'
import type * as Sweeps from '../../connectors/hub/sweeps.ts'
import type * as Guards from '../../domain/guards.ts'
import type * as Counter from '../../connectors/hub/feed-counter.ts'
import { changesAfter, publishRecords } from '../../connectors/hub/records.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { categoryRecord } from '../support/published.ts'
import type { Scenario } from './actions.ts'
import { inWorld, runScenario } from './run-scenario.ts'
import { lockWaits } from '../support/transactions.ts'

/*
 * Each rule of the protocol is needed: with it nothing is lost, and without it one of these finds what is. The switch is in this file's
 * mocks alone; the product has none.
 */

type Rule =
  | 'ticket'
  | 'cursor fence'
  | 'overlap'
  | 'watermark at the end'
  | 'descendant sweep'
  | 'guard'
  | 'feed counter'

const off = vi.hoisted(() => ({ rule: null as string | null }))

vi.mock('../../connectors/hub/sources.ts', async (load) => {
  const real = await load<typeof Sources>()
  const claimReading: typeof real.claimReading = async (...args) => {
    const accepted = await real.claimReading(...args)
    return off.rule === 'ticket' ? new Set(args[3]) : accepted
  }
  return { ...real, claimReading }
})

vi.mock('../../connectors/hub/transfers.ts', async (load) => {
  const real = await load<typeof Transfers>()
  const moveCursor: typeof real.moveCursor = async (tx, transfer, from, to, next) => {
    if (off.rule !== 'cursor fence') return real.moveCursor(tx, transfer, from, to, next)
    await tx`
      update transfer set cursor = ${to}, pages = pages + 1, done = ${to === null} where id = ${transfer}::bigint`
    return true
  }
  return { ...real, moveCursor }
})

vi.mock('../../domain/poll-window.ts', async (load) => {
  const real = await load<typeof Windows>()
  const pollWindow: typeof real.pollWindow = (given) => {
    const window = real.pollWindow(given)
    return off.rule === 'overlap' && given.watermark ? { ...window, since: given.watermark.at } : window
  }
  return { ...real, pollWindow }
})

vi.mock('../../connectors/hub/runs.ts', async (load) => {
  const real = await load<typeof Runs>()
  const setRunWindow: typeof real.setRunWindow = async (db, id, window) => {
    await real.setRunWindow(db, id, window)
    if (off.rule !== 'watermark at the end') return
    const { connection } = await real.runById(db, id)
    await real.moveWatermark(db, connection, window.t0, { hourly: false, nightly: false })
  }
  return { ...real, setRunWindow }
})

vi.mock('../../connectors/hub/sweeps.ts', async (load) => {
  const real = await load<typeof Sweeps>()
  const enqueueSweeps: typeof real.enqueueSweeps = (...args) =>
    off.rule === 'descendant sweep' ? Promise.resolve() : real.enqueueSweeps(...args)
  return { ...real, enqueueSweeps }
})

vi.mock('../../domain/guards.ts', async (load) => {
  const real = await load<typeof Guards>()
  const holdReasons: typeof real.holdReasons = (...args) =>
    off.rule === 'guard' ? [] : real.holdReasons(...args)
  return { ...real, holdReasons }
})

vi.mock('../../connectors/hub/feed-counter.ts', async (load) => {
  const real = await load<typeof Counter>()
  const takeSeqs: typeof real.takeSeqs = async (tx, ...args) => {
    if (off.rule !== 'feed counter') return real.takeSeqs(tx, ...args)
    // What a serial column does: numbers without waiting.
    const rows = await tx<
      { seq: bigint }[]
    >`select nextval('plain_serial') as seq from generate_series(1, ${args[2]}::int)`
    return rows[0]?.seq ?? 1n
  }
  return { ...real, takeSeqs }
})

let database: FreshDatabase
beforeAll(async () => {
  database = await freshDatabase()
  await database.sql`create sequence plain_serial`
})
afterAll(() => database.drop())
beforeEach(() => {
  off.rule = null
})

const quiet: Scenario = { skewSeconds: 0, searchLagSeconds: 0, variantLagSeconds: 0, before: [], actions: [] }
const play = (part: Partial<Scenario>) => runScenario(database.url, { ...quiet, ...part })
/** Names of the first product and the first model, with another text each time. */
const rename = (to: number) => ({ do: 'set' as const, who: 0, what: 0, to: 2 * to })

/** What goes wrong, in words; nothing while the rule is kept. */
const experiments: Record<Rule, () => Promise<string[]>> = {
  // A page's answer is on its way while a person syncs what changed since: the page comes later and is older.
  ticket: () =>
    inWorld(database.url, quiet, async ({ world, passes }) => {
      await passes.categories()
      await passes.load()
      world.edit(rename(1))
      await world.during([], passes, () => passes.poll())
      const page = { atCall: world.calls(), when: 'after' as const }
      world.edit(rename(2))
      await world.during(
        [
          { ...page, what: [rename(3)] },
          { ...page, what: { sync: 0 } },
        ],
        passes,
        () => passes.poll(),
      )
      return world.differences()
    }),

  // A reader is taken for dead when its page has come; another one commits it, and then the first goes on.
  'cursor fence': () =>
    inWorld(database.url, quiet, async ({ world, passes, sql, connection }) => {
      await passes.categories()
      await passes.load()
      world.edit(rename(1))
      await world.during([], passes, () => passes.poll())
      world.edit(rename(2))
      await world.during([{ atCall: world.calls(), when: 'after', what: 'overtaken' }], passes, () =>
        passes.poll(),
      )
      const twice = await sql<{ transfer: bigint }[]>`
        select p.transfer from transfer_page p join transfer t on t.id = p.transfer join run r on r.id = t.run
        where r.connection = ${connection} group by p.transfer, p.cursor having count(*) > 1`
      return twice.map(({ transfer }) => `transfer ${transfer} has committed a page twice`)
    }),

  // The search shows the edit only after the poll, whose watermark is later than it.
  overlap: () => play({ searchLagSeconds: 20, actions: [rename(1), { do: 'poll', meanwhile: [] }] }),

  // A run ends for good before its last page; what it should have read is older than the overlap.
  'watermark at the end': () =>
    play({
      actions: [
        rename(1),
        { do: 'wait', seconds: 1000 },
        { do: 'poll', meanwhile: [{ atCall: 6, when: 'before', what: 'fails' }] },
      ],
    }),

  // The search shows the variants of a changed model with the model's date, when polls have gone on.
  'descendant sweep': () =>
    play({
      variantLagSeconds: 600,
      actions: [
        { do: 'set-model', who: 0, what: 3, to: 2 },
        { do: 'poll', meanwhile: [] },
      ],
    }),

  guard: () =>
    inWorld(database.url, quiet, async ({ world, passes, akeneo }) => {
      for (let n = 0; n < 25; n++) world.edit({ do: 'create', to: 0 })
      await passes.categories()
      await passes.load()
      const made = [...akeneo.pim.catalog.products.afterIdentifier(undefined)].filter(
        ({ identifier }) => identifier?.startsWith('made-') === true,
      )
      for (const product of made) akeneo.pim.deleteProduct(product)
      const held = await passes.reconcile({ content: false, approve: false })
      return held.length > 0 ? [] : [`${made.length} records left unasked`]
    }),

  // The second transaction commits first; a reader looks in between.
  'feed counter': async () => {
    const output = `feed-${randomUUID()}`
    const publish = (code: string, before: () => Promise<void>) =>
      database.sql.begin(async (tx) => {
        await publishRecords(tx, { connection: 'acme', output, run: null }, [
          { id: randomUUID(), record: categoryRecord(code) },
        ])
        await before()
      })
    const second = { done: null as Promise<unknown> | null }
    const seen: number[] = []
    const read = async () => {
      const entries = await changesAfter(database.sql, 'acme', output, BigInt(seen.at(-1) ?? 0), 10)
      seen.push(...entries.map(({ seq }) => seq))
    }
    await publish('a', async () => {
      second.done = publish('b', () => Promise.resolve())
      // With the rule the second waits for us; without it, it is through at once. Either way the reader looks now.
      await Promise.race([second.done, new Promise<void>((go) => void untilWaiting().then(go))])
      await read()
    })
    await second.done
    await read()
    return seen.length === 2 ? [] : [`a reader saw ${seen.join(', ')} of two entries`]
  },
}

/** Goes on when a transaction waits for the feed's counter. */
async function untilWaiting(): Promise<void> {
  for (;;) {
    if ((await lockWaits(database.sql)) > 0) return
    if (off.rule === 'feed counter') return new Promise(() => undefined)
  }
}

describe.each(Object.entries(experiments))('%s', (rule, experiment) => {
  it('kept: nothing is lost', { timeout: 60_000 }, async () => {
    expect(await experiment()).toEqual([])
  })

  it('broken: it is found', { timeout: 60_000 }, async () => {
    off.rule = rule
    expect(await experiment()).not.toEqual([])
  })
})
