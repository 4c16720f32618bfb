import { Connection } from '@temporalio/client'
import { loadClientConnectConfig, type ClientConnectConfig } from '@temporalio/envconfig'
import { firstLine, MissingServiceError } from './errors.ts'
import {
  missingSearchAttributes,
  addSearchAttributes,
  type SearchAttributeType,
} from './search-attributes.ts'

/** TEMPORAL_* variables over the profile in Temporal's configuration file, as all of Temporal's tools read them. */
export function environmentSettings(): ClientConnectConfig {
  try {
    return loadClientConnectConfig()
  } catch (problem) {
    throw new MissingServiceError(
      'Temporal server',
      `Temporal's configuration file cannot be read (${firstLine(problem)}): correct it, or the TEMPORAL_CONFIG_FILE and TEMPORAL_PROFILE that choose it.`,
      { cause: problem },
    )
  }
}

/**
 * Makes sure that the server of the environment answers and knows the search attributes; throws MissingServiceError with what to
 * do about it.
 */
export async function useNamedServer(
  { connectionOptions, namespace = 'default' }: ClientConnectConfig,
  searchAttributes: Record<string, SearchAttributeType>,
): Promise<{ address: string; namespace: string }> {
  const address = connectionOptions.address ?? ''
  const connection = await connect(address, connectionOptions)
  try {
    await makeKnown(connection, address, namespace, searchAttributes)
    return { address, namespace }
  } finally {
    await connection.close()
  }
}

async function connect(
  address: string,
  connectionOptions: ClientConnectConfig['connectionOptions'],
): Promise<Connection> {
  try {
    return await Connection.connect({ ...connectionOptions, connectTimeout: '5s' })
  } catch (problem) {
    throw new MissingServiceError(
      'Temporal server',
      `No Temporal server answers at ${address}, which TEMPORAL_ADDRESS or your Temporal profile names (${firstLine(problem)}): ` +
        'start it, correct the address, or unset it to let pimflow start one.',
      { cause: problem },
    )
  }
}

async function makeKnown(
  connection: Connection,
  address: string,
  namespace: string,
  wanted: Record<string, SearchAttributeType>,
): Promise<void> {
  // A server that does not tell, as Temporal Cloud over this call, is taken at its word by the first workflow.
  const missing = await missingSearchAttributes(connection, namespace, wanted).catch(() => ({}))
  try {
    await addSearchAttributes(connection, namespace, missing)
  } catch (problem) {
    const flags = Object.entries(missing).map(([name, type]) => `--name ${name} --type ${type}`)
    throw new MissingServiceError(
      'Temporal server',
      `The Temporal server at ${address} lacks search attributes, and pimflow may not add them (${firstLine(problem)}). ` +
        `Let its operator run: temporal operator search-attribute create --namespace ${namespace} ${flags.join(' ')}`,
      { cause: problem },
    )
  }
}
