import type { ConnectionConfig } from '../../config.ts'
import {
  buildStructure,
  outputByFile,
  type OutputSettings,
  type PreviewRow,
  type RecordPreview,
  type Structure,
} from '../../connectors/akeneo/translate/index.ts'
import type { Sql } from '../../connectors/hub/database.ts'
import { appliedOutputs } from '../../connectors/hub/outputs.ts'
import { findRecords } from '../../connectors/hub/records.ts'
import { lastWriters, type Writer } from '../../connectors/hub/sights.ts'
import { structureCompleteAt, structureRecords } from '../../connectors/hub/structure.ts'
import type { StreamName } from '../../contracts/streams.ts'
import { previewGroups } from './preview-group.ts'
import { previewProduct } from './preview-product.ts'

/** Where one value of a record comes from. */
export interface ExplainedValue extends Pick<PreviewRow, 'target' | 'reads' | 'result'> {
  output: string
  /** As it stands in the mapping file, and its line; null for what goes out as Akeneo has it. */
  rule: string | null
  line: number | null
  /** The publication that last changed the field; null when its feed is pruned. */
  writer: Writer | null
}

interface Explained {
  stream: StreamName
  key: string
  id: string
  /** Outputs that hold it. */
  heldBy: string[]
}

/** Of a record in the outputs that hold it: each rule that gave something, what it read, and who wrote the field last. */
export async function explainValues(
  sql: Sql,
  connection: ConnectionConfig,
  record: Explained,
): Promise<ExplainedValue[]> {
  const { name } = connection
  const found: ExplainedValue[] = []
  const rows =
    record.stream === 'categories'
      ? await categoryRows(sql, name, record)
      : await ruledRows(sql, connection, record)
  for (const output of record.heldBy) {
    const writers = await lastWriters(sql, name, output, record.id)
    for (const row of rows.filter((one) => one.output === output))
      found.push({ ...row, writer: writers.get(fieldOf(row.target)) ?? null })
  }
  return found
}

type Row = Omit<ExplainedValue, 'writer'>

/** What the applied mapping of each output makes of a product, or of the model that makes a group. */
async function ruledRows(
  sql: Sql,
  { name: connection, outputs = [] }: ConnectionConfig,
  { stream, key, heldBy }: Explained,
): Promise<Row[]> {
  if ((await structureCompleteAt(sql, connection)) === null) return []
  const structure = buildStructure(await structureRecords(sql, connection))
  const applied = await appliedOutputs(sql, connection)
  const rows: Row[] = []
  for (const output of heldBy) {
    const {
      channel = output,
      locales = null,
      currencies = null,
    } = outputs.find(({ name }) => name === output) ?? {}
    const { mapping = null, settings: narrowed = null } = applied.get(output) ?? {}
    const defaults = { name: output, ...(narrowed ?? { channel, locales, currencies }) }
    const settings = outputByFile(structure, mapping, defaults)
    const preview =
      stream === 'products'
        ? await previewProduct(sql, connection, key, structure, settings)
        : await groupOf(sql, connection, key, structure, settings)
    for (const { target, rule, line, reads, applies, result } of preview?.rows ?? []) {
      if (!applies || result === null || (Array.isArray(result) && result.length === 0)) continue
      rows.push({ output, target, rule, line, reads, result })
    }
  }
  return rows
}

async function groupOf(
  sql: Sql,
  connection: string,
  key: string,
  structure: Structure,
  settings: OutputSettings,
): Promise<RecordPreview | null> {
  const groups = await previewGroups(sql, connection, key, structure, settings)
  return groups.find(({ code }) => code === key)?.preview ?? null
}

/** No mapping speaks of categories: each field is Akeneo's own, path and position from the tree. */
async function categoryRows(sql: Sql, connection: string, { id }: Explained): Promise<Row[]> {
  const records = await findRecords(sql, connection, id)
  return records.flatMap((record) => {
    if (record.kind !== 'category') return []
    const { output, labels, parent, path, position, media = [] } = record
    const row = (target: string, address: string, value: unknown): Row => ({
      output,
      target,
      rule: null,
      line: null,
      reads: [{ address, locale: null, value }],
      result: value,
    })
    return [
      row('labels', 'labels', labels),
      ...(parent === null ? [] : [row('parent', 'parent', parent), row('path', 'the tree', path)]),
      row('position', 'the tree', position),
      ...media.map(({ role, fileName }) => row(`media.${role}`, role, fileName)),
    ]
  })
}

/** As the feed names what changed: `product.prices.list` is `prices`, `attributes.weight` itself, `media.main` is `media`. */
function fieldOf(target: string): string {
  const parts = target.replace(/\[.*/, '').split('.')
  if (parts[0] === 'attributes') return target
  if (parts[0] === 'product') return parts[1] ?? target
  return parts[0] === 'inventory' ? 'inventory' : (parts[0] ?? target)
}
