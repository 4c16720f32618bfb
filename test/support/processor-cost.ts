/**
 * What one `step` costs, in units of parsing `text`: both in processor time, the least of some rounds taken in turn, so that neither a slow machine
 * nor what else runs on it makes the difference.
 */
export function costInParses(text: string, step: (round: number) => unknown): number {
  const parses: number[] = []
  const steps: number[] = []
  for (let round = 0; round < rounds; round++) {
    parses.push(processorTime(() => JSON.parse(text)))
    steps.push(processorTime(step))
  }
  return Math.min(...steps) / Math.min(...parses)
}

const rounds = 7
const times = 400

function processorTime(step: (time: number) => unknown): number {
  const before = process.cpuUsage()
  for (let time = 0; time < times; time++) step(time)
  const { user, system } = process.cpuUsage(before)
  return user + system
}
