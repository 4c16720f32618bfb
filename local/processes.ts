import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** A process by what survives pid reuse: its number and the moment it began. */
export interface ProcessIdentity {
  pid: number
  startedAt: string
}

/** Separates the two halves of a start stamp; `guard.ts` compares the first half only. */
export const bootSeparator = ' boot '

/**
 * When the process began, as text to compare: clock ticks since boot plus the boot's id on Linux, `ps`'s date elsewhere.
 * undefined when there is no such process, or only a zombie that its parent has not collected.
 */
export function startStamp(pid: number): string | undefined {
  if (process.platform === 'linux') {
    try {
      // The second field is the program's name in brackets and may hold anything, so count from the last bracket.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ')
      const [state, ticks] = [fields[0], fields[19]]
      if (state === 'Z' || state === 'X' || ticks === undefined) return undefined
      return ticks + bootSeparator + readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    } catch {
      return undefined
    }
  }
  try {
    const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, LC_ALL: 'C' },
    }).trim()
    const [state = 'Z', ...date] = line.split(/\s+/)
    return state.startsWith('Z') ? undefined : date.join(' ')
  } catch {
    return undefined
  }
}

/** Identity of a process that was just started; throws when it is already gone. */
export function identify(pid: number | undefined): ProcessIdentity {
  const startedAt = pid === undefined ? undefined : startStamp(pid)
  if (pid === undefined || startedAt === undefined)
    throw new Error('the process ended as soon as it was started')
  return { pid, startedAt }
}

export function isAlive({ pid, startedAt }: ProcessIdentity): boolean {
  return startStamp(pid) === startedAt
}

/**
 * Asks a process to end with the signal and waits until it has; after `graceMs` it is killed. A process that merely got the
 * same pid is left alone. Throws when it belongs to another user.
 */
export async function stopProcess(
  target: ProcessIdentity,
  signal: 'SIGINT' | 'SIGQUIT' | 'SIGTERM',
  graceMs = 20_000,
): Promise<void> {
  if (!isAlive(target)) return
  send(target.pid, signal)
  const deadline = Date.now() + graceMs
  let killed = false
  while (isAlive(target)) {
    if (!killed && Date.now() > deadline) {
      send(target.pid, 'SIGKILL')
      killed = true
    }
    await sleep(20)
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (problem) {
    if (problem instanceof Error && 'code' in problem && problem.code === 'ESRCH') return
    throw problem
  }
}
