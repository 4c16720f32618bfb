import { setTimeout as delay } from 'node:timers/promises'

/** What a trial waits for comes within seconds, or it cannot be played. */
export async function soon<T>(struck: Promise<T>): Promise<T> {
  const found = await Promise.race([struck, delay(30_000, null)])
  if (found === null) throw new Error('The statement that this trial waits for never came')
  return found
}
