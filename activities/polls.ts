import { cancellationSignal } from '@temporalio/activity'
import type { AkeneoCalls } from '../connectors/akeneo/client.ts'
import { findSearchZone, otherZone } from '../connectors/akeneo/search-zone.ts'
import { changedSince, createdWithin } from '../connectors/akeneo/search.ts'
import { RefusedError, TransientError } from '../connectors/errors.ts'
import { hasMediaWork } from '../connectors/hub/media-files.ts'
import { isEnrichmentDue } from '../connectors/hub/enrichment/changed.ts'
import { beginWatermark, runById, setRunWindow, watermarkOf } from '../connectors/hub/runs.ts'
import { structureCompleteAt } from '../connectors/hub/structure.ts'
import { hasTransfers, planTransfers } from '../connectors/hub/transfers.ts'
import type { ActivityPolicy } from '../contracts/processes.ts'
import type { RunReport } from '../contracts/reports.ts'
import { pollWindow } from '../domain/poll-window.ts'
import type { Window } from '../domain/slices.ts'
import type { ConnectionRuntime, Dependencies } from './dependencies.ts'
import { destinationsBehind } from './destinations.ts'
import { proposeChangedMappings } from './mapping.ts'
import { activityPolicy } from './policy.ts'
import { readMissingParts } from './reading/read-parts.ts'
import { readRequestedStructure } from './reading/read-requested.ts'
import { retryRejected } from './reading/retry-rejected.ts'
import { readChangedStructure, readList } from './read-structure.ts'
import { publishingContext } from './publishing/context.ts'
import { runReport } from './run-report.ts'
import { paceAfter } from './pace.ts'
import { sampleWindows } from './reading/sample-windows.ts'
import { claimAndOpen, endRun, isLoadRunning, opening } from './runs.ts'
import { settleWaiting } from './settle.ts'
import { writeDefaults } from './write-defaults.ts'

export interface OpenedPoll {
  /** Null when there is nothing to do for this run. */
  runId: string | null
  /** Why there is nothing to do. */
  outcome: 'already running' | 'loading' | null
  holder: string | null
  /** True when the first full load is not done and nobody is at it. */
  loadNeeded: boolean
  warning: string | null
  /** Mappings that wait to be compared; absent where there are none. */
  mappings?: string[]
  policy: ActivityPolicy
}

/** How long one call of `finishRun` works before it lets the workflow ask again; unit ms. */
const chunkMs = 50_000

