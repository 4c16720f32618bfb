import type { OutputSettings, RecordPreview, Structure } from '../../connectors/akeneo/translate/index.ts'
import type { Sql } from '../../connectors/hub/database.ts'
import { previewGroups } from './preview-group.ts'
import { previewProduct } from './preview-product.ts'

export interface NamedPreview {
  /** As it was asked for. */
  id: string
  /** What it is of: the model that makes the group, which may be the one above. */
  code: string
  preview: RecordPreview | null
}

/** All that answers to the name, a SKU, uuid or model code, as an output would make it. */
export async function previewNamed(
  sql: Sql,
  connection: string,
  id: string,
  structure: Structure,
  output: OutputSettings,
): Promise<NamedPreview[]> {
  const product = await previewProduct(sql, connection, id, structure, output)
  const groups = await previewGroups(sql, connection, id, structure, output)
  const found = [
    ...(product === null ? [] : [{ id, code: id, preview: product }]),
    ...groups.map((group) => ({ id, ...group })),
  ]
  return found.length > 0 ? found : [{ id, code: id, preview: null }]
}
