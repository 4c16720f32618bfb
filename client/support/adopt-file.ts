import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { parse } from 'csv-parse'
import type { AdoptedId } from '../../connectors/hub/adopted-ids.ts'
import { RecordKind } from '../../contracts/hub.ts'
import { UsageError } from './errors.ts'

/** One line of a file of ids: what it adopts, or what is wrong with it. Lines count from 1. */
export type AdoptLine = { line: number; row: AdoptedId } | { line: number; reason: string }

/** The ids of a file with the fields `sku` (or `code`), `id`, and `kind` for what is no product. */
export async function* adoptLines(path: string): AsyncGenerator<AdoptLine> {
  for await (const { line, fields } of fileLines(path, 'id'))
    yield fields === null ? { line, reason: notJson } : lineOf(line, fields)
}

/** A line of a file, by the names of its columns in lower case; null: it is no JSON object. */
export interface FileLine {
  line: number
  fields: Record<string, unknown> | null
}

/**
 * Reads a file line by line: NDJSON when it begins with `{`, else CSV with a header, in which `sku` (or `code`) and the column `needed` must
 * stand.
 */
export async function* fileLines(path: string, needed: string): AsyncGenerator<FileLine> {
  yield* (await firstCharacter(path)) === '{' ? ndjson(path) : csv(path, needed)
}

export const notJson = 'is no JSON object'

async function firstCharacter(path: string): Promise<string> {
  try {
    const file = await open(path)
    try {
      const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(64), position: 0 })
      return buffer
        .toString('utf8', 0, bytesRead)
        .replace(/^\uFEFF/, '')
        .trimStart()
        .charAt(0)
    } finally {
      await file.close()
    }
  } catch {
    throw new UsageError(`${path} cannot be read: give a file that exists, CSV or NDJSON`)
  }
}

async function* ndjson(path: string): AsyncGenerator<FileLine> {
  let line = 0
  for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    line++
    if (text.trim() === '') continue
    yield { line, fields: objectOf(text.replace(/^\uFEFF/, '')) }
  }
}

function objectOf(text: string): Record<string, unknown> | null {
  try {
    const value = JSON.parse(text) as unknown
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? { ...value } : null
  } catch {
    return null
  }
}

async function* csv(path: string, needed: string): AsyncGenerator<FileLine> {
  const rows = createReadStream(path).pipe(
    parse({
      bom: true,
      columns: (header: string[]) => header.map((name) => name.trim().toLowerCase()),
      delimiter: [',', ';', '\t'],
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    }),
  )
  for await (const { record, info } of rows as AsyncIterable<{
    record: Record<string, unknown>
    info: { lines: number }
  }>) {
    if (!(needed in record) || !('sku' in record || 'code' in record)) {
      throw new UsageError(`${path} needs the columns \`sku\` and \`${needed}\` in its first line`)
    }
    yield { line: info.lines, fields: record }
  }
}

function lineOf(line: number, fields: Record<string, unknown>): AdoptLine {
  const code = textOf(fields['sku'] ?? fields['code'])
  const externalId = textOf(fields['id'])
  const kind = RecordKind.safeParse(textOf(fields['kind']) || 'product')
  if (code === '') return { line, reason: 'has no sku' }
  if (externalId === '') return { line, reason: `has no id for ${code}` }
  if (!kind.success)
    return { line, reason: `has an unknown kind; these exist: ${RecordKind.options.join(', ')}` }
  return { line, row: { kind: kind.data, code, externalId } }
}

export const textOf = (value: unknown): string =>
  typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : ''
