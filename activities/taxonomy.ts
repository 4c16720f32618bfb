import { cancellationSignal } from '@temporalio/activity'
import { RefusedError } from '../connectors/errors.ts'
import { runById } from '../connectors/hub/runs.ts'
import {
  endReading,
  keepEntries,
  type ListCounts,
  type ListEntry,
  type ListReading,
  refuseReading,
} from '../connectors/hub/taxonomy.ts'
import type { IcecatClient } from '../connectors/icecat/client.ts'
import { type ReferenceName, referenceFiles } from '../connectors/icecat/files.ts'
import { referenceEntry } from '../connectors/icecat/translate/reference-entries.ts'
import type { References } from '../connectors/icecat/translate/references.ts'
import type { ActivityPolicy } from '../contracts/processes.ts'
import type { TaxonomyReport } from '../contracts/reports.ts'
import type { Dependencies } from './dependencies.ts'
import { icecatOf } from './enrichment/context.ts'
import { activityPolicy } from './policy.ts'
import { claimAndOpen, endRun } from './runs.ts'

export interface OpenedTaxonomy {
  /** Null when another run collects it. */
  runId: string | null
  holder: string | null
  policy: ActivityPolicy
  /** In the order in which they are read. */
  lists: ReferenceName[]
}

/** Entries written in one statement. */
const batchSize = 500

/** What keeps one list from an account, and says nothing of the others. */
const ofOneList = new Set(['no-sheet', 'brand', 'full-only', 'vertical'])

/** In the order of that table: the one of gigabytes comes last, so that what is wrong shows early. */
const lists = Object.keys(referenceFiles) as ReferenceName[]

export const createTaxonomyActivities = (deps: Dependencies) => {
  const { sql } = deps
  return {
    /** Claims the connection's taxonomy for this execution. */
    async openTaxonomy(input: { connection: string }): Promise<OpenedTaxonomy> {
      const connection = deps.connection(input.connection)
      icecatOf(connection)
      const policy = activityPolicy(connection.config)
      const { run, holder } = await claimAndOpen(deps, connection.name, 'taxonomy', 'lists')
      return { runId: run?.id.toString() ?? null, holder, policy, lists }
    },

    /**
     * Reads one of Icecat's lists into the hub, entry by entry; whole or not at all: what it lacks is removed at its end only. Begun
     * again from its beginning when its worker dies; twice gives what once gives.
     */
    async collectList(input: {
      connection: string
      runId: string
      list: ReferenceName
    }): Promise<ListCounts> {
      const icecat = icecatOf(deps.connection(input.connection))
      const { list } = input
      const reading: ListReading = { account: icecat.account, list, run: BigInt(input.runId) }
      const signal = cancellationSignal()
      try {
        await icecat.inLane('bulk', signal, (client) => readList(client, reading, list, signal))
      } catch (error) {
        if (!(error instanceof RefusedError && ofOneList.has(error.code))) throw error
        return refuseReading(sql, reading, `${error.asked}: ${error.came}. ${error.remedy}`)
      }
      return endReading(sql, reading)
    },

    async closeTaxonomy(input: {
      connection: string
      runId: string
      lists: Record<string, ListCounts>
    }): Promise<TaxonomyReport> {
      const run = await runById(sql, BigInt(input.runId))
      const problems = Object.entries(input.lists).flatMap(([list, { problem }]) =>
        problem === null ? [] : [`${list}: ${problem}`],
      )
      const report: TaxonomyReport = {
        outcome: problems.length === 0 ? 'done' : 'done with rejections',
        runId: input.runId,
        lists: input.lists,
        problems,
      }
      await sql.begin((tx) => endRun(tx, run, report.outcome, report, false))
      return report
    },
  }

  async function readList(
    client: IcecatClient,
    reading: ListReading,
    list: ReferenceName,
    signal: AbortSignal,
  ): Promise<void> {
    let batch = new Map<string, unknown>()
    for await (const { key, body } of entriesOf(client, list, signal)) {
      batch.set(key, body)
      if (batch.size < batchSize) continue
      await keepEntries(sql, reading, batch)
      batch = new Map()
    }
    await keepEntries(sql, reading, batch)
  }
}

async function* entriesOf(client: IcecatClient, list: ReferenceName, signal: AbortSignal) {
  // Both tables are by the same name: what the one reads is what the other takes.
  const entry = referenceEntry[list] as (record: References[ReferenceName]) => ListEntry
  for await (const record of client.references(list, signal)) yield entry(record)
}
