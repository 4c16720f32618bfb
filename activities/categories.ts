import { cancellationSignal } from '@temporalio/activity'
import {
  type BranchCursor,
  branchesBelow,
  dropStage,
  nextOfBranch,
  setStageOutcomes,
  stageCategories,
  stageCounts,
  type StagedRow,
  type StageOutcome,
} from '../connectors/hub/category-stage.ts'
import type { Transaction } from '../connectors/hub/database.ts'
import { changeStructure, holdRetirements, lockLinks } from '../connectors/hub/publication-locks.ts'
import { clearListRejection, clearRejections, reject } from '../connectors/hub/rejections.ts'
import { runById } from '../connectors/hub/runs.ts'
import { claimReading, writeSources } from '../connectors/hub/sources.ts'
import type { ActivityPolicy } from '../contracts/processes.ts'
import type { CategoriesReport } from '../contracts/reports.ts'
import { placeCategories } from '../domain/category-tree.ts'
import type { Dependencies } from './dependencies.ts'
import { destinationsBehind } from './destinations.ts'
import { categoryList, listCategories } from './reading/list-categories.ts'
import { activityPolicy } from './policy.ts'
import { type PublishingContext, publishingContext } from './publishing/context.ts'
import { followCategories } from './publishing/follow.ts'
import { publishCategories } from './publishing/publish-categories.ts'
import { sourceInput } from './publishing/source-input.ts'
import { brokenRecord } from './publishing/store-page.ts'
import { claimAndOpen, endRun } from './runs.ts'
import { partRejection } from './reading/set-list-aside.ts'

export type { BranchCursor }

export interface OpenedCategories {
  /** Null when another run is at it. */
  runId: string | null
  /** Workflow id of that run. */
  holder: string | null
  policy: ActivityPolicy
}

export interface CategoryBatch {
  /** Where the next batch of this branch starts; null when it is done. */
  next: BranchCursor | null
  /** Large subtrees whose parents are in the hub by now. */
  branches: string[]
}

/** Subtrees with more nodes than this are initialized by a workflow of their own, so that no history grows with the tree. */
const branchSize = 1000
const siblingsPerBatch = 100

export const createCategoryActivities = (deps: Dependencies) => {
  const { sql } = deps
  return {
    async openCategories(input: { connection: string }): Promise<OpenedCategories> {
      const connection = deps.connection(input.connection)
      const { run, holder } = await claimAndOpen(deps, connection.name, 'initialize-categories', 'full')
      return { runId: run?.id.toString() ?? null, holder, policy: activityPolicy(connection.config) }
    },

    /**
     * Lists all categories once and stages them with their places: what follows works on one moment's picture. `aside` are those that have no
     * place in it, each rejected with its reason, or with their list where nobody can say which they are.
     */
    async stageCategories(input: {
      connection: string
      runId: string
    }): Promise<{ trees: string[]; aside?: number }> {
      const connection = deps.connection(input.connection)
      const run = BigInt(input.runId)
      const list = await connection.akeneo.inLane('bulk', cancellationSignal(), (calls) =>
        listCategories(deps, connection, calls),
      )
      const { broken, unshown, came, isCut } = list
      const standIns = new Set(list.standIns)
      const { nodes, orphans } = placeCategories([...list.categories, ...standIns], branchSize)
      await sql.begin(async (tx) => {
        await stageCategories(
          tx,
          run,
          list.ticket,
          nodes.map(({ category, path, depth, position, branch }) => ({
            code: category.code,
            parent: category.parent ?? null,
            branch,
            depth,
            position,
            path,
            ticket: standIns.has(category) ? asStored : list.ticket.toString(),
            source: { ...category, position },
          })),
        )
        await reject(tx, connection.name, [
          ...orphans.map(({ code, parent }) => orphaned(code, parent ?? null)),
          ...broken.map((one) => brokenRecord('categories', one)),
          ...(unshown > 0 ? [partRejection(categoryList, unshown, came)] : []),
        ])
        if (unshown === 0 && !isCut) await clearListRejection(tx, connection.name, 'categories', '')
      })
      const aside = orphans.length + broken.length + unshown + (isCut ? 1 : 0)
      return { trees: await branchesBelow(sql, run, null), aside }
    },

    /** Writes the next siblings of a branch, up to 100: a level only when the one above is in. */
    async writeCategories(input: {
      connection: string
      runId: string
      branch: string
      after: BranchCursor | null
    }): Promise<CategoryBatch> {
      const connection = deps.connection(input.connection)
      const run = BigInt(input.runId)
      const context = await publishingContext(sql, connection, run)
      if (context === null)
        throw new Error(`Categories of ${connection.name} were staged before its channels were read`)
      const rows = await nextOfBranch(sql, run, input.branch, input.after, siblingsPerBatch)
      const last = rows.at(-1)
      if (!last) return { next: null, branches: [] }
      await sql.begin((tx) => writeBatch(tx, context, run, rows))
      const branches = await branchesBelow(
        sql,
        run,
        rows.map(({ code }) => code),
      )
      return { next: { depth: last.depth, rank: last.rank }, branches }
    },

    /** Counts what became of each staged category and closes the run. */
    async closeCategories(input: {
      connection: string
      runId: string
      trees: number
      aside?: number
    }): Promise<CategoriesReport & { destinations?: string[] }> {
      const id = BigInt(input.runId)
      const { written = 0, unchanged = 0, blocked = 0, ...counts } = await stageCounts(sql, id)
      const refused = (counts.refused ?? 0) + (input.aside ?? 0)
      const report: CategoriesReport = {
        outcome: refused + blocked > 0 ? 'done with rejections' : 'done',
        runId: input.runId,
        written,
        unchanged,
        refused,
        blocked,
        trees: input.trees,
      }
      await sql.begin(async (tx) => {
        await endRun(tx, await runById(tx, id), report.outcome, report, false)
        await dropStage(tx, id)
      })
      const { config } = deps.connection(input.connection)
      return { ...report, destinations: await destinationsBehind(sql, config) }
    },
  }
}

