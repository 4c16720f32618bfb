import type { Config, ConnectionConfig } from '../../config.ts'
import { checkConnection } from '../../connectors/akeneo/check.ts'
import { createAkeneoClient } from '../../connectors/akeneo/client.ts'
import { checkDatabase } from '../../connectors/hub/check-database.ts'
import { createLanes } from '../../connectors/hub/lanes.ts'
import { createTokenStore } from '../../connectors/hub/tokens.ts'
import type { CheckLine, CheckReport } from '../../domain/check-report.ts'
import { addressed } from '../../domain/proposals.ts'
import { missingSearchAttributes } from '../../local/search-attributes.ts'
import { localSearchAttributes } from '../../local/services.ts'
import { icecatLines } from './check-icecat.ts'
import { explainError } from './errors.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import { paint, table } from './format.ts'
import { withHub } from './hub.ts'
import { servingWorkers, type ServingWorkers } from './serving-workers.ts'
import { type TemporalPlace, withTemporal } from './temporal.ts'
import type { Terminal } from './terminal.ts'

export interface Checked {
  temporal: CheckLine[]
  connections: CheckReport[]
}

/** Reads everything that must hold before anything runs; writes nothing but the access token that it asks for. */
export async function checkAll(
  config: Config,
  connections: ConnectionConfig[],
  configPath: string,
  place: TemporalPlace,
  signal: AbortSignal,
): Promise<Checked> {
  const temporal = checkTemporal(place)
  const reports = await withHub(config, async (sql) => {
    const database = await checkDatabase(sql, config.database)
    const shared = { lanes: createLanes(sql), tokens: createTokenStore(sql, config.tokenKeys) }
    const checked: CheckReport[] = []
    for (const connection of connections) {
      const akeneo = createAkeneoClient({ connection, ...shared })
      const report = await checkConnection({ connection, akeneo, database, signal })
      // Without the database nothing is known of the mapping, and no lane is to be had.
      const further =
        database.status === 'failed' ? [] : await icecatLines(sql, connection, configPath, signal)
      const lines = [...report.lines, ...further]
      checked.push({ ...report, lines: connections.length > 1 ? lines.map(naming(connection.name)) : lines })
    }
    return checked
  })
  return { temporal: await temporal, connections: reports }
}

/** Where several are looked at, a command without its connection would ask which is meant. */
const naming =
  (connection: string) =>
  ({ text, remedy, ...line }: CheckLine): CheckLine => ({
    ...line,
    text: addressed(text, { connection }),
    ...(remedy === undefined ? {} : { remedy: addressed(remedy, { connection }) }),
  })

/** Whether Temporal answers, knows our search attributes (without them workflows hang) and has a worker of ours. */
export async function checkTemporal(place: TemporalPlace): Promise<CheckLine[]> {
  try {
    return await withTemporal(place, async (client, connection) => {
      const { address, namespace } = place
      const missing = Object.entries(
        await missingSearchAttributes(connection, namespace, localSearchAttributes),
      )
      if (missing.length > 0) {
        const flags = missing.map(([name, type]) => `--name ${name} --type ${type}`).join(' ')
        return [
          {
            name: 'temporal',
            status: 'failed',
            text: `Temporal at ${address} lacks search attributes: ${missing.map(([name]) => name).join(', ')}`,
            remedy: `Let its operator run: temporal operator search-attribute create --namespace ${namespace} ${flags}`,
          },
        ]
      }
      const answers: CheckLine = {
        name: 'temporal',
        status: 'ok',
        text: `Temporal answers at ${address}, namespace ${namespace}`,
      }
      return [answers, workerLine(place, await servingWorkers(client, place))]
    })
  } catch (error) {
    return [
      {
        name: 'temporal',
        status: 'failed',
        text: explainError(error).message,
        remedy: 'Start it with `pimflow up`, or correct TEMPORAL_ADDRESS.',
      },
    ]
  }
}

function workerLine(
  { taskQueue }: TemporalPlace,
  { isServed, standingBy, current }: ServingWorkers,
): CheckLine {
  if (isServed)
    return { name: 'worker', status: 'ok', text: `A worker takes work from the queue ${taskQueue}` }
  const text = `No worker takes work from the queue ${taskQueue}`
  const takes = current === null ? 'workers without a version' : `workers of version ${current.buildId}`
  if (standingBy === null) {
    const which = current === null ? '' : ` of version ${current.buildId}, which alone gets work`
    return { name: 'worker', status: 'warning', text, remedy: `Start one${which}: pimflow worker` }
  }
  const { deploymentName, buildId } = standingBy
  return {
    name: 'worker',
    status: 'warning',
    text: `${text}: those of version ${buildId} stand by, because ${takes} get it`,
    remedy: `Start such workers, or: temporal worker deployment set-current-version --deployment-name ${deploymentName} --build-id ${buildId} --yes`,
  }
}

/** What is no use without: a check that fails there says that a service cannot be used. */
const services = new Set(['address', 'database', 'temporal'])

export function checkExitCode({ temporal, connections }: Checked): ExitCode {
  const failed = [...temporal, ...connections.flatMap(({ lines }) => lines)].filter(
    ({ status }) => status === 'failed',
  )
  if (failed.length === 0) return exitCodes.done
  return failed.some(({ name }) => services.has(name)) ? exitCodes.unreachable : exitCodes.failed
}

export function checkText({ temporal, connections }: Checked, terminal: Pick<Terminal, 'colours'>): string {
  return [
    ...connections.map(({ connection, lines }) => linesText(connection, lines, terminal)),
    linesText('Temporal', temporal, terminal),
  ].join('\n\n')
}

const colourOf = { ok: 'green', warning: 'yellow', failed: 'red' } as const

export function linesText(title: string, lines: CheckLine[], terminal: Pick<Terminal, 'colours'>): string {
  const rows = table(
    lines.map(({ name, status, text }) => [status, name, text]),
    '  ',
  ).split('\n')
  const body = lines.flatMap(({ status, remedy }, at) => [
    (rows[at] ?? '').replace(status, paint(terminal, colourOf[status], status)),
    ...(remedy === undefined ? [] : [`    ${remedy}`]),
  ])
  return [title, ...body].join('\n')
}
