import { cancellationSignal, CancelledFailure } from '@temporalio/activity'
import { createDestinationClient, type DestinationClient } from '../connectors/delivery/client.ts'
import {
  beginAttempt,
  commitOutcomes,
  countDelivered,
  deliveryState,
  hasMore,
  releaseDelivery,
  takeDelivery,
  takeOverDelivery,
} from '../connectors/hub/deliveries.ts'
import type { DeliveryKey } from '../connectors/hub/delivery-key.ts'
import { countRefused, retryRefused } from '../connectors/hub/delivery-queue.ts'
import { add } from '../connectors/telemetry/metrics.ts'
import { closeRun, type ControlState, controlOf, openRun } from '../connectors/hub/runs.ts'
import type { ActivityPolicy, DeliverChangesInput } from '../contracts/processes.ts'
import type { DeliveryReport } from '../contracts/reports.ts'
import { nextBatch, sendBatch } from './delivery-batches.ts'
import type { Dependencies } from './dependencies.ts'
import { destinationOf, outputOf } from './destinations.ts'
import { type FailureReason, shownReason } from './failures.ts'
import { prune } from './prune.ts'
import { isRunning, thisExecution } from './runs.ts'

export type OpenDeliveryInput = Omit<DeliverChangesInput, 'destination'> & { destination: string }

export interface OpenedDelivery {
  /** Null when another run is at it, or nothing was published yet. */
  runId: string | null
  output: string
  /** Workflow id of the run that is at it. */
  holder: string | null
  policy: ActivityPolicy
}

/** A delivery that is open: what each of its steps is told. */
export interface DeliveryRun {
  connection: string
  output: string
  destination: string
  runId: string
}

export interface DeliveryChunk {
  more: boolean
  state: ControlState
  delivered: number
  refused: number
}

/** An activity works about this long, so that a stop, a deploy or a pause never waits longer; unit ms. */
const chunkMs = 50_000

/** What an activity may need beyond one request before it shows life again; unit ms. */
const heartbeatSlackMs = 10_000

