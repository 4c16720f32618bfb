import { cancellationSignal } from '@temporalio/activity'
import { createdWithin } from '../connectors/akeneo/search.ts'
import { streams as definitions, type StreamDefinition } from '../connectors/akeneo/streams.ts'
import { planOfRun } from '../connectors/hub/plans.ts'
import {
  driftOf,
  dropSeen,
  forgetSeen,
  openReconcile,
  reconcileOf,
  seenSources,
  setLoadRun,
  unknownKeys,
} from '../connectors/hub/reconcile.ts'
import { clearSeenLists, unseenLists } from '../connectors/hub/rejections.ts'
import { controlOf, runById, setRunWindow, watermarkOf } from '../connectors/hub/runs.ts'
import {
  countsOf,
  hasOpenTransfers,
  hasTransfers,
  planTransfers,
  takeTransfer,
} from '../connectors/hub/transfers.ts'
import type { ActivityPolicy } from '../contracts/processes.ts'
import type { ReconcileReport, RetireReport } from '../contracts/reports.ts'
import { StreamName } from '../contracts/streams.ts'
import type { Dependencies } from './dependencies.ts'
import { destinationsBehind } from './destinations.ts'
import { listTransfer, loaded } from './reading/list-keys.ts'
import { activityPolicy } from './policy.ts'
import { lightProjection } from './polls.ts'
import { sampleWindows } from './reading/sample-windows.ts'
import { prune } from './prune.ts'
import { judgeAbsent } from './retiring/judge-absent.ts'
import { visibleRights } from './retiring/visible-rights.ts'
import { readOneInto } from './reading/read-one.ts'
import { listsBelow } from './read-structure.ts'
import { claimAndOpen, endRun, opening } from './runs.ts'
import { settleWaiting } from './settle.ts'
import type { TransferResult } from './transfers.ts'

export interface OpenedReconcile {
  /** Null when there is nothing to do for this run. */
  runId: string | null
  /** Why there is nothing to do. */
  outcome: 'already running' | 'loading' | null
  holder: string | null
  readers: number
  policy: ActivityPolicy
}

export interface JudgedAbsence {
  plan: string | null
  /** Why it waits for a person; none: it may be carried out now. */
  held: string[]
  absent: number
}

/** An activity works about this long; unit ms. */
const chunkMs = 50_000

/** What changed later than this before the watermark is still found by the next poll: no drift. Unit ms. */
const pollOverlapMs = 5 * 60_000

/** What a list of a record's own (options of an attribute) belongs to is listed first. */
const isDependent = (stream: StreamName) => 'per' in (definitions[stream] as StreamDefinition)
const dependentLists = StreamName.options.filter(isDependent)
const wholeLists = StreamName.options.filter((stream) => !isDependent(stream))

/** What is listed and was never read is read by its id; parents first. */
const readableById: StreamName[] = [
  'categories',
  'reference-entity-records',
  'assets',
  'product-models',
  'products',
]

