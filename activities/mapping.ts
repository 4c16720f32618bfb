import type { OutputSettings } from '../connectors/akeneo/translate/index.ts'
import { RefusedError } from '../connectors/errors.ts'
import { categoryProblems } from '../connectors/hub/mapping-categories.ts'
import {
  changeWithText,
  markProgress,
  type MappingChange,
  type MappingChangeState,
  lastSettings,
  mappingChange,
  progressOf,
  proposeMapping,
  setChangeState,
  setDiff,
} from '../connectors/hub/mapping-changes.ts'
import { appliedOutputs, applyMapping, readWithoutCompleteness } from '../connectors/hub/outputs.ts'
import { runById, watermarkOf } from '../connectors/hub/runs.ts'
import { readMappingFile } from '../connectors/mapping-file.ts'
import type { ActivityPolicy } from '../contracts/processes.ts'
import type { MappingReport } from '../contracts/reports.ts'
import { newErrors, problemText, wording } from '../domain/mapping/problem.ts'
import { sameDefaults } from '../domain/mapping/output-defaults.ts'
import { mustBeHeld } from '../domain/mapping/record-diff.ts'
import type { ConnectionOutput, ConnectionRuntime, Dependencies } from './dependencies.ts'
import { destinationsBehind } from './destinations.ts'
import { activityPolicy } from './policy.ts'
import { compareOutput } from './publishing/compare-output.ts'
import { publishingContext } from './publishing/context.ts'
import { compileOne } from './publishing/outputs.ts'
import { runReport } from './run-report.ts'
import { claimAndOpen, endRun, thisExecution } from './runs.ts'
import { settleWaiting } from './settle.ts'

export interface MappingInput {
  connection: string
  change: string
}

export interface OpenedMapping {
  /** Null when another mapping of the connection is being applied. */
  runId: string | null
  holder: string | null
  output: string
  policy: ActivityPolicy
}

/** How long one call of `finishMapping` works before it lets the workflow ask again; unit ms. */
const chunkMs = 50_000

export const createMappingActivities = (deps: Dependencies) => {
  const { sql } = deps
  return {
    async openMapping(input: MappingInput): Promise<OpenedMapping> {
      const connection = deps.connection(input.connection)
      const { output } = await changeOf(deps, input)
      const { run, holder } = await claimAndOpen(deps, connection.name, 'mapping', 'change')
      const policy = activityPolicy(connection.config)
      return { runId: run?.id.toString() ?? null, holder, output, policy }
    },

    /** Translates what is stored by the proposed mapping and keeps what would differ; `held` when that is for a person to decide. */
    async compareMapping(input: MappingInput): Promise<{ compared: number; changed: number; held: boolean }> {
      const connection = deps.connection(input.connection)
      const change = await changeOf(deps, input)
      // A person has seen it, or it is carried on after a failure.
      if (change.diff !== null && change.state !== 'proposed' && change.state !== 'held') {
        const { compared, changed } = change.diff
        return { compared, changed, held: false }
      }
      const context = await publishingContext(sql, connection, null)
      // Before the structure was read nothing is stored that could change.
      if (context === null) return { compared: 0, changed: 0, held: false }
      const before = context.outputs.find(({ name }) => name === change.output)
      const output = compileOne(outputOf(connection, change.output), change, context.structure)
      const problemsOf = async (of: OutputSettings | undefined) =>
        of ? [...of.problems, ...(await categoryProblems(sql, connection.name, of.rules.document))] : []
      const { workflowRunId } = thisExecution()
      const diff = await compareOutput(sql, context, output, {
        begun: await progressOf(sql, change.id, workflowRunId),
        mark: (soFar) => markProgress(sql, change.id, workflowRunId, soFar),
      })
      const guard = output.rules.document.guards.changed ?? connection.config.guards.changed
      const problems = [
        ...newErrors(await problemsOf(before), await problemsOf(output)).map((problem) =>
          change.mapping === null ? wording(problem) : problemText(change.mapping.name, problem),
        ),
        ...(await unaskedCompleteness(deps, connection.name, output)),
      ]
      const held = mustBeHeld(diff, guard) || problems.length > 0
      const state = await setDiff(sql, change.id, { diff, guard, problems, held })
      return { compared: diff.compared, changed: diff.changed, held: state === 'held' }
    },

    /** Makes it the mapping of its output and publishes what it changes. */
    async finishMapping(
      input: MappingInput & { runId: string; compared: number; changed: number },
    ): Promise<{ report: MappingReport | null; destinations: string[] }> {
      const connection = deps.connection(input.connection)
      const until = Date.now() + chunkMs
      const run = await runById(sql, BigInt(input.runId))
      const change = await changeOf(deps, input)
      if (change.state !== 'applied') {
        await sql.begin(async (tx) => {
          if (!(await setChangeState(tx, change.id, 'applied', ['proposed', 'approved'])))
            throw notToApply(input, change.state)
          await applyMapping(tx, connection.name, change.output, change)
        })
      }
      // While a load reads, its groups are not complete yet: it publishes by the new mapping itself.
      if ((await watermarkOf(sql, connection.name))?.load === 'done') {
        const streams = ['attributes', 'categories', 'product-models', 'products'] as const
        const { timeIsUp } = await settleWaiting(deps, connection, run.id, { streams: [...streams], until })
        if (timeIsUp) return { report: null, destinations: [] }
      }
      return sql.begin(async (tx) => {
        const { outcome, published } = await runReport(tx, run, 'done')
        const { compared, changed } = input
        const report: MappingReport = {
          outcome,
          runId: input.runId,
          change: input.change,
          output: change.output,
          compared,
          changed,
          published,
        }
        await endRun(tx, run, outcome, report, false)
        return { report, destinations: await destinationsBehind(tx, connection.config) }
      })
    },

    /** Ends a run that only compared. */
    async closeMapping(input: { connection: string; runId: string; report: MappingReport }): Promise<void> {
      await sql.begin(async (tx) => {
        const run = await runById(tx, BigInt(input.runId))
        await endRun(tx, run, input.report.outcome, input.report, false)
      })
    },
  }
}

