import { setTimeout as delay } from 'node:timers/promises'
import type { FaultRule } from '../../simulator/akeneo/index.ts'
import { until } from '../support/until.ts'
import { heartbeatMs } from './short-timeouts.ts'
import type { World } from './world.ts'

/** What goes wrong wherever; the JSON report counts them by these names. */
export const commonKinds = [
  'kill',
  'hang',
  'temporalRestart',
  'databaseRestart',
  'databaseCrash',
  'databaseLoss',
  'connectionsCut',
  'diskFull',
  'rateLimited',
  'serverErrors',
  'resets',
  'cutBodies',
  'malformed',
  'slow',
  'tokensRevoked',
  'clockSkew',
  'receiverDown',
  'receiverErrors',
] as const

/** What goes wrong while values are written into Akeneo. */
export const writingKinds = ['killWriting', 'hangWriting', 'lossWriting', 'cutLines'] as const

export const faultKinds = [...commonKinds, ...writingKinds, 'icecatOutage'] as const
export type FaultKind = (typeof faultKinds)[number]

/** Numbers in [0, 1), the same for the same seed. */
export type Random = () => number

/** Undoes a fault. */
export type Lift = () => Promise<void>

/**
 * Each makes one kind go wrong and answers with what ends it; null when it found nothing to strike at. How long one lasts is drawn, like
 * all of a seed: nothing is expected to have happened by then.
 */
export const faults: Record<FaultKind, (world: World, random: Random) => Promise<Lift | null>> = {
  // The power goes while a page is on its way: of one worker, or of both, so that it is this page's for certain.
  kill: async (world, random) => ((await pageInFlight(world)) ? killSome(world, random) : null),

  killWriting: async (world, random) => ((await linesInFlight(world)) ? killSome(world, random) : null),

  // A worker stands still with a page that it is about to commit, for longer than Temporal waits for a sign of life: another one does its
  // work, and then it goes on.
  hang: (world, random) => hangAt(world, random, /update transfer set cursor/),

  // With lines that it is about to send, or that it has the answer to.
  hangWriting: (world, random) =>
    hangAt(
      world,
      random,
      random() < 0.5 ? /update enrichment_line set state = 'sent'/ : /delete from enrichment_line/,
    ),

  temporalRestart: async ({ services }) => {
    await services.stopTemporal()
    return () => services.startTemporal()
  },

  databaseRestart: async ({ services }) => {
    await services.stopPostgres()
    return () => services.startPostgres()
  },

  // PostgreSQL ends all sessions when one of its processes dies, and recovers from its log.
  databaseCrash: async ({ sql, database }) => {
    const [row] = await sql<{ pid: number }[]>`
      select pid from pg_stat_activity where datname = ${database} and pid <> pg_backend_pid() limit 1`
    if (!row) return null
    process.kill(row.pid, 'SIGKILL')
    return recovered(sql)
  },

  // At the commit of a page, before it or after it: what its worker cannot tell apart.
  databaseLoss: (world, random) => loseAtCommit(world, random, ['feed_counter', 'transfer_page']),

  // Of lines that were judged, or of the ledger.
  lossWriting: (world, random) =>
    loseAtCommit(world, random, ['insert into enrichment_line', 'insert into enrichment_value']),

  connectionsCut: ({ proxy }) => {
    proxy.cutAll()
    return Promise.resolve(nothingToLift)
  },

  diskFull: async ({ services }, random) => {
    if (!services.hasDisk) return null
    const empty = await services.fillDisk()
    await delay(1000 + random() * 1500)
    return empty
  },

  rateLimited: akeneoFault(() => ({ status: 429, retryAfter: 1, probability: 0.6, count: 12 })),
  serverErrors: akeneoFault((random) => ({
    status: [500, 502, 503, 504][Math.floor(random() * 4)] ?? 500,
    ...(random() < 0.5 ? { body: 'html' } : {}),
    probability: 0.5,
    count: 10,
  })),
  resets: akeneoFault((random) => ({
    ...(random() < 0.5 ? { reset: true } : { resetAfterWork: true }),
    probability: 0.5,
    count: 8,
  })),
  cutBodies: akeneoFault((random) => ({
    cutAfterBytes: Math.floor(random() * 2000),
    probability: 0.5,
    count: 8,
  })),
  malformed: akeneoFault(() => ({ malformed: true, method: 'GET', probability: 0.5, count: 6 })),
  cutLines: akeneoFault((random) => ({
    method: 'PATCH',
    ...(random() < 0.5 ? { cutAfterLine: Math.floor(random() * 8) } : { resetAfterWork: true }),
    count: 2,
  })),
  // Some of them longer than the calls' own limit.
  slow: akeneoFault((random) => ({
    ...(random() < 0.5 ? { delayMs: 400 + random() * 1800 } : { slowBodyMs: 100 + random() * 300 }),
    probability: 0.4,
    count: 8,
  })),

  tokensRevoked: async ({ akeneo }) => {
    await akeneo.ask('revokeTokens', null)
    return nothingToLift
  },

  // Never further away than the overlap of polls allows for.
  clockSkew: async ({ akeneo }, random) => {
    const ms = Math.round((random() - 0.5) * 160_000)
    await akeneo.ask('advance', ms)
    return () => akeneo.ask('advance', -ms)
  },

  icecatOutage: async ({ icecat }, random) => {
    const all: FaultRule[] = [
      { status: 503, body: 'html' },
      { status: 429, retryAfter: 1 },
      { reset: true },
      { delayMs: 2000 },
      { malformed: true },
    ]
    const rule = all[Math.floor(random() * all.length)] ?? {}
    // Now and then nothing gets through.
    await icecat.ask('fault', { ...rule, probability: random() < 0.3 ? 1 : 0.4 })
    await delay(800 + random() * 2000)
    return () => icecat.ask('clearFaults', null)
  },

  receiverDown: async (world, random) => {
    await world.receiver.kill()
    await delay(500 + random() * 1500)
    return () => world.restartReceiver()
  },

  receiverErrors: async ({ receiver }, random) => {
    const what = ([500, 429, 413, 'lost'] as const)[Math.floor(random() * 4)] ?? 500
    await receiver.ask('trouble', { left: 3, what })
    return () => receiver.ask('trouble', { left: 0, what: 500 })
  },
}

