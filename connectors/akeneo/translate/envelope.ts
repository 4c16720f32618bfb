import type { RecordSource } from '../../../contracts/hub.ts'
import { utcSeconds } from '../../../domain/instant.ts'
import type { OutputSettings } from './output.ts'

/** Where a record comes from. Akeneo tells no date for attributes: empty text then, and text that is no date as it is. */
export function sourceOf(
  record: { uuid?: string | undefined; code: string | null; updated?: string | null | undefined },
  { mapping }: OutputSettings,
): RecordSource {
  const updated = record.updated ?? ''
  return {
    uuid: record.uuid ?? null,
    code: record.code,
    updated: utcSeconds(updated) ?? updated,
    mapping,
  }
}
