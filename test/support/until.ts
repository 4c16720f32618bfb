import { setTimeout as delay } from 'node:timers/promises'

/** Looks until a fact holds; fails with the fact's name. Looks often, so a test goes on as soon as it may. */
export async function until(holds: () => Promise<boolean>, fact: string, timeoutMs = 60_000): Promise<void> {
  const deadline = Date.now() + timeoutMs
  while (!(await holds())) {
    if (Date.now() > deadline)
      throw new Error(`After ${timeoutMs / 1000} s it is still not true that ${fact}`)
    await delay(20)
  }
}
