import type { CheckLine } from '../domain/check-report.ts'
import { ContractError, RefusedError, TransientError } from './errors.ts'

/** What a connector's error says becomes a line; a bug stays one. Null: it failed. */
export async function look<T>(name: string, lines: CheckLine[], what: () => Promise<T>): Promise<T | null> {
  try {
    return await what()
  } catch (error) {
    const isKnown =
      error instanceof RefusedError || error instanceof TransientError || error instanceof ContractError
    if (!isKnown) throw error
    lines.push({ name, status: 'failed', text: `${error.asked}: ${error.came}`, remedy: error.remedy })
    return null
  }
}
