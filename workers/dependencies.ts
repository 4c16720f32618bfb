import { setTimeout as sleep } from 'node:timers/promises'
import type {
  ConnectionOutput,
  ConnectionRuntime,
  Dependencies,
  IcecatRuntime,
} from '../activities/dependencies.ts'
import {
  type Config,
  type ConnectionConfig,
  type EnrichmentMapping,
  type OutputMapping,
  UnknownConnectionError,
} from '../config.ts'
import { createAkeneoClient } from '../connectors/akeneo/client.ts'
import { openDatabase, type Sql } from '../connectors/hub/database.ts'
import { createLanes, type Lanes } from '../connectors/hub/lanes.ts'
import { beginMedia, endMedia } from '../connectors/hub/media-files.ts'
import { migrate } from '../connectors/hub/migrate.ts'
import { mappingsWith, proposeSettings } from '../connectors/hub/mapping-changes.ts'
import { beginOutput, nameEverySeconds, nameOutputs } from '../connectors/hub/outputs.ts'
import { stateOf } from '../connectors/hub/enrichment/state.ts'
import { readIcecatMappingFile, readMappingFile } from '../connectors/mapping-file.ts'
import { folderStore } from '../connectors/media/folder-store.ts'
import { createTokenStore } from '../connectors/hub/tokens.ts'
import { accountOf, createIcecatAccess } from '../connectors/icecat/access.ts'
import { icecatSettings } from '../connectors/icecat/settings.ts'
import type { IcecatMapping } from '../domain/enrichment/mapping/document.ts'
import type { HubMapping } from '../domain/mapping/document.ts'

export interface OpenedDependencies extends Dependencies {
  /** Says that a worker with these outputs runs; it says so itself, again and again, until it is closed. */
  nameOutputs(): Promise<void>
  close(): Promise<void>
}

/**
 * Wires what activities work with, from the configuration and the mapping files that it names: one pool for all, one Akeneo client
 * per connection. Outputs that are new to the hub begin here, and other settings of one without a mapping file are proposed.
 */
export async function openDependencies(
  config: Config,
  mappings: readonly OutputMapping[] = [],
  icecatMappings: readonly EnrichmentMapping[] = [],
  nameEveryMs = nameEverySeconds * 1000,
): Promise<OpenedDependencies> {
  const sql = openDatabase(config.database.url, {
    max: config.database.poolSize,
    prepare: config.database.prepare,
  })
  await migrate(sql)
  const runtimes = connectionRuntimes(sql, config, mappings, icecatMappings)
  for (const { name, outputs, media } of runtimes.values()) {
    await beginOutputs(sql, name, outputs)
    if (media === null) await endMedia(sql, name)
    else await sql.begin((tx) => beginMedia(tx, name))
  }
  const nameAll = async () => {
    for (const { name, outputs } of runtimes.values()) {
      const names = outputs.map((output) => output.name)
      await sql.begin((tx) => nameOutputs(tx, name, names))
    }
  }
  await nameAll()
  const closing = new AbortController()
  void againAndAgain(nameAll, nameEveryMs, closing.signal)
  return {
    sql,
    nameOutputs: nameAll,
    connection: (name) => {
      const runtime = runtimes.get(name)
      if (runtime) return runtime
      throw new UnknownConnectionError(name, [...runtimes.keys()])
    },
    close: () => {
      closing.abort()
      return sql.end({ timeout: 5 })
    },
  }
}

/** Until the signal. What fails, because the database does not answer, has its next turn. */
async function againAndAgain(
  work: () => Promise<void>,
  intervalMs: number,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    await sleep(intervalMs, undefined, { signal, ref: false }).catch(() => undefined)
    if (signal.aborted) return
    await work().catch(() => undefined)
  }
}

