import type { EmptiedRecord } from '../../connectors/hub/emptied-values.ts'
import type { Finding } from '../../connectors/hub/findings.ts'

/** Of these records, what they carry although Akeneo does not show it any more. */
export function frozenFindings(keys: string[], emptied: ReadonlyMap<string, EmptiedRecord>): Finding[] {
  return keys.flatMap((key) =>
    (emptied.get(key)?.frozen ?? []).map(({ field, what, why, remedy, since }) => ({
      key,
      code: 'frozen',
      field,
      text: `${what} stays as it was on ${since.toISOString().slice(0, 10)}: ${why}`,
      remedy,
    })),
  )
}
