import type { RecordKind, RecordStatus, TranslatedRecord } from '../../contracts/hub.ts'
import { changedFields } from '../record-changes.ts'

/** One record that another mapping makes otherwise. */
export interface DiffExample {
  kind: RecordKind
  /** SKU or code, else uuid. */
  name: string
  changes: { field: string; before: unknown; after: unknown }[]
}

export interface RecordDiff {
  compared: number
  /** Records with at least one difference. */
  changed: number
  /** Part of those compared, 0 to 1, for `guards.changed`. */
  share: number
  /** Most records first. */
  fields: { field: string; records: number }[]
  /** Records that would become active, withheld or retired. */
  statuses: { before: RecordStatus | null; after: RecordStatus | null; records: number }[]
  /** At most ten, chosen so that every field has one before any has two. */
  examples: DiffExample[]
}

/** How far a comparison of everything is. */
export interface ComparedSoFar {
  stream: 'product-models' | 'products'
  /** Key of the last one that is counted. */
  after: string
  diff: RecordDiff
}

const exampleLimit = 10

/** What a changed mapping does to stored records, without keeping them: a million pairs need the memory of ten. */
export class RecordDiffs {
  #compared = 0
  #changed = 0
  readonly #fields = new Map<string, number>()
  readonly #statuses = new Map<string, RecordDiff['statuses'][number]>()
  readonly #examples: DiffExample[] = []

  /** Goes on from what was counted before. */
  constructor(begun?: RecordDiff) {
    if (!begun) return
    this.#compared = begun.compared
    this.#changed = begun.changed
    for (const { field, records } of begun.fields) this.#fields.set(field, records)
    for (const { before, after, records } of begun.statuses)
      this.#statuses.set(statusKey(before, after), { before, after, records })
    this.#examples.push(...begun.examples)
  }

  /** Null stands for a record that is not made: refused, or not there before. */
  add(before: TranslatedRecord | null, after: TranslatedRecord | null): void {
    const some = after ?? before
    if (!some) return
    this.#compared += 1
    const fields = after ? changedFields(before, after) : ['status']
    if (fields.length === 0) return
    this.#changed += 1
    const shown = fields.some((field) => !this.#fields.has(field))
    for (const field of fields) this.#fields.set(field, (this.#fields.get(field) ?? 0) + 1)
    this.#count(before?.status ?? null, after?.status ?? null)
    if (!shown && this.#examples.length >= exampleLimit) return
    // A new kind of difference is worth more than a further example of one that is there.
    if (this.#examples.length >= exampleLimit) this.#examples.pop()
    this.#examples.push({
      kind: some.kind,
      name: some.source.code ?? some.source.uuid ?? '',
      changes: fields.map((field) => ({
        field,
        before: valueAt(before, field),
        after: valueAt(after, field),
      })),
    })
  }

  summary(): RecordDiff {
    return {
      compared: this.#compared,
      changed: this.#changed,
      share: this.#compared === 0 ? 0 : this.#changed / this.#compared,
      fields: [...this.#fields]
        .map(([field, records]) => ({ field, records }))
        .sort((a, b) => b.records - a.records || (a.field < b.field ? -1 : 1)),
      statuses: [...this.#statuses.values()].sort((a, b) => b.records - a.records),
      examples: [...this.#examples],
    }
  }

  #count(before: RecordStatus | null, after: RecordStatus | null): void {
    if (before === after) return
    const key = statusKey(before, after)
    const known = this.#statuses.get(key) ?? { before, after, records: 0 }
    known.records += 1
    this.#statuses.set(key, known)
  }
}

const statusKey = (before: RecordStatus | null, after: RecordStatus | null) =>
  `${before ?? ''} ${after ?? ''}`

/** The same over a list that fits into memory. */
export function diffRecords(
  pairs: Iterable<{ before: TranslatedRecord | null; after: TranslatedRecord | null }>,
): RecordDiff {
  const diffs = new RecordDiffs()
  for (const { before, after } of pairs) diffs.add(before, after)
  return diffs.summary()
}

/** Whether a diff must wait for a person; a file without the guard holds what the connection's guard says. */
export const mustBeHeld = ({ share }: RecordDiff, guard: number): boolean => share > guard

/** `attributes.weight` or `name`; undefined where it is not. */
function valueAt(record: TranslatedRecord | null, field: string): unknown {
  const fields: Record<string, unknown> = { ...record }
  const attribute = field.startsWith('attributes.') ? field.slice('attributes.'.length) : null
  if (attribute === null) return fields[field]
  const attributes = fields['attributes']
  return attributes !== null && typeof attributes === 'object' && Object.hasOwn(attributes, attribute)
    ? (attributes as Record<string, unknown>)[attribute]
    : undefined
}
