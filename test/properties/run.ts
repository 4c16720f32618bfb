import { writeFile } from 'node:fs/promises'
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
 * Each seed is one scenario. One that fails is shrunk and printed, and can be played again: `--scenario '{…}'`.
 */

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    from: { type: 'string', default: '1' },
    json: { type: 'string' },
    scenario: { type: 'string' },
    temporal: { type: 'boolean', default: false },
  },
})
const servers = await startServers({ temporal: values.temporal })
const sql = openDatabase(servers.databaseUrl, { max: 1 })
await migrate(sql)
await sql.end()
const temporal = values.temporal ? await openTemporalPlayer(servers) : null
const played = (one: Scenario) => runScenario(servers.databaseUrl, one, temporal?.play ?? playInProcess)

try {
  process.exitCode = (await (values.scenario === undefined ? playSeeds() : playOne(values.scenario))) ? 0 : 1
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

async function playSeeds(): Promise<boolean> {
  const failures: { seed: number; scenario: unknown; differences: string }[] = []
  const began = process.hrtime.bigint()
  const from = Number(values.from)
  const seeds = Number(values.seeds)
  for (let seed = from; seed < from + seeds; seed++) {
    const property = fc.asyncProperty(scenario, async (one) => {
      const differences = await played(one)
      if (differences.length > 0) throw new Error(differences.join('\n'))
    })
    const { failed, counterexample, errorInstance } = await fc.check(property, { seed, numRuns: 1 })
    if (failed) {
      const differences = errorInstance instanceof Error ? (errorInstance.stack ?? '') : String(errorInstance)
      failures.push({ seed, scenario: counterexample?.[0], differences })
      console.log(`seed ${seed}: ${JSON.stringify(counterexample?.[0])}\n${differences.slice(0, 2000)}`)
    }
    if (seed % 20 === 0) process.stderr.write(`${seed - from + 1} of ${seeds}, ${failures.length} failed\n`)
  }
  const seconds = Math.round(Number(process.hrtime.bigint() - began) / 1e9)
  console.log(`${seeds} seeds in ${seconds} s, ${failures.length} failed`)
  const report = {
    seeds,
    from,
    through: values.temporal ? 'temporal' : 'process',
    failed: failures.length,
    seconds,
    failures,
  }
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(report, null, 2)}\n`)
  return failures.length === 0
}
