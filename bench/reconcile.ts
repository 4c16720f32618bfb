import { costOf } from '../client/support/actions.ts'
import { startCategories, startFullLoad, startReconcile } from '../client/support/starts.ts'
import type { ReconcileReport, RunReport } from '../contracts/reports.ts'
import { seedKeys } from './support/seed-keys.ts'
import { loadAverage, machine, round } from './support/machine.ts'
import { openStage, type Stage } from './support/stage.ts'
import { meter } from './support/usage.ts'
import { versions } from './support/versions.ts'

export interface ReconcileOptions {
  products: number
  shape: string
  latencyMs: number
  /** Products that are deleted in Akeneo before. */
  deleted: number
  /** The hub is filled with keys alone, because a load of very many would take longer than what is measured. */
  keysOnly: boolean
  onProgress: (text: string) => void
}

export interface ReconcileNumbers {
  products: number
  shape: string
  latencyMs: number
  keysOnly: boolean
  listed: number
  deleted: number
  retired: number
  /** The whole run: lists, judgement, what left. */
  seconds: number
  /** The lists alone, from the first page asked for to the last one committed. */
  listSeconds: number
  keysPerSecond: number
  /** What Akeneo allows: 4 calls at once of 100 keys each. Null without latency. */
  ceilingPerSecond: number | null
  ratioToCeiling: number | null
  requests: number
  actions: number
  events: number
  workerCpuMs: number
  workerRssMiB: number
  loadAverage: { before: number; after: number }
  versions: Record<string, string>
  cores: number
  cpu: string
}

/** The nightly comparison of keys, over a hub that holds the whole catalogue and an Akeneo that has lost some products. */
export async function benchReconcile(options: ReconcileOptions): Promise<ReconcileNumbers> {
  const { products, shape, latencyMs, deleted, keysOnly, onProgress } = options
  const before = loadAverage()
  const stage = await openStage({ shape, products, workers: 1, onProgress })
  try {
    const { akeneo, client, connection, sql, workers } = stage
    onProgress(`structure, categories and ${keysOnly ? 'the keys of ' : ''}${products} products`)
    await stage.run(startCategories(connection.name))
    await fill(stage, options)
    await akeneo.deleteProducts(
      Array.from({ length: deleted }, (_, n) => productCode(Math.floor((n * products) / deleted))),
    )
    await akeneo.setPageTime(latencyMs)
    const usage = meter(workers.map(({ pid }) => pid))
    try {
      onProgress(`a reconcile, ${deleted} products being gone`)
      const beganMs = Date.now()
      const { report, ...execution } = await stage.run(startReconcile(connection.name))
      const endedMs = Date.now()
      const { outcome, listed, absent, retired } = report as ReconcileReport
      // A benchmark of a comparison that overlooked something would be worth nothing.
      if (outcome !== 'done' || absent !== deleted)
        throw new Error(`The reconcile ended ${outcome} and missed ${absent} of ${deleted} deleted products`)
      const { actions, events } = await costOf(client, execution)
      const listMs = await listTime(sql)
      const ceiling = latencyMs === 0 ? null : (4 * 100 * 1000) / latencyMs
      const keysPerSecond = (listed / listMs) * 1000
      return {
        products,
        shape,
        latencyMs,
        keysOnly,
        listed,
        deleted,
        retired,
        seconds: round((endedMs - beganMs) / 1000, 2),
        listSeconds: round(listMs / 1000, 2),
        keysPerSecond: round(keysPerSecond, 1),
        ceilingPerSecond: ceiling,
        ratioToCeiling: ceiling === null ? null : round(keysPerSecond / ceiling, 3),
        requests: (await akeneo.requests()).length,
        actions,
        events,
        workerCpuMs: Math.round(usage.cpuBetween(beganMs, endedMs)),
        workerRssMiB: usage.peakRssMiB(),
        loadAverage: { before, after: loadAverage() },
        versions: versions(),
        ...machine(),
      }
    } finally {
      usage.stop()
    }
  } finally {
    await stage.close()
  }
}

async function fill(stage: Stage, { keysOnly, products }: ReconcileOptions): Promise<void> {
  const { akeneo, connection, sql } = stage
  if (keysOnly) {
    await seedKeys(sql, connection.name, akeneo)
    return
  }
  const { report } = await stage.run(startFullLoad(connection.name))
  const { outcome, streams } = report as RunReport
  const read = streams['products']?.read ?? 0
  if (outcome !== 'done' || read !== products)
    throw new Error(`The load before it ended ${outcome} with ${read} of ${products} products`)
}

/** As the simulator names the products of its shapes. */
const productCode = (n: number): string => `P${String(n).padStart(7, '0')}`

/** From the first page of the lists to the last, by the log of pages. */
async function listTime(sql: Stage['sql']): Promise<number> {
  const [row] = await sql<{ ms: number }[]>`
    select extract(epoch from max(p.at) - min(p.at))::float8 * 1000 as ms
    from transfer_page p join transfer t on t.id = p.transfer
    where t.run = (select max(id) from run where process = 'reconcile')`
  return Math.max(1, row?.ms ?? 1)
}
