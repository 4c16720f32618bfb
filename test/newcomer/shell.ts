import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'

/** A person's terminals in one folder: only what a machine has that never saw pimflow. */
export interface Shell {
  /** Runs a line to its end; answers what it printed. Throws when it does not end well. */
  run(line: string, env?: Record<string, string>): Promise<string>
  /** Starts a line in a terminal of its own; answers what it printed once the text is there. */
  start(line: string, printed: RegExp): Promise<string>
  /** Ctrl-C in each terminal that is open. */
  close(): Promise<void>
}

/** What a shell here has of pimflow, its services and npm's own run would spare the newcomer a step. */
const foreign =
  /^(PIMFLOW|AKENEO|ICECAT|TEMPORAL_(?!CLI_PATH)|DATABASE_URL|NODE_ENV|VITEST|npm_(?!config_(registry|cache)$)|INIT_CWD)/

export function openShell(folder: string): Shell {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)))
  const open = new Set<ChildProcess>()
  const begin = (line: string, more: Record<string, string> = {}) => {
    // A group of its own, so that Ctrl-C reaches what npx starts.
    const child = spawn(line, { cwd: folder, env: { ...env, ...more }, shell: true, detached: true })
    open.add(child)
    child.once('exit', () => open.delete(child))
    const output: string[] = []
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data: Buffer) => output.push(data.toString()))
    }
    return { child, text: () => output.join('') }
  }
  return {
    async run(line, more) {
      const { child, text } = begin(line, more)
      const [code] = (await once(child, 'close')) as [number | null]
      if (code === 0) return text()
      throw new Error(`${line} ended with ${code ?? 'a signal'}:\n${text()}`)
    },
    async start(line, printed) {
      const { child, text } = begin(line)
      return new Promise((resolve, reject) => {
        const look = () => {
          if (printed.test(text())) resolve(text())
        }
        child.stdout.on('data', look)
        child.stderr.on('data', look)
        child.once('close', (code) =>
          reject(new Error(`${line} ended with ${code ?? 'a signal'}:\n${text()}`)),
        )
      })
    },
    async close() {
      const children = [...open]
      const ends = children.map((child) => once(child, 'exit'))
      for (const { pid } of children) if (pid !== undefined) process.kill(-pid, 'SIGINT')
      await Promise.all(ends)
    },
  }
}
