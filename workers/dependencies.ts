import type { Dependencies } from '../activities/dependencies.ts'
import { type Config, UnknownConnectionError } from '../config.ts'
import { createAkeneoClient } from '../connectors/akeneo/client.ts'
import { RefusedError } from '../connectors/errors.ts'
import { openDatabase } from '../connectors/hub/database.ts'
import { createLanes } from '../connectors/hub/lanes.ts'
import { migrate } from '../connectors/hub/migrate.ts'
import { createTokenStore } from '../connectors/hub/tokens.ts'

export interface OpenedDependencies extends Dependencies {
  close(): Promise<void>
}

/** Wires what activities work with, from the configuration: one pool for all, one Akeneo client per connection. */
export async function openDependencies(config: Config): Promise<OpenedDependencies> {
  refuseOutputs(config)
  const sql = openDatabase(config.database.url, {
    max: config.database.poolSize,
    prepare: config.database.prepare,
  })
  await migrate(sql)
  const lanes = createLanes(sql)
  const tokens = createTokenStore(sql, config.tokenKeys)
  const runtimes = new Map(
    config.connections.map((connection) => [
      connection.name,
      {
        name: connection.name,
        config: connection,
        akeneo: createAkeneoClient({ connection, lanes, tokens }),
      },
    ]),
  )
  return {
    sql,
    connection: (name) => {
      const runtime = runtimes.get(name)
      if (runtime) return runtime
      throw new UnknownConnectionError(name, [...runtimes.keys()])
    },
    close: () => sql.end({ timeout: 5 }),
  }
}

/** Mapping files can be read and looked at, but the worker makes the default output only: better said than ignored. */
function refuseOutputs({ connections }: Config): void {
  const names = connections.filter(({ outputs }) => outputs !== undefined).map(({ name }) => name)
  if (names.length === 0) return
  throw new RefusedError({
    code: 'outputs-not-supported',
    asked: `outputs of ${names.join(', ')}`,
    came: 'this version of the worker makes one output, named after the first channel by code',
    remedy: 'Remove `outputs` from the configuration; docs/mapping.md says what is there already',
  })
}
