import { queueDueRequests, requestsSince } from '../../connectors/hub/enrichment/requests.ts'
import { runById, startedAt } from '../../connectors/hub/runs.ts'
import type { RecheckReport } from '../../contracts/reports.ts'
import type { Dependencies } from '../dependencies.ts'
import { claimAndOpen, endRun } from '../runs.ts'
import { icecatOf } from './context.ts'

export interface OpenedRecheck {
  runId: string | null
  holder: string | null
  /** Products that are asked for again. */
  queued: number
  /** Whether somebody is to be told of content that Icecat lacks; absent in histories of older runs. */
  isWebhookThere?: boolean
}

export const createRecheckActivities = (deps: Dependencies) => {
  const { sql } = deps
  return {
    /** Puts the products of due requests into the queue; enriching them is what asks Icecat again. */
    async openRecheck(input: { connection: string }): Promise<OpenedRecheck> {
      const connection = deps.connection(input.connection)
      const isWebhookThere = icecatOf(connection).config.requests.webhook !== undefined
      const { run, holder } = await claimAndOpen(deps, connection.name, 'recheck-requests', 'due')
      if (run === null) return { runId: null, holder, queued: 0 }
      const queued = await queueDueRequests(sql, connection.name)
      return { runId: run.id.toString(), holder: null, queued, isWebhookThere }
    },

    async closeRecheck(input: { connection: string; runId: string; queued: number }): Promise<RecheckReport> {
      const run = await runById(sql, BigInt(input.runId))
      const states = await requestsSince(sql, input.connection, await startedAt(sql, run.id))
      const report: RecheckReport = {
        outcome: 'done',
        runId: input.runId,
        checked: input.queued,
        delivered: states.delivered ?? 0,
        givenUp: states['given-up'] ?? 0,
      }
      await sql.begin((tx) => endRun(tx, run, report.outcome, report, false))
      return report
    },
  }
}
