import { cancellationSignal } from '@temporalio/activity'
import { RefusedError } from '../connectors/errors.ts'
import {
  acceptRights,
  closePlan,
  itemCounts,
  nextItems,
  type Plan,
  planById,
  retiredKeysOf,
} from '../connectors/hub/plans.ts'
import { holdStructure } from '../connectors/hub/publication-locks.ts'
import { leavingOrder } from '../connectors/hub/reconcile.ts'
import { forgetIn, sourcesNaming } from '../connectors/hub/retired.ts'
import { type ControlState, controlOf, outcomeCounts, runById } from '../connectors/hub/runs.ts'
import { enqueue } from '../connectors/hub/waiting.ts'
import type { ActivityPolicy } from '../contracts/processes.ts'
import type { RetireReport } from '../contracts/reports.ts'
import type { StreamName } from '../contracts/streams.ts'
import { unknownRights } from '../domain/check-report.ts'
import type { ConnectionRuntime, Dependencies } from './dependencies.ts'
import { destinationsBehind } from './destinations.ts'
import { activityPolicy } from './policy.ts'
import { groupsOf } from './publishing/follow.ts'
import { retireItem } from './retiring/retire-item.ts'
import { visibleRights } from './retiring/visible-rights.ts'
import { claimAndOpen, endRun } from './runs.ts'
import { settleWaiting } from './settle.ts'

export interface OpenedRetire {
  /** Null when there is nothing to do for this run. */
  runId: string | null
  outcome: 'already running' | 'done' | null
  holder: string | null
  /** What leaves one after the other, and by how many readers: products before their models, categories after both. */
  phases: { streams: StreamName[]; readers: number }[]
  policy: ActivityPolicy
}

export interface RetireChunk {
  more: boolean
  state: ControlState
  retired: number
  kept: number
}

/** An activity works about this long; unit ms. */
const chunkMs = 50_000
const itemsPerLook = 50

/** One reader more is worth its lane from so many records on. */
const recordsPerReader = 100

/** Records that name what left are changed so many in one transaction. */
const namingPerBatch = 200

export const createRetireActivities = (deps: Dependencies) => {
  const { sql } = deps
  return {
    /** Takes a plan that may be carried out: made within the guards, or approved by a person. */
    async openRetire(input: { connection: string; plan: string }): Promise<OpenedRetire> {
      const connection = deps.connection(input.connection)
      const policy = activityPolicy(connection.config)
      const plan = await allowedPlan(deps, connection.name, input.plan)
      const idle = { runId: null, holder: null, phases: [], policy }
      if (plan.state === 'done') return { ...idle, outcome: 'done' }
      // What the guards allowed was judged just now.
      if (plan.state === 'approved') await refuseOtherRights(connection, plan)
      const { run, holder } = await claimAndOpen(deps, connection.name, 'retire', plan.state)
      if (!run) return { ...idle, outcome: 'already running', holder }
      await acceptRights(sql, connection.name, plan.rights)
      return {
        ...idle,
        runId: run.id.toString(),
        outcome: null,
        phases: phasesOf(plan, connection.config.akeneo.throttle.concurrency),
      }
    },

    /** Reads records of a plan again, each by its id; those that Akeneo answers 404 to, again, leave. */
    async retireChunk(input: {
      connection: string
      runId: string
      plan: string
      streams: StreamName[]
      reader: number
      readers: number
    }): Promise<RetireChunk> {
      const connection = deps.connection(input.connection)
      const run = BigInt(input.runId)
      const plan = BigInt(input.plan)
      const result: RetireChunk = { more: false, state: 'running', retired: 0, kept: 0 }
      const deadline = Date.now() + chunkMs
      await connection.akeneo.inLane('bulk', cancellationSignal(), async (calls) => {
        for (;;) {
          const items = await nextItems(sql, plan, input, itemsPerLook)
          if (items.length === 0) return
          for (const item of items) {
            result.state = await controlOf(sql, run)
            if (result.state !== 'running' || Date.now() >= deadline || cancellationSignal().aborted) {
              result.more = result.state !== 'cancelled'
              return
            }
            result[await retireItem(deps, connection, calls, { run, plan, item })]++
          }
        }
      })
      return result
    },

    /** Makes anew what named the records that left, and closes the run; null: time was up, ask again. */
    async finishRetire(input: {
      connection: string
      runId: string
      plan: string
    }): Promise<{ report: RetireReport | null; destinations?: string[] }> {
      const connection = deps.connection(input.connection)
      const run = await runById(sql, BigInt(input.runId))
      const plan = BigInt(input.plan)
      const until = Date.now() + chunkMs
      if (!(await forgetGone(deps, connection, plan, until))) return { report: null }
      const streams: StreamName[] = ['attributes', 'categories', 'product-models', 'products']
      const { timeIsUp } = await settleWaiting(deps, connection, run.id, { streams, until })
      if (timeIsUp) return { report: null }
      return sql.begin(async (tx) => {
        const counts = await itemCounts(tx, plan)
        const { published } = await outcomeCounts(tx, run)
        const report: RetireReport = {
          outcome: 'done',
          runId: input.runId,
          plan: input.plan,
          retired: counts.reduce((sum, { retired }) => sum + retired, 0),
          kept: counts.reduce((sum, { kept }) => sum + kept, 0),
          published,
        }
        await closePlan(tx, plan)
        await endRun(tx, run, report.outcome, report, false)
        return { report, destinations: await destinationsBehind(tx, connection.config) }
      })
    },
  }
}

