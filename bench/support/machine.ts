import { readFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'

/** Cores that were busy, whoever kept them so, since the first call; Linux only. */
export function busyCores(): () => number {
  const before = jiffies()
  return () => {
    const { busy, all } = jiffies()
    return ((busy - before.busy) / Math.max(1, all - before.all)) * cpus().length
  }
}

function jiffies(): { busy: number; all: number } {
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n')
  const [user = 0, nice = 0, system = 0, idle = 0, wait = 0, ...rest] = line.split(/\s+/).slice(1).map(Number)
  const interrupts = (rest[0] ?? 0) + (rest[1] ?? 0) + (rest[2] ?? 0)
  const busy = user + nice + system + interrupts
  return { busy, all: busy + idle + wait }
}

/** Of one minute: above the number of cores others were at work, and times are not what they would be alone. */
export const loadAverage = (): number => round(loadavg()[0] ?? 0, 2)

export const machine = () => ({ cores: cpus().length, cpu: cpus()[0]?.model.trim() ?? 'unknown' })

export function round(n: number, digits: number): number {
  return Number(n.toFixed(digits))
}
