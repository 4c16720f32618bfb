import type { Client } from '@temporalio/client'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import type { temporal } from '@temporalio/proto'

export type History = temporal.api.history.v1.IHistory

export interface RecordedRun {
  workflowType: string
  workflowId: string
  history: History
}

/** The histories of these executions and of all children that they started. */
export async function historiesOf(
  client: Client,
  executions: { workflowId: string; runId?: string }[],
): Promise<RecordedRun[]> {
  const runs: RecordedRun[] = []
  for (const { workflowId, runId } of executions) {
    const handle = client.workflow.getHandle(workflowId, runId)
    const history = await handle.fetchHistory()
    const started = history.events?.[0]?.workflowExecutionStartedEventAttributes
    runs.push({ workflowType: started?.workflowType?.name ?? '', workflowId, history })
    const children = (history.events ?? []).flatMap((event) => {
      const child = event.childWorkflowExecutionStartedEventAttributes?.workflowExecution
      return child?.workflowId && child.runId ? [{ workflowId: child.workflowId, runId: child.runId }] : []
    })
    runs.push(...(await historiesOf(client, children)))
  }
  return runs
}

/** As `temporal workflow show -o json` prints it, without the names of the machine and processes it ran on. */
export const historyText = (history: History): string =>
  JSON.stringify(
    JSON.parse(historyToJSON(history), (key, value: unknown) =>
      key === 'identity' || (typeof value === 'string' && /^\d+@/.test(value)) ? 'pimflow' : value,
    ),
    null,
    1,
  )

/** Every payload of a history, decoded: what an operator, or whoever reads the database of Temporal, can see. */
export function payloadTexts(value: unknown): string[] {
  if (value instanceof Uint8Array) return [Buffer.from(value).toString('utf8')]
  if (value === null || typeof value !== 'object') return typeof value === 'string' ? [value] : []
  return Object.values(value).flatMap(payloadTexts)
}