const refusals: Partial<Record<Plan['state'], string>> = {
  held: 'A person must look at it first: pimflow approvals show',
  rejected: 'A person has refused it; on second thoughts: pimflow approvals approve',
  superseded: 'A later reconcile has looked again; see: pimflow approvals',
}

async function allowedPlan({ sql }: Dependencies, connection: string, id: string): Promise<Plan> {
  const plan = /^\d{1,18}$/.test(id) ? await planById(sql, connection, BigInt(id)) : null
  const asked = `plan ${id} of ${connection}`
  if (plan === null) {
    throw new RefusedError({
      code: 'no-such-plan',
      asked,
      came: 'there is none',
      remedy: 'Look which plans there are: pimflow approvals',
    })
  }
  const remedy = refusals[plan.state]
  if (remedy === undefined) return plan
  throw new RefusedError({ code: 'plan-not-allowed', asked, came: `it is ${plan.state}`, remedy })
}

/** What is hidden since a plan was made answers 404 as what is deleted does: a person has said yes to something else. */
async function refuseOtherRights(connection: ConnectionRuntime, plan: Plan): Promise<void> {
  const rights = await connection.akeneo.inLane('bulk', cancellationSignal(), (calls) =>
    visibleRights(connection, calls),
  )
  if (plan.rights === unknownRights || plan.rights === rights) return
  throw new RefusedError({
    code: 'plan-outdated',
    asked: `plan ${plan.id} of ${connection.name}`,
    came: 'what its user may see in Akeneo has changed since it was made',
    remedy: 'Give the user back what it saw, or make a new plan: pimflow reconcile',
  })
}

function phasesOf({ streams }: Plan, concurrency: number): OpenedRetire['phases'] {
  const readersFor = (stream: StreamName) =>
    Math.max(1, Math.min(concurrency, Math.ceil((streams[stream] ?? 0) / recordsPerReader)))
  const structure = leavingOrder.filter((stream) => stream !== 'products' && stream !== 'product-models')
  return [
    { streams: ['products'] as StreamName[], readers: readersFor('products') },
    { streams: ['product-models'] as StreamName[], readers: readersFor('product-models') },
    { streams: structure, readers: 1 },
  ].filter((phase) => phase.streams.some((stream) => (streams[stream] ?? 0) > 0))
}

/** Takes categories and attributes that left out of the records that name them; false when time ran out. */
async function forgetGone(
  { sql }: Dependencies,
  { name }: ConnectionRuntime,
  plan: bigint,
  until: number,
): Promise<boolean> {
  const gone = {
    categories: await retiredKeysOf(sql, plan, 'categories'),
    attributes: await retiredKeysOf(sql, plan, 'attributes'),
  }
  const naming = await sourcesNaming(sql, name, gone)
  for (const stream of ['product-models', 'products'] as const) {
    const keys = naming.filter((record) => record.stream === stream).map(({ key }) => key)
    for (let at = 0; at < keys.length; at += namingPerBatch) {
      if (Date.now() >= until) return false
      await sql.begin(async (tx) => {
        await holdStructure(tx, name)
        const changed = await forgetIn(tx, name, stream, keys.slice(at, at + namingPerBatch), gone)
        // Of a variant, too: without what left it may not be active any more.
        const models = changed.map(({ key, parent }) => parent ?? (stream === 'product-models' ? key : null))
        const groups = await groupsOf(
          tx,
          name,
          models.filter((code) => code !== null),
        )
        const products = stream === 'products' ? changed : []
        await enqueue(tx, name, [
          ...groups,
          ...products.map(({ key }) => ({ stream, key, reason: 'category' as const })),
        ])
      })
    }
  }
  return true
}
