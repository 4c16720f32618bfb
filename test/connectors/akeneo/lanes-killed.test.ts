import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../../../connectors/hub/database.ts'
import { generateTokenKey } from '../../../connectors/hub/tokens.ts'
import { type AkeneoSimulator, startAkeneo } from '../../../simulator/akeneo/index.ts'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'
import { until } from '../../support/until.ts'
import { clientOf, connectionTo } from './helpers.ts'
import { busiestSecond, notedStarts, timeOf } from './lane-times.ts'
import type { CallerOptions } from './programs/call-for-ever.ts'

let database: FreshDatabase
beforeEach(async () => {
  database = await freshDatabase()
})
afterEach(() => database.drop())

const never = new AbortController().signal

describe('several workers that are killed at random', () => {
  const program = fileURLToPath(new URL('./programs/call-for-ever.ts', import.meta.url))
  const workers = new Set<ChildProcess>()
  let akeneo: AkeneoSimulator
  beforeEach(async () => {
    akeneo = await startAkeneo({ latencyMs: 250 })
  })
  afterEach(async () => {
    for (const worker of workers) worker.kill('SIGKILL')
    workers.clear()
    await akeneo.close()
  })

  function startWorker(settings: Record<string, unknown>, tokenKey: string, prepare: boolean): ChildProcess {
    const options: CallerOptions = {
      databaseUrl: database.url,
      akeneoUrl: akeneo.url,
      credentials: akeneo.credentials,
      loads: 3,
      prepare,
      settings,
      tokenKey,
    }
    const worker = spawn(process.execPath, ['--import', 'tsx', program, JSON.stringify(options)], {
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    workers.add(worker)
    return worker
  }

  it('never have more than four calls inside Akeneo, abandoned ones included, nor too many in a second', async () => {
    const throttle = { concurrency: 4, hostConcurrency: 10, perSecond: 25 }
    const settings = { throttle, timeoutMs: 500 }
    const tokenKey = generateTokenKey().reveal()
    const starts = await notedStarts(database.sql)
    const running = [0, 1, 2].map((index) => startWorker(settings, tokenKey, index !== 0))
    await untilCalls(20)
    for (let round = 0; round < 3; round++) {
      // About a second of calls: the moment differs from round to round.
      await untilCalls(akeneo.counters().calls + 11 + Math.floor(Math.random() * 15))
      const victim = running.shift()
      victim?.kill('SIGKILL')
      if (victim) workers.delete(victim)
      running.push(startWorker(settings, tokenKey, round !== 0))
    }
    // Nobody is left out for good: loads go on after the kills, and fill all lanes again.
    await untilCalls(akeneo.counters().calls + 40)
    const { peakConcurrentByConnection } = akeneo.counters()
    const [peak] = Object.values(peakConcurrentByConnection)
    expect(peak).toBe(4)
    const at = await starts()
    expect(at.length).toBeGreaterThan(40)
    expect(busiestSecond(at)).toBeLessThanOrEqual(25 + 10)
  }, 60_000)

  it('let a person through while they load', async () => {
    const throttle = { concurrency: 4, hostConcurrency: 10, perSecond: 100 }
    const settings = { throttle, timeoutMs: 5000 }
    const tokenKey = generateTokenKey().reveal()
    for (const index of [0, 1]) startWorker(settings, tokenKey, index !== 0)
    await untilCalls(12)
    const sql = openDatabase(database.url, { prepare: false })
    const client = clientOf(
      sql,
      connectionTo(akeneo.url, { credentials: akeneo.credentials, ...settings }),
      tokenKey,
    )
    await client.inLane('live', never, (calls) => calls.readPage('channels', { cursor: null }))
    const waits: number[] = []
    await client.inLane('live', never, async (calls) => {
      for (let call = 0; call < 8; call++) {
        waits.push(await timeOf(() => calls.readPage('channels', { cursor: null })))
      }
    })
    // Its own call and at most one of a load, 250 ms each: with two of a load it would be 750 at least. Not the longest one,
    // which says how busy this machine was.
    expect(waits.toSorted((a, b) => a - b)[3]).toBeLessThan(2 * 250 + 200)
    expect(Math.max(...Object.values(akeneo.counters().peakConcurrentByConnection))).toBeLessThanOrEqual(4)
    await sql.end()
  }, 60_000)

  async function untilCalls(count: number): Promise<void> {
    await until(() => Promise.resolve(akeneo.counters().calls >= count), `there were ${count} calls`, 40_000)
  }
})