/** What each connection brings, by name; nothing is written or called. */
export function connectionRuntimes(
  sql: Sql,
  config: Config,
  mappings: readonly OutputMapping[],
  icecatMappings: readonly EnrichmentMapping[],
): Map<string, ConnectionRuntime> {
  const lanes = createLanes(sql)
  const tokens = createTokenStore(sql, config.tokenKeys)
  return new Map(
    config.connections.map((connection): [string, ConnectionRuntime] => {
      const { name } = connection
      const { folder } = connection.media
      const own = mappings.filter((file) => file.connection === name)
      const icecat = icecatMappings.find((file) => file.connection === name)
      const completenesses = asksCompleteness(sql, name, own, icecat?.mapping ?? null)
      return [
        name,
        {
          name,
          config: connection,
          outputs: outputsOf(connection, mappings),
          akeneo: createAkeneoClient({ connection, lanes, tokens, completenesses }),
          icecat: icecatOf(connection, icecatMappings, lanes),
          media: folder === undefined ? null : folderStore(folder),
        },
      ]
    }),
  )
}

/**
 * Whether products are read with their completeness: where a mapping that is applied or on its way asks for it, to the hub or from Icecat,
 * whichever worker reads and whatever its files say, or a file here, whose proposal is to come.
 */
function asksCompleteness(
  sql: Sql,
  connection: string,
  files: readonly OutputMapping[],
  icecat: IcecatMapping | null,
): () => Promise<boolean> {
  if (files.some(({ read }) => read !== null && hasRule(read.mapping)) || hasFilter(icecat))
    return () => Promise.resolve(true)
  const known = new Map<string, boolean>()
  const asks = (text: string, read: () => boolean): boolean => {
    const asking = known.get(text) ?? read()
    known.set(text, asking)
    return asking
  }
  return async () => {
    const texts = await mappingsWith(sql, connection, 'complete')
    if (texts.some((text) => asks(text, () => hasRule(readMappingFile({ name: '', text }).mapping))))
      return true
    const taken = icecat === null ? undefined : (await stateOf(sql, connection))?.mapping
    return taken !== undefined && asks(taken.text, () => hasFilter(readIcecatMappingFile(taken).mapping))
  }
}

const hasRule = (mapping: HubMapping | null): boolean => (mapping?.publish.complete ?? null) !== null
const hasFilter = (mapping: IcecatMapping | null): boolean => (mapping?.products.complete ?? null) !== null

/** Throws where the mapping that the configuration names was not read: a mistake of the caller. */
function icecatOf(
  { name, icecat: config }: ConnectionConfig,
  mappings: readonly EnrichmentMapping[],
  lanes: Lanes,
): IcecatRuntime | null {
  if (config === undefined) return null
  const found = mappings.find(({ connection }) => connection === name)
  if (!found) throw new Error(`The mapping ${config.mapping} of ${name} was not read`)
  const settings = icecatSettings(config)
  return {
    ...createIcecatAccess({ name, icecat: settings }, lanes),
    config,
    account: accountOf(settings),
    file: found.file,
    mapping: found.mapping,
  }
}

/** Throws where a file that the configuration names was not read: a mistake of the caller. */
export function outputsOf(
  { name: connection, outputs = [] }: ConnectionConfig,
  mappings: readonly OutputMapping[],
): ConnectionOutput[] {
  return outputs.map(({ name, channel, locales = null, currencies = null, mapping: path }) => {
    const known = mappings.find((file) => file.connection === connection && file.output === name)
    if (path !== undefined && !known) throw new Error(`The mapping ${path} of output ${name} was not read`)
    // A file says its own channel; until it is applied to an output that the defaults made, that output's name is the channel.
    return {
      name,
      settings: { channel: channel ?? name, locales, currencies },
      path: known?.path ?? null,
      mapping: known?.read?.file ?? null,
    }
  })
}

async function beginOutputs(sql: Sql, connection: string, outputs: ConnectionOutput[]): Promise<void> {
  for (const { name, mapping, settings, path } of outputs) {
    await sql.begin(async (tx) => {
      const isNew = await beginOutput(tx, connection, name, mapping, settings)
      if (!isNew && path === null) await proposeSettings(tx, connection, name, settings)
    })
  }
}
