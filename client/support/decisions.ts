import type { Sql } from '../../connectors/hub/database.ts'
import { decidePlan } from '../../connectors/hub/plans.ts'
import { decideEmptiedNamed, isEmptiedId } from './emptied-approvals.ts'
import { decideMappingNamed, isMappingId } from './mapping-approvals.ts'
import { decideOptions, isOptionId } from './option-approvals.ts'
import { startEnrichment, startMapping, startPoll, startRetire, type WorkflowStart } from './starts.ts'
import { who } from './who.ts'

/** A person's word on what waits under an id of any kind; null when nothing does. `start`: what carries an approval out. */
export async function decide(
  sql: Sql,
  connection: string,
  id: string,
  state: 'approved' | 'rejected',
): Promise<{ start: WorkflowStart } | null> {
  const args = [id]
  if (isMappingId(args)) {
    const change = await decideMappingNamed(sql, connection, args, state)
    return change && { start: startMapping(connection, change.id.toString()) }
  }
  if (isEmptiedId(args)) {
    // Its records are in the queue of what is to be published: any run of the connection takes them along.
    return (await decideEmptiedNamed(sql, connection, args, state)) && { start: startPoll(connection) }
  }
  if (isOptionId(args)) {
    // A run makes what is wanted before it writes, and has the products that waited judged again.
    return (
      (await decideOptions(sql, connection, args, state)) && { start: startEnrichment(connection, 'queued') }
    )
  }
  const plan = planNumber(id)
  if (plan === null) return null
  return (
    (await decidePlan(sql, connection, plan, { state, by: who() })) && {
      start: startRetire(connection, plan.toString()),
    }
  )
}

export const planNumber = (id: string): bigint | null => (/^\d{1,18}$/.test(id) ? BigInt(id) : null)
