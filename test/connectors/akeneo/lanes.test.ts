import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TransientError } from '../../../connectors/errors.ts'
import { createLanes, type Lane, type LaneOwner } from '../../../connectors/hub/lanes.ts'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'
import { until } from '../../support/until.ts'
import { failureOf } from './helpers.ts'
import { busiestSecond, notedStarts, timeOf } from './lane-times.ts'

let database: FreshDatabase
beforeEach(async () => {
  database = await freshDatabase()
})
afterEach(() => database.drop())

/** Lanes of one connection to one Akeneo; more starts a second than any test makes. */
const owner = (settings: Partial<LaneOwner> = {}): LaneOwner => ({
  connection: 'acme',
  concurrency: 4,
  host: 'acme.test',
  hostConcurrency: 10,
  perSecond: 10_000,
  timeoutMs: 300,
  ...settings,
})

describe('a lane', () => {
  it('is one of as many as the connection has, and another is to be had when one is given back', async () => {
    const lanes = createLanes(database.sql)
    const patient = owner({ timeoutMs: 60_000 })
    const held = await Promise.all([1, 2, 3, 4].map(() => lanes.take('bulk', patient)))
    const fifth = lanes.take('bulk', patient)
    expect(await Promise.race([fifth, sleep(300, 'waits')])).toBe('waits')
    await held[0]?.release()
    await fifth
  })

  it('is one of as many as Akeneo has for all connections together', async () => {
    const lanes = createLanes(database.sql)
    const few = { hostConcurrency: 2, timeoutMs: 60_000 }
    await lanes.take('bulk', owner({ connection: 'acme', ...few }))
    const second = await lanes.take('bulk', owner({ connection: 'beta', ...few }))
    const third = lanes.take('bulk', owner({ connection: 'gamma', ...few }))
    expect(await Promise.race([third, sleep(300, 'waits')])).toBe('waits')
    await second.release()
    await third
  })

  it('comes back by itself when its holder is gone and Akeneo has given up on its call', async () => {
    const lanes = createLanes(database.sql)
    const one = owner({ concurrency: 1 })
    const dead = await lanes.take('bulk', one)
    const took = await timeOf(async () => {
      await dead.start()
      await lanes.take('bulk', one)
    })
    // 300 ms of HTTP timeout and 2 s for what lies between the database's start and the request.
    expect(took).toBeGreaterThan(2200)
  })

  it('stays busy after a call that was given up, and its holder goes on in another one', async () => {
    const lanes = createLanes(database.sql)
    const lane = await lanes.take('bulk', owner({ concurrency: 2, timeoutMs: 60_000 }))
    await lane.start()
    lane.abandon()
    await lane.start()
    const third = lanes.take('bulk', owner({ concurrency: 2, timeoutMs: 60_000 }))
    expect(await Promise.race([third, sleep(300, 'waits')])).toBe('waits')
    await database.sql`update lane set busy_until = clock_timestamp() where n = 1`
    await third
  })

  it('that was lost to another is never used by the one who had it', async () => {
    const lanes = createLanes(database.sql)
    const one = owner({ concurrency: 1, timeoutMs: 100 })
    const slow = await lanes.take('bulk', one)
    await slow.start()
    const next = await lanes.take('bulk', owner({ concurrency: 1, timeoutMs: 60_000 }))
    const again = slow.start()
    expect(await Promise.race([again, sleep(300, 'waits')])).toBe('waits')
    await next.release()
    await again
  })

  it('is waited for at most 10 s by a load, which then makes room in its worker', async () => {
    const lanes = createLanes(database.sql)
    const one = owner({ concurrency: 1, timeoutMs: 60_000 })
    await lanes.take('bulk', one)
    const failure = await failureOf(lanes.take('bulk', one))
    expect(failure).toBeInstanceOf(TransientError)
    expect(failure).toMatchObject({ code: 'no-lane', benign: true })
    expect((failure as TransientError).retryAfterMs).toBeGreaterThan(0)
  })

  it('is not waited for any longer when the work is cancelled', async () => {
    const lanes = createLanes(database.sql)
    const one = owner({ concurrency: 1, timeoutMs: 60_000 })
    await lanes.take('bulk', one)
    const controller = new AbortController()
    const waiting = failureOf(lanes.take('live', one, controller.signal))
    const requests = () => database.sql`select 1 from lane_request`
    await until(async () => (await requests()).length === 1, 'somebody waits')
    controller.abort()
    await waiting
    expect(await requests()).toHaveLength(0)
  })

  it('beyond a lowered number is given up with its next call', async () => {
    const many = await Promise.all([1, 2, 3].map(() => createLanes(database.sql).take('bulk', owner())))
    const fewer = createLanes(database.sql)
    const waiting = fewer.take('bulk', owner({ concurrency: 1, timeoutMs: 60_000 }))
    await many[0]?.release()
    await waiting
    expect(
      await database.sql`select n from lane where scope = 'connection' and holder is not null and n = 1`,
    ).toHaveLength(1)
  })
})

