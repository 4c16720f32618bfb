import { CodeMap } from '../codes.ts'
import type { Json, JsonObject } from '../json.ts'
import type { Stamped } from './records.ts'

/** A value of a record or asset: the key is `channel` here, where products say `scope`. */
export interface RecordValue {
  readonly locale: string | null
  readonly channel: string | null
  readonly data: Json
}

export interface FamilyRecord extends Stamped {
  readonly code: string
  readonly values: ReadonlyMap<string, readonly RecordValue[]>
}

/** A reference entity with its records, or an asset family with its assets: the two are built alike. */
export interface RecordFamily {
  readonly code: string
  /** What a read shows besides the code. */
  fields: JsonObject
  readonly attributes: CodeMap<JsonObject & { code: string }>
  /** By attribute code. */
  readonly options: CodeMap<CodeMap<JsonObject & { code: string }>>
  readonly records: CodeMap<FamilyRecord>
}

/** Families are filled in place, so each of them remembers for itself. */
export function snapshotFamilies(families: CodeMap<RecordFamily>): () => void {
  const restoreAll = [
    families.snapshot(),
    ...[...families.values()].flatMap((family) => {
      const { fields } = family
      return [
        () => {
          family.fields = fields
        },
        family.attributes.snapshot(),
        snapshotNested(family.options),
        family.records.snapshot(),
      ]
    }),
  ]
  return () => {
    for (const restore of restoreAll) restore()
  }
}

/** Maps within a map are filled in place, too. */
export function snapshotNested<T>(outer: CodeMap<CodeMap<T>>): () => void {
  const restoreAll = [outer.snapshot(), ...[...outer.values()].map((inner) => inner.snapshot())]
  return () => {
    for (const restore of restoreAll) restore()
  }
}

export function newRecordFamily(code: string, fields: JsonObject): RecordFamily {
  return { code, fields, attributes: new CodeMap(), options: new CodeMap(), records: new CodeMap() }
}
