import type { ConnectionConfig } from '../config.ts'
import type { AkeneoClient } from '../connectors/akeneo/client.ts'
import type { Sql } from '../connectors/hub/database.ts'

/** What one configured Akeneo brings: its settings and the only way to call it. */
export interface ConnectionRuntime {
  name: string
  config: ConnectionConfig
  akeneo: AkeneoClient
}

/** What activities work with; made once per worker, so tests give their own. */
export interface Dependencies {
  sql: Sql
  /** Fails with the names that exist when there is no such connection. */
  connection(name: string): ConnectionRuntime
}
