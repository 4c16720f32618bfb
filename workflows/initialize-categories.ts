import { executeChild, ParentClosePolicy, workflowInfo } from '@temporalio/workflow'
import type { InitializeCategoriesInput } from '../contracts/processes.ts'
import type { CategoriesReport } from '../contracts/reports.ts'
import { workflowId } from '../contracts/names.ts'
import { inTurn } from '../domain/in-turn.ts'
import { abandon } from './abandon.ts'
import type { BranchCursor } from '../activities/categories.ts'
import { bulk } from './activities.ts'
import { startDeliveries } from './deliver-changes.ts'
import { input } from './input.ts'
import { markOutcome, markRun, runControls } from './run-controls.ts'

/** Branches under way at once: the database is one, and Temporal bounds a workflow's open children. */
const branchesAtOnce = 4

/**
 * Brings all category trees into the hub, parents before children:
 * the dictionary, then one picture of all trees, then each tree as a child of its own.
 */
export async function initializeCategories(given: InitializeCategoriesInput): Promise<CategoriesReport> {
  const { connection } = input(given, 'initializeCategories', '{"connection":"acme"}')
  const controls = runControls(`Categories of ${connection}`)
  markRun(connection, 'initialize-categories')
  const { runId, holder, policy } = await bulk(undefined, 'the claim').openCategories({ connection })
  if (runId === null) {
    controls.show({ outcome: 'already running', 'running as': holder ?? '' })
    markOutcome('already running', 0)
    return { outcome: 'already running', runId, written: 0, unchanged: 0, refused: 0, blocked: 0, trees: 0 }
  }
  try {
    controls.show({ step: 'reading attributes, families and channels' })
    await bulk(policy, 'attributes, families, channels and what belongs to them').readStructure({
      connection,
      runId,
      categories: false,
    })
    controls.show({ step: 'listing the trees' })
    const { trees, aside } = await bulk(policy, 'one picture of all trees').stageCategories({
      connection,
      runId,
    })
    controls.show({ step: 'writing', trees: trees.length })
    await inTurn(trees, branchesAtOnce, (branch) => initializeBranch(connection, runId, branch))
    const { destinations, ...report } = await bulk(policy, 'counts').closeCategories({
      connection,
      runId,
      trees: trees.length,
      aside: aside ?? 0,
    })
    const { written, unchanged, refused, blocked } = report
    controls.show({ outcome: report.outcome, trees: trees.length, written, unchanged, refused, blocked })
    markOutcome(report.outcome, refused + blocked)
    await startDeliveries(connection, destinations)
    return report
  } catch (error) {
    await abandon(connection, runId, error)
    throw error
  }
}

export interface CategoryBranchInput {
  connection: string
  runId: string
  /** Code of the category that the branch starts at. */
  branch: string
}

/** One branch, level by level: siblings in batches, a level only when its parents are in, large subtrees as children. */
export async function initializeCategoryBranch({
  connection,
  runId,
  branch,
}: CategoryBranchInput): Promise<void> {
  const controls = runControls(`Categories below ${branch}`)
  const below: string[] = []
  const write = (level: number, after: BranchCursor | null) =>
    bulk(undefined, `level ${level} of ${branch}`).writeCategories({ connection, runId, branch, after })
  let batch = await write(0, null)
  while (batch.next !== null) {
    below.push(...batch.branches)
    controls.show({ level: batch.next.depth })
    batch = await write(batch.next.depth + 1, batch.next)
  }
  await inTurn(below, branchesAtOnce, (next) => initializeBranch(connection, runId, next))
}

const initializeBranch = (connection: string, runId: string, branch: string) =>
  executeChild(initializeCategoryBranch, {
    args: [{ connection, runId, branch }],
    workflowId: workflowId(connection, 'initialize-categories', `${runId}/${branch}`),
    taskQueue: workflowInfo().taskQueue,
    parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    staticSummary: `categories below ${branch}`,
  })
