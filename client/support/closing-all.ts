import { setTimeout as sleep } from 'node:timers/promises'

/** Takes what has been opened, by the name that a person reads, with what ends it. */
export type Opened = (name: string, end: () => Promise<unknown>) => void

export interface ClosingOptions {
  /** How long one of them may take to end before the next is ended. Unit ms. */
  withinMs?: number
  /** Told of each that could not be ended, as it happens. */
  onProblem: (sentence: string) => void
}

/**
 * Runs `work` and ends all that it has opened, the last first: what fails to end, or hangs, does not keep the others open. What `work` throws goes
 * on; where it did not, and something could not be ended, that is thrown.
 */
export async function closingAll<T>(
  work: (opened: Opened) => Promise<T>,
  { withinMs = 30_000, onProblem }: ClosingOptions,
): Promise<T> {
  const open: { name: string; end: () => Promise<unknown> }[] = []
  const close = async () => {
    const problems: unknown[] = []
    for (const { name, end } of open.toReversed()) {
      await within(withinMs, end).catch((problem: unknown) => {
        problems.push(problem)
        onProblem(
          `${name} could not be closed: ${problem instanceof Error ? problem.message : String(problem)}`,
        )
      })
    }
    return problems
  }
  const result = await work((name, end) => open.push({ name, end })).catch(async (error: unknown) => {
    await close()
    throw error
  })
  const problems = await close()
  if (problems.length > 0) throw new AggregateError(problems, 'Not all that was started could be closed')
  return result
}

async function within(ms: number, end: () => Promise<unknown>): Promise<void> {
  const late = new AbortController()
  try {
    await Promise.race([
      end(),
      sleep(ms, undefined, { signal: late.signal }).then(() => {
        throw new Error(`it had not ended after ${ms / 1000} s`)
      }),
    ])
  } finally {
    late.abort()
  }
}
