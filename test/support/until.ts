import { setTimeout as delay } from 'node:timers/promises'
import { TestRunner } from 'vitest'

/** Before the end of its test a fact is given up: the limit of a test says nothing of what was waited for. Unit ms. */
const beforeTestEndsMs = 1000

/** Looks until a fact holds; fails with the fact's name. Looks often, so a test goes on as soon as it may. */
export async function until(holds: () => Promise<boolean>, fact: string, timeoutMs = 60_000): Promise<void> {
  const began = Date.now()
  const deadline = Math.min(began + timeoutMs, endOfTest() - beforeTestEndsMs)
  while (!(await holds())) {
    if (Date.now() > deadline) {
      const waited = ((Date.now() - began) / 1000).toFixed(1)
      throw new Error(`After ${waited} s it is still not true that ${fact}`)
    }
    await delay(20)
  }
}

/** When the limit of the test that is under way is reached; unit ms since 1970. Never outside of a test. */
function endOfTest(): number {
  const test = TestRunner.getCurrentTest()
  const began = test?.result?.startTime
  return test === undefined || began === undefined || test.timeout === 0 ? Infinity : began + test.timeout
}
