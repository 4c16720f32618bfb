import { randomBytes } from 'node:crypto'
import { type Config, connectionConfig } from '../../config.ts'
import { findingsOf } from '../../connectors/hub/findings.ts'
import { changesAfter, lastSeq } from '../../connectors/hub/records.ts'
import { rejectionsOf, type StoredRejection } from '../../connectors/hub/rejections.ts'
import type { Sql } from '../../connectors/hub/database.ts'
import type { FeedEntry, HubGroup, HubProduct, HubRecord } from '../../contracts/hub.ts'
import { Secret } from '../../domain/secret.ts'
import { type AkeneoOptions, type AkeneoSimulator, startAkeneo } from '../../simulator/akeneo/index.ts'
import { type OpenedDependencies, openDependencies } from '../../workers/dependencies.ts'
import { playInProcess } from '../properties/in-process.ts'
import type { Passes } from '../properties/passes.ts'
import { type Api, apiOf } from '../simulator/api.ts'
import { freshDatabase } from '../support/database.ts'
import { mappingsOf } from '../support/pipeline.ts'
import { rewritingProxy, type RewritingProxy } from '../support/rewriting-proxy.ts'

export interface TradeOptions {
  akeneo?: AkeneoOptions
  /** Sections of the connection's configuration. */
  settings?: Record<string, unknown> & { akeneo?: Record<string, unknown> }
  /** Text of the mapping file of each output; none: the defaults, as output `ecommerce`. */
  mappings?: Record<string, string>
  /** Whose feed the shop follows. */
  output?: string
  /** A proxy before Akeneo, which may change what it answers. */
  proxied?: boolean
}

/** A catalogue, the hub, and a shop that knows nothing but the hub's feed: what its people complain about is what it has. */
export interface Trade {
  akeneo: AkeneoSimulator
  /** Akeneo's own API, as whoever edits there uses it. */
  api: Api
  /** Where the options ask for one. */
  proxy: RewritingProxy | null
  passes: Passes
  sql: Sql
  connection: string
  shop: Shop
  /** What its activities have to work with. */
  deps(): OpenedDependencies
  /** Trees, everything, and the shop's first look. */
  begin(): Promise<void>
  rejections(): Promise<StoredRejection[]>
  /** Codes of what was left out of a product that went out all the same. */
  findings(sku: string): Promise<string[]>
  /** A worker of the same connection by other settings, beside the one that goes on, as in a deployment. */
  beside(settings: TradeOptions['settings']): Promise<OpenedDependencies>
  /** The same connection by other settings, as after a deployment. */
  reopen(settings: TradeOptions['settings']): Promise<void>
  close(): Promise<void>
}

/** Activities run in this process, in the order of the workflows; everything else is the real thing. */
export async function openTrade({
  akeneo: akeneoOptions = {},
  settings = {},
  mappings = {},
  output = Object.keys(mappings)[0] ?? 'ecommerce',
  proxied = false,
}: TradeOptions = {}): Promise<Trade> {
  const akeneo = await startAkeneo({ catalog: 'examples/catalog', ...akeneoOptions })
  const proxy = proxied ? await rewritingProxy(akeneo.url) : null
  const database = await freshDatabase()
  const connection = `trade-${randomBytes(5).toString('hex')}`
  const outputs = Object.keys(mappings).map((name) => ({ name, mapping: `${name}.hub.yaml` }))
  const tokenKey = new Secret(randomBytes(32).toString('base64'))
  const open = async (more: TradeOptions['settings'] = {}): Promise<OpenedDependencies> => {
    const config: Config = {
      version: 1,
      tokenKeys: [tokenKey],
      temporal: { taskQueue: connection },
      database: { url: database.url, poolSize: 6, prepare: true },
      connections: [
        connectionConfig({
          ...(outputs.length > 0 ? { outputs } : {}),
          ...more,
          name: connection,
          akeneo: {
            url: proxy?.url ?? akeneo.url,
            ...akeneo.credentials,
            // The pace is no part of what is looked at here.
            throttle: { perSecond: 10_000 },
            ...more.akeneo,
          },
        }),
      ],
    }
    return openDependencies(config, mappingsOf(connection, mappings))
  }
  const passesOver = (deps: OpenedDependencies) =>
    playInProcess(deps, connection, () => Promise.resolve()).passes
  let deps = await open(settings)
  const others: OpenedDependencies[] = []
  const shop = shopOf(database.sql, connection, output)
  const trade: Trade = {
    akeneo,
    api: await apiOf(akeneo),
    proxy,
    passes: passesOver(deps),
    sql: database.sql,
    connection,
    shop,
    deps: () => deps,
    begin: async () => {
      await trade.passes.categories()
      await trade.passes.load()
      await shop.follow()
    },
    rejections: () => rejectionsOf(database.sql, connection),
    findings: async (sku) => {
      const { source } = shop.product(sku)
      const found = await findingsOf(database.sql, connection, 'products', source.uuid ?? sku)
      return found.map(({ code }) => code)
    },
    beside: async (more) => {
      const other = await open(more)
      others.push(other)
      return other
    },
    reopen: async (more) => {
      await deps.close()
      deps = await open(more)
      trade.passes = passesOver(deps)
    },
    close: async () => {
      for (const one of [deps, ...others]) await one.close()
      await proxy?.close()
      await akeneo.close()
      await database.drop()
    },
  }
  return trade
}

export interface Shop {
  /** Takes what the feed has got since the last time, in its order, and answers it. */
  follow(): Promise<FeedEntry[]>
  records(): HubRecord[]
  /** As the shop has it; fails where it has none, or two. */
  product(sku: string): HubProduct
  group(code: string): HubGroup
  has(code: string): boolean
}

/** A shop that starts with nothing. */
export function shopOf(sql: Sql, connection: string, output: string): Shop {
  const held = new Map<string, HubRecord>()
  let seen: bigint | null = null
  const named = (code: string) =>
    [...held.values()].filter(
      ({ kind, source }) => ['product', 'group'].includes(kind) && source.code === code,
    )
  const one = (code: string): HubRecord => {
    const [record, ...others] = named(code)
    if (!record || others.length > 0)
      throw new Error(`The shop has ${record ? others.length + 1 : 'no'} records ${code}`)
    return record
  }
  return {
    follow: async () => {
      const entries = await changesAfter(sql, connection, output, seen ?? 0n, 100_000)
      seen = await lastSeq(sql, connection, output)
      for (const { id, kind, change, record } of entries) {
        if (change === 'retired') {
          held.delete(id)
          continue
        }
        if (
          kind === 'product' &&
          'groupId' in record &&
          record.groupId !== undefined &&
          !held.has(record.groupId)
        )
          throw new Error(`${record.source.code} came before its group`)
        held.set(id, record)
      }
      return entries
    },
    records: () => [...held.values()],
    product: (sku) => {
      const record = one(sku)
      if (record.kind !== 'product') throw new Error(`${sku} is a ${record.kind}`)
      return record
    },
    group: (code) => {
      const record = one(code)
      if (record.kind !== 'group') throw new Error(`${code} is a ${record.kind}`)
      return record
    },
    has: (code) => named(code).length > 0,
  }
}

/** What the feed said, in words: `updated product NL-DL7-W`. */
export const told = (entries: FeedEntry[]): string[] =>
  entries.map(({ change, kind, record }) => `${change} ${kind} ${record.source.code}`)
