import { compareMappings } from '../activities/enrichment/compare-mappings.ts'
import { type PreviewOptions, previewEnrichment } from '../activities/enrichment/preview.ts'
import { previewContext, previewProduct } from '../activities/enrichment/preview-product.ts'
import type { ConnectionRuntime } from '../activities/dependencies.ts'
import { type Config, connectionOf, type EnrichmentMapping, UnknownConnectionError } from '../config.ts'
import type { Sql } from '../connectors/hub/database.ts'
import type { EnrichmentPreview, MappingComparison, ProductPreview } from '../contracts/enrichment-preview.ts'
import type { IcecatMapping } from '../domain/enrichment/mapping/document.ts'
import { connectionRuntimes } from './dependencies.ts'

/** A connection with the mapping of this disk, wired as a worker is, without one. */
interface Wiring {
  sql: Sql
  config: Config
  mappings: readonly EnrichmentMapping[]
  name: string
}

/** What an enrichment of a connection would do. */
export const previewOf = (wiring: Wiring, options: PreviewOptions): Promise<EnrichmentPreview> =>
  previewEnrichment(wiring.sql, runtimeOf(wiring), options)

/** Products side by side, each by what names it; null for one that is not stored. */
export async function previewProductsOf(
  wiring: Wiring,
  names: readonly string[],
  signal: AbortSignal,
): Promise<(ProductPreview | null)[]> {
  const context = await previewContext(wiring.sql, runtimeOf(wiring), signal)
  const previews: (ProductPreview | null)[] = []
  for (const name of names) previews.push(await previewProduct(wiring.sql, context, name, signal))
  return previews
}

export async function comparisonOf(
  wiring: Wiring,
  before: IcecatMapping,
  options: { sample: number; signal: AbortSignal },
): Promise<MappingComparison> {
  const context = await previewContext(wiring.sql, runtimeOf(wiring), options.signal)
  return compareMappings(wiring.sql, context, before, options)
}

/** Of the connection alone, and without its outputs: what goes out plays no part in what comes in. */
function runtimeOf({ sql, config, mappings, name }: Wiring): ConnectionRuntime {
  const { outputs: _outputs, ...own } = connectionOf(config, name)
  const connection = connectionRuntimes(sql, { ...config, connections: [own] }, [], mappings).get(name)
  if (connection === undefined) throw new UnknownConnectionError(name, [])
  return connection
}
