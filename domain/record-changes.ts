import type { FeedChange, RecordStatus, TranslatedRecord } from '../contracts/hub.ts'
import { canonicalJson } from './canonical.ts'

/**
 * What a published record is compared by: everything but Akeneo's `updated`, which moves without content, and the mapping's version,
 * which may grow for the sake of others.
 */
export function contentOf(record: TranslatedRecord): string {
  return canonicalJson({ ...record, source: { ...record.source, updated: null, mapping: null } })
}

/** Top-level fields, and `attributes.<code>`, that differ; a field that was emptied is named because it is gone. */
export function changedFields(before: TranslatedRecord | null, after: TranslatedRecord): string[] {
  const old: Record<string, unknown> = before ?? {}
  const fresh: Record<string, unknown> = after
  return [...new Set([...Object.keys(old), ...Object.keys(fresh)])]
    .filter((field) => field !== 'kind' && field !== 'source')
    .flatMap((field) =>
      field === 'attributes'
        ? changedKeys(field, old[field], fresh[field])
        : differs(old[field], fresh[field])
          ? [field]
          : [],
    )
    .sort()
}

function changedKeys(field: string, before: unknown, after: unknown): string[] {
  const old = asRecord(before)
  const fresh = asRecord(after)
  return [...new Set([...Object.keys(old), ...Object.keys(fresh)])]
    .filter((key) => differs(old[key], fresh[key]))
    .map((key) => `${field}.${key}`)
}

/** How the feed names a change: a destination treats a record that only gained its links differently from a new one. */
export function changeOf(before: RecordStatus | null, after: RecordStatus, fields: string[]): FeedChange {
  if (after === 'retired') return 'retired'
  if (after === 'withheld') return 'withheld'
  if (before === null) return 'created'
  return fields.every((field) => linkFields.has(field)) ? 'linked' : 'updated'
}

const linkFields = new Set(['related', 'kit', 'pending'])

/** Null and absent are the same. Most fields are told apart without a look inside: a new record's, and those that are one word. */
function differs(a: unknown, b: unknown): boolean {
  if (a === b) return false
  if (a == null || b == null) return a != null || b != null
  if (typeof a !== 'object' || typeof b !== 'object') return true
  return canonicalJson(a) !== canonicalJson(b)
}

const asRecord = (value: unknown): Record<string, unknown> =>
  value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {}
