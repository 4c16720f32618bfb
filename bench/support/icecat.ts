import { startProgram } from './program.ts'
import type { LoggedRequest } from './simulator.ts'

export interface SimulatedIcecat {
  url: string
  /** From now on each call takes so much longer. */
  setLatency(latencyMs: number): Promise<void>
  /** As editors do; the next index shows it. */
  edit(edits: readonly object[]): Promise<void>
  /** Time passes. */
  advance(ms: number): Promise<void>
  /** Makes the indexes of the night now. */
  makeIndex(): Promise<void>
  /** Calls since the start or the last reset. */
  requests(): Promise<LoggedRequest[]>
  reset(): Promise<void>
  stop(): Promise<void>
}

const cli = new URL('../../dist/client/cli.js', import.meta.url).pathname

/** An Icecat in a process of its own: the products of a folder, and rows of others that are made up in its daily index. */
export async function simulateIcecat(folder: string, dailyRows: number): Promise<SimulatedIcecat> {
  const words = ['simulate', 'icecat', '--catalog', folder, '--daily-rows', String(dailyRows)]
  const program = await startProgram(cli, words, { ready: /Icecat simulator on \S+\n/ })
  const [, url = ''] = /Icecat simulator on (\S+)/.exec(program.printed) ?? []
  const ask = async (method: string, path: string, body?: object): Promise<unknown> => {
    const answer = await fetch(`${url}/_simulator/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!answer.ok)
      throw new Error(
        `The simulated Icecat answered ${answer.status} to ${method} ${path}: ${await answer.text()}`,
      )
    return answer.json()
  }
  return {
    url,
    setLatency: async (latencyMs) => {
      await ask('DELETE', 'faults')
      if (latencyMs > 0) await ask('POST', 'faults', { delayMs: latencyMs })
    },
    edit: async (edits) => {
      await ask('POST', 'edits', { edits })
    },
    advance: async (ms) => {
      await ask('POST', 'clock', { advanceMs: ms })
    },
    makeIndex: async () => {
      await ask('POST', 'index', {})
    },
    requests: async () => (await ask('GET', 'requests')) as LoggedRequest[],
    reset: async () => {
      await ask('POST', 'requests/reset')
    },
    stop: () => program.stop(),
  }
}
