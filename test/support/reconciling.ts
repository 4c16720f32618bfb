import { expect } from 'vitest'
import { changesAfter, findRecords, lastSeq } from '../../connectors/hub/records.ts'
import type { FeedEntry, HubRecord } from '../../contracts/hub.ts'
import { workflowId, workflowTypes } from '../../contracts/names.ts'
import type { RetireReport } from '../../contracts/reports.ts'
import { type Api, apiOf } from '../simulator/api.ts'
import { openPipeline, type Pipeline, type PipelineOptions } from './pipeline.ts'
import { rewritingProxy, type RewritingProxy } from './rewriting-proxy.ts'

const output = 'ecommerce'

/** Catalogues that a test opened. */
const opened: (() => Promise<void>)[] = []

export async function closeCatalogues(): Promise<void> {
  for (const close of opened.splice(0).reverse()) await close()
}

export interface Catalogue extends Pipeline {
  /** Akeneo's own API, as whoever edits there uses it. */
  api: Api
  retire(plan: string): Promise<RetireReport>
  /** What the feed got since the catalogue was loaded, or since this was asked last. */
  news(): Promise<FeedEntry[]>
  /** The one record of that name that has not left. */
  record(name: string): Promise<HubRecord>
}

/** Everything of the invented catalogue in the hub. */
export async function loaded(options: PipelineOptions = {}): Promise<Catalogue> {
  const pipeline = await openPipeline(options)
  opened.push(() => pipeline.close())
  await pipeline.initializeCategories()
  await pipeline.load()
  const catalogue = await catalogueOf(pipeline, await apiOf(pipeline.akeneo))
  await catalogue.news()
  return catalogue
}

export async function catalogueOf(pipeline: Pipeline, api: Api): Promise<Catalogue> {
  const { connection, database, execute } = pipeline
  let seen = await lastSeq(database.sql, connection, output)
  return {
    ...pipeline,
    api,
    retire: async (plan) =>
      (await execute(workflowTypes.retireRecords, workflowId(connection, 'retire', plan), {
        connection,
        plan,
      })) as RetireReport,
    news: async () => {
      const entries = await changesAfter(database.sql, connection, output, seen, 10_000)
      seen = BigInt(entries.at(-1)?.seq ?? seen)
      return entries
    },
    record: async (name) => {
      const records = await findRecords(database.sql, connection, name)
      const [record, ...others] = records.filter(({ status }) => status !== 'retired')
      if (!record || others.length > 0)
        throw new Error(`${name} stands ${others.length + 1} times in the hub`)
      return record
    },
  }
}

export const told = (entries: FeedEntry[]) =>
  entries.map(({ change, kind, record }) => `${change} ${kind} ${record.source.code}`)

/** Simple products that are in the hub, in an order that has nothing to do with families and categories. */
export const simpleProducts = async ({ database: { sql }, connection }: Catalogue) =>
  (
    await sql<{ code: string }[]>`
      select code from source_record
      where connection = ${connection} and stream = 'products' and code is not null
        and key not in (select key from rejection)
        and parent is null order by md5(code)`
  ).map(({ code }) => code)

export const deleteProducts = async ({ api }: Catalogue, codes: string[]) => {
  for (const code of codes) expect((await api.delete(`/products/${code}`)).status).toBe(204)
}

/** A catalogue behind a proxy that may lie about it. */
export async function loadedThrough(settings: object = {}): Promise<Catalogue & { proxy: RewritingProxy }> {
  const behind = await openPipeline({ worker: false })
  opened.push(() => behind.close())
  const proxy = await rewritingProxy(behind.akeneo.url)
  opened.push(() => proxy.close())
  const catalogue = await loaded({
    settings: { akeneo: { url: proxy.url, ...behind.akeneo.credentials, ...settings } },
  })
  return { ...catalogue, akeneo: behind.akeneo, api: await apiOf(behind.akeneo), proxy }
}

export interface Items {
  _embedded: { items: Record<string, unknown>[] }
}

/** A page without the items that a lie leaves out. */
export const without = (body: unknown, left: (item: Record<string, unknown>) => boolean): unknown => {
  const { _embedded, ...page } = body as Items
  return { ...page, _embedded: { items: _embedded.items.filter((item) => !left(item)) } }
}
