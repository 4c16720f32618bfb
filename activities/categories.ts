import { cancellationSignal } from '@temporalio/activity'
import type { AkeneoCalls, BrokenItem, Page } from '../connectors/akeneo/client.ts'
import type { AkeneoCategory } from '../connectors/akeneo/schema.ts'
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
import { reject } from '../connectors/hub/rejections.ts'
import { runById } from '../connectors/hub/runs.ts'
import { claimReading, writeSources } from '../connectors/hub/sources.ts'
import { dequeue } from '../connectors/hub/waiting.ts'
import type { ActivityPolicy } from '../contracts/processes.ts'
import type { CategoriesReport } from '../contracts/reports.ts'
import { placeCategories } from '../domain/category-tree.ts'
import type { Dependencies } from './dependencies.ts'
import { destinationsBehind } from './destinations.ts'
import { activityPolicy } from './policy.ts'
import { type PublishingContext, publishingContext } from './publishing/context.ts'
import { followCategories } from './publishing/follow.ts'
import { publishCategories } from './publishing/publish-categories.ts'
import { sourceInput } from './publishing/source-input.ts'
import { brokenRecord } from './publishing/store-page.ts'
import { claimAndOpen, endRun } from './runs.ts'

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

/** A list whose length changed while it was read is read again, at most this often. */
const listAttempts = 3

export const createCategoryActivities = (deps: Dependencies) => {
  const { sql } = deps
  return {
    async openCategories(input: { connection: string }): Promise<OpenedCategories> {
      const connection = deps.connection(input.connection)
      const { run, holder } = await claimAndOpen(deps, connection.name, 'initialize-categories', 'full')
      return { runId: run?.id.toString() ?? null, holder, policy: activityPolicy(connection.config) }
    },

    /** Lists all categories once and stages them with their places: what follows works on one moment's picture. */
    async stageCategories(input: { connection: string; runId: string }): Promise<{ trees: string[] }> {
      const connection = deps.connection(input.connection)
      const run = BigInt(input.runId)
      const list = await connection.akeneo.inLane('bulk', cancellationSignal(), listCategories)
      const { nodes, orphans } = placeCategories(list.categories, branchSize)
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
            source: { ...category, position },
          })),
        )
        await reject(tx, connection.name, [
          ...orphans.map(({ code, parent }) => orphaned(code, parent ?? null)),
          ...list.broken.map((broken) => brokenRecord('categories', broken)),
        ])
      })
      return { trees: await branchesBelow(sql, run, null) }
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
    }): Promise<CategoriesReport & { destinations?: string[] }> {
      const id = BigInt(input.runId)
      const { written = 0, unchanged = 0, refused = 0, blocked = 0 } = await stageCounts(sql, id)
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

interface CategoryList {
  categories: (AkeneoCategory & { parent: string | null })[]
  broken: BrokenItem[]
  ticket: bigint
}

/**
 * The whole list. Its count is compared before and after: a category that moves meanwhile shifts offset pages, so one could be
 * missed; then the list is read again. What the last attempt still misses comes with the next poll.
 */
async function listCategories(calls: AkeneoCalls): Promise<CategoryList> {
  for (let attempt = 1; ; attempt++) {
    let page: Page = await calls.readPage('categories', {
      cursor: null,
      query: { withCount: true, withPosition: true },
    })
    const before = page.count
    const list: CategoryList = { categories: [], broken: [], ticket: page.ticket }
    for (;;) {
      list.categories.push(...(page.items as CategoryList['categories']))
      list.broken.push(...page.broken)
      if (page.next === null) break
      page = await calls.readPage('categories', { cursor: page.next })
    }
    const complete = list.categories.length + list.broken.length === before && page.count === before
    const unique = new Set(list.categories.map(({ code }) => code)).size === list.categories.length
    if ((complete && unique) || attempt === listAttempts) {
      return {
        ...list,
        categories: [...new Map(list.categories.map((category) => [category.code, category])).values()],
      }
    }
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
  // All of a stage has one ticket, that of its first page: what a poll read since wins.
  const ticket = rows[0]?.ticket ?? 0n
  const accepted = await claimReading(tx, connection, 'categories', codes, ticket)
  const inputs = open
    .filter(({ code }) => accepted.has(code))
    .map(({ source }) => sourceInput('categories', source, undefined, undefined))
  const changed = await writeSources(tx, connection, 'categories', inputs, ticket)
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
  await dequeue(tx, connection, 'categories', [
    ...outcomes.published,
    ...outcomes.refused.map(({ key }) => key),
  ])
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