async function killSome(world: World, random: Random): Promise<Lift> {
  const both = random() < 0.5
  await Promise.all(world.workers.slice(0, both ? 2 : 1).map((worker) => worker.kill()))
  return () => world.reviveWorkers()
}

async function hangAt(world: World, random: Random, statement: RegExp): Promise<Lift | null> {
  const held = await withinReason(world, world.proxy.holdNext(statement))
  if (held === null) return null
  const worker = world.workers.find(({ databasePort }) => databasePort === held.port)
  worker?.signal('SIGSTOP')
  await delay(unnoticedMs + random() * 1500)
  held.release()
  worker?.signal('SIGCONT')
  return nothingToLift
}

async function loseAtCommit(world: World, random: Random, after: [string, string]): Promise<Lift | null> {
  const cut = world.proxy.cutNext(
    random() < 0.5 ? 'before the commit' : 'after the commit',
    random() < 0.5 ? after[0] : after[1],
  )
  const struck = await withinReason(
    world,
    cut.then(() => true),
  )
  return struck === null ? null : nothingToLift
}

/** Until Temporal has given a silent worker's work to another one, and that may have done it; unit ms. */
export const unnoticedMs = heartbeatMs + 2500

/** A first load begins with trees: on a busy machine it takes long to come to its pages. Unit ms. */
const momentMs = 60_000

/** Waits for the proxy to find its statement; null when none comes. */
async function withinReason<T>({ proxy }: World, struck: Promise<T>): Promise<T | null> {
  const found = await Promise.race([struck, delay(momentMs, null)])
  // It may have come in the last moment; then it is what happened.
  if (found === null && !proxy.isArmed) return struck
  proxy.disarm()
  return found
}

const nothingToLift: Lift = () => Promise.resolve()

function akeneoFault(rule: (random: Random) => FaultRule) {
  return async ({ akeneo }: World, random: Random): Promise<Lift> => {
    await akeneo.ask('fault', { path: '/api/*', ...rule(random) })
    await delay(800 + random() * 1500)
    return () => akeneo.ask('clearFaults', null)
  }
}

/** Waits for a moment in which a transfer has a reader and Akeneo is at work on a page of it; false when none comes. */
const pageInFlight = (world: World): Promise<boolean> =>
  inFlight(world, 'GET', async () => {
    const [open] = await world.sql`select 1 from transfer where not done and reader is not null limit 1`
    return open !== undefined
  })

const linesInFlight = (world: World): Promise<boolean> =>
  inFlight(world, 'PATCH', () => Promise.resolve(true))

/** Waits until Akeneo is at work on such a call for products or models, while something else holds; false when none comes. */
async function inFlight(
  { akeneo }: World,
  method: 'GET' | 'PATCH',
  isRight: () => Promise<boolean>,
): Promise<boolean> {
  // Long enough on its way to be caught there.
  await akeneo.ask('fault', { path: '/api/rest/v1/product*', method, delayMs: 500, count: 4 })
  try {
    await until(
      async () => (await akeneo.ask('isAtWork', method)) && (await isRight()),
      'a call is on its way',
      momentMs,
    )
    return true
  } catch {
    return false
  } finally {
    await akeneo.ask('clearFaults', null)
  }
}

/** When the database answers again. */
const recovered = (sql: World['sql']): Lift => {
  return () =>
    until(
      () =>
        sql`select 1`.then(
          () => true,
          () => false,
        ),
      'the database is back',
      20_000,
    )
}
