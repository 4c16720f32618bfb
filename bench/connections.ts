import { setTimeout as sleep } from 'node:timers/promises'
import type { ScheduleHandle } from '@temporalio/client'
import { costOf } from '../client/support/actions.ts'
import { scheduleOptions, schedulesOf } from '../client/support/schedules.ts'
import { startCategories, startFullLoad } from '../client/support/starts.ts'
import type { ConnectionConfig } from '../config.ts'
import type { RunReport } from '../contracts/reports.ts'
import { isProductPage } from './read-window.ts'
import { busyCores, loadAverage, machine, round } from './support/machine.ts'
import { meanMs, quantile, spanOf, underWayInTheMiddle } from './support/request-log.ts'
import { openStage, type Stage } from './support/stage.ts'
import { meter, type UsageMeter } from './support/usage.ts'
import { versions } from './support/versions.ts'

export interface ConnectionsOptions {
  connections: number
  /** Akeneos that they are spread over: what shares one, shares its 10 calls at once and 100 a second. */
  hosts: number
  /** Of each Akeneo. */
  products: number
  shape: string
  latencyMs: number
  workers: number
  /** How often each connection is polled, and for how many intervals. */
  everySeconds: number
  rounds: number
  /** The first connection is loaded anew as long as the polls go on. */
  besideLoad: boolean
  onProgress: (text: string) => void
}

/** Full loads of all connections at once. */
export interface LoadsNumbers {
  /** From the first product page asked for to the last one answered. */
  seconds: number
  productsPerSecond: number
  /** 10 calls at once of 100 products on each Akeneo, 4 for each of its connections where that is less, and 100 calls a second. Null without latency. */
  ceilingPerSecond: number | null
  ratioToCeiling: number | null
  answerMs: number
  /** On average between the 5th and the 95th percentile, on all Akeneos together; the most on any of them. */
  callsUnderWay: number
  peakOfOneHost: number
  /** Whole runs: of the connection that was through first, and of the one that was last. */
  firstDoneSeconds: number
  lastDoneSeconds: number
  workerCpuMsPerProduct: number
  /** The highest of any worker. */
  workerRssMiB: number
  busyCores: number
}

/** Scheduled polls that find nothing. */
export interface PollsNumbers {
  everySeconds: number
  /** Polls that were due, and those that were made: a tick is left out while its connection's last poll goes on. */
  due: number
  made: number
  /** From the workflow's start to its end. */
  medianSeconds: number
  p95Seconds: number
  worstSeconds: number
  /** The median of the connection that was served best, and of the one served worst. */
  bestConnectionSeconds: number
  worstConnectionSeconds: number
  actionsPerPoll: number
  workerCpuMsPerPoll: number
  busyCores: number
}

export interface ConnectionsNumbers {
  connections: number
  hosts: number
  products: number
  shape: string
  latencyMs: number
  workers: number
  besideLoad: boolean
  loads: LoadsNumbers
  polls: PollsNumbers
  loadAverage: { before: number; after: number }
  versions: Record<string, string>
  cores: number
  cpu: string
}

/** Many connections on one pool of workers: all of them loaded at once, then polled by their schedules. */
export async function benchConnections(options: ConnectionsOptions): Promise<ConnectionsNumbers> {
  const { onProgress, everySeconds, rounds, ...given } = options
  const before = loadAverage()
  const stage = await openStage(options)
  const usage = meter(stage.workers.map(({ pid }) => pid))
  try {
    onProgress(`structure and categories of ${given.connections} connections`)
    await Promise.all(stage.connections.map(({ name }) => stage.run(startCategories(name))))
    for (const akeneo of stage.akeneos) await akeneo.setPageTime(given.latencyMs)
    onProgress(`loads of ${given.products} products each, at once`)
    const loads = await measureLoads(stage, options, usage)
    onProgress(`polls every ${everySeconds} s, for ${everySeconds * rounds} s`)
    const polls = await measurePolls(stage, options, usage)
    return {
      ...given,
      loads,
      polls,
      loadAverage: { before, after: loadAverage() },
      versions: versions(),
      ...machine(),
    }
  } finally {
    usage.stop()
    await stage.close()
  }
}

/** Akeneo's own numbers: https://api.akeneo.com/documentation/overload.html, and its largest page. */
const allowed = { ofConnection: 4, ofHost: 10, perSecondOfHost: 100, pageSize: 100 }

