import { readFileSync } from 'node:fs'

/** What processes had used by then. */
export interface UsageSample {
  atMs: number
  cpuMs: number
}

export interface UsageMeter {
  /** CPU of all of them between two instants of the wall clock, from the samples around; unit ms. */
  cpuBetween(fromMs: number, toMs: number): number
  /** Highest resident size of any one of them, so far; unit MiB. */
  peakRssMiB(): number
  stop(): void
}

const everyMs = 200

/** Linux counts CPU in hundredths of a second. */
const msPerTick = 10

/** Follows processes by what the kernel says of them; Linux only. */
export function meter(pids: number[]): UsageMeter {
  const samples: UsageSample[] = []
  const take = () => {
    samples.push({ atMs: Date.now(), cpuMs: pids.reduce((sum, pid) => sum + cpuMsOf(pid), 0) })
  }
  take()
  const timer = setInterval(take, everyMs)
  return {
    cpuBetween: (fromMs, toMs) => cpuAt(samples, toMs) - cpuAt(samples, fromMs),
    peakRssMiB: () => Math.max(...pids.map(peakRssMiBOf)),
    stop: () => clearInterval(timer),
  }
}

/** Between two samples CPU is taken as used evenly. */
export function cpuAt(samples: UsageSample[], atMs: number): number {
  const after = samples.findIndex((sample) => sample.atMs >= atMs)
  const [first, last] = [samples[0], samples.at(-1)]
  if (after === -1) return last?.cpuMs ?? 0
  if (after === 0) return first?.cpuMs ?? 0
  const [a, b] = [samples[after - 1], samples[after]]
  if (!a || !b) return 0
  return a.cpuMs + ((b.cpuMs - a.cpuMs) * (atMs - a.atMs)) / Math.max(1, b.atMs - a.atMs)
}

function cpuMsOf(pid: number): number {
  // The second field is the program's name in brackets and may hold anything, so count from the last bracket.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) * msPerTick
}

function peakRssMiBOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024)
}
