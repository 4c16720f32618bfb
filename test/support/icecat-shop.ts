import { readFileSync } from 'node:fs'
import type { IcecatSimulator } from '../../simulator/icecat/index.ts'
import { apiOf, itemOf, type Item } from '../simulator/api.ts'
import { openPipeline, type Pipeline, type PipelineOptions } from './pipeline.ts'

/** Mapping files of the repository. */
export const exampleMapping = (name: string): string =>
  readFileSync(new URL(`../../examples/mapping/${name}`, import.meta.url), 'utf8')

export const northlampMapping = exampleMapping('northlamp.icecat.yaml')

/** Both ends, and a hub that holds the whole catalogue; `before` it is read. */
export async function loadedPipeline(
  options: PipelineOptions = {},
  before: (pipeline: Pipeline) => Promise<unknown> = () => Promise.resolve(),
): Promise<Pipeline> {
  const pipeline = await openPipeline({ icecat: { mapping: northlampMapping }, ...options })
  await before(pipeline)
  await pipeline.initializeCategories()
  await pipeline.load()
  return pipeline
}

export function icecatOf({ icecat }: Pipeline): IcecatSimulator {
  if (icecat === null) throw new Error('This pipeline has no Icecat')
  return icecat
}

export const productOf = (pipeline: Pipeline, sku: string): Promise<Item> =>
  recordOf(pipeline, `/products/${encodeURIComponent(sku)}`)

export async function recordOf({ akeneo }: Pipeline, path: string): Promise<Item> {
  return itemOf(await (await apiOf(akeneo)).get(path))
}

export const dataAt = (
  { values }: Item,
  attribute: string,
  locale: string | null = null,
  scope: string | null = null,
) => values[attribute]?.find((value) => value.locale === locale && value.scope === scope)?.data

/** When each product and model was last changed in Akeneo. */
export async function updatedOf({ akeneo }: Pipeline): Promise<Record<string, string | undefined>> {
  const api = await apiOf(akeneo)
  const dates: Record<string, string | undefined> = {}
  for (const stream of ['products-uuid', 'product-models']) {
    for (let path = `/${stream}?limit=100&pagination_type=search_after`; path !== '';) {
      const { _embedded, _links } = (await api.get(path)).body
      for (const { uuid, code = '', updated } of _embedded?.items ?? []) dates[uuid ?? code] = updated
      path = _links?.['next']?.href.replace(/^.*\/api\/rest\/v1/, '') ?? ''
    }
  }
  return dates
}

/** Findings by the name of their record, place and code. */
export async function findingsOf({ deps }: Pipeline): Promise<string[]> {
  const rows = await deps.sql<{ key: string; place: string; kind: string; code: string }[]>`
    select coalesce(s.code, f.key) as key, f.place, f.kind, f.code from enrichment_finding f
    left join source_record s on s.connection = f.connection and s.stream = f.stream and s.key = f.key order by 1, 2, 3`
  return rows.map(({ key, place, kind, code }) => `${key} ${place.trim()}: ${kind} ${code}`)
}
