import { setTimeout as sleep } from 'node:timers/promises'

/** Asks again every 50 ms while the answer is an object with a `problem`; after `timeoutMs` that is the answer. */
export async function waitUntil<T>(
  timeoutMs: number,
  ask: () => Promise<T | { problem: unknown }>,
): Promise<T | { problem: unknown }> {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    const answer = await ask()
    if (!isProblem(answer) || Date.now() > deadline) return answer
    await sleep(50)
  }
}

function isProblem(answer: unknown): answer is { problem: unknown } {
  return typeof answer === 'object' && answer !== null && 'problem' in answer
}
