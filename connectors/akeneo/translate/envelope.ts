import type { RecordSource } from '../../../contracts/hub.ts'
import { utcSeconds } from '../../../domain/instant.ts'

/** The rules that made the record; the number grows when the defaults change what they make. */
export const defaultMapping = 'default@1'

/** Where a record comes from. Akeneo tells no date for attributes: empty text then, and text that is no date as it is. */
export function sourceOf(record: {
  uuid?: string | undefined
  code: string | null
  updated?: string | null | undefined
}): RecordSource {
  const updated = record.updated ?? ''
  return {
    uuid: record.uuid ?? null,
    code: record.code,
    updated: utcSeconds(updated) ?? updated,
    mapping: defaultMapping,
  }
}
