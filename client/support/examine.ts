import { type Client, WorkflowNotFoundError } from '@temporalio/client'
import type { Config, ConnectionConfig } from '../../config.ts'
import type { Sql } from '../../connectors/hub/database.ts'
import { readForDoctor } from '../../connectors/hub/doctor.ts'
import { schemaState } from '../../connectors/hub/migrate.ts'
import { type Ailment, diagnose, type HubFacts } from '../../domain/diagnosis.ts'
import { addressed } from '../../domain/proposals.ts'
import { explainError } from './errors.ts'
import { exitCodes } from './exit-codes.ts'
import { withHub } from './hub.ts'
import { type ScheduleSight, scheduleSights } from './schedule-sights.ts'
import { hasWorkers } from './serving-workers.ts'
import { type TemporalPlace, withTemporal } from './temporal.ts'

/** What was found: about all connections, then about each. */
export interface Examination {
  /** Null when Temporal answered. */
  temporal: string | null
  general: Ailment[]
  connections: { connection: string; ailments: Ailment[] }[]
}

/** Looks at hub and Temporal; changes nothing in either. What Temporal alone can say is left out while it is away. */
export async function examine(
  config: Config,
  connections: ConnectionConfig[],
  place: TemporalPlace,
): Promise<Examination> {
  return withHub(config, async (sql) => {
    const schema = await schemaAilments(sql)
    // Tables may lack what is asked for.
    if (schema.length > 0) return { temporal: null, general: schema, connections: [] }
    try {
      return await withTemporal(place, (client) => look(sql, connections, place, client))
    } catch (error) {
      const { message, exitCode } = explainError(error)
      if (exitCode !== exitCodes.unreachable) throw error
      return { ...(await look(sql, connections, place, null)), temporal: message }
    }
  })
}

async function look(
  sql: Sql,
  connections: ConnectionConfig[],
  place: TemporalPlace,
  client: Client | null,
): Promise<Examination> {
  const found = []
  for (const connection of connections) {
    const facts = await factsOf(sql, connection.name, client)
    const sights = client === null ? [] : await scheduleSights(client, connection, place.taskQueue)
    const ailments = [
      ...sights.flatMap(scheduleAilments),
      ...diagnose(facts, settingsOf(connection), new Date()),
    ]
    found.push({
      connection: connection.name,
      ailments: ailments.map(({ remedy, ...ailment }) => ({
        ...ailment,
        remedy: connections.length > 1 ? addressed(remedy, { connection: connection.name }) : remedy,
      })),
    })
  }
  const isServed = client === null || (await hasWorkers(client, place))
  return { temporal: null, general: isServed ? [] : [noWorker], connections: found }
}

const settingsOf = ({ schedules, products, icecat, destinations }: ConnectionConfig) => ({
  pollEveryMs: schedules.poll !== null && 'everyMs' in schedules.poll ? schedules.poll.everyMs : null,
  prerequisiteWaitHours: products.prerequisiteWaitHours,
  hasIcecat: icecat !== undefined,
  destinations: destinations.map(({ name }) => name),
})

async function factsOf(sql: Sql, connection: string, client: Client | null): Promise<HubFacts> {
  const { claims, deliveries, openRuns, ...facts } = await readForDoctor(sql, connection)
  const asked = async <T extends { workflowId: string; workflowRunId: string }>(all: T[]) =>
    Promise.all(
      all.map(async (one) => ({ ...one, isRunning: client === null ? null : await isRunning(client, one) })),
    )
  return {
    ...facts,
    claims: await asked(claims),
    deliveries: await asked(deliveries),
    openRuns: await asked(openRuns),
  }
}

async function isRunning(
  client: Client,
  { workflowId, workflowRunId }: { workflowId: string; workflowRunId: string },
): Promise<boolean> {
  try {
    const { status } = await client.workflow.getHandle(workflowId, workflowRunId).describe()
    return status.name === 'RUNNING'
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false
    throw error
  }
}

const noWorker: Ailment = {
  severity: 'stuck',
  code: 'no-worker',
  text: 'no worker takes work',
  remedy: 'Start one: pimflow worker',
}

function scheduleAilments({ name, state, note }: ScheduleSight): Ailment[] {
  if (state === 'paused') {
    return [
      {
        severity: 'note',
        code: 'schedule-paused',
        text: `the schedule ${name} is paused${note === null || note === '' ? '' : `: ${note}`}`,
        remedy: `When that is over: pimflow schedules resume ${name}`,
      },
    ]
  }
  if (state !== 'not applied' && state !== 'differs from the configuration') return []
  const text =
    state === 'not applied'
      ? `the schedule ${name} of the configuration is not in Temporal`
      : `the schedule ${name} differs from the configuration`
  const remedy =
    'pimflow schedules apply. Where all are missing, Temporal has lost its database: that line brings everything back.'
  return [{ severity: 'stuck', code: 'schedule-missing', text, remedy }]
}

async function schemaAilments(sql: Sql): Promise<Ailment[]> {
  const { missing, unknown } = await schemaState(sql)
  if (unknown.length > 0) {
    return [
      {
        severity: 'broken',
        code: 'schema-newer',
        text: `a newer pimflow has migrated this database: ${unknown.join(', ')}`,
        remedy: 'Run that version, or restore a backup that was taken before.',
      },
    ]
  }
  if (missing.length === 0) return []
  return [
    {
      severity: 'stuck',
      code: 'schema-older',
      text: `the database lacks ${missing.join(', ')}`,
      remedy:
        "pimflow migrate, with the owner's DATABASE_URL; a worker that may change tables does it when it starts.",
    },
  ]
}
