import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Runtime, DefaultLogger } from '@temporalio/worker'
import { Builds } from './builds.ts'
import { faultKinds } from './faults.ts'
import { playMutant, playSeed, type SeedOutcome } from './play-seed.ts'
import { type Mutants, partOf, readReport, reportOf, revision, seedsOf, writeReport } from './report.ts'
import { Services } from './services.ts'
import { type Rule, rules } from './trials.ts'

/*
 * The whole product under faults, for as many seeds as wanted:
 *
 *   npm run test:chaos -- --seeds 20 --json chaos.json
 *
 * `--jobs 2` plays two at a time, each with servers of its own. With `--add` the file keeps what it has: of the seeds wanted, those that it
 * does not name yet are played, so that a long row can be played in parts, at whichever revisions; the file says which.
 *
 * And without one rule of its protocol, which must be found out: --mutant ticket, or --mutant all.
 */

const { values } = parseArgs({
  options: {
    seeds: { type: 'string' },
    from: { type: 'string', default: '1' },
    faults: { type: 'string', default: '4' },
    jobs: { type: 'string', default: '1' },
    json: { type: 'string' },
    add: { type: 'boolean', default: false },
    mutant: { type: 'string', multiple: true, default: [] },
    verbose: { type: 'boolean', default: false },
  },
})

const before = values.add && values.json ? await readReport(values.json) : { mutants: {}, parts: [] }
const outcomes: SeedOutcome[] = []
const mutants: Mutants = { ...before.mutants }
const at = revision()

const first = Number(values.from)
const count = Number(values.seeds ?? (values.mutant.length > 0 ? 0 : 3))
const known = new Set(before.parts.flatMap(({ seeds }) => seedsOf(seeds)))
const seeds = Array.from({ length: count }, (_, index) => first + index).filter((seed) => !known.has(seed))
const toPlay: (Rule | number)[] = [...mutantsOf(values.mutant), ...seeds]

Runtime.install({ logger: new DefaultLogger('ERROR') })
const began = performance.now()
const folder = await mkdtemp(join(tmpdir(), 'pimflow-chaos-'))
const servers: Services[] = []
async function end(): Promise<void> {
  await Promise.all(servers.map((services) => services.stop()))
  await rm(folder, { recursive: true, force: true })
}
// Servers and the mounted disks end with this program.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void end().finally(() => process.exit(1)))
}
try {
  // PostgreSQL has a user of its own under root.
  await chmod(folder, 0o755)
  const builds = await Builds.make(join(folder, 'built'))
  for (let job = 0; job < Math.min(Number(values.jobs), toPlay.length); job++)
    servers.push(await Services.start(builds, join(folder, `servers-${job}`)))
  if (servers.some(({ hasDisk }) => !hasDisk))
    console.log('No disk can be mounted here (it takes root): none fills up')
  await Promise.all(servers.map(playAllAlong))
} finally {
  await end()
}

const report = currentReport()
console.log(JSON.stringify(report))
const isWell = report.lost + report.doubled + report.leaked === 0
const areFound = Object.values(mutants).every(({ lost }) => lost > 0)
process.exitCode = isWell && areFound ? 0 : 1

/** One after the other, until none is left. */
async function playAllAlong(services: Services): Promise<void> {
  for (let one = toPlay.shift(); one !== undefined; one = toPlay.shift()) {
    await (typeof one === 'number' ? playOne(services, one) : playWithout(services, one))
    // Whatever ends this program, what was played is there.
    if (values.json !== undefined) await writeReport(values.json, currentReport())
  }
}

async function playOne(services: Services, seed: number): Promise<void> {
  const outcome = await playSeed(services, seed, { faults: Number(values.faults), say: sayOf(seed) })
  outcomes.push(outcome)
  const { lost, doubled, leaked, edits, failed, seconds } = outcome
  const kinds = faultKinds.filter((kind) => outcome.faults[kind] !== undefined)
  console.log(
    `seed ${seed}: ${lost.length} lost, ${doubled.length} doubled, ${leaked.length} leaked; ` +
      `${edits} edits, ${failed} runs failed, ${seconds} s; ${kinds.join(', ')}`,
  )
  print([...lost, ...doubled, ...leaked].slice(0, 20))
}

async function playWithout(services: Services, rule: Rule): Promise<void> {
  try {
    const { lost, seconds } = await playMutant(services, rule, sayOf(rule))
    mutants[rule] = { lost: lost.length, revision: at }
    console.log(`without ${rule}: ${lost.length} lost, ${seconds} s`)
    print(lost.slice(0, 2))
  } catch (error) {
    // A trial that could not be played has found nothing; the others are played all the same.
    mutants[rule] = { lost: 0, revision: at }
    console.log(`without ${rule}: not played: ${String(error)}`)
  }
}

function currentReport() {
  const part = partOf(outcomes, { revision: at, seconds: secondsSoFar() })
  return reportOf([...before.parts, ...(outcomes.length > 0 ? [part] : [])], mutants)
}

function sayOf(who: number | Rule): (text: string) => void {
  return (text) => {
    if (values.verbose) console.log(`  ${secondsSoFar()} s, ${who}: ${text}`)
  }
}

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
