/** One call to the API, as it was answered. */
export interface RequestRecord {
  /** When it started, on the simulator's clock. */
  at: string
  method: string
  path: string
  query: string
  /** 0 while the handler runs, and when the socket was reset on purpose. */
  status: number
  connection: string | null
  durationMs: number
  /** Real time in milliseconds, for overlap between calls. */
  startedAt: number
  finishedAt: number
  /** Of a collection, as far as they were read; with `logLines` only. */
  lines?: string[]
}

export interface Counters {
  calls: number
  /** Calls inside their handlers at once, those included whose client has gone away. */
  peakConcurrent: number
  peakConcurrentByConnection: Record<string, number>
  byRoute: Record<string, number>
}

// A rehearsal of a million products makes some ten thousand calls; the log must not be what fills the memory.
const MAX_RECORDS = 200_000

export class RequestLog {
  #records: RequestRecord[] = []
  #counters = emptyCounters()
  #running = 0
  readonly #runningByConnection = new Map<string, number>()

  get running(): number {
    return this.#running
  }

  runningOf(connection: string): number {
    return this.#runningByConnection.get(connection) ?? 0
  }

  /** Counts a call in; `finish` counts it out, once its handler has ended. */
  start(method: string, path: string, query: string, at: Date) {
    const startedAt = performance.timeOrigin + performance.now()
    const record: RequestRecord = {
      at: at.toISOString(),
      method,
      path,
      query,
      status: 0,
      connection: null,
      durationMs: 0,
      startedAt,
      finishedAt: startedAt,
    }
    if (this.#records.length >= MAX_RECORDS) this.#records = this.#records.slice(MAX_RECORDS / 2)
    this.#records.push(record)
    this.#counters.calls++
    this.#running++
    this.#counters.peakConcurrent = Math.max(this.#counters.peakConcurrent, this.#running)
    return {
      route: (route: string) => {
        const key = `${method} ${route}`
        this.#counters.byRoute[key] = (this.#counters.byRoute[key] ?? 0) + 1
      },
      connection: (connection: string) => {
        record.connection = connection
        const running = this.runningOf(connection) + 1
        this.#runningByConnection.set(connection, running)
        const peaks = this.#counters.peakConcurrentByConnection
        peaks[connection] = Math.max(peaks[connection] ?? 0, running)
      },
      keepLines: async function* <L extends { text: string }>(lines: AsyncIterable<L>): AsyncGenerator<L> {
        const kept: string[] = []
        record.lines = kept
        for await (const line of lines) {
          kept.push(line.text)
          yield line
        }
      },
      finish: (status: number) => {
        record.status = status
        record.finishedAt = performance.timeOrigin + performance.now()
        record.durationMs = record.finishedAt - record.startedAt
        this.#running--
        const { connection } = record
        if (connection !== null) this.#runningByConnection.set(connection, this.runningOf(connection) - 1)
      },
    }
  }

  records(): RequestRecord[] {
    return this.#records.map((record) => ({ ...record }))
  }

  counters(): Counters {
    return structuredClone(this.#counters)
  }

  reset(): void {
    this.#records = []
    this.#counters = emptyCounters()
  }
}

export type LoggedCall = ReturnType<RequestLog['start']>

function emptyCounters(): Counters {
  return { calls: 0, peakConcurrent: 0, peakConcurrentByConnection: {}, byRoute: {} }
}
