import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import fc from 'fast-check'
import { openDatabase } from '../../connectors/hub/database.ts'
import { migrate } from '../../connectors/hub/migrate.ts'
import '../support/quiet-runtime.ts'
import { startServers } from '../support/servers.ts'
import { type Scenario, scenario } from './actions.ts'
import { playInProcess } from './in-process.ts'
import { runScenario } from './run-scenario.ts'
import { openTemporalPlayer } from './through-temporal.ts'

/*
 * The property of the whole pipeline for as many seeds as wanted, with activities run in this process or, much slower, as workflows of a
 * real Temporal server:
 *
 *   npm run test:properties -- --seeds 500 --json properties.json
 *   npm run test:properties -- --temporal --seeds 20
 *
 * `--jobs 4` shares them out among four processes: time stands still for a scenario, so each has a process to itself.
 *
 * Each seed is one scenario. One that fails is shrunk, unless `--no-shrink`, and printed, and can be played again: `--scenario '{…}'`.
 */

interface Failure {
  seed: number
  scenario: unknown
  differences: string
}

interface Report {
  seeds: number
  from: number
  through: 'process' | 'temporal'
  failed: number
  seconds: number
  failures: Failure[]
}

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    from: { type: 'string', default: '1' },
    json: { type: 'string' },
    scenario: { type: 'string' },
    temporal: { type: 'boolean', default: false },
    'no-shrink': { type: 'boolean', default: false },
    jobs: { type: 'string', default: '1' },
  },
})
const servers = await startServers({ temporal: values.temporal })
const sql = openDatabase(servers.databaseUrl, { max: 1 })
await migrate(sql)
await sql.end()
const temporal = values.temporal ? await openTemporalPlayer(servers) : null
const played = (one: Scenario) => runScenario(servers.databaseUrl, one, temporal?.play ?? playInProcess)

try {
  process.exitCode = (await (values.scenario === undefined ? playAll() : playOne(values.scenario))) ? 0 : 1
} finally {
  await temporal?.close()
  await servers.stop()
}

/** As this program has printed it. */
async function playOne(printed: string): Promise<boolean> {
  const differences = await played(JSON.parse(printed) as Scenario)
  console.log(differences.length === 0 ? 'the hub holds what Akeneo holds' : differences.join('\n'))
  return differences.length === 0
}

async function playAll(): Promise<boolean> {
  const began = process.hrtime.bigint()
  const [from, seeds, jobs] = [Number(values.from), Number(values.seeds), Number(values.jobs)]
  const failures = await (jobs > 1 ? shareOut(from, seeds, jobs) : playSeeds(from, seeds))
  const seconds = Math.round(Number(process.hrtime.bigint() - began) / 1e9)
  console.log(`${seeds} seeds in ${seconds} s, ${failures.length} failed`)
  const through = values.temporal ? 'temporal' : 'process'
  const report: Report = { seeds, from, through, failed: failures.length, seconds, failures }
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(report, null, 2)}\n`)
  return failures.length === 0
}

async function playSeeds(from: number, seeds: number): Promise<Failure[]> {
  const failures: Failure[] = []
  for (let seed = from; seed < from + seeds; seed++) {
    const property = fc.asyncProperty(scenario, async (one) => {
      const differences = await played(one)
      if (differences.length > 0) throw new Error(differences.join('\n'))
    })
    const { failed, counterexample, errorInstance } = await fc.check(property, {
      seed,
      numRuns: 1,
      endOnFailure: values['no-shrink'],
    })
    if (failed) {
      const differences = errorInstance instanceof Error ? (errorInstance.stack ?? '') : String(errorInstance)
      failures.push({ seed, scenario: counterexample?.[0], differences })
      console.log(`seed ${seed}: ${JSON.stringify(counterexample?.[0])}\n${differences.slice(0, 2000)}`)
    }
    if (seed % 20 === 0) process.stderr.write(`${seed - from + 1} of ${seeds}, ${failures.length} failed\n`)
  }
  return failures
}

/** This program again, on the servers of this one, for a part of the seeds each. */
async function shareOut(from: number, seeds: number, jobs: number): Promise<Failure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'pimflow-seeds-'))
  const each = Math.ceil(seeds / jobs)
  const parts = Array.from({ length: jobs }, (_, job) => from + job * each).filter(
    (first) => first < from + seeds,
  )
  const env = {
    ...process.env,
    DATABASE_URL: servers.databaseUrl,
    ...(values.temporal ? { TEMPORAL_ADDRESS: servers.temporalAddress } : {}),
  }
  try {
    const found = await Promise.all(
      parts.map(async (first) => {
        const json = join(folder, `${first}.json`)
        const count = Math.min(each, from + seeds - first)
        const args = ['--from', String(first), '--seeds', String(count), '--json', json]
        if (values.temporal) args.push('--temporal')
        if (values['no-shrink']) args.push('--no-shrink')
        const child = fork(import.meta.filename, args, { env, stdio: 'inherit' })
        await once(child, 'exit')
        return JSON.parse(await readFile(json, 'utf8')) as Report
      }),
    )
    return found.flatMap(({ failures }) => failures)
  } finally {
    await rm(folder, { recursive: true })
  }
}
