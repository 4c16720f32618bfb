import { Client, type Connection, type ConnectionOptions } from '@temporalio/client'
import { type ClientConnectConfig, loadClientConnectConfig } from '@temporalio/envconfig'
import type { Config } from '../../config.ts'
import { firstLine, UnreachableError, UsageError } from './errors.ts'
import { runningTemporal } from './local-services.ts'
import { nonEmpty } from './project.ts'
import { quietConnection } from './quiet-connection.ts'
import type { Terminal } from './terminal.ts'

/** Where workflows run, and where a person looks at them. */
export interface TemporalPlace {
  address: string
  namespace: string
  taskQueue: string
  /** Of the web pages, without a slash at the end. */
  webUrl: string
  connectionOptions: ConnectionOptions
}

/** TEMPORAL_* variables and the profile first, then the configuration, then the server that `pimflow up` started. */
export async function temporalPlace(
  { temporal }: Pick<Config, 'temporal'>,
  { env }: Pick<Terminal, 'env'>,
): Promise<TemporalPlace> {
  const { connectionOptions, namespace } = fromEnvironment(env)
  const named = nonEmpty(connectionOptions.address) ?? temporal.address
  const local = await runningTemporal()
  const address = named ?? local?.address ?? 'localhost:7233'
  const ours = local?.address === address ? local : undefined
  return {
    address,
    namespace: namespace ?? temporal.namespace ?? ours?.namespace ?? 'default',
    taskQueue: temporal.taskQueue,
    webUrl: webUrlOf(address, nonEmpty(env['TEMPORAL_UI_URL']) ?? ours?.uiUrl),
    connectionOptions: { ...connectionOptions, address },
  }
}

function fromEnvironment(env: Terminal['env']): ClientConnectConfig {
  const given = Object.entries(env).filter(
    (entry): entry is [string, string] => nonEmpty(entry[1]) !== undefined,
  )
  try {
    return loadClientConnectConfig({ overrideEnvVars: Object.fromEntries(given) })
  } catch (error) {
    const reason = firstLine(error instanceof Error ? error.message : String(error))
    throw new UsageError(
      `Temporal's configuration cannot be read (${reason}): correct it, or the TEMPORAL_CONFIG_FILE and TEMPORAL_PROFILE that choose it`,
    )
  }
}

/** Temporal Cloud has one address for all namespaces' pages; elsewhere only its operator knows it. */
export function webUrlOf(address: string, known: string | undefined): string {
  const cloud = /\.(tmprl\.cloud|api\.temporal\.io):\d+$/.test(address)
  return (known ?? (cloud ? 'https://cloud.temporal.io' : 'http://localhost:8233')).replace(/\/+$/, '')
}

export const workflowUrl = (
  { webUrl, namespace }: Pick<TemporalPlace, 'webUrl' | 'namespace'>,
  workflowId: string,
): string =>
  `${webUrl}/namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(workflowId)}`

/** Opens a client for as long as `use` takes; one sentence when nobody answers. */
export async function withTemporal<T>(
  place: TemporalPlace,
  use: (client: Client, connection: Connection) => Promise<T>,
): Promise<T> {
  const { connection, close } = await connect(place)
  try {
    return await use(new Client({ connection, namespace: place.namespace }), connection)
  } finally {
    await close()
  }
}

async function connect({ address, connectionOptions }: TemporalPlace) {
  try {
    return await quietConnection({ ...connectionOptions, connectTimeout: '5s' })
  } catch (error) {
    throw new UnreachableError(
      `No Temporal server answers at ${address}: start one with \`pimflow up\`, or correct TEMPORAL_ADDRESS, your Temporal profile or temporal.address in the configuration`,
      { cause: error },
    )
  }
}
