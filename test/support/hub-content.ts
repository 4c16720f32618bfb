import { recordsOf } from '../../connectors/hub/records.ts'
import { canonicalJson } from '../../domain/canonical.ts'
import type { Pipeline } from './pipeline.ts'

/** Everything of each record but the hub's own ids, which differ between two databases: links are told by code. */
export async function contentOf({
  database: { sql },
  connection,
}: Pipeline): Promise<Record<string, string>> {
  const codes = new Map<string, string>()
  for await (const record of recordsOf(sql, connection, 'ecommerce'))
    codes.set(record.id, record.source.code ?? '')
  const content: Record<string, string> = {}
  for await (const { id, version, ...record } of recordsOf(sql, connection, 'ecommerce')) {
    const text = canonicalJson({ ...record, version }).replace(
      /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g,
      (uuid) => codes.get(uuid) ?? uuid,
    )
    content[`${record.kind} ${codes.get(id) ?? id}`] = text
  }
  return content
}

export async function committedPages({ database: { sql } }: Pipeline): Promise<number> {
  const [row] = await sql<{ n: number }[]>`select count(*)::int as n from transfer_page`
  return row?.n ?? 0
}
