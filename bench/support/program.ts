import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

export interface Program {
  pid: number
  /** What it printed until it was ready. */
  printed: string
  /** Asks it to end, and waits until it has. */
  stop(): Promise<void>
}

export interface ProgramOptions {
  /** For Node, in front of the file. */
  nodeOptions?: string[]
  env?: Record<string, string>
  /** It is ready once it printed this, to either stream. */
  ready: RegExp
}

const startWithinMs = 30_000

/** A process of its own, so that what it costs is told apart from what measures it. */
export async function startProgram(
  file: string,
  words: string[],
  { nodeOptions = [], env = {}, ready }: ProgramOptions,
): Promise<Program> {
  const child = spawn(process.execPath, [...nodeOptions, file, ...words], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const printed = await untilPrinted(child, ready)
  // What it says later is nobody's, but must be read: a full pipe would stop it.
  child.stdout.resume()
  child.stderr.resume()
  return {
    pid: child.pid ?? 0,
    printed,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'exit')
      child.kill('SIGTERM')
      await gone
    },
  }
}

function untilPrinted(child: ChildProcess, ready: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = ''
    const late = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`It was not ready within ${startWithinMs / 1000} s: ${printed}`))
    }, startWithinMs)
    const take = (chunk: Buffer) => {
      printed += chunk.toString()
      if (!ready.test(printed)) return
      clearTimeout(late)
      child.stdout?.off('data', take)
      child.stderr?.off('data', take)
      resolve(printed)
    }
    child.stdout?.on('data', take)
    child.stderr?.on('data', take)
    child.once('exit', (code) => {
      clearTimeout(late)
      reject(new Error(`It ended with ${code ?? 'a signal'} before it was ready: ${printed}`))
    })
  })
}
