import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import fc from 'fast-check'
import { openDatabase } from '../../connectors/hub/database.ts'
import { migrate } from '../../connectors/hub/migrate.ts'
import { ensurePostgres } from '../../local/postgres.ts'
import { type Scenario, scenario } from './actions.ts'
import { runScenario } from './run-scenario.ts'

/*
 * The property of the whole pipeline for as many seeds as wanted:
 *
 *   npm run test:properties -- --seeds 500 --json properties.json
 *
 * Each seed is one scenario. One that fails is shrunk and printed, and can be played again: `--scenario '{…}'`.
 */

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    from: { type: 'string', default: '1' },
    json: { type: 'string' },
    scenario: { type: 'string' },
  },
})
const dataDir = await mkdtemp(join(tmpdir(), 'pimflow-properties-'))
const postgres = await ensurePostgres({
  dataDir,
  ephemeral: true,
  onProgress: (text) => process.stderr.write(`${text}\n`),
})
const sql = openDatabase(postgres.url, { max: 1 })
await migrate(sql)
await sql.end()

if (values.scenario !== undefined) {
  // As this program has printed it.
  const differences = await runScenario(postgres.url, JSON.parse(values.scenario) as Scenario)
  console.log(differences.length === 0 ? 'the hub holds what Akeneo holds' : differences.join('\n'))
  await postgres.stop()
  await rm(dataDir, { recursive: true, force: true })
  process.exit(differences.length === 0 ? 0 : 1)
}

const failures: { seed: number; scenario: unknown; differences: string }[] = []
const began = process.hrtime.bigint()
const from = Number(values.from)
const seeds = Number(values.seeds)
for (let seed = from; seed < from + seeds; seed++) {
  const property = fc.asyncProperty(scenario, async (one) => {
    const differences = await runScenario(postgres.url, one)
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
const seconds = Number(process.hrtime.bigint() - began) / 1e9
const report = { seeds, from, failed: failures.length, seconds: Math.round(seconds), failures }
console.log(`${seeds} seeds in ${report.seconds} s, ${failures.length} failed`)
if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(report, null, 2)}\n`)
await postgres.stop()
await rm(dataDir, { recursive: true, force: true })
process.exitCode = failures.length === 0 ? 0 : 1
