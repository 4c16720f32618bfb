import { offContract } from './answers.ts'

/** Records that Akeneo takes by collection. https://api.akeneo.com/documentation/update.html */
export type PatchedStream = 'products' | 'product-models'

/** What Akeneo takes in one call at most. */
export const linesPerCall = 100

/** One thing that a line was refused for; attribute, locale and scope where it is about a value. */
export interface AkeneoLineError {
  property?: string
  message: string
  attribute?: string
  locale?: string | null
  scope?: string | null
}

/** What became of one line. */
export type LineOutcome =
  | { kind: 'updated' }
  /** A PATCH creates what it does not find: nobody here meant to. */
  | { kind: 'created' }
  /** Akeneo's validation, a right that is missing, a line that is too long: with its words. */
  | { kind: 'refused'; status: number; message: string; errors: AkeneoLineError[] }
  /** The answer ended before it: it may have been done or not, so it is to be sent again. */
  | { kind: 'unknown' }

export const collectionType = 'application/vnd.akeneo.collection+json'

/** Lines of JSON as the body of a call; throws for what Akeneo would refuse as a whole. */
export function collectionBody(lines: readonly string[]): string {
  if (lines.length === 0 || lines.length > linesPerCall)
    throw new Error(`Akeneo takes 1 to ${linesPerCall} lines in a call, not ${lines.length}`)
  return lines.join('\n')
}

/**
 * What an answer says of each line. Akeneo sends the status before it works, so a 200 may end anywhere: a line that is cut and those
 * that never came are unknown.
 */
export function lineOutcomes(body: Buffer, sent: number, asked: string): LineOutcome[] {
  const outcomes: LineOutcome[] = Array.from({ length: sent }, () => ({ kind: 'unknown' }))
  const texts = body.toString('utf8').split('\n')
  for (const [index, text] of texts.entries()) {
    if (text.trim() === '') continue
    const answer = parsed(text)
    if (answer === null) {
      // Only the last one can have been cut.
      if (index === texts.length - 1) break
      throw offContract(asked, `a line ${index + 1} that is not JSON`)
    }
    const { line, status_code: status } = answer
    if (!Number.isInteger(line) || line < 1 || line > sent)
      throw offContract(asked, `an outcome of line ${String(line)}, and ${sent} were sent`)
    outcomes[line - 1] =
      status === 204
        ? { kind: 'updated' }
        : status === 201
          ? { kind: 'created' }
          : { kind: 'refused', status, message: answer.message ?? '', errors: answer.errors ?? [] }
  }
  return outcomes
}

interface AnsweredLine {
  line: number
  status_code: number
  message?: string
  errors?: AkeneoLineError[]
}

function parsed(text: string): AnsweredLine | null {
  try {
    return JSON.parse(text) as AnsweredLine
  } catch {
    return null
  }
}
