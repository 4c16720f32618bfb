import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { costOf } from '../client/support/actions.ts'
import { startCategories, startEnrichment, startPoll } from '../client/support/starts.ts'
import { beginWatermark, finishLoad } from '../connectors/hub/runs.ts'
import type { EnrichmentReport, RunReport } from '../contracts/reports.ts'
import {
  addEan,
  eanEdit,
  editOf,
  mappingText,
  productCode,
  sheetOf,
  spread,
  withSiblings,
} from './day-catalogue.ts'
import { fillEnriched, storeChanged, storeModels, storeOthers } from './day-fill.ts'
import { ensureBuilt } from './support/build.ts'
import { type SimulatedIcecat, simulateIcecat } from './support/icecat.ts'
import { writeInvented } from './support/invented-icecat.ts'
import { busyCores, loadAverage, machine, round } from './support/machine.ts'
import type { LoggedRequest } from './support/simulator.ts'
import { openStage, type Stage } from './support/stage.ts'
import { type StepTime, stepsOf } from './support/steps.ts'
import { meter, type UsageMeter } from './support/usage.ts'
import { versions } from './support/versions.ts'

export interface DayOptions {
  products: number
  shape: string
  /** Part of the products whose sheet Icecat changed, and part that people changed in Akeneo. */
  changes: number
  /** Products of others in Icecat's daily index. */
  others: number
  icecatMs: number
  /** How long Akeneo takes for each call. */
  latencyMs: number
  /** `json`: a call for each language; `xml`: one for all. */
  door: 'json' | 'xml'
  onProgress: (text: string) => void
}

/** A run of the day. */
export interface DayRun {
  seconds: number
  steps: StepTime[]
  icecatRequests: number
  akeneoRequests: number
  actions: number
  events: number
  workerCpuMs: number
}

export interface DayNumbers {
  products: number
  shape: string
  changes: number
  /** Sheets that Icecat changed, products that people changed in Akeneo, and how many of those at a value of ours. */
  changed: number
  edited: number
  overwritten: number
  others: number
  icecatMs: number
  latencyMs: number
  door: string
  /** Poll and enrichment together. */
  seconds: number
  poll: DayRun & { published: number }
  enrichment: DayRun &
    Pick<EnrichmentReport, 'enriched' | 'unchanged' | 'kept' | 'sheets' | 'lines' | 'values' | 'requests'>
  workerRssMiB: number
  busyCores: number
  databaseMiB: number
  loadAverage: { before: number; after: number }
  versions: Record<string, string>
  cores: number
  cpu: string
}

/** Of the products that people change, one in so many gets another text where a value of ours stood. */
const overwrittenOne = 50

/**
 * A day after another: all products were enriched yesterday. Since then people changed some in Akeneo, which a poll brings; editors at Icecat
 * changed others, which the index of the day names among those of everybody.
 */
