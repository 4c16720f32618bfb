import { cancellationSignal } from '@temporalio/activity'
import { hasChanged } from '../../connectors/hub/enrichment/changed.ts'
import type { Queryable } from '../../connectors/hub/database.ts'
import { countsOf } from '../../connectors/hub/enrichment/counts.ts'
import { enrichmentCounts } from '../../connectors/hub/enrichment/kept-counts.ts'
import { settleOptionsThere } from '../../connectors/hub/enrichment/options.ts'
import { dueProducts } from '../../connectors/hub/enrichment/products.ts'
import { setMapping, setNotTaken, stateOf } from '../../connectors/hub/enrichment/state.ts'
import { retryRefusals } from '../../connectors/hub/enrichment/retry.ts'
import { runById, watermarkOf } from '../../connectors/hub/runs.ts'
import type { ActivityPolicy } from '../../contracts/processes.ts'
import type { EnrichmentReport, Outcome } from '../../contracts/reports.ts'
import { compileEnrichment } from '../../domain/enrichment/convert/compile-enrichment.ts'
import { mappingHash, sameVersionText } from '../../domain/enrichment/mapping/meaning.ts'
import { errorsIn, problemText } from '../../domain/mapping/problem.ts'
import type { ConnectionRuntime, Dependencies } from '../dependencies.ts'
import { activityPolicy } from '../policy.ts'
import { claimAndOpen, endRun } from '../runs.ts'
import { doesNotFit, icecatOf, storedStructure } from './context.ts'
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

    /**
     * Closes the run, unless there is something to do again: `anyway` is for a run that has looked often enough. Whoever looks in the morning finds
     * what a daily run came to counted.
     */
    async closeEnrichment(input: {
      connection: string
      runId: string
      outcome: Outcome
      anyway: boolean
    }): Promise<{ report: EnrichmentReport | null }> {
      const { connection, outcome } = input
      const run = await runById(sql, BigInt(input.runId))
      const lastLook = async (db: Queryable) => {
        const due = await dueProducts(db, connection)
        return {
          due: due.now + due.later,
          isOver: input.anyway || (due.now === 0 && !(await hasChanged(db, connection))),
        }
      }
      if (run.mode === 'daily' && (await lastLook(sql)).isOver)
        await enrichmentCounts(sql, connection, { ending: run.id })
      return sql.begin(async (tx) => {
        const { due, isOver } = await lastLook(tx)
        if (!isOver) return { report: null }
        const { leftOut = [], notTaken = null } = (await stateOf(tx, connection)) ?? {}
        const report = reportOf(await countsOf(tx, run.id), {
          outcome,
          runId: input.runId,
          due,
          ...(leftOut.length > 0 && { leftOut }),
          ...(notTaken !== null && { notTaken }),
        })
        await endRun(tx, run, report.outcome, report, false)
        return { report }
      })
    },
  }
}

/**
 * The version decides, so that workers with older files do not take back what newer ones brought. A newer one that does not fit the catalogue,
 * or one that says something else under the version that was applied, is told, and the applied one goes on; where none was applied yet, nothing
 * can.
 */
export async function takeMapping({ sql }: Dependencies, connection: ConnectionRuntime): Promise<void> {
  const { name } = connection
  const icecat = icecatOf(connection)
  const { file, mapping } = icecat
  const state = await stateOf(sql, name)
  const hash = mappingHash(mapping)
  if (state !== null && state.mapping.version >= mapping.version) {
    const isOther = state.mapping.version === mapping.version && state.mapping.hash !== hash
    await setNotTaken(sql, name, isOther ? sameVersionText(file.name, mapping.version) : null)
    return
  }
  const lists = await referenceLists(icecat, mapping, cancellationSignal())
  const { enrichment, problems } = compileEnrichment(mapping, await storedStructure(sql, connection), lists)
  // What does not fit the catalogue is said before anything is changed.
  if (enrichment === null) {
    const errors = errorsIn(problems)
    if (state === null) throw doesNotFit(mapping, errors)
    const lines = errors.map((problem) => problemText(file.name, problem)).join('; ')
    const versions = `version ${mapping.version} does not fit the catalogue, runs go on by version ${state.mapping.version}`
    await setNotTaken(sql, name, `${versions}: ${lines} (mapping-not-taken)`)
    return
  }
  await sql.begin((tx) =>
    setMapping(tx, name, { name: file.name, version: mapping.version, text: file.text, hash }),
  )
}