async function measureLoads(
  stage: Stage,
  { products, latencyMs }: ConnectionsOptions,
  usage: UsageMeter,
): Promise<LoadsNumbers> {
  const { akeneos, connections, sql } = stage
  for (const akeneo of akeneos) await akeneo.reset()
  const busy = busyCores()
  const beganMs = Date.now()
  const loads = await Promise.all(connections.map(({ name }) => stage.run(startFullLoad(name))))
  const endedMs = Date.now()
  const busyOnAverage = busy()
  for (const { report } of loads) expectAll(report as RunReport, products)
  const pages = (await Promise.all(akeneos.map((akeneo) => akeneo.requests()))).flat().filter(isProductPage)
  const peaks = await Promise.all(akeneos.map((akeneo) => akeneo.peakConcurrent()))
  const peak = Math.max(...peaks)
  if (peak > allowed.ofHost)
    throw new Error(`${peak} calls were inside one Akeneo at once, more than it allows`)
  const { firstMs, lastMs } = spanOf(pages)
  const seconds = (lastMs - firstMs) / 1000
  const read = products * connections.length
  const lanes = akeneos.reduce((sum, _, host) => {
    const own = Math.ceil((connections.length - host) / akeneos.length)
    return sum + Math.min(allowed.ofHost, own * allowed.ofConnection)
  }, 0)
  const callsPerSecond = Math.min((lanes * 1000) / latencyMs, akeneos.length * allowed.perSecondOfHost)
  const ceiling = latencyMs === 0 ? null : callsPerSecond * allowed.pageSize
  const took = await sql<{ seconds: number }[]>`
    select extract(epoch from finished_at - started_at)::float8 as seconds from run
    where process = 'load-products' order by 1`
  return {
    seconds: round(seconds, 2),
    productsPerSecond: round(read / seconds, 1),
    ceilingPerSecond: ceiling,
    ratioToCeiling: ceiling === null ? null : round(read / seconds / ceiling, 3),
    answerMs: Math.round(meanMs(pages)),
    callsUnderWay: round(underWayInTheMiddle(pages), 2),
    peakOfOneHost: peak,
    firstDoneSeconds: round(took[0]?.seconds ?? 0, 1),
    lastDoneSeconds: round(took.at(-1)?.seconds ?? 0, 1),
    workerCpuMsPerProduct: round(usage.cpuBetween(beganMs, endedMs) / read, 3),
    workerRssMiB: usage.peakRssMiB(),
    busyCores: round(busyOnAverage, 2),
  }
}

function expectAll({ outcome, streams, rejected }: RunReport, products: number): void {
  const read = streams['products']?.read ?? 0
  if (outcome !== 'done' || read !== products || rejected !== 0)
    throw new Error(`A load ended ${outcome}, read ${read} of ${products} products, ${rejected} rejected`)
}

async function measurePolls(
  stage: Stage,
  { everySeconds, rounds, besideLoad }: ConnectionsOptions,
  usage: UsageMeter,
): Promise<PollsNumbers> {
  const { connections, client, sql } = stage
  const busy = busyCores()
  const beganMs = Date.now()
  let goesOn = besideLoad
  const loading = (async () => {
    for (const [first] = connections; goesOn && first !== undefined;)
      await stage.run(startFullLoad(first.name))
  })()
  const schedules = await Promise.all(connections.map((one) => pollEvery(stage, one, everySeconds)))
  await sleep(everySeconds * rounds * 1000)
  await Promise.all(schedules.map((schedule) => schedule.delete()))
  goesOn = false
  await loading
  const runs = await endedPolls(sql)
  const endedMs = Date.now()
  const busyOnAverage = busy()
  const polls = await Promise.all(
    runs.map(async ({ connection, workflowId, runId }) => {
      const { startTime, closeTime } = await client.workflow.getHandle(workflowId, runId).describe()
      const { actions } = await costOf(client, { workflowId, runId })
      return {
        connection,
        actions,
        seconds: ((closeTime ?? new Date()).getTime() - startTime.getTime()) / 1000,
      }
    }),
  )
  const seconds = polls.map((poll) => poll.seconds)
  const medians = connections.map(({ name }) =>
    quantile(
      polls.filter(({ connection }) => connection === name).map((poll) => poll.seconds),
      0.5,
    ),
  )
  return {
    everySeconds,
    due: connections.length * rounds,
    made: polls.length,
    medianSeconds: round(quantile(seconds, 0.5), 2),
    p95Seconds: round(quantile(seconds, 0.95), 2),
    worstSeconds: round(Math.max(0, ...seconds), 2),
    bestConnectionSeconds: round(Math.min(...medians), 2),
    worstConnectionSeconds: round(Math.max(...medians), 2),
    actionsPerPoll: round(
      polls.reduce((sum, { actions }) => sum + actions, 0) / Math.max(1, polls.length),
      1,
    ),
    workerCpuMsPerPoll: Math.round(usage.cpuBetween(beganMs, endedMs) / Math.max(1, polls.length)),
    busyCores: round(busyOnAverage, 2),
  }
}

/** The schedule that an operator has, with another interval. */
async function pollEvery(
  { client, taskQueue }: Stage,
  connection: ConnectionConfig,
  everySeconds: number,
): Promise<ScheduleHandle> {
  const schedules = { ...connection.schedules, poll: { everyMs: everySeconds * 1000 } }
  const poll = schedulesOf({ ...connection, schedules }).find(({ name }) => name === 'poll')
  if (!poll) throw new Error('Polls are switched off')
  return client.schedule.create(scheduleOptions(poll, { taskQueue, by: 'a benchmark' }))
}

const lookEveryMs = 200

interface EndedPoll {
  connection: string
  workflowId: string
  runId: string
}

/** All scheduled polls, once none goes on. */
async function endedPolls(sql: Stage['sql']): Promise<EndedPoll[]> {
  for (;;) {
    const polls = await sql<(EndedPoll & { goesOn: boolean })[]>`
      select connection, workflow_id as "workflowId", workflow_run_id as "runId", finished_at is null as "goesOn"
      from run where process = 'poll-products'`
    if (polls.every(({ goesOn }) => !goesOn)) return polls
    await sleep(lookEveryMs)
  }
}