export async function benchDay(options: DayOptions): Promise<DayNumbers> {
  const { products, shape, changes, others, icecatMs, latencyMs, door, onProgress } = options
  const before = loadAverage()
  const count = Math.max(1, Math.round(products * changes))
  const changed = spread(products, count, 0)
  const edited = spread(products, count, 0.5)
  const active = withSiblings(shape, products, [...changed, ...edited])
  await ensureBuilt(onProgress)
  const folder = await mkdtemp(join(tmpdir(), 'pimflow-day-'))
  let icecat: SimulatedIcecat | undefined
  let stage: Stage | undefined
  try {
    await writeInvented(folder, active.map(sheetOf))
    icecat = await simulateIcecat(folder, others)
    stage = await openStage({
      shape,
      products,
      workers: 0,
      icecat: { url: icecat.url, mapping: mappingText(shape), settings: { door, afterPolls: false } },
      onProgress,
    })
    await yesterday(stage, icecat, options, active)
    onProgress(`${count} sheets change at Icecat, ${count} products in Akeneo`)
    await icecat.advance(23 * 3_600_000)
    await icecat.edit(changed.map(editOf))
    await icecat.makeIndex()
    await icecat.setLatency(icecatMs)
    const overwritten = await editProducts(stage, edited)
    await stage.akeneo.setPageTime(latencyMs)

    const worker = await stage.startWorker()
    const usage = meter([worker.pid])
    const busy = busyCores()
    try {
      onProgress('a poll')
      const poll = await measured(stage, icecat, usage, startPoll(stage.connection.name))
      const polled = poll.report as RunReport
      onProgress('the enrichment of the day')
      const enrichment = await measured(stage, icecat, usage, startEnrichment(stage.connection.name))
      const report = enrichment.report as EnrichmentReport
      // A benchmark of a day that overlooked something would be worth nothing.
      if (report.outcome !== 'done' || report.enriched !== count || report.due > 0)
        throw new Error(
          `The enrichment ended ${report.outcome} with ${report.enriched} of ${count} products, ${report.due} being left`,
        )
      const { enriched, unchanged, kept, sheets, lines, values, requests } = report
      return {
        products,
        shape,
        changes,
        changed: count,
        edited: count,
        overwritten,
        others,
        icecatMs,
        latencyMs,
        door,
        seconds: round(poll.run.seconds + enrichment.run.seconds, 2),
        poll: { ...poll.run, published: polled.published },
        enrichment: { ...enrichment.run, enriched, unchanged, kept, sheets, lines, values, requests },
        workerRssMiB: usage.peakRssMiB(),
        busyCores: round(busy(), 2),
        databaseMiB: await databaseMiB(stage),
        loadAverage: { before, after: loadAverage() },
        versions: versions(),
        ...machine(),
      }
    } finally {
      usage.stop()
    }
  } finally {
    await stage?.close()
    await icecat?.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/**
 * The products that will change, and all variants beside them, are enriched in earnest, so that all that is known of them is true; the others are
 * stored beside them as if they had been.
 */
async function yesterday(
  stage: Stage,
  icecat: SimulatedIcecat,
  { products, shape, onProgress }: DayOptions,
  active: readonly number[],
): Promise<void> {
  const { akeneo, connection, sql } = stage
  const { name } = connection
  onProgress('an attribute for GTINs, structure, categories, models')
  const beganAt = new Date(Date.now() - 1000)
  await addEan(akeneo)
  await akeneo.edit(active.map(eanEdit))
  const worker = await stage.startWorker({ throttle: { concurrency: 8, perSecond: 5000 } })
  await stage.run(startCategories(name))
  await beginWatermark(sql, name, new Date())
  await storeModels(sql, name, akeneo)
  const stored = await storeChanged(sql, name, akeneo, beganAt)
  if (stored !== active.length) throw new Error(`Akeneo has ${stored} changed products of ${active.length}`)
  await finishLoad(sql, name)
  await icecat.makeIndex()
  onProgress(`yesterday's enrichment of ${active.length} products`)
  const { report } = await stage.run(startEnrichment(name))
  const { outcome, enriched } = report as EnrichmentReport
  if (outcome !== 'done' || enriched !== active.length)
    throw new Error(`Yesterday's enrichment ended ${outcome} with ${enriched} of ${active.length} products`)
  let told = 0
  await storeOthers(sql, name, akeneo, { shape, known: new Set(active) }, (stored) => {
    if (stored - told < 100_000) return
    told = stored
    onProgress(`${stored} products stored`)
  })
  onProgress(`${products} products as enriched yesterday`)
  await fillEnriched(sql, name, shape)
  // Brings what enrichment wrote into the hub, and enrichment finds that it is its own: so that it is not of the day.
  const poll = (await stage.run(startPoll(name))).report as RunReport
  if (!poll.outcome.startsWith('done')) throw new Error(`The poll of yesterday ended ${poll.outcome}`)
  const again = (await stage.run(startEnrichment(name, 'queued'))).report as EnrichmentReport
  if (again.sheets > 0 || again.due > 0)
    throw new Error(`Yesterday's enrichment was not complete: ${again.sheets} sheets, ${again.due} due`)
  await worker.stop()
}

/** People put products into another category; some write a text of their own where one of ours stood. Returns how many of those. */
async function editProducts({ akeneo, connection, sql }: Stage, edited: readonly number[]): Promise<number> {
  const texts = await sql<{ code: string; attribute: string }[]>`
    select distinct on (s.code) s.code, v.attribute
    from enrichment_value v
    join source_record s on s.connection = v.connection and s.stream = v.stream and s.key = v.key
    where v.connection = ${connection.name} and v.stream = 'products' and s.parent is null
      and lower(s.code) = any(${edited.map((n) => productCode(n).toLowerCase())})
      and v.locale is null and jsonb_typeof(v.sent) = 'string'
    order by s.code, v.place`
  const own = texts.filter((_, n) => n % overwrittenOne === 0)
  const values = new Map(
    own.map(({ code, attribute }) => [
      code,
      { [attribute]: [{ locale: null, scope: null, data: 'A person knows better.' }] },
    ]),
  )
  await akeneo.edit(
    edited.map(productCode).map((code) => ({
      resource: 'product',
      code,
      patch: values.has(code) ? { values: values.get(code) } : { categories: ['master'] },
    })),
  )
  return own.length
}

async function measured(
  stage: Stage,
  icecat: SimulatedIcecat,
  usage: UsageMeter,
  start: Parameters<Stage['run']>[0],
): Promise<{ run: DayRun; report: unknown }> {
  const { akeneo, client } = stage
  await akeneo.reset()
  await icecat.reset()
  const beganMs = Date.now()
  const { report, ...execution } = await stage.run(start)
  const endedMs = Date.now()
  const { actions, events } = await costOf(client, execution)
  return {
    report,
    run: {
      seconds: round((endedMs - beganMs) / 1000, 2),
      steps: await stepsOf(client, execution),
      icecatRequests: (await icecat.requests()).length,
      akeneoRequests: (await akeneo.requests()).filter(isCall).length,
      actions,
      events,
      workerCpuMs: Math.round(usage.cpuBetween(beganMs, endedMs)),
    },
  }
}

const isCall = ({ path }: LoggedRequest): boolean => !path.includes('/oauth/')

async function databaseMiB({ sql }: Stage): Promise<number> {
  const [row] = await sql<{ mib: number }[]>`
    select round(pg_database_size(current_database()) / 1048576.0)::int as mib`
  return row?.mib ?? 0
}
