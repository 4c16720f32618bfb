/** What a run's `progress` query answers. */
export type Progress = Record<string, number | string>

/** What is seen of a run from outside at one moment. */
export interface Sight {
  progress: Progress | null
  /** What a part of the run is being tried again for: first line of its last failure. */
  trouble: { text: string; attempt: number } | null
}

/** `reading: 240 products, read 100, changed 3`; empty before the run says anything. */
export function progressText({ progress, trouble }: Sight): string {
  const { step, warning, ...counts } = progress ?? {}
  const rest = Object.entries(counts)
    .map(([name, value]) => `${name} ${value}`.trim())
    .join(', ')
  const parts = [step === undefined ? rest : rest === '' ? String(step) : `${step}: ${rest}`]
  if (warning !== undefined) parts.push(`warning: ${warning}`)
  if (trouble) parts.push(`trying again (attempt ${trouble.attempt}): ${trouble.text}`)
  return parts.filter((part) => part !== '').join('; ')
}

/** How much of how much; null while the run cannot know. */
export function progressShare({ progress }: Sight): { value: number; total: number } | null {
  const { products, read } = progress ?? {}
  if (typeof products !== 'number' || products === 0) return null
  return { value: Math.min(products, typeof read === 'number' ? read : 0), total: products }
}

/** In a log, counts that only grow are worth a line now and then; a new step or trouble at once. Unit ms. */
const countsEveryMs = 10_000

export interface Printed {
  sight: Sight
  atMs: number
}

/** Whether a pipe gets a line for what is seen now. */
export function isWorthALine(sight: Sight, last: Printed | null, nowMs: number): boolean {
  const text = progressText(sight)
  if (text === '') return false
  if (last === null) return true
  if (text === progressText(last.sight)) return false
  const news =
    sight.progress?.['step'] !== last.sight.progress?.['step'] ||
    sight.progress?.['warning'] !== last.sight.progress?.['warning'] ||
    sight.trouble?.text !== last.sight.trouble?.text
  return news || nowMs - last.atMs >= countsEveryMs
}
