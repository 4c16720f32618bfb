import { type Client, isGrpcServiceError } from '@temporalio/client'
import type { Sql } from '../../connectors/hub/database.ts'
import { hasRunIn, keepActions } from '../../connectors/hub/runs.ts'
import type { RunRow } from '../../connectors/hub/sights.ts'
import { workflowTypes } from '../../contracts/names.ts'
import { costOf, costOfExecution, type ExecutionRef } from './actions.ts'
import { UnreachableError } from './errors.ts'
import { type TemporalPlace, withTemporal } from './temporal.ts'

/** Histories that are asked for at once. */
const atOnce = 8

/**
 * Puts the Temporal actions into runs that ended. They are counted when somebody looks for the first time, which costs a run nothing, and kept, because
 * Temporal forgets histories. Null stays where it has forgotten, does not answer, or the workflow is not quite over.
 */
export async function countedActions(
  sql: Sql,
  place: TemporalPlace,
  runs: RunRow[],
): Promise<<R extends RunRow>(run: R) => R> {
  const open = new Map(
    runs.flatMap((run) => (run.finishedAt !== null && run.actions === null ? [[run.id, run] as const] : [])),
  )
  const counts = new Map<bigint, number>()
  if (open.size > 0) {
    try {
      await withTemporal(place, (client) => count(sql, client, [...open.values()], counts))
    } catch (error) {
      if (!(error instanceof UnreachableError)) throw error
    }
    await keepActions(sql, counts)
  }
  return (run) => ({ ...run, actions: run.actions ?? counts.get(run.id) ?? null })
}

async function count(sql: Sql, client: Client, runs: RunRow[], counts: Map<bigint, number>): Promise<void> {
  const counter = async () => {
    for (let run = runs.pop(); run !== undefined; run = runs.pop()) {
      try {
        const actions = await actionsOfRun(sql, client, {
          workflowId: run.workflowId,
          runId: run.workflowRunId,
        })
        if (actions !== null) counts.set(run.id, actions)
      } catch (error) {
        if (!isGrpcServiceError(error)) throw error
      }
    }
  }
  await Promise.all(Array.from({ length: atOnce }, counter))
}

/**
 * A run is its execution, those before it that are no run of their own, because it went on in another, and the branches of categories: other
 * children are runs of their own, of which it pays the start. Null while it goes on.
 */
async function actionsOfRun(sql: Sql, client: Client, execution: ExecutionRef): Promise<number | null> {
  const { actions, isOver, before, children } = await costOfExecution(client, execution)
  if (!isOver) return null
  let total = actions
  for (const child of children) {
    if (child.type === workflowTypes.initializeCategoryBranch) total += (await costOf(client, child)).actions
  }
  if (before === null || (await hasRunIn(sql, before))) return total
  return total + ((await actionsOfRun(sql, client, { ...execution, runId: before })) ?? 0)
}
