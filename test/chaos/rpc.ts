import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'

/** What a program of the suite answers to, by name; each takes one value and gives one. */
// The value's type belongs to the name; `never` lets handlers of any type stand in one table.
export type Handlers = Record<string, (input: never) => unknown>

interface Question {
  n: number
  name: string
  input: unknown
}
type Reply = { n: number } & ({ value: unknown } | { error: string })

/** In the child: answers what the parent asks, and says that it is ready. */
export function answerParent(handlers: Handlers): void {
  process.on('message', ({ n, name, input }: Question) => {
    void (async () => {
      let reply: Reply
      try {
        // What is asked under a name is of that name's type: `ask` takes nothing else.
        reply = { n, value: await handlers[name]?.(input as never) }
      } catch (error) {
        reply = { n, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
      }
      process.send?.(reply)
    })()
  })
  // With its parent, however that ends.
  process.once('disconnect', () => process.exit())
  process.send?.({ ready: true })
}

export interface ProgramOptions {
  args?: string[]
  env?: Record<string, string>
  /** Where what it prints goes. */
  log: string
}

/** A program of the suite as a process of its own; what it prints goes into a file. */
export class Program<H extends Handlers> {
  readonly child: ChildProcess
  #asked = 0
  readonly #open = new Map<number, (reply: Reply) => void>()

  private constructor(child: ChildProcess) {
    this.child = child
    child.on('message', (reply: Reply) => {
      this.#open.get(reply.n)?.(reply)
      this.#open.delete(reply.n)
    })
    child.once('exit', (code, signal) => {
      for (const [n, settle] of this.#open)
        settle({ n, error: `The program ended (${code ?? signal ?? '?'})` })
      this.#open.clear()
    })
  }

  /** Starts a file and waits until it is ready. */
  static async start<H extends Handlers>(
    path: string,
    { args = [], env = {}, log }: ProgramOptions,
  ): Promise<Program<H>> {
    const child = fork(path, args, {
      // None of the suite's own, which reads sources.
      execArgv: [],
      env: { ...process.env, ...env },
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    const file: WriteStream = createWriteStream(log, { flags: 'a' })
    child.stdout?.pipe(file, { end: false })
    child.stderr?.pipe(file, { end: false })
    const program = new Program<H>(child)
    const ended = once(child, 'exit').then(() => {
      throw new Error(`${path} ended before it was ready; it printed into ${log}`)
    })
    await Promise.race([once(child, 'message'), ended])
    ended.catch(() => undefined)
    return program
  }

  get isAlive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null
  }

  async ask<N extends keyof H & string>(
    name: N,
    input: Parameters<H[N]>[0],
  ): Promise<Awaited<ReturnType<H[N]>>> {
    const n = ++this.#asked
    const reply = await new Promise<Reply>((resolve) => {
      this.#open.set(n, resolve)
      if (!this.isAlive) resolve({ n, error: 'The program has ended' })
      else this.child.send({ n, name, input } satisfies Question)
    })
    if ('error' in reply) throw new Error(`${name}: ${reply.error}`)
    return reply.value as Awaited<ReturnType<H[N]>>
  }

  signal(signal: NodeJS.Signals): void {
    if (this.isAlive) this.child.kill(signal)
  }

  /** Ends it as a power cut would, and waits until it is gone. */
  async kill(): Promise<void> {
    if (!this.isAlive) return
    const gone = once(this.child, 'exit')
    this.child.kill('SIGKILL')
    await gone
  }
}
