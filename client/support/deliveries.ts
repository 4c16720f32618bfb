import type { Client } from '@temporalio/client'
import type { ConnectionConfig } from '../../config.ts'
import type { Sql } from '../../connectors/hub/database.ts'
import { feedsOf } from '../../connectors/hub/deliveries.ts'
import type { DeliveryKey } from '../../connectors/hub/delivery-key.ts'
import { UsageError } from './errors.ts'
import { searchAttributesOf, type WorkflowStart } from './starts.ts'
import { type TemporalPlace, workflowUrl } from './temporal.ts'
import { who } from './who.ts'
import type { Work } from './work.ts'

export interface Choice {
  destination?: string
  output?: string
}

/** The destinations that are meant: the one that is named, those of an output, or all. */
export function chosenDestinations(
  { name: connection, destinations, outputs = [] }: ConnectionConfig,
  { destination, output }: Choice,
): string[] {
  const known = destinations.map(({ name }) => name).join(', ')
  if (destinations.length === 0) {
    throw new UsageError(
      `${connection} has no destination: add one under \`destinations:\` in its configuration`,
    )
  }
  if (destination !== undefined && !destinations.some(({ name }) => name === destination)) {
    throw new UsageError(`${connection} has no destination ${destination}; these exist: ${known}`)
  }
  const single = outputs.length === 1 ? outputs[0]?.name : undefined
  const chosen = destinations
    .filter(({ name }) => destination === undefined || name === destination)
    // A destination that names no output gets the only one, whatever its name.
    .filter((one) => output === undefined || (one.output ?? single ?? output) === output)
    .map(({ name }) => name)
  if (chosen.length > 0) return chosen
  throw new UsageError(
    `No destination of ${connection} gets the output ${output ?? ''}; these exist: ${known}`,
  )
}

/** The one that is meant; there must be no doubt. */
export function chosenDestination(connection: ConnectionConfig, choice: Choice): string {
  const [only, ...others] = chosenDestinations(connection, choice)
  if (only !== undefined && others.length === 0) return only
  throw new UsageError(`Name one with --destination; these exist: ${[only, ...others].join(', ')}`)
}

/** What the hub keeps a delivery by; null while nothing was published. */
export async function deliveryKey(
  sql: Sql,
  { name: connection, destinations, outputs = [] }: ConnectionConfig,
  destination: string,
): Promise<DeliveryKey | null> {
  const named = destinations.find(({ name }) => name === destination)?.output
  const [only, ...others] =
    outputs.length > 0 ? outputs.map(({ name }) => name) : await feedsOf(sql, connection)
  if (named !== undefined) return { connection, output: named, destination }
  if (others.length > 0)
    throw new UsageError(`Say with \`output:\` which output the destination ${destination} gets`)
  return only === undefined ? null : { connection, output: only, destination }
}

/** Starts a delivery, or tells the one that runs that there is more: none can end without having looked again. */
export async function startDeliveryWork(
  client: Client,
  place: TemporalPlace,
  start: WorkflowStart,
): Promise<Work> {
  const { workflowId } = start
  const handle = await client.workflow.signalWithStart(start.type, {
    workflowId,
    taskQueue: place.taskQueue,
    args: [start.input],
    signal: 'more',
    signalArgs: [],
    typedSearchAttributes: searchAttributesOf(start),
    staticSummary: start.summary,
    memo: { startedBy: who() },
  })
  return { workflowId, runId: handle.signaledRunId, webUrl: workflowUrl(place, workflowId) }
}
