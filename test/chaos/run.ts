import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { Runtime, DefaultLogger } from '@temporalio/worker'
import { type FaultKind, faultKinds } from './faults.ts'
import { playMutant, playSeed, type SeedOutcome } from './play-seed.ts'
import { Services } from './services.ts'
import { type Rule, rules } from './trials.ts'

/*
 * The whole product under faults, for as many seeds as wanted:
 *
 *   npm run test:chaos -- --seeds 20 --json chaos.json
 *
 * And without one rule of its protocol, which must be found out: --mutant ticket, or --mutant all.
 */

const { values } = parseArgs({
  options: {
    seeds: { type: 'string' },
    from: { type: 'string', default: '1' },
    faults: { type: 'string', default: '4' },
    json: { type: 'string' },
    mutant: { type: 'string', multiple: true, default: [] },
    verbose: { type: 'boolean', default: false },
  },
})

Runtime.install({ logger: new DefaultLogger('ERROR') })
const began = performance.now()
const services = await Services.start()
const outcomes: SeedOutcome[] = []
const mutants: Partial<Record<Rule, { lost: number }>> = {}
const say = (text: string) => {
  if (values.verbose) console.log(`  ${secondsSoFar()} s: ${text}`)
}
// Servers and the mounted disk end with this program.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void services.stop().finally(() => process.exit(1)))
}
try {
  if (!services.hasDisk) console.log('No disk can be mounted here (it takes root): none fills up')
  for (const rule of mutantsOf(values.mutant)) {
    say(`without ${rule}`)
    try {
      const { lost, seconds } = await playMutant(services, rule, say)
      mutants[rule] = { lost: lost.length }
      console.log(`without ${rule}: ${lost.length} lost, ${seconds} s`)
      print(lost.slice(0, 2))
    } catch (error) {
      // A trial that could not be played has found nothing; the others are played all the same.
      mutants[rule] = { lost: 0 }
      console.log(`without ${rule}: not played: ${String(error)}`)
    }
  }
  const seeds = Number(values.seeds ?? (values.mutant.length > 0 ? 0 : 3))
  for (let seed = Number(values.from); outcomes.length < seeds; seed++) {
    const outcome = await playSeed(services, seed, { faults: Number(values.faults), say })
    outcomes.push(outcome)
    const { lost, doubled, leaked, edits, failed, seconds } = outcome
    const kinds = faultKinds.filter((kind) => outcome.faults[kind] !== undefined)
    console.log(
      `seed ${seed}: ${lost.length} lost, ${doubled.length} doubled, ${leaked.length} leaked; ` +
        `${edits} edits, ${failed} runs failed, ${seconds} s; ${kinds.join(', ')}`,
    )
    print([...lost, ...doubled, ...leaked].slice(0, 20))
  }
} finally {
  await services.stop()
}

const count = (of: (outcome: SeedOutcome) => number) =>
  outcomes.reduce((sum, outcome) => sum + of(outcome), 0)
const totals: Partial<Record<FaultKind, number>> = {}
for (const kind of faultKinds) totals[kind] = count((outcome) => outcome.faults[kind] ?? 0)
const report = {
  seeds: outcomes.length,
  lost: count(({ lost }) => lost.length),
  doubled: count(({ doubled }) => doubled.length),
  leaked: count(({ leaked }) => leaked.length),
  faults: totals,
  edits: count(({ edits }) => edits),
  mutants,
  seconds: secondsSoFar(),
}
console.log(JSON.stringify(report))
if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(report, null, 2)}\n`)
const isWell = report.lost + report.doubled + report.leaked === 0
const areFound = Object.values(mutants).every(({ lost }) => lost > 0)
process.exitCode = isWell && areFound ? 0 : 1

function mutantsOf(names: string[]): Rule[] {
  const unknown = names.filter((name) => name !== 'all' && !rules.some((rule) => rule === name))
  if (unknown.length > 0)
    throw new Error(`No such rule: ${unknown.join(', ')}. There are: all, ${rules.join(', ')}`)
  return rules.filter((rule) => names.includes('all') || names.includes(rule))
}

function print(lines: string[]): void {
  for (const line of lines) console.log(`  ${line.slice(0, 500)}`)
}

function secondsSoFar(): number {
  return Math.round((performance.now() - began) / 1000)
}
