import { cancellationSignal } from '@temporalio/activity'
import { RefusedError } from '../../connectors/errors.ts'
import { hasChanged } from '../../connectors/hub/enrichment/changed.ts'
import { countsOf } from '../../connectors/hub/enrichment/counts.ts'
import { settleOptionsThere } from '../../connectors/hub/enrichment/options.ts'
import { dueProducts } from '../../connectors/hub/enrichment/products.ts'
import { setMapping, stateOf } from '../../connectors/hub/enrichment/state.ts'
import { retryRefusals } from '../../connectors/hub/enrichment/retry.ts'
import { runById, watermarkOf } from '../../connectors/hub/runs.ts'
import type { ActivityPolicy } from '../../contracts/processes.ts'
import type { EnrichmentReport, Outcome } from '../../contracts/reports.ts'
import { mappingHash } from '../../domain/enrichment/mapping/meaning.ts'
import type { ConnectionRuntime, Dependencies } from '../dependencies.ts'
import { activityPolicy } from '../policy.ts'
import { claimAndOpen, endRun } from '../runs.ts'
import { compile, icecatOf, storedStructure } from './context.ts'
import { referenceLists } from './lists.ts'
import { reportOf } from './report.ts'

export interface OpenedEnrichment {
  /** Null when there is nothing to do for this run. */
  runId: string | null
  /** Why there is nothing to do. */
  outcome: Outcome | null
  holder: string | null
  policy: ActivityPolicy
  /** Whether somebody is to be told of content that Icecat lacks; absent in histories of older runs. */
  isWebhookThere?: boolean
}

export const createOpenEnrichmentActivities = (deps: Dependencies) => {
  const { sql } = deps
  return {
    /** Claims the connection for enrichment; takes the mapping of this worker's disk when it is newer than the one that counts. */
    async openEnrichment(input: { connection: string; mode: 'daily' | 'queued' }): Promise<OpenedEnrichment> {
      const connection = deps.connection(input.connection)
      icecatOf(connection)
      const policy = activityPolicy(connection.config)
      const idle = { runId: null, holder: null, policy }
      if ((await watermarkOf(sql, connection.name))?.load !== 'done') return { ...idle, outcome: 'loading' }
      // Nothing is enriched by itself before a person or the schedule has begun it.
      if (input.mode === 'queued' && (await stateOf(sql, connection.name)) === null)
        return { ...idle, outcome: 'done' }
      await takeMapping(deps, connection)
      const { run, holder } = await claimAndOpen(deps, connection.name, 'enrich', input.mode)
      if (run === null) return { ...idle, outcome: 'already running', holder }
      await sql.begin(async (tx) => {
        await settleOptionsThere(tx, connection.name)
        if (input.mode === 'daily') await retryRefusals(tx, connection.name)
      })
      const isWebhookThere = icecatOf(connection).config.requests.webhook !== undefined
      return { runId: run.id.toString(), outcome: null, holder: null, policy, isWebhookThere }
    },

    /** Closes the run, unless there is something to do again: `anyway` is for a run that has looked often enough. */
    async closeEnrichment(input: {
      connection: string
      runId: string
      outcome: Outcome
      anyway: boolean
    }): Promise<{ report: EnrichmentReport | null }> {
      return sql.begin(async (tx) => {
        const run = await runById(tx, BigInt(input.runId))
        const due = await dueProducts(tx, input.connection)
        const isOver = input.anyway || (due.now === 0 && !(await hasChanged(tx, input.connection)))
        if (!isOver) return { report: null }
        const leftOut = (await stateOf(tx, input.connection))?.leftOut ?? []
        const report = reportOf(await countsOf(tx, run.id), {
          outcome: input.outcome,
          runId: input.runId,
          due: due.now + due.later,
          ...(leftOut.length > 0 && { leftOut }),
        })
        await endRun(tx, run, report.outcome, report, false)
        return { report }
      })
    },
  }
}

/** The version decides, so that workers with older files do not take back what newer ones brought. */
export async function takeMapping({ sql }: Dependencies, connection: ConnectionRuntime): Promise<void> {
  const icecat = icecatOf(connection)
  const { file, mapping } = icecat
  const state = await stateOf(sql, connection.name)
  const hash = mappingHash(mapping)
  if (state !== null && state.mapping.version > mapping.version) return
  if (state?.mapping.version === mapping.version) {
    if (state.mapping.hash === hash) return
    throw new RefusedError({
      code: 'mapping-version',
      asked: `the mapping ${file.name} of ${connection.name}`,
      came: `it says version ${mapping.version}, as the one does that products are judged by, and says something else`,
      remedy: `Raise version in ${file.name}, then \`pimflow mapping apply --icecat\`, or restart the workers: all products are judged again.`,
    })
  }
  // What does not fit the catalogue is said before anything is changed.
  compile(
    mapping,
    await storedStructure(sql, connection),
    await referenceLists(icecat, mapping, cancellationSignal()),
  )
  await sql.begin((tx) =>
    setMapping(tx, connection.name, { name: file.name, version: mapping.version, text: file.text, hash }),
  )
}
