import type { AkeneoSimulator } from '../../simulator/akeneo/index.ts'
import { openPipeline, type Pipeline, type PipelineOptions } from '../support/pipeline.ts'
import { closeCatalogues, type Items } from '../support/reconciling.ts'
import { type RewritingProxy, rewritingProxy } from '../support/rewriting-proxy.ts'

const opened: { close(): Promise<void> }[] = []

/** What a test has opened, here and by `loadedThrough`. */
export async function closePoisoned(): Promise<void> {
  for (const one of opened.splice(0).reverse()) await one.close()
  await closeCatalogues()
}

export interface Poisoned {
  pipeline: Pipeline
  /** The one behind the proxy. */
  akeneo: AkeneoSimulator
  proxy: RewritingProxy
  heal: () => void
  asked: URL[]
}

/** A pipeline before whose Akeneo a proxy answers 500 for every answer in which one of these products stands with its values. */
export async function withPoison(
  poison: string[],
  settings: object = {},
  akeneo: PipelineOptions['akeneo'] = {},
): Promise<Poisoned> {
  const origin = await openPipeline({ worker: false, akeneo })
  opened.push(origin)
  const proxy = await rewritingProxy(origin.akeneo.url)
  opened.push(proxy)
  const asked: URL[] = []
  let poisonous = true
  proxy.failure = (url, body) => {
    asked.push(url)
    const whole = !url.searchParams.has('attributes')
    return poisonous && whole && poison.some((sku) => holds(body, sku)) ? 500 : undefined
  }
  const pipeline = await openPipeline({
    settings: {
      akeneo: {
        url: proxy.url,
        ...origin.akeneo.credentials,
        retry: { initialIntervalMs: 10, maximumIntervalMs: 20 },
        ...settings,
      },
    },
  })
  opened.push(pipeline)
  return { pipeline, akeneo: origin.akeneo, proxy, asked, heal: () => void (poisonous = false) }
}

/** Whether an answer, a page or a record, shows a product with more than its identifier. */
export const holds = (body: unknown, sku: string): boolean => {
  const { identifier, values, _embedded } = body as {
    identifier?: string
    values?: Record<string, { data: unknown }[]>
    _embedded?: { items: unknown[] }
  }
  if (_embedded) return _embedded.items.some((item) => holds(item, sku))
  if (!values || Object.keys(values).length <= 1) return false
  return identifier === sku || values['sku']?.[0]?.data === sku
}

/** Of the products that are stored. */
export const skus = async ({ database }: Pipeline) => {
  const rows = await database.sql<{ code: string }[]>`
    select code from source_record where stream = 'products' order by code`
  return rows.map(({ code }) => code)
}

export async function rejectedKey({ database: { sql } }: Pipeline, code: string): Promise<string> {
  const [row] = await sql<{ key: string }[]>`select key from rejection where code = ${code}`
  if (row === undefined) throw new Error(`${code} is not rejected`)
  return row.key
}

export async function productKey({ database: { sql } }: Pipeline, sku: string): Promise<string> {
  const [row] = await sql<{ key: string }[]>`
    select key from source_record where stream = 'products' and code = ${sku}`
  if (row === undefined) throw new Error(`The hub has no ${sku}`)
  return row.key
}

/** Whether an answer is a list of this resource on which a record stands, or the record. */
export const shows = (url: URL, body: unknown, resource: string, code: string): boolean => {
  const at = url.pathname.indexOf(`/${resource}`)
  if (at < 0 || url.pathname.slice(at + 1).split('/').length > 2) return false
  const { _embedded, ...record } = body as Partial<Items>
  const items: Record<string, unknown>[] = _embedded?.items ?? [record]
  return items.some((item) => item['code'] === code || item['identifier'] === code || sku(item) === code)
}
const sku = ({ values }: Record<string, unknown>) =>
  (values as Record<string, { data: unknown }[]> | undefined)?.['sku']?.[0]?.data
