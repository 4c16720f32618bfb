import { InvalidArgumentError } from 'commander'
import { readFileSync } from 'node:fs'
import { type Latency, readLatency } from './latency.ts'

/** What both simulators take from their command lines. Each throws commander's error, which says what was expected. */

export function whole(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('A whole number is expected.')
  return Number(text)
}

export function latencyOf(text: string): Latency {
  const latency = readLatency(text)
  if (latency !== undefined) return latency
  throw new InvalidArgumentError('Expected is 50, uniform:20:80 or lognormal:60:0.5 (median and sigma).')
}

/** The list in a JSON file; `read` throws what is wrong with an entry. */
export function listIn<T>(file: string, read: (entry: unknown) => T): T[] {
  let list: unknown
  try {
    list = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new InvalidArgumentError(`${file}: ${(error as Error).message}`)
  }
  if (!Array.isArray(list)) throw new InvalidArgumentError(`${file}: a JSON list is expected.`)
  return list.map((entry: unknown, at) => {
    try {
      return read(entry)
    } catch (error) {
      throw new InvalidArgumentError(`${file}, entry ${at + 1}: ${(error as Error).message}`)
    }
  })
}

/** Ctrl-C and a service manager end it in peace. */
export function closeWhenStopped(simulator: { close(): Promise<void> }): void {
  const stop = () => void simulator.close().then(() => process.exit(0))
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
}