/** A rule must not withhold for what nobody has asked Akeneo for. */
async function unaskedCompleteness(
  { sql }: Dependencies,
  connection: string,
  { name, rules }: OutputSettings,
): Promise<string[]> {
  if (rules.document.publish.complete === null) return []
  const count = await readWithoutCompleteness(sql, connection, name)
  if (count === 0) return []
  return [
    `publish.complete would withhold ${count} of the products that go out, because they were read without their completeness. Read them first: pimflow sync products --full, then: pimflow mapping apply`,
  ]
}

/**
 * Proposes the mapping files on this worker's disk whose version is higher than that of the applied one. The version decides, so
 * that workers with older files do not take back what newer ones brought. Of an output without a file, settings were proposed when
 * a worker started. Answers what is still to be compared.
 */
export async function proposeChangedMappings(
  { sql }: Dependencies,
  { name: connection, outputs }: ConnectionRuntime,
): Promise<string[]> {
  const applied = await appliedOutputs(sql, connection)
  const open: string[] = []
  for (const { name: output, mapping, settings, path } of outputs) {
    const current = applied.get(output)?.mapping ?? null
    if (mapping === null) {
      const isPlain = path === null && current === null
      const last = isPlain ? await lastSettings(sql, connection, output) : null
      if (last?.state === 'proposed' && sameDefaults(last.settings, settings)) open.push(last.id.toString())
      continue
    }
    if (current?.text === mapping.text || versionOf(mapping) <= versionOf(current)) continue
    const known = await changeWithText(sql, connection, output, mapping.text)
    if (known === null) {
      const id = await sql.begin((tx) => proposeMapping(tx, connection, output, mapping))
      open.push(id.toString())
    } else if (known.state === 'proposed') open.push(known.id.toString())
  }
  return open
}

/** The defaults have no version: any file is newer. */
const versionOf = (file: ConnectionOutput['mapping']): number =>
  file === null ? 0 : (readMappingFile(file).mapping?.version ?? 0)

async function changeOf(
  { sql }: Dependencies,
  { connection, change: id }: MappingInput,
): Promise<MappingChange> {
  const change = /^\d{1,18}$/.test(id) ? await mappingChange(sql, connection, BigInt(id)) : null
  if (change !== null && change.state !== 'rejected' && change.state !== 'superseded') return change
  throw notToApply({ connection, change: id }, change?.state ?? null)
}

const notToApply = ({ connection, change }: MappingInput, state: MappingChangeState | null) =>
  new RefusedError({
    code: 'no-such-mapping',
    asked: `mapping m${change} of ${connection}`,
    came: state === null ? 'there is none' : `it is ${state}`,
    remedy: 'Look what waits: pimflow approvals. To propose the file as it is now: pimflow mapping apply',
  })

function outputOf({ name: connection, outputs }: ConnectionRuntime, name: string): ConnectionOutput {
  const found = outputs.find((output) => output.name === name)
  if (found) return found
  throw new RefusedError({
    code: 'unknown-output',
    asked: `output ${name} of ${connection}`,
    came: `the worker's configuration has ${outputs.map((output) => output.name).join(', ') || 'none'}`,
    remedy: 'Name the output in pimflow.config.yaml and restart the workers',
  })
}
