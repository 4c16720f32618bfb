import type { ConnectionConfig } from '../config.ts'
import type { AkeneoClient } from '../connectors/akeneo/client.ts'
import type { Sql } from '../connectors/hub/database.ts'
import type { IcecatAccess } from '../connectors/icecat/access.ts'
import type { MediaStore } from '../connectors/media/store.ts'
import type { MappingFile } from '../connectors/mapping-file.ts'
import type { OutputDefaults } from '../domain/mapping/output-defaults.ts'
import type { IcecatMapping } from '../domain/enrichment/mapping/document.ts'

/** An output of the configuration. */
export interface ConnectionOutput {
  name: string
  /** What the configuration says where no mapping file does; records are made by what was applied of it. */
  settings: OutputDefaults
  /** Where its file lies on this worker's disk; null where the configuration names none. */
  path: string | null
  /** As it lies there; records are made by what was applied of it. Null: the defaults, which are written there after the first load. */
  mapping: MappingFile | null
}

/** What one configured Akeneo brings: its settings, its outputs and the only way to call it. */
export interface ConnectionRuntime {
  name: string
  config: ConnectionConfig
  /** Empty: one, by the defaults. */
  outputs: ConnectionOutput[]
  akeneo: AkeneoClient
  /** Null: this connection is not enriched. */
  icecat: IcecatRuntime | null
  /** Where files are kept; null: they are not downloaded. */
  media: MediaStore | null
}

/** Icecat's content for one connection. */
export interface IcecatRuntime extends IcecatAccess {
  config: NonNullable<ConnectionConfig['icecat']>
  /** What sheets are counted by, see `accountOf`. */
  account: string
  /** As it lies on this worker's disk; products are judged by what a run took of it. */
  file: MappingFile
  mapping: IcecatMapping
}

/** What activities work with; made once per worker, so tests give their own. */
export interface Dependencies {
  sql: Sql
  /** Fails with the names that exist when there is no such connection. */
  connection(name: string): ConnectionRuntime
}
