/** Records of a loaded catalogue are dated as an import would have dated them: about twenty a second. */
export const IMPORT_BEGAN = Date.parse('2026-01-05T08:00:00Z')
const RECORDS_PER_SECOND = 20

/** The dates of one record after the other. */
export function importDates(): () => number {
  let loaded = 0
  return () => IMPORT_BEGAN + Math.floor(loaded++ / RECORDS_PER_SECOND) * 1000
}