export const createPollActivities = (deps: Dependencies) => {
  const { sql } = deps
  return {
    /** Opens a poll: claims the connection, fixes its window, reads what changed of the structure, plans its two transfers. */
    async openPoll(input: { connection: string }): Promise<OpenedPoll> {
      const connection = deps.connection(input.connection)
      const policy = activityPolicy(connection.config)
      const idle = { runId: null, holder: null, loadNeeded: false, warning: null, policy }
      const known = await watermarkOf(sql, connection.name)
      if (known?.load !== 'done') {
        const loadNeeded = !(await isLoadRunning(deps, connection.name))
        // Before the load has read the structure there is nothing that a changed product could be translated with.
        if (!known || (await structureCompleteAt(sql, connection.name)) === null) {
          return { ...idle, outcome: 'loading', loadNeeded }
        }
        if (loadNeeded) return { ...idle, outcome: 'loading', loadNeeded }
      }
      const { run, holder } = await claimAndOpen(deps, connection.name, 'poll-products', 'delta')
      if (!run) return { ...idle, outcome: 'already running', holder }
      return opening(deps, run, async () => {
        const warning = await connection.akeneo.inLane('bulk', cancellationSignal(), async (calls) => {
          const listed = await readList(deps, connection, calls, { stream: 'channels', parent: '' })
          const akeneoDate = listed ?? (await calls.root()).date
          const window = pollWindow({ watermark: known, akeneoDate, localNow: new Date() })
          await setRunWindow(sql, run.id, window)
          const { since } = await runById(sql, run.id)
          if (since === null) throw new Error(`The poll of ${connection.name} has no window`)
          await readChangedStructure(deps, connection, calls, since)
          await sql.begin(async (tx) => {
            if (await hasTransfers(tx, run.id, 'products')) return
            for (const stream of ['product-models', 'products'] as const) {
              await planTransfers(tx, run.id, stream, [{ search: changedSince(stream, since, connection) }])
            }
          })
          return window.warning
        })
        const mappings = await proposeChangedMappings(deps, connection)
        return {
          runId: run.id.toString(),
          outcome: null,
          holder: null,
          loadNeeded: false,
          warning,
          ...(mappings.length > 0 ? { mappings } : {}),
          policy,
        }
      })
    },

    /** Opens a full pass: claims it and fixes T0, before anything is read. */
    async openLoad(input: { connection: string }): Promise<OpenedPoll> {
      const connection = deps.connection(input.connection)
      const idle = { loadNeeded: false, warning: null, policy: activityPolicy(connection.config) }
      const { run, holder } = await claimAndOpen(deps, connection.name, 'load-products', 'full')
      if (!run) return { ...idle, runId: null, outcome: 'already running', holder }
      return opening(deps, run, async () => {
        const akeneoDate = await connection.akeneo.inLane(
          'bulk',
          cancellationSignal(),
          async (calls) => (await calls.root()).date,
        )
        const { t0 } = pollWindow({ watermark: null, akeneoDate, localNow: new Date() })
        await setRunWindow(sql, run.id, { t0, since: null, overlapSeconds: null })
        // From here on polls carry what changes while the load still reads.
        const opened = await runById(sql, run.id)
        await beginWatermark(sql, connection.name, opened.t0 ?? t0)
        return { ...idle, runId: run.id.toString(), outcome: null, holder: null }
      })
    },

    /** Cuts the load into slices by `created`, which never changes, so nothing moves between them; answers how many readers pay. */
    async planLoad(input: {
      connection: string
      runId: string
    }): Promise<{ readers: number; modelReaders?: number; slices: number; products: number }> {
      const connection = deps.connection(input.connection)
      const run = BigInt(input.runId)
      const { concurrency } = connection.config.akeneo.throttle
      const light = await lightProjection(deps, connection)
      await connection.akeneo.inLane('bulk', cancellationSignal(), (calls) =>
        refuseWrongZone(calls, connection, light),
      )
      const models = await sampleWindows(connection, 'product-models', light)
      const products = await sampleWindows(connection, 'products', light)
      const slicesOf = (windows: Window[]) =>
        windows.map((window) => ({ search: createdWithin(window, connection) }))
      await sql.begin(async (tx) => {
        if (await hasTransfers(tx, run, 'products')) return
        await planTransfers(tx, run, 'product-models', slicesOf(models.windows))
        await planTransfers(tx, run, 'products', slicesOf(products.windows))
      })
      return {
        readers: Math.min(concurrency, products.windows.length),
        modelReaders: Math.min(concurrency, models.windows.length),
        slices: products.windows.length,
        products: products.total,
      }
    },

    /** Publishes what waited, tries rejected records again, and closes the run when nothing is left: then the watermark moves. */
    async finishRun(input: { connection: string; runId: string; cancelled: boolean }): Promise<{
      report: RunReport | null
      destinations?: string[]
      media?: boolean
      enrich?: boolean
      paceMs?: number
    }> {
      const connection = deps.connection(input.connection)
      const run = await runById(sql, BigInt(input.runId))
      const until = Date.now() + chunkMs
      if (!input.cancelled && !(await settle(connection, run.mode, run.id, until)))
        return { report: null, destinations: [] }
      if (run.mode === 'full' && !input.cancelled) await writeDefaults(deps, connection)
      return sql.begin(async (tx) => {
        const report = await runReport(tx, run, input.cancelled ? 'cancelled' : 'done')
        const paceMs =
          run.mode === 'delta' && !input.cancelled ? await paceAfter(tx, connection, report.published) : null
        await endRun(tx, run, report.outcome, report, !input.cancelled)
        // Once the load is through: it has the use of all of Akeneo's calls.
        const media =
          connection.media !== null &&
          (await watermarkOf(tx, connection.name))?.load === 'done' &&
          (await hasMediaWork(tx, connection.name))
        const enrich =
          run.mode === 'delta' &&
          connection.icecat?.config.afterPolls === true &&
          (await isEnrichmentDue(tx, connection.name))
        return {
          report,
          destinations: await destinationsBehind(tx, connection.config),
          ...(media ? { media } : {}),
          ...(enrich ? { enrich } : {}),
          ...(paceMs === null ? {} : { paceMs }),
        }
      })
    },
  }

  /** False when time ran out. */
  async function settle(
    connection: ConnectionRuntime,
    mode: string,
    run: bigint,
    until: number,
  ): Promise<boolean> {
    // While a load reads, its groups are not complete yet: it settles them itself, once, when all variants are in.
    if (mode === 'delta' && (await watermarkOf(sql, connection.name))?.load !== 'done') return true
    await retryRejected(deps, connection, until)
    const streams = ['attributes', 'categories', 'product-models', 'products'] as const
    for (;;) {
      const { timeIsUp } = await settleWaiting(deps, connection, run, { streams: [...streams], until })
      if (timeIsUp) return false
      const structure = await readRequestedStructure(deps, connection)
      if (!(await readMissingParts(deps, connection)) && !structure) return true
    }
  }
}

/** With another zone than Akeneo's, slices and later polls would lose the edits of hours: better none than those. */
async function refuseWrongZone(
  calls: AkeneoCalls,
  { name, config }: ConnectionRuntime,
  light: string[],
): Promise<void> {
  const { searchTimeZone } = config.akeneo
  const zone = await findSearchZone(calls, searchTimeZone, light)
  if (zone.found === 'no-product' || (zone.found === 'zone' && zone.zone === searchTimeZone)) return
  const { text, remedy } = otherZone(zone, searchTimeZone)
  const story = { asked: `products of ${name} by their own \`updated\``, came: text, remedy }
  if (zone.found === 'nothing' && zone.isLate)
    throw new TransientError({ code: 'search-index-late', ...story })
  throw new RefusedError({ code: 'search-time-zone', ...story })
}

/** The identifier alone: products are only looked at, and one whose values break the page breaks no plan. */
export async function lightProjection(deps: Dependencies, connection: ConnectionRuntime): Promise<string[]> {
  const code = (await publishingContext(deps.sql, connection, null))?.identifierAttribute
  return code === undefined ? [] : [code]
}
