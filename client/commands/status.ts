import type { Command } from 'commander'
import type { Client } from '@temporalio/client'
import type { ConnectionConfig } from '../../config.ts'
import type { Sql } from '../../connectors/hub/database.ts'
import { watermarkOf } from '../../connectors/hub/runs.ts'
import { explainError } from '../support/errors.ts'
import { exitCodes } from '../support/exit-codes.ts'
import { withHub } from '../support/hub.ts'
import {
  lastRuns,
  outputsOf,
  recordCounts,
  rejectionCounts,
  waitingCounts,
} from '../../connectors/hub/sights.ts'
import { chosenConnections, readConfig } from '../support/project.ts'
import { type ScheduleSight, scheduleSights } from '../support/schedule-sights.ts'
import { type ConnectionStatus, statusText } from '../support/status-text.ts'
import {
  hasWorkers,
  temporalPlace,
  type TemporalPlace,
  withTemporal,
  workflowUrl,
} from '../support/temporal.ts'
import { addVerb, answering, type Session } from '../support/verb.ts'

export function registerStatus(program: Command, session: Session): void {
  addVerb(program, {
    usage: 'status',
    summary: 'per connection: how far behind the hub is, last runs, what waits for a person',
    examples: ['pimflow status', 'pimflow status --connection acme --json'],
  }).action(
    answering(session, async ({ terminal, options }) => {
      const config = await readConfig(options, terminal)
      const connections = chosenConnections(config, options)
      const place = await temporalPlace(config, terminal)
      const [hub, temporal] = await Promise.all([
        withHub(config, (sql) => readHub(sql, connections, place)),
        readTemporal(place, connections),
      ])
      const statuses = hub.map((status): ConnectionStatus => ({
        ...status,
        schedules: temporal.schedules.get(status.connection) ?? null,
      }))
      return {
        value: {
          temporal: { address: place.address, worker: temporal.worker, problem: temporal.problem },
          connections: statuses,
        },
        text: statusText(statuses, temporal, new Date(), terminal),
        exitCode: temporal.problem === null ? exitCodes.done : exitCodes.unreachable,
      }
    }),
  )
}

export interface TemporalStatus {
  /** Null when Temporal answered. */
  problem: string | null
  /** Whether somebody takes work; null when Temporal did not answer. */
  worker: boolean | null
  schedules: Map<string, ScheduleSight[]>
}

/** What the hub knows is worth showing also while Temporal is down: that it is down is part of the status. */
async function readTemporal(place: TemporalPlace, connections: ConnectionConfig[]): Promise<TemporalStatus> {
  const ask = async (client: Client): Promise<TemporalStatus> => {
    const sights = connections.map(
      async (one) => [one.name, await scheduleSights(client, one, place.taskQueue)] as const,
    )
    return {
      problem: null,
      worker: await hasWorkers(client, place),
      schedules: new Map(await Promise.all(sights)),
    }
  }
  try {
    return await withTemporal(place, ask)
  } catch (error) {
    const { message, exitCode } = explainError(error)
    if (exitCode !== exitCodes.unreachable) throw error
    return { problem: message, worker: null, schedules: new Map() }
  }
}

async function readHub(
  sql: Sql,
  connections: ConnectionConfig[],
  place: TemporalPlace,
): Promise<Omit<ConnectionStatus, 'schedules'>[]> {
  const statuses = []
  for (const { name } of connections) {
    const watermark = await watermarkOf(sql, name)
    const runs = await lastRuns(sql, name)
    statuses.push({
      connection: name,
      watermark: watermark?.at ?? null,
      load: watermark?.load ?? null,
      outputs: await outputsOf(sql, name),
      records: await recordCounts(sql, name),
      waiting: await waitingCounts(sql, name),
      rejections: await rejectionCounts(sql, name),
      runs: runs.map((run) => ({ ...run, webUrl: workflowUrl(place, run.workflowId) })),
    })
  }
  return statuses
}
