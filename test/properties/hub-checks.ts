import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sql } from '../../connectors/hub/database.ts'
import { changesAfter } from '../../connectors/hub/records.ts'
import type { HubRecord } from '../../contracts/hub.ts'
import type { Catalog } from '../../simulator/akeneo/catalog/catalog.ts'
import type { OracleRecord } from '../oracle/hub.ts'
import { fileName } from '../oracle/values.ts'
import { fileAttributes } from './file-edits.ts'
import { bytesOf } from '../../simulator/akeneo/resources/media-files.ts'

/** What records and the folder say of files otherwise than Akeneo; what that has lost says nothing. */
export async function fileDifferences(
  { mediaFiles }: Catalog,
  records: readonly HubRecord[],
  folder: string,
): Promise<string[]> {
  const differences: string[] = []
  for (const record of records) {
    if (record.kind !== 'product' && record.kind !== 'group') continue
    const below = record.kind === 'group' ? (record.subgroups ?? []) : []
    for (const { code, size, sha256 } of [...record.media, ...below.flatMap(({ media }) => media)]) {
      const file = mediaFiles.get(code)
      if (!file) continue
      const bytes = bytesOf(file)
      const wanted = createHash('sha256').update(bytes).digest('hex')
      const name = `${record.kind} ${record.source.code ?? ''} file ${file.original_filename}`
      if (size !== bytes.length || sha256 !== wanted)
        differences.push(`${name}: expected ${bytes.length} bytes, ${wanted}, found ${size} bytes, ${sha256}`)
      else if (!(await readFile(join(folder, wanted.slice(0, 2), wanted))).equals(bytes))
        differences.push(`${name}: other bytes in the folder`)
    }
  }
  return differences
}

/**
 * Nothing is said of the files of records that name one which Akeneo has lost: the hub keeps what it has downloaded before, and lets the
 * record go without the file otherwise.
 */
export function undecidedAboutLost(catalog: Catalog, records: OracleRecord[]): OracleRecord[] {
  const lost = new Set<string>()
  for (const { values } of [...catalog.products.values(), ...catalog.modelsInOrder()])
    for (const code of fileAttributes)
      for (const { data } of values.get(code) ?? [])
        if (typeof data === 'string' && !catalog.mediaFiles.has(data)) lost.add(fileName(data))
  const names = (media: unknown) => ((media ?? []) as { fileName: string }[]).map((file) => file.fileName)
  const ofLost = ({ fields }: OracleRecord) =>
    [fields, ...((fields['subgroups'] ?? []) as Record<string, unknown>[])]
      .flatMap(({ media }) => names(media))
      .some((name) => lost.has(name))
  return records.map((record) =>
    ofLost(record) ? { ...record, undecided: [...(record.undecided ?? []), 'media', 'subgroups'] } : record,
  )
}

/** A feed has no gaps, and what it says last of a record is what the hub holds. */
export async function feedDifferences(
  sql: Sql,
  connection: string,
  output: string,
  records: readonly HubRecord[],
): Promise<string[]> {
  const entries = await changesAfter(sql, connection, output, 0n, 100_000)
  const first = entries[0]?.seq ?? 1
  const gaps = entries.filter(({ seq }, index) => seq !== first + index)
  const last = new Map(entries.map(({ id, version }) => [id, version]))
  return [
    ...gaps.slice(0, 1).map(({ seq }) => `feed: a gap before ${seq}`),
    ...records
      .filter(({ id, version }) => last.get(id) !== version)
      .map(
        ({ kind, source, id, version }) =>
          `feed: ${kind} ${source.code ?? id} is at version ${version}, and was told at ${last.get(id) ?? 'none'}`,
      ),
  ]
}
