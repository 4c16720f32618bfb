import { randomUUID } from 'node:crypto'
import type { Sql } from '../../connectors/hub/database.ts'
import { publishRecords } from '../../connectors/hub/records.ts'
import type { TranslatedRecord } from '../../contracts/hub.ts'

/** Records as a translation makes them, small: what a test is about is what happens to them afterwards. */

const source = (code: string) => ({ uuid: null, code, updated: null, mapping: 'test' })

export const productRecord = (
  sku: string,
  fields: { name?: string; groupId?: string } = {},
): TranslatedRecord => ({
  kind: 'product',
  status: 'active',
  source: source(sku),
  sku,
  type: 'physical',
  trackBy: 'product',
  name: { en_US: fields.name ?? sku },
  ...(fields.groupId === undefined ? {} : { groupId: fields.groupId }),
  categories: [],
  attributes: {},
  media: [],
  units: [],
  related: [],
})

export const groupRecord = (code: string): TranslatedRecord => ({
  kind: 'group',
  status: 'active',
  source: source(code),
  name: { en_US: code },
  axes: [],
  categories: [],
  attributes: {},
  media: [],
  related: [],
})

export const categoryRecord = (code: string, path: string[] = [], label = code): TranslatedRecord => ({
  kind: 'category',
  status: 'active',
  source: source(code),
  code,
  parent: path.at(-1) ?? null,
  path,
  position: 1,
  labels: { en_US: label },
})

/** Publishes records in one transaction; answers their hub ids, which are new unless given. */
export async function publish(
  sql: Sql,
  connection: string,
  records: (TranslatedRecord | { id: string; record: TranslatedRecord })[],
  output = 'ecommerce',
): Promise<string[]> {
  const rows = records.map((one) => ('record' in one ? one : { id: randomUUID(), record: one }))
  await sql.begin((tx) => publishRecords(tx, { connection, output, run: null }, rows))
  return rows.map(({ id }) => id)
}
