import { costOf } from '../client/support/actions.ts'
import { startCategories, startFullLoad } from '../client/support/starts.ts'
import type { RunReport } from '../contracts/reports.ts'
import { projectDataDir } from '../local/paths.ts'
import { startServices } from '../local/services.ts'
import { type PeerNumbers, runPeers } from './peers/run.ts'
import { readWindow } from './read-window.ts'
import { busyCores, loadAverage, machine, round } from './support/machine.ts'
import { openStage, type Stage } from './support/stage.ts'
import { meter } from './support/usage.ts'
import { versions } from './support/versions.ts'

export interface ReadOptions {
  products: number
  shape: string
  latencyMs: number
  workers: number
  /** All products were created in one second, which no window cuts. */
  oneSecond: boolean
  /** Read everything a second time, when nothing has changed. */
  again: boolean
  peers: boolean
  peerProducts: number
  profile?: string | undefined
  heapProfile?: string | undefined
  onProgress: (text: string) => void
}

/** One full load, from the first product page asked for to the last one committed. */
export interface LoadNumbers {
  products: number
  seconds: number
  productsPerSecond: number
  /** What Akeneo allows: 4 calls at once of 100 products each. Null without latency. */
  ceilingPerSecond: number | null
  ratioToCeiling: number | null
  /** Product pages; and all other calls, structure and models among them. */
  requests: number
  requestsPerThousand: number
  structureRequests: number
  /** How long Akeneo took for a product page on average, its latency included; longer, where the simulator got no processor. */
  answerMs: number
  /** Calls under way on average between the 5th and the 95th percentile. */
  callsUnderWay: number
  /** From an answer to the call that takes its place, median; unit ms. */
  gapMs: number
  actions: number
  actionsPerThousand: number
  events: number
  workerCpuMsPerProduct: number
  /** The highest of any worker so far. */
  workerRssMiB: number
  /** From the workflow's start to its end: structure and models before; after it groups, and products that waited for others. */
  wholeSeconds: number
  wholeCpuMsPerProduct: number
  /** Cores that were busy, by whoever, while it read. */
  busyCores: number
}

export interface ReadNumbers extends LoadNumbers {
  shape: string
  latencyMs: number
  workers: number
  oneSecond: boolean
  unchanged: LoadNumbers | null
  /** As many times as fast as the fastest of them that reads as its documentation says. */
  timesFastestPeer: number | null
  peers: PeerNumbers[]
  loadAverage: { before: number; after: number }
  versions: Record<string, string>
  cores: number
  cpu: string
}

export async function benchRead(options: ReadOptions): Promise<ReadNumbers> {
  // Held for both parts, so that they are started once.
  const services = await startServices({ dataDir: projectDataDir(), onProgress: options.onProgress })
  try {
    return await measure(options)
  } finally {
    await services.stop()
  }
}

async function measure(options: ReadOptions): Promise<ReadNumbers> {
  const { products, shape, latencyMs, workers, oneSecond, onProgress } = options
  const before = loadAverage()
  const stage = await openStage(options)
  let loads: LoadNumbers[]
  try {
    onProgress('structure and categories')
    await stage.run(startCategories(stage.connection.name))
    await stage.akeneo.setPageTime(latencyMs)
    onProgress(`a full load of ${products} products`)
    loads = [await measureLoad(stage, options)]
    if (options.again) {
      onProgress('the same again, unchanged')
      loads.push(await measureLoad(stage, options))
    }
  } finally {
    await stage.close()
  }
  const [load, unchanged = null] = loads
  if (!load) throw new Error('Nothing was measured')
  const peers = options.peers ? await runPeers({ ...options, products: options.peerProducts }) : []
  const fastest = Math.max(0, ...peers.map(({ productsPerSecond }) => productsPerSecond))
  return {
    ...load,
    shape,
    latencyMs,
    workers,
    oneSecond,
    unchanged,
    timesFastestPeer: fastest === 0 ? null : round(load.productsPerSecond / fastest, 2),
    peers,
    loadAverage: { before, after: loadAverage() },
    versions: versions(),
    ...machine(),
  }
}

async function measureLoad(stage: Stage, { products, latencyMs }: ReadOptions): Promise<LoadNumbers> {
  const { akeneo, client, connection, sql, workers } = stage
  await akeneo.reset()
  const usage = meter(workers.map(({ pid }) => pid))
  const busy = busyCores()
  const beganMs = Date.now()
  try {
    const { report, ...execution } = await stage.run(startFullLoad(connection.name))
    const endedMs = Date.now()
    const busyOnAverage = busy()
    expectAll(report as RunReport, products)
    const window = readWindow(await akeneo.requests())
    const peak = await akeneo.peakConcurrent()
    if (peak > allowedCalls) throw new Error(`${peak} calls were inside Akeneo at once, more than it allows`)
    const { actions, events } = await costOf(client, execution)
    const lastMs = await lastCommit(sql)
    const seconds = (lastMs - window.firstMs) / 1000
    const ceiling = latencyMs === 0 ? null : (allowedCalls * pageSize * 1000) / latencyMs
    return {
      products,
      seconds: round(seconds, 2),
      productsPerSecond: round(products / seconds, 1),
      ceilingPerSecond: ceiling,
      ratioToCeiling: ceiling === null ? null : round(products / seconds / ceiling, 3),
      requests: window.productPages,
      requestsPerThousand: round((window.productPages / products) * 1000, 2),
      structureRequests: window.otherRequests,
      answerMs: Math.round(window.answerMs),
      callsUnderWay: round(window.underWay, 2),
      gapMs: Math.round(window.gapMs),
      actions,
      actionsPerThousand: round((actions / products) * 1000, 2),
      events,
      workerCpuMsPerProduct: round(usage.cpuBetween(window.firstMs, lastMs) / products, 3),
      workerRssMiB: usage.peakRssMiB(),
      wholeSeconds: round((endedMs - beganMs) / 1000, 2),
      wholeCpuMsPerProduct: round(usage.cpuBetween(beganMs, endedMs) / products, 3),
      busyCores: round(busyOnAverage, 2),
    }
  } finally {
    usage.stop()
  }
}

/** Akeneo's own numbers: https://api.akeneo.com/documentation/overload.html, and its largest page. */
const allowedCalls = 4
const pageSize = 100

/** A benchmark of a load that left something out would be worth nothing. */
function expectAll({ outcome, streams, rejected }: RunReport, products: number): void {
  const read = streams['products']?.read
  if (outcome === 'done' && read === products && rejected === 0) return
  throw new Error(
    `The load ended ${outcome}, read ${read ?? 0} of ${products} products, ${rejected} rejected`,
  )
}

/** When the last page of products was committed, by the database's clock, which is this machine's. */
async function lastCommit(sql: Stage['sql']): Promise<number> {
  const [row] = await sql<{ at: Date }[]>`
    select max(p.at) as at from transfer_page p join transfer t on t.id = p.transfer
    where t.stream = 'products' and t.run = (select max(id) from run where process = 'load-products')`
  if (!row) throw new Error('No page was committed')
  return row.at.getTime()
}