async function writeBatch(
  tx: Transaction,
  given: PublishingContext,
  run: bigint,
  rows: StagedRow[],
): Promise<void> {
  const { connection } = given
  await holdRetirements(tx, connection)
  await changeStructure(tx, connection)
  const context = await given.renew(tx)
  await lockLinks(tx, connection)
  const blocked = rows.filter(({ parent, parentOutcome }) => parent !== null && !isIn(parentOutcome))
  const open = rows.filter((row) => !blocked.includes(row))
  const codes = open.map(({ code }) => code)
  const read = open.filter((row) => row.ticket !== BigInt(asStored))
  // All that was listed has one ticket, that of the first page: what a poll read since wins.
  const ticket = read[0]?.ticket ?? 0n
  const accepted = await claimReading(
    tx,
    connection,
    'categories',
    read.map(({ code }) => code),
    ticket,
  )
  const inputs = read
    .filter(({ code }) => accepted.has(code))
    .map(({ source }) => sourceInput('categories', source, undefined, undefined))
  const changed = await writeSources(tx, connection, 'categories', inputs, ticket)
  await clearRejections(tx, connection, 'categories', [...accepted], 'read')
  const known = changed.filter(({ created }) => !created)
  const parents = new Map(inputs.map(({ key, parent }) => [key, parent]))
  const moved = known.filter(({ key, previousParent }) => previousParent !== parents.get(key))
  await followCategories(
    tx,
    connection,
    context,
    known.map(({ key }) => key),
    moved.map(({ key }) => key),
  )
  const outcomes = await publishCategories(tx, context, codes)
  await setStageOutcomes(tx, run, [
    ...blocked.map(({ code }) => ({ code, outcome: 'blocked' as const })),
    ...outcomes.blocked.map((code) => ({ code, outcome: 'blocked' as const })),
    ...outcomes.refused.map(({ key }) => ({ code: key, outcome: 'refused' as const })),
    ...outcomes.published.map((code) => ({
      code,
      outcome: outcomes.changed.includes(code) ? ('written' as const) : ('unchanged' as const),
    })),
  ])
}

/** Ticket of what the list did not show: it is published as the store has it. */
const asStored = '0'

const isIn = (outcome: StageOutcome | null) => outcome === 'written' || outcome === 'unchanged'

const orphaned = (code: string, parent: string | null) => ({
  stream: 'categories' as const,
  key: code,
  code,
  reason: 'parent-missing',
  field: 'parent',
  text: `Category ${code} names the parent ${parent ?? '(none)'}, which leads to no root`,
  remedy: `Check in Akeneo that ${parent ?? 'its parent'} exists and that this user may see it, then: pimflow rejections retry`,
})
