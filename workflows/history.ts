import { workflowInfo } from '@temporalio/workflow'

/**
 * Whether an execution is to go on in a new one. Temporal suggests it long before its own limit of 51,200 events; four readers write some
 * 30 events a minute.
 */
export const isHistoryLong = (maxHistoryEvents: number | undefined): boolean => {
  const { continueAsNewSuggested, historyLength } = workflowInfo()
  return continueAsNewSuggested || (maxHistoryEvents !== undefined && historyLength >= maxHistoryEvents)
}
