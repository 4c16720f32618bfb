import { type PreviewOptions, previewEnrichment } from '../activities/enrichment/preview.ts'
import { type Config, type EnrichmentMapping, UnknownConnectionError } from '../config.ts'
import type { Sql } from '../connectors/hub/database.ts'
import type { EnrichmentPreview } from '../contracts/enrichment-preview.ts'
import { connectionRuntimes } from './dependencies.ts'

/** What an enrichment of a connection would do, wired as a worker is, without one. */
export async function previewOf(
  sql: Sql,
  config: Config,
  mappings: readonly EnrichmentMapping[],
  name: string,
  options: PreviewOptions,
): Promise<EnrichmentPreview> {
  const runtimes = connectionRuntimes(sql, config, [], mappings)
  const connection = runtimes.get(name)
  if (connection === undefined) throw new UnknownConnectionError(name, [...runtimes.keys()])
  return previewEnrichment(sql, connection, options)
}