export const createDeliveryActivities = (deps: Dependencies) => {
  const { sql } = deps
  const clients = new Map<string, DestinationClient>()
  /** Where a failure left a request in parts without one outcome: the next is of one entry, else none would ever come further. */
  const cutShort = new Set<string>()
  return {
    /** Names of the destinations that a connection delivers to. */
    destinationsOf(input: { connection: string }): Promise<{ destinations: string[] }> {
      const { config } = deps.connection(input.connection)
      return Promise.resolve({ destinations: config.destinations.map(({ name }) => name) })
    },

    /** Claims (output, destination) for this execution and opens its run. */
    async openDelivery(input: OpenDeliveryInput): Promise<OpenedDelivery> {
      const { name, config } = deps.connection(input.connection)
      const destination = destinationOf(config, input.destination)
      const policy = {
        ...config.akeneo.retry,
        heartbeatTimeoutMs: Math.round(destination.timeoutMs * 1.5) + heartbeatSlackMs,
      }
      const output = await outputOf(sql, config, destination, input.output)
      if (output === null) return { runId: null, output: '', holder: null, policy }
      const key = { connection: name, output, destination: destination.name }
      const holder = thisExecution()
      let other = await sql.begin((tx) => takeDelivery(tx, key, holder))
      if (other && !(await isRunning(other)) && (await takeOverDelivery(sql, key, other, holder)))
        other = null
      if (other) return { runId: null, output, holder: other.workflowId, policy }
      const run = await sql.begin(async (tx) => {
        if (input.retryRefused === true) await retryRefused(tx, key)
        return openRun(tx, {
          connection: name,
          process: 'deliver',
          mode: `${output} to ${destination.name}`,
          ...holder,
        })
      })
      return { runId: run.id.toString(), output, holder: null, policy }
    },

    /** Brings entries to the destination in order: queued records whose time has come, then the feed. */
    async deliverEntries(input: DeliveryRun): Promise<DeliveryChunk> {
      const destination = destinationOf(deps.connection(input.connection).config, input.destination)
      const client = clients.get(place(input)) ?? createDestinationClient(input.connection, destination)
      clients.set(place(input), client)
      const key = { connection: input.connection, output: input.output, destination: input.destination }
      const run = BigInt(input.runId)
      const attempt = await beginAttempt(sql, key)
      const chunk: DeliveryChunk = { more: true, state: 'running', delivered: 0, refused: 0 }
      const deadline = Date.now() + chunkMs
      let batchSize = destination.batchSize
      while (Date.now() < deadline) {
        cancellationSignal().throwIfAborted()
        chunk.state = await controlOf(sql, run)
        if (chunk.state !== 'running') return { ...chunk, more: chunk.state === 'paused' }
        const state = await sql.begin((tx) => deliveryState(tx, key, attempt))
        if (state === null)
          throw new CancelledFailure('A newer attempt of this activity is at work; this one stops')
        const batch = await nextBatch(sql, key, state, cutShort.has(place(input)) ? 1 : batchSize)
        if (batch === null) return { ...chunk, more: false }
        const sent = await sendBatch(client, key, sql, state, batch)
        const { outcomes, position, smallerBatches, failure } = sent
        const counts = {
          delivered: outcomes.filter(({ status }) => status === 'accepted').length,
          refused: outcomes.filter(({ status }) => status === 'refused').length,
        }
        const kept = await sql.begin(async (tx) => {
          if (!(await commitOutcomes(tx, key, { ...state, attempt }, position, outcomes))) return false
          await countDelivered(tx, run, counts)
          return true
        })
        if (kept) {
          measure(input, counts)
          chunk.delivered += counts.delivered
          chunk.refused += counts.refused
        }
        if (outcomes.some(({ status }) => status !== 'held')) cutShort.delete(place(input))
        else if (failure !== null) cutShort.add(place(input))
        if (failure !== null) throw failure
        batchSize = Math.min(batchSize, smallerBatches ?? batchSize)
      }
      return chunk
    },

    /** Ends the run; when there is more to send by now, only if it shall end `anyway`: then the report is null. */
    async closeDelivery(
      input: DeliveryRun & { anyway: boolean },
    ): Promise<{ report: DeliveryReport | null }> {
      const key = { connection: input.connection, output: input.output, destination: input.destination }
      if (!input.anyway && (await hasMore(sql, key))) return { report: null }
      await prune(deps, deps.connection(input.connection), Date.now() + chunkMs / 2)
      return { report: await endDelivery(key, BigInt(input.runId), 'done') }
    },

    /** Gives back what a run holds when its workflow fails or is cancelled. */
    async abandonDelivery(
      input: DeliveryRun & { outcome: 'failed' | 'cancelled'; why?: FailureReason },
    ): Promise<void> {
      const key = { connection: input.connection, output: input.output, destination: input.destination }
      await endDelivery(key, BigInt(input.runId), input.outcome, shownReason(input.why))
    },
  }

  async function endDelivery(
    key: DeliveryKey,
    run: bigint,
    ended: 'done' | 'failed' | 'cancelled',
    why: string | null = null,
  ): Promise<DeliveryReport> {
    return sql.begin(async (tx) => {
      const { delivered, refused } = await countDelivered(tx, run, {})
      const parked = await countRefused(tx, key)
      const outcome = ended === 'done' && parked > 0 ? 'done with rejections' : ended
      const counts = { destinations: [key.destination], delivered, refused, parked }
      await closeRun(tx, run, outcome, {
        outcome,
        runId: run.toString(),
        ...counts,
        ...(why === null ? {} : { why }),
      })
      await releaseDelivery(tx, key, thisExecution().workflowRunId)
      // A run that failed has no report but this row.
      return { outcome: outcome === 'failed' ? 'cancelled' : outcome, runId: run.toString(), ...counts }
    })
  }
}

function measure(
  { connection, destination }: DeliveryRun,
  { delivered, refused }: { delivered: number; refused: number },
): void {
  add('deliveredEntries', { connection, destination, outcome: 'delivered' }, delivered)
  add('deliveredEntries', { connection, destination, outcome: 'refused' }, refused)
}

const place = ({ connection, destination }: DeliveryRun) => `${connection}/${destination}`
