import { type Config, type ConnectionConfig, connectionOf, loadConfig } from '../../config.ts'
import { UsageError } from './errors.ts'
import { runningDatabase } from './local-services.ts'
import type { Terminal } from './terminal.ts'
import type { CommonOptions } from './verb.ts'

export const configPath = (
  { config }: Pick<CommonOptions, 'config'>,
  { env }: Pick<Terminal, 'env'>,
): string => config ?? nonEmpty(env['PIMFLOW_CONFIG']) ?? 'pimflow.config.yaml'

/** The configuration; a database that nobody names is the one that `pimflow up` started. */
export async function readConfig(
  options: Pick<CommonOptions, 'config'>,
  terminal: Terminal,
): Promise<Config> {
  const { env } = terminal
  const database = nonEmpty(env['DATABASE_URL']) ?? (await runningDatabase())
  return loadConfig(configPath(options, terminal), { ...env, DATABASE_URL: database })
}

/** The connection that is named, or the only one. */
export function chosenConnection(
  { connections }: Pick<Config, 'connections'>,
  { connection }: Pick<CommonOptions, 'connection'>,
): ConnectionConfig {
  if (connection !== undefined) return connectionOf({ connections }, connection)
  const [only, ...others] = connections
  if (only !== undefined && others.length === 0) return only
  throw new UsageError(
    `There are several connections: name one with --connection; these exist: ${connections.map(({ name }) => name).join(', ')}`,
  )
}

/** The connection that is named, or all of them. */
export const chosenConnections = (
  config: Pick<Config, 'connections'>,
  options: Pick<CommonOptions, 'connection'>,
): ConnectionConfig[] =>
  options.connection === undefined ? config.connections : [connectionOf(config, options.connection)]

export const nonEmpty = (text: string | undefined): string | undefined => (text === '' ? undefined : text)
