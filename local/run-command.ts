import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

export interface CommandOptions {
  cwd?: string
  env?: NodeJS.ProcessEnv
  /** Run as this user; needs root. */
  owner?: { uid: number; gid: number } | undefined
  timeoutMs?: number
  /** Called for every line of either stream, as it comes. */
  onLine?: (line: string) => void
}

/** `ok` means it was found and ended with 0; `output` is both streams together, its last line in `lastLine`. */
export interface CommandResult {
  found: boolean
  ok: boolean
  output: string
  lastLine: string
}

/** Runs a program to its end without a shell. Never throws: a program that is not there is `found: false`. */
export function runCommand(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const lines: string[] = []
    const finish = (found: boolean, ok: boolean): void => {
      clearTimeout(timer)
      const lastLine = lines.findLast((line) => line.trim() !== '') ?? ''
      resolve({ found, ok, output: lines.join('\n'), lastLine })
    }
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...options.owner,
    })
    // Not spawn's own `timeout`: its timer outlives a program that was not found, and keeps this process from ending.
    const timer =
      options.timeoutMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), options.timeoutMs)
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line)
        options.onLine?.(line)
      })
    }
    child.once('error', (problem: NodeJS.ErrnoException) => {
      lines.push(problem.message)
      finish(problem.code !== 'ENOENT', false)
    })
    child.once('close', (code) => finish(true, code === 0))
  })
}

/** How often a long step says that it is still going on. */
const reminderMs = 10_000

/** Runs a step that may take minutes and tells every ten seconds that it is still going on, and for how long. */
export async function withReminders<T>(
  describe: () => string,
  onProgress: (text: string) => void,
  step: () => Promise<T>,
): Promise<T> {
  const startedAtMs = Date.now()
  const timer = setInterval(() => {
    onProgress(`${describe()} (${Math.round((Date.now() - startedAtMs) / 1000)} s)`)
  }, reminderMs)
  try {
    return await step()
  } finally {
    clearInterval(timer)
  }
}
