import { byCode } from '../../text.ts'
import type { Owner } from './owner.ts'

/** One value as it goes to Akeneo; `data: null` clears it. */
export interface WrittenValue {
  attribute: string
  locale: string | null
  scope: string | null
  data: unknown
}

/** One record's part of a request: the line's JSON, and what is in it. */
export interface Line {
  owner: Owner
  json: string
  values: WrittenValue[]
}

export interface Batch {
  kind: Owner['kind']
  lines: Line[]
}

export interface BuiltLines {
  batches: Batch[]
  /** Values that do not fit into a line even alone. */
  tooLarge: { owner: Owner; value: WrittenValue }[]
}

/** Akeneo's limits of a collection: https://api.akeneo.com/documentation/update.html#patch-multiple-resources */
export const lineLimits = { lines: 100, bytes: 1_000_000 }

export type KeyName = 'uuid' | 'identifier'

/**
 * Lines of records in batches: models before products, each record once in a batch, so that no two lines of one record are
 * under way together. A record with more than fits a line goes on in a later batch. The same writes make the same batches.
 */
export function buildLines(
  writes: readonly { owner: Owner; values: readonly WrittenValue[] }[],
  keyName: KeyName,
  limits: { lines: number; bytes: number } = lineLimits,
): BuiltLines {
  const tooLarge: BuiltLines['tooLarge'] = []
  const batches = (['product-model', 'product'] as const).flatMap((kind) => {
    const perRecord = merged(writes.filter(({ owner }) => owner.kind === kind)).map(({ owner, values }) =>
      linesOf(owner, values, keyName, limits.bytes, tooLarge),
    )
    return batchesOf(kind, perRecord, limits.lines)
  })
  return { batches, tooLarge }
}

/** One entry for each record, sorted by key; the last write of a place counts. */
function merged(writes: readonly { owner: Owner; values: readonly WrittenValue[] }[]) {
  const records = new Map<string, { owner: Owner; values: Map<string, WrittenValue> }>()
  for (const { owner, values } of writes) {
    const record = records.get(owner.key) ?? { owner, values: new Map<string, WrittenValue>() }
    for (const value of values)
      record.values.set(`${value.attribute} ${value.locale ?? ''} ${value.scope ?? ''}`, value)
    records.set(owner.key, record)
  }
  return [...records.values()]
    .filter(({ values }) => values.size > 0)
    .toSorted((a, b) => byCode(a.owner.key, b.owner.key))
    .map(({ owner, values }) => ({
      owner,
      values: [...values].toSorted(([a], [b]) => byCode(a, b)).map(([, value]) => value),
    }))
}

function linesOf(
  owner: Owner,
  values: WrittenValue[],
  keyName: KeyName,
  bytes: number,
  tooLarge: BuiltLines['tooLarge'],
): Line[] {
  const whole = lineOf(owner, values, keyName)
  if (Buffer.byteLength(whole.json) <= bytes) return [whole]
  const lines: Line[] = []
  let part: WrittenValue[] = []
  for (const value of values) {
    if (Buffer.byteLength(lineOf(owner, [value], keyName).json) > bytes) {
      tooLarge.push({ owner, value })
      continue
    }
    const longer = [...part, value]
    if (part.length > 0 && Buffer.byteLength(lineOf(owner, longer, keyName).json) > bytes) {
      lines.push(lineOf(owner, part, keyName))
      part = [value]
    } else part = longer
  }
  return part.length > 0 ? [...lines, lineOf(owner, part, keyName)] : lines
}

/** The first lines of all records, then the second ones: what belongs together is never in one batch. */
function batchesOf(kind: Owner['kind'], perRecord: readonly Line[][], most: number): Batch[] {
  const rounds = Math.max(0, ...perRecord.map((lines) => lines.length))
  const batches: Batch[] = []
  for (let round = 0; round < rounds; round++) {
    const lines = perRecord.flatMap((own) => own[round] ?? [])
    for (let at = 0; at < lines.length; at += most) batches.push({ kind, lines: lines.slice(at, at + most) })
  }
  return batches
}

/** JSON of one line of `application/vnd.akeneo.collection+json`. */
export function lineOf(owner: Owner, values: WrittenValue[], keyName: KeyName): Line {
  const byAttribute: Record<string, { locale: string | null; scope: string | null; data: unknown }[]> = {}
  for (const { attribute, locale, scope, data } of values)
    (byAttribute[attribute] ??= []).push({ locale, scope, data })
  const key = owner.kind === 'product-model' ? { code: owner.key } : { [keyName]: owner.key }
  return { owner, values, json: JSON.stringify({ ...key, values: byAttribute }) }
}