describe('starts', () => {
  it('keep their distance, so that no second has more than Akeneo takes', async () => {
    const lanes = createLanes(database.sql)
    const spaced = owner({ hostConcurrency: 4, perSecond: 40 })
    const starts = await notedStarts(database.sql)
    const took = await timeOf(() =>
      Promise.all(
        [1, 2, 3, 4].map(async () => {
          const lane = await lanes.take('bulk', spaced)
          for (let call = 0; call < 20; call++) await lane.start()
          await lane.release()
        }),
      ),
    )
    // 80 starts, 4 at once at the beginning, then 40 a second.
    const at = await starts()
    expect(at).toHaveLength(80)
    expect(busiestSecond(at)).toBeLessThanOrEqual(44)
    expect(took).toBeGreaterThan(1800)
  })

  it('of a single caller are not held to one lane, but use the whole rate', async () => {
    const lane = await createLanes(database.sql).take('bulk', owner({ hostConcurrency: 10, perSecond: 50 }))
    const took = await timeOf(async () => {
      for (let call = 0; call < 40; call++) await lane.start()
    })
    // In one lane of ten it would be 8 s.
    expect(took).toBeLessThan(4000)
    expect(took).toBeGreaterThan(550)
  })

  it('wait for everybody when Akeneo asked one to wait', async () => {
    const [mine, others] = [createLanes(database.sql), createLanes(database.sql)]
    const lane = await others.take('bulk', owner({ connection: 'beta' }))
    await mine.take('bulk', owner())
    const took = await timeOf(async () => {
      await mine.notBefore('acme.test', 600)
      await mine.notBefore('acme.test', 10)
      await lane.start()
    })
    expect(took).toBeGreaterThan(500)
    await mine.notBefore('acme.test', 60_000)
    const failure = await failureOf(lane.start())
    expect(failure).toMatchObject({ code: 'not-before', benign: true })
    expect((failure as TransientError).retryAfterMs).toBeGreaterThan(50_000)
  })

  it('are numbered in their order', async () => {
    const lane = await createLanes(database.sql).take('bulk', owner({ perSecond: 20, hostConcurrency: 1 }))
    const tickets = [await lane.start(), await lane.start(), await lane.start()]
    expect(tickets).toEqual(tickets.toSorted((a, b) => Number(a - b)))
  })
})

describe('a live call', () => {
  /** Loads that keep all lanes busy; each call lasts until it is told to end. */
  function busyLoads(loads: number, settings: LaneOwner) {
    const lanes = createLanes(database.sql)
    let ended = false
    /** Calls of each load. */
    const calls: number[] = Array.from({ length: loads }, () => 0)
    /** What ends the call that a load is inside; null between two. */
    const inside: ((() => void) | null)[] = calls.map(() => null)
    const all = calls.map(async (_none, load) => {
      const lane: Lane = await lanes.take('bulk', settings)
      while (!ended) {
        await lane.start()
        calls[load] = (calls[load] ?? 0) + 1
        await new Promise<void>((resolve) => (inside[load] = resolve))
      }
      await lane.release()
    })
    const endCall = (load: number) => {
      const end = inside[load]
      inside[load] = null
      end?.()
    }
    const allInside = () => until(() => Promise.resolve(!inside.includes(null)), 'all lanes are busy')
    return {
      isInside: (load: number) => inside[load] !== null,
      allInside,
      endCall,
      /** Lets a caller wait, and then one load end its call; all other calls go on until it is through. */
      async whileOneEnds(load: number, work: () => Promise<unknown>): Promise<void> {
        await allInside()
        const served = work()
        await until(
          async () => (await database.sql`select 1 from lane_request`).length === 1,
          'somebody waits',
        )
        endCall(load)
        await served
      },
      async end() {
        await allInside()
        ended = true
        for (const load of calls.keys()) endCall(load)
        await Promise.all(all)
      },
    }
  }

  async function liveCall(settings: LaneOwner): Promise<void> {
    const lane = await createLanes(database.sql).take('live', settings)
    await lane.start()
    await lane.release()
  }

  it('waits for at most one call of a load, whichever lanes that holds', async () => {
    const settings = owner({ timeoutMs: 60_000 })
    const loads = busyLoads(4, settings)
    for (let call = 0; call < 10; call++) await loads.whileOneEnds(call % 4, () => liveCall(settings))
    // The loads go on with all their lanes.
    for (let round = 0; round < 2; round++) {
      await loads.allInside()
      for (const load of [0, 1, 2, 3]) loads.endCall(load)
    }
    await loads.end()
  })

  it('is lent a lane of the host by a load of another connection', async () => {
    const few = { hostConcurrency: 2, timeoutMs: 60_000 }
    const loads = busyLoads(2, owner({ connection: 'beta', ...few }))
    for (const load of [0, 1]) await loads.whileOneEnds(load, () => liveCall(owner(few)))
    await loads.end()
  })

  it('is one at a time for each lane that is lent', async () => {
    const settings = owner({ concurrency: 1, timeoutMs: 60_000 })
    const loads = busyLoads(1, settings)
    await loads.allInside()
    let inside = 0
    let most = 0
    let served = 0
    const callers = 8
    const all = Promise.all(
      Array.from({ length: callers }, async () => {
        const lane = await createLanes(database.sql).take('live', settings)
        await lane.start()
        most = Math.max(most, ++inside)
        await sleep(50)
        inside--
        served++
        await lane.release()
      }),
    )
    while (served < callers) {
      await until(() => Promise.resolve(served === callers || loads.isInside(0)), 'a call can end')
      loads.endCall(0)
    }
    await all
    expect(most).toBe(1)
    await loads.end()
  })
})
