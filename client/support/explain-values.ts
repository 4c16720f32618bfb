import type { ConnectionConfig } from '../../config.ts'
import { buildStructure, outputByFile, type PreviewRow } from '../../connectors/akeneo/translate/index.ts'
import type { Sql } from '../../connectors/hub/database.ts'
import { appliedOutputs } from '../../connectors/hub/outputs.ts'
import { lastWriters, type Writer } from '../../connectors/hub/sights.ts'
import { structureCompleteAt, structureRecords } from '../../connectors/hub/structure.ts'
import { previewProduct } from './preview-product.ts'

/** Where one value of a record comes from. */
export interface ExplainedValue extends Pick<PreviewRow, 'target' | 'rule' | 'line' | 'reads' | 'result'> {
  output: string
  /** The publication that last changed the field; null when its feed is pruned. */
  writer: Writer | null
}

/** Of a product in the outputs that hold it: each rule that gave something, what it read, and who wrote the field last. */
export async function explainValues(
  sql: Sql,
  { name: connection, outputs = [] }: ConnectionConfig,
  { key, id, heldBy }: { key: string; id: string; heldBy: string[] },
): Promise<ExplainedValue[]> {
  if ((await structureCompleteAt(sql, connection)) === null) return []
  const structure = buildStructure(await structureRecords(sql, connection))
  const applied = await appliedOutputs(sql, connection)
  const values: ExplainedValue[] = []
  for (const output of heldBy) {
    const {
      channel = output,
      locales = null,
      currencies = null,
    } = outputs.find(({ name }) => name === output) ?? {}
    const { mapping = null, settings: narrowed = null } = applied.get(output) ?? {}
    const defaults = { name: output, ...(narrowed ?? { channel, locales, currencies }) }
    const settings = outputByFile(structure, mapping, defaults)
    const preview = await previewProduct(sql, connection, key, structure, settings)
    const writers = await lastWriters(sql, connection, output, id)
    for (const { target, rule, line, reads, applies, result } of preview?.rows ?? []) {
      if (!applies || result === null || (Array.isArray(result) && result.length === 0)) continue
      values.push({ output, target, rule, line, reads, result, writer: writers.get(fieldOf(target)) ?? null })
    }
  }
  return values
}

/** As the feed names what changed: `product.prices.list` is `prices`, `attributes.weight` itself, `media.main` is `media`. */
function fieldOf(target: string): string {
  const parts = target.replace(/\[.*/, '').split('.')
  if (parts[0] === 'attributes') return target
  if (parts[0] === 'product') return parts[1] ?? target
  return parts[0] === 'inventory' ? 'inventory' : (parts[0] ?? target)
}