export const createReconcileActivities = (deps: Dependencies) => {
  const { sql } = deps
  return {
    /** Claims the connection, keeps what Akeneo's user may see, fixes the ticket that divides, and plans the lists. */
    async openReconcile(input: { connection: string; content: boolean }): Promise<OpenedReconcile> {
      const connection = deps.connection(input.connection)
      const policy = activityPolicy(connection.config)
      const idle = { runId: null, holder: null, readers: 0, policy }
      const watermark = await watermarkOf(sql, connection.name)
      if (watermark?.load !== 'done') return { ...idle, outcome: 'loading' }
      const mode = input.content ? 'content' : 'ids'
      const { run, holder } = await claimAndOpen(deps, connection.name, 'reconcile', mode)
      if (!run) return { ...idle, outcome: 'already running', holder }
      return opening(deps, run, async () => {
        const light = await lightProjection(deps, connection)
        const rights = await connection.akeneo.inLane('bulk', cancellationSignal(), (calls) =>
          visibleRights(connection, calls),
        )
        const { windows } = await sampleWindows(connection, 'products', light)
        await dropSeen(sql, connection.name, run.id)
        const since = new Date(watermark.at.getTime() - pollOverlapMs)
        await setRunWindow(sql, run.id, { t0: new Date(), since, overlapSeconds: null })
        await sql.begin(async (tx) => {
          await openReconcile(tx, run.id, { rights, content: input.content })
          if (await hasTransfers(tx, run.id, 'channels')) return
          for (const stream of wholeLists.filter((name) => !loaded.includes(name)))
            await planTransfers(tx, run.id, stream, [{ search: null }])
          // With `content` the full pass reads them all, and their readings say what was there.
          if (input.content) return
          await planTransfers(tx, run.id, 'product-models', [{ search: null }])
          await planTransfers(
            tx,
            run.id,
            'products',
            windows.map((window) => ({ search: createdWithin(window, connection) })),
          )
        })
        const { concurrency } = connection.config.akeneo.throttle
        const readers = input.content ? 1 : Math.min(concurrency, windows.length)
        return { runId: run.id.toString(), outcome: null, holder: null, readers, policy }
      })
    },

    /** Reads lists for their keys, page by page under the page protocol, until none is left or the chunk is over. */
    async listKeys(input: { connection: string; runId: string; reader: number }): Promise<TransferResult> {
      const connection = deps.connection(input.connection)
      const run = BigInt(input.runId)
      const result: TransferResult = { more: false, state: 'running', read: 0, changed: 0, rejected: 0 }
      const deadline = Date.now() + chunkMs
      await connection.akeneo.inLane('bulk', cancellationSignal(), async (calls) => {
        for (;;) {
          result.state = await controlOf(sql, run)
          if (result.state !== 'running' || Date.now() >= deadline) {
            result.more = result.state !== 'cancelled'
            return
          }
          const transfer = await sql.begin((tx) =>
            takeTransfer(tx, run, [...wholeLists, ...dependentLists], input.reader),
          )
          if (!transfer) return
          await listTransfer(deps, connection, calls, run, transfer, result, deadline)
        }
      })
      return result
    },

    /**
     * Plans what the lists that came leave to be asked for: those of the attributes and families that Akeneo still has (those of others leave
     * with them), and, where products or models were not listed to the end, those that are stored and were not seen.
     */
    async planDependentLists(input: { connection: string; runId: string }): Promise<void> {
      const run = BigInt(input.runId)
      const parents = await seenSources(sql, input.connection, run, ['attributes', 'families'])
      // Several attributes may name records of one family.
      const all = parents.flatMap(listsBelow)
      const lists = [...new Map(all.map((list) => [`${list.stream} ${list.parent}`, list])).values()]
      const unseen = await unseenLists(sql, input.connection, run)
      await sql.begin(async (tx) => {
        for (const stream of loaded) {
          if (!unseen.some((list) => list.stream === stream)) continue
          if (await hasTransfers(tx, run, stream, { byKey: true })) continue
          await planTransfers(tx, run, stream, [{ search: null, byKey: true }])
        }
        for (const stream of dependentLists) {
          if (await hasTransfers(tx, run, stream)) continue
          const own = lists.filter((list) => list.stream === stream)
          await planTransfers(
            tx,
            run,
            stream,
            own.map(({ parent }) => ({ search: null, parent })),
          )
        }
      })
    },

    /** Reads records that Akeneo listed and the hub has never seen, by their id, up to `budget` of them. */
    async readUnknown(input: {
      connection: string
      runId: string
      budget: number
    }): Promise<{ unknown: number; read: number; more: boolean }> {
      const connection = deps.connection(input.connection)
      const run = BigInt(input.runId)
      const { keys, total } = await unknownKeys(sql, connection.name, run, readableById, input.budget)
      if (keys.length === 0) return { unknown: 0, read: 0, more: false }
      const deadline = Date.now() + chunkMs
      let read = 0
      await connection.akeneo.inLane('bulk', cancellationSignal(), async (calls) => {
        for (const { stream, key } of keys) {
          if (Date.now() >= deadline || cancellationSignal().aborted) return
          // Deleted since it was listed, or broken: it is not looked for again.
          if ((await readOneInto(deps, connection, calls, stream, key)) !== 'stored')
            await forgetSeen(sql, run, stream, key)
          read++
        }
      })
      return { unknown: total, read, more: read < keys.length }
    },

    /** Makes the plan of what is absent and judges it; all lists must be complete. */
    async judgeAbsence(input: {
      connection: string
      runId: string
      loadRunId: string | null
    }): Promise<JudgedAbsence> {
      const connection = deps.connection(input.connection)
      const run = BigInt(input.runId)
      if (await hasOpenTransfers(sql, run, StreamName.options))
        throw new Error(`Run ${run} judges absence before its lists are complete`)
      if (input.loadRunId !== null) await setLoadRun(sql, run, BigInt(input.loadRunId))
      await clearSeenLists(sql, connection.name, run, loaded)
      const rights = await connection.akeneo.inLane('bulk', cancellationSignal(), (calls) =>
        visibleRights(connection, calls),
      )
      const plan =
        (await planOfRun(sql, run)) ?? (await sql.begin((tx) => judgeAbsent(tx, connection, run, rights)))
      if (plan === null) return { plan: null, held: [], absent: 0 }
      return {
        plan: plan.id.toString(),
        held: plan.reasons.map(({ text }) => text),
        absent: Object.values(plan.streams).reduce((sum, count) => sum + count, 0),
      }
    },

    /** Publishes what waits for nothing any more and closes the run; null: time was up, ask again. */
    async closeReconcile(input: {
      connection: string
      runId: string
      judged: JudgedAbsence
      unknown: number
      retired: RetireReport | null
    }): Promise<{ report: ReconcileReport | null; destinations?: string[] }> {
      const connection = deps.connection(input.connection)
      const run = await runById(sql, BigInt(input.runId))
      const settled = await settleWaiting(deps, connection, run.id, {
        streams: ['attributes', 'categories', 'product-models', 'products'],
        until: Date.now() + chunkMs,
      })
      if (settled.timeIsUp) return { report: null }
      const { loadRun } = await reconcileOf(sql, run.id)
      const listed = (await countsOf(sql, run.id)).reduce((sum, { read }) => sum + read, 0)
      const before = run.since
      const report: ReconcileReport = {
        outcome: input.judged.held.length > 0 ? 'awaiting approval' : 'done',
        runId: input.runId,
        listed,
        absent: input.judged.absent,
        plan: input.judged.plan,
        held: input.judged.held,
        retired: input.retired?.retired ?? 0,
        kept: input.retired?.kept ?? 0,
        drift: {
          changed: loadRun === null || before === null ? 0 : await driftOf(sql, loadRun, before),
          unknown: input.unknown,
          missing: input.retired?.retired ?? input.judged.absent,
        },
      }
      await sql.begin((tx) => endRun(tx, run, report.outcome, report, false))
      await dropSeen(sql, connection.name, null)
      // A connection without destinations has no delivery that would see to it.
      await prune(deps, connection, Date.now() + chunkMs)
      return { report, destinations: await destinationsBehind(sql, connection.config) }
    },
  }
}
