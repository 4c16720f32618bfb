import { activityInfo } from '@temporalio/activity'
import type { AkeneoCalls, PageQuery } from '../../connectors/akeneo/client.ts'
import { type StreamDefinition, streams } from '../../connectors/akeneo/streams.ts'
import { RefusedError, type TransientError } from '../../connectors/errors.ts'
import type { Queryable } from '../../connectors/hub/database.ts'
import { isListRejected, listRejection, reject } from '../../connectors/hub/rejections.ts'
import type { UnfilteredList } from '../../connectors/hub/list-readings.ts'
import { hasSources } from '../../connectors/hub/sources.ts'
import type { StreamName } from '../../contracts/streams.ts'
import type { ConnectionRuntime, Dependencies } from '../dependencies.ts'
import { ownFault } from './own-fault.ts'
import { type PageAround, readAround } from './read-around.ts'

/** Attempts at something before it is believed to break Akeneo by itself: what passes has passed by then. */
const attemptsBefore = 2

/** Without any of these nothing comes out as it should; the others say themselves where they are missed, or are waited for. */
const indispensable: StreamName[] = ['channels', 'attributes', 'families', 'association-types']

/** The failure of a call that goes on breaking Akeneo, well otherwise. Any other goes on, to be tried again. */
export async function lastingFault(calls: AkeneoCalls, error: unknown): Promise<TransientError> {
  const fault = await ownFault(calls, error)
  if (activityInfo().attempt <= attemptsBefore) throw fault
  return fault
}

/** The same of a list; one that is rejected already has had its tries. */
async function lastingListFault(
  db: Queryable,
  connection: string,
  calls: AkeneoCalls,
  { stream, parent }: UnfilteredList,
  error: unknown,
): Promise<TransientError> {
  if (await isListRejected(db, connection, stream, parent)) return ownFault(calls, error)
  return lastingFault(calls, error)
}

/** A page of a list; where it goes on breaking Akeneo and is paged by number, without the records that do. */
export async function readListPage(
  { sql }: Dependencies,
  { name }: ConnectionRuntime,
  calls: AkeneoCalls,
  list: UnfilteredList,
  asked: { cursor: string | null; query: PageQuery },
): Promise<PageAround> {
  try {
    const own = list.parent === '' ? {} : { parent: list.parent }
    return { ...(await calls.readPage(list.stream, { ...asked, ...own })), unshown: 0, came: '' }
  } catch (error) {
    const { paging }: StreamDefinition = streams[list.stream]
    if (paging !== 'page') throw error
    const fault = await lastingListFault(sql, name, calls, list, error)
    return readAround(calls, list, asked, fault)
  }
}

const named = ({ stream, parent }: UnfilteredList) => (parent === '' ? stream : `${stream} of ${parent}`)

/** What a list is rejected with of which some records do not come. */
export const partRejection = (list: UnfilteredList, unshown: number, came: string) =>
  listRejection(
    list.stream,
    list.parent,
    `Akeneo cannot show ${unshown} of its ${named(list)}, and does not say which: ${came}`,
  )

/**
 * Rejects a list that Akeneo, well otherwise, goes on failing to answer with, so that the others are read; a later run tries it again
 * whole. Any other failure goes on. Where nothing can do without the list and none of it was ever read, a person must act: the run ends.
 * `isWhole` is false where only what changed was asked for: then a list that is rejected already keeps the time of its next try.
 */
export async function setListAside(
  { sql }: Dependencies,
  { name }: ConnectionRuntime,
  calls: AkeneoCalls,
  list: UnfilteredList,
  failure: unknown,
  isWhole: boolean,
): Promise<void> {
  const { stream, parent } = list
  const fault = await lastingListFault(sql, name, calls, list, failure)
  if (parent === '' && indispensable.includes(stream) && !(await hasSources(sql, name, stream)))
    throw neverRead(name, stream, fault)
  const text = `Akeneo cannot show ${parent === '' ? 'its' : 'the'} ${named(list)}: ${fault.came}`
  await rejectList(sql, name, list, listRejection(stream, parent, text), isWhole)
}

/** See `setListAside`. */
export async function rejectList(
  sql: Dependencies['sql'],
  connection: string,
  { stream, parent }: UnfilteredList,
  rejection: ReturnType<typeof listRejection>,
  isWhole: boolean,
): Promise<void> {
  if (!isWhole && (await isListRejected(sql, connection, stream, parent))) return
  await sql.begin((tx) => reject(tx, connection, [rejection]))
}

const neverRead = (connection: string, stream: StreamName, { came }: TransientError) =>
  new RefusedError({
    code: 'structure-unread',
    asked: `the ${stream} of ${connection}, of which nothing was ever read`,
    came,
    remedy: `Nothing can be carried before Akeneo shows its ${stream}: look at Akeneo’s log, mend or delete what breaks them, then start this again.`,
  })
