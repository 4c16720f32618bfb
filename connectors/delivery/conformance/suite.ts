import { ContractError, RefusedError, TransientError } from '../../errors.ts'
import { type Check, deliverOne, failed, type Found, NotTried, noted, ok, problemOf } from './check.ts'
import { effectChecks } from './effects.ts'
import { retired } from './records.ts'
import { refusalChecks } from './refusals.ts'
import { signatureChecks } from './signatures.ts'
import { type ConformanceTarget, createStage, type Stage } from './stage.ts'
import { toleranceChecks } from './tolerance.ts'

/** What one rule came to. */
export interface ConformanceLine extends Found {
  name: string
  asked: string
  /** What to do; where something is not as it should be. */
  remedy?: string
}

export interface ConformanceReport {
  conforms: boolean
  lines: ConformanceLine[]
}

/**
 * Tries the rules of docs/delivery.md on a destination, with requests as workers make them, and retires what it brought. Throws when the
 * destination does not answer at all.
 */
export async function checkConformance(
  target: ConformanceTarget,
  onLine: (line: ConformanceLine) => void = () => undefined,
): Promise<ConformanceReport> {
  const stage = createStage(target)
  const lines: ConformanceLine[] = []
  const add = (line: ConformanceLine) => {
    lines.push(line)
    onLine(line)
    return line
  }
  const isTaken = add(await tried(stage, takes, { mayThrow: true })).status === 'ok'
  // Where nothing is taken, every other line would say the same.
  if (isTaken) {
    for (const check of checks) {
      target.signal.throwIfAborted()
      add(await tried(stage, check))
    }
    if (!stage.canLook) add(notLooked)
  }
  return { conforms: lines.every(({ status }) => status !== 'failed'), lines }
}

async function tried(stage: Stage, check: Check, { mayThrow = false } = {}): Promise<ConformanceLine> {
  const { name, asked, remedy } = check
  try {
    const { status, came } = await check.run(stage)
    return { name, asked, status, came, ...(status === 'ok' ? {} : { remedy }) }
  } catch (error) {
    if (error instanceof NotTried) return { name, asked, ...noted(`not tried: ${error.message}`), remedy }
    if (mayThrow && error instanceof TransientError) throw error
    if (error instanceof TransientError || error instanceof RefusedError || error instanceof ContractError) {
      return { name, asked, ...failed(error.came), remedy: error.remedy }
    }
    throw error
  }
}

const takes: Check = {
  name: 'takes',
  asked: 'a product, signed with the secret, is taken',
  remedy: 'Everything else was not tried: see that this works first.',
  async run(stage) {
    const outcome = await deliverOne(stage, stage.records.product())
    const problem = problemOf([outcome])
    if (problem !== undefined) return failed(problem)
    return ok(outcome.externalId === null ? 'taken' : `taken as ${outcome.externalId}`)
  },
}

const throttles: Check = {
  name: 'throttles',
  asked: 'a 429 says when to come again',
  remedy: 'Send Retry-After (seconds) with each 429; without it pimflow guesses, longer each time.',
  run: ({ throttled: { times, withoutTime } }) =>
    Promise.resolve(
      withoutTime > 0
        ? noted(`${withoutTime} of ${times} did not`)
        : ok(times === 0 ? 'none came' : `${times} came, and each did`),
    ),
}

const cleansUp: Check = {
  name: 'cleans-up',
  asked: 'everything that was brought here is retired',
  remedy: 'Remove what is left by hand: its codes begin with CONFORMANCE-.',
  async run(stage) {
    const left = stage.standing().toReversed()
    for (let at = 0; at < left.length; at += batch) {
      const entries = left.slice(at, at + batch).map((record) => stage.entry(retired(record)))
      const problem = problemOf(await stage.deliver(entries))
      if (problem !== undefined) return failed(`${stage.standing().length} are left: ${problem}`)
    }
    return ok(`${left.length} retired`)
  },
}

/** Entries in one request. */
const batch = 100

const notLooked: ConformanceLine = {
  name: 'looks',
  asked: 'what was done is what was answered',
  status: 'warning',
  came: 'not seen: only answers were looked at',
  remedy: 'Let the suite look at what stands there: --look (docs/destination.md).',
}

/** In the order in which somebody writes a receiver. */
const checks: Check[] = [
  ...signatureChecks,
  ...effectChecks,
  ...refusalChecks,
  ...toleranceChecks,
  throttles,
  cleansUp,
]
