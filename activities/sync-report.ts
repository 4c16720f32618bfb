import { findRecords } from '../connectors/hub/records.ts'
import { rejectionsNamed } from '../connectors/hub/rejections.ts'
import { idsOf } from '../connectors/hub/sources.ts'
import { waitingOf } from '../connectors/hub/waiting.ts'
import type { SyncReport } from '../contracts/reports.ts'
import type { ConnectionRuntime, Dependencies } from './dependencies.ts'

/** What a person asked for, as Akeneo has it. */
export interface Found {
  stream: 'products' | 'product-models'
  key: string
}

/** What became of what a person asked for: a product and a model may have one name, and the outcome is that of who is not in the hub. */
export async function syncReport(
  deps: Dependencies,
  connection: ConnectionRuntime,
  id: string,
  found: Found[],
): Promise<SyncReport> {
  const reports = await Promise.all(found.map((one) => reportOf(deps, connection, id, one)))
  const worst = (['rejected', 'waiting'] as const).find((outcome) =>
    reports.some((one) => one.outcome === outcome),
  )
  return {
    outcome: worst ?? 'synced',
    text: reports.map(({ text }) => text).join('; '),
    published: reports.flatMap(({ published }) => published),
  }
}

async function reportOf(
  { sql }: Dependencies,
  { name }: ConnectionRuntime,
  id: string,
  { stream, key }: Found,
): Promise<SyncReport> {
  const rejection = (await rejectionsNamed(sql, name, stream, [key])).find((row) => row.key === key)
  if (rejection)
    return { outcome: 'rejected', text: `${id}: ${rejection.text}. ${rejection.remedy}`, published: [] }
  // A sub-model is published by its root, save where each sub-model is a group of its own.
  const root = stream === 'product-models' ? await parentOf(sql, name, key) : null
  const waiting =
    (await waitingOf(sql, name, stream, key)) ?? (root && (await waitingOf(sql, name, stream, root)))
  if (waiting) {
    return {
      outcome: 'waiting',
      text: `${id} is read and waits for its ${waiting.reason}: pimflow explain ${id}`,
      published: [],
    }
  }
  const kind = stream === 'products' ? 'product' : 'group'
  const recordsOf = async (code: string) =>
    (await findRecords(sql, name, code)).filter((record) => record.kind === kind)
  const own = (await recordsOf(key)).map((record) => ({ record, what: `${kind} ${id} stands` }))
  const above = root === null ? [] : await recordsOf(root)
  const lines = [
    ...own,
    ...above
      .filter(({ output }) => !own.some(({ record }) => record.output === output))
      .map((record) => ({
        record,
        what: `${id} is part of the group ${record.source.code ?? ''}, which stands`,
      })),
  ]
  const texts = lines.map(
    ({ record: { output, version, status }, what }) =>
      `${what} in ${output} at version ${version}, ${status}`,
  )
  return {
    outcome: 'synced',
    text: texts.length > 0 ? texts.join('; ') : `${id} is read, and no output has it`,
    published: lines.map(({ record }) => record.id),
  }
}

async function parentOf(sql: Dependencies['sql'], connection: string, code: string): Promise<string | null> {
  const models = await idsOf(sql, connection, 'product-models', [code])
  return models.get(code.toLowerCase())?.parent ?? null
}
