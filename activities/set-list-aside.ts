import { activityInfo } from '@temporalio/activity'
import type { AkeneoCalls } from '../connectors/akeneo/client.ts'
import { isListRejected, listRejection, reject } from '../connectors/hub/rejections.ts'
import type { UnfilteredList } from '../connectors/hub/list-readings.ts'
import { hasSources } from '../connectors/hub/sources.ts'
import type { ConnectionRuntime, Dependencies } from './dependencies.ts'
import { ownFault } from './own-fault.ts'

/** Attempts at a list before it is believed to break Akeneo by itself: what passes has passed by then. */
const attemptsBefore = 2

/**
 * Rejects a list that Akeneo, well otherwise, goes on failing to answer with, so that the others are read; a later run tries it again
 * whole. Any other failure goes on. So does that of a list of which nothing was ever read: without it records would come out wrong.
 * `isWhole` is false where only what changed was asked for: then a list that is rejected already keeps the time of its next try.
 */
export async function setListAside(
  { sql }: Dependencies,
  { name }: ConnectionRuntime,
  calls: AkeneoCalls,
  { stream, parent }: UnfilteredList,
  failure: unknown,
  isWhole: boolean,
): Promise<void> {
  const fault = await ownFault(calls, failure)
  const isKnown = await isListRejected(sql, name, stream, parent)
  if (!isKnown && activityInfo().attempt <= attemptsBefore) throw fault
  if (parent === '' && !(await hasSources(sql, name, stream))) throw fault
  if (isKnown && !isWhole) return
  const text = `Akeneo cannot show ${parent === '' ? 'its' : 'the'} ${stream}${parent === '' ? '' : ` of ${parent}`}: ${fault.came}`
  await sql.begin((tx) => reject(tx, name, [listRejection(stream, parent, text)]))
}
