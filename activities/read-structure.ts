import { activityInfo, cancellationSignal } from '@temporalio/activity'
import type { AkeneoCalls, PageQuery } from '../connectors/akeneo/client.ts'
import { linkedLists, onlyWhereNamed } from '../connectors/akeneo/linked-lists.ts'
import type { AkeneoAttribute, AkeneoFamily } from '../connectors/akeneo/schema.ts'
import { changedSince } from '../connectors/akeneo/search.ts'
import {
  markListRead,
  oldestLists,
  unreadLists,
  type UnfilteredList,
} from '../connectors/hub/list-readings.ts'
import { clearListRejection } from '../connectors/hub/rejections.ts'
import { markStructureComplete, structureCompleteAt, structureRecords } from '../connectors/hub/structure.ts'
import { RefusedError } from '../connectors/errors.ts'
import { watermarkOf } from '../connectors/hub/runs.ts'
import { hasSources } from '../connectors/hub/sources.ts'
import { LinkedStream, type StreamName } from '../contracts/streams.ts'
import type { ConnectionRuntime, Dependencies } from './dependencies.ts'
import { measurePage } from './measure.ts'
import type { PageAround } from './reading/read-around.ts'
import { publishingContext } from './publishing/context.ts'
import { storePage } from './publishing/store-page.ts'
import { partRejection, readListPage, rejectList, setListAside } from './reading/set-list-aside.ts'
import { settleWaiting } from './settle.ts'

/** Lists that can neither be filtered by `updated` nor belong to one record; read whole. */
const wholeLists: StreamName[] = [
  'channels',
  'locales',
  'currencies',
  'measurement-families',
  'association-types',
  'attribute-groups',
]

/** What can be asked for by `updated`; attributes first, because families name them. */
const changingStreams: StreamName[] = ['attributes', 'families', 'categories']

/** An unfiltered list read within the hour is fresh enough for a poll; nights and loads read them all. Unit: seconds. */
const listFreshnessSeconds = 3600
const listsPerPoll = 10

/**
 * Before the first load has ended, a complete reading younger than this is brought up to date rather than repeated, so that a load right
 * after the categories reads nothing twice. Later, whoever asks for everything gets everything: labels of options change without a date.
 * Unit ms.
 */
const completeFreshnessMs = 3_600_000
const changesOverlapMs = 5 * 60_000

export const createStructureActivities = (deps: Dependencies) => ({
  /** Brings everything that says what values mean into the hub, dictionary first; needed before any record is translated. */
  async readStructure(input: { connection: string; runId: string; categories: boolean }): Promise<void> {
    const connection = deps.connection(input.connection)
    const streams = changingStreams.filter((stream) => input.categories || stream !== 'categories')
    await connection.akeneo.inLane('bulk', cancellationSignal(), async (calls) => {
      const completeAt = await structureCompleteAt(deps.sql, connection.name)
      const [first] = wholeLists
      const date = first ? await readList(deps, connection, calls, { stream: first, parent: '' }) : null
      const watermark = await watermarkOf(deps.sql, connection.name)
      if (
        watermark?.load !== 'done' &&
        completeAt !== null &&
        date !== null &&
        date.getTime() - completeAt.getTime() < completeFreshnessMs
      ) {
        const since = new Date(completeAt.getTime() - changesOverlapMs)
        for (const stream of streams) await readChanged(deps, connection, calls, stream, since)
        const linked = (await dependentLists(deps, connection)).filter(isLinked)
        await readChangedRecords(deps, connection, calls, linked, since)
        if (input.categories && !(await hasSources(deps.sql, connection.name, 'categories')))
          await readList(deps, connection, calls, { stream: 'categories', parent: '' })
        return
      }
      for (const stream of wholeLists.slice(1))
        await readList(deps, connection, calls, { stream, parent: '' })
      for (const stream of streams) await readList(deps, connection, calls, { stream, parent: '' })
      const lists = await dependentLists(deps, connection)
      const { attempt, scheduledTimestampMs } = activityInfo()
      // What an attempt before has read counts: there are hundreds, and Akeneo may break off each attempt after a hundred calls.
      const left =
        attempt === 1
          ? lists
          : await unreadLists(deps.sql, connection.name, lists, new Date(scheduledTimestampMs))
      for (const list of left) await readList(deps, connection, calls, list)
      await markStructureComplete(deps.sql, connection.name, date ?? new Date())
    })
    const settled = await settleWaiting(deps, connection, BigInt(input.runId), {
      streams: ['attributes', 'categories'],
      until: Number.POSITIVE_INFINITY,
    })
    if (settled.timeIsUp) throw new Error('The dictionary was not published to its end')
  },
})

const isLinked = ({ stream }: UnfilteredList) => LinkedStream.safeParse(stream).success

/** What changed since, and of the lists that cannot be asked for that, those read longest ago. */
export async function readChangedStructure(
  deps: Dependencies,
  connection: ConnectionRuntime,
  calls: AkeneoCalls,
  since: Date,
): Promise<void> {
  for (const stream of changingStreams) await readChanged(deps, connection, calls, stream, since)
  const dependent = await dependentLists(deps, connection)
  await readChangedRecords(deps, connection, calls, dependent.filter(isLinked), since)
  const lists = [
    ...wholeLists.map((stream) => ({ stream, parent: '' })),
    ...dependent.filter((list) => !isLinked(list)),
  ]
  for (const list of await oldestLists(
    deps.sql,
    connection.name,
    lists,
    listFreshnessSeconds,
    listsPerPoll,
  )) {
    await readList(deps, connection, calls, list)
  }
}

const readChanged = (
  deps: Dependencies,
  connection: ConnectionRuntime,
  calls: AkeneoCalls,
  stream: StreamName,
  since: Date,
) => readList(deps, connection, calls, { stream, parent: '' }, { search: changedSince(stream, since) })

/** Each once: several attributes may name records of one family. */
async function dependentLists({ sql }: Dependencies, { name }: ConnectionRuntime): Promise<UnfilteredList[]> {
  const lists = (await structureRecords(sql, name)).flatMap(listsBelow)
  return [...new Map(lists.map((list) => [`${list.stream} ${list.parent}`, list])).values()]
}

/** Of records that attributes name, what changed since; a list that was never read is read whole. Costs nothing where none is named. */
async function readChangedRecords(
  deps: Dependencies,
  connection: ConnectionRuntime,
  calls: AkeneoCalls,
  lists: UnfilteredList[],
  since: Date,
): Promise<void> {
  const unread = await unreadLists(deps.sql, connection.name, lists)
  for (const list of lists) {
    const isNew = unread.some(({ stream, parent }) => stream === list.stream && parent === list.parent)
    const query = isNew ? {} : { search: changedSince(list.stream, since) }
    await readList(deps, connection, calls, list, query)
  }
}

/** Lists that belong to a record of the structure: options or records of an attribute that names some, variants of a family. */
export function listsBelow({ stream, source }: { stream: StreamName; source: unknown }): UnfilteredList[] {
  if (stream === 'families') return [{ stream: 'family-variants', parent: (source as AkeneoFamily).code }]
  if (stream !== 'attributes') return []
  const attribute = source as AkeneoAttribute
  if (optionTypes.has(attribute.type)) return [{ stream: 'attribute-options', parent: attribute.code }]
  return linkedLists(attribute)
}

const optionTypes = new Set(['pim_catalog_simpleselect', 'pim_catalog_multiselect'])

/**
 * Reads a list whole, or what `query` asks of it; returns Akeneo's time of its first page. What it belongs to may be gone: then there is
 * nothing to read. One that Akeneo goes on failing to answer with, in whole or in part, is rejected, and counts as read.
 */
export async function readList(
  deps: Dependencies,
  connection: ConnectionRuntime,
  calls: AkeneoCalls,
  { stream, parent }: UnfilteredList,
  query: PageQuery = {},
): Promise<Date | null> {
  const isWhole = query.search === undefined
  const list = { stream, parent }
  const outcome = await readStream(deps, connection, calls, list, query).catch(async (error: unknown) => {
    if (parent !== '' && isNotThere(error, stream)) return { date: null, unshown: 0, came: '' }
    await setListAside(deps, connection, calls, list, error, isWhole)
    return 'set aside' as const
  })
  await markListRead(deps.sql, connection.name, list)
  if (outcome === 'set aside') return null
  const { date, unshown, came } = outcome
  if (unshown > 0)
    await rejectList(deps.sql, connection.name, list, partRejection(list, unshown, came), isWhole)
  else if (isWhole) await clearListRejection(deps.sql, connection.name, stream, parent)
  return date
}

/**
 * True for a list that is not there: what it belongs to was deleted, or this edition has no such records. Records that attributes name
 * may also be hidden from this user: products then show their codes, with a finding.
 */
export const isNotThere = (error: unknown, stream: StreamName): boolean =>
  error instanceof RefusedError &&
  (error.code === 'no-such-route' || (error.code === 'forbidden' && onlyWhereNamed.includes(stream)))

/** Reads a list to its end, each page stored as it comes; `date`: Akeneo's time of its first page. */
async function readStream(
  deps: Dependencies,
  connection: ConnectionRuntime,
  calls: AkeneoCalls,
  list: UnfilteredList,
  query: PageQuery,
): Promise<{ date: Date | null; unshown: number; came: string }> {
  const { stream, parent } = list
  let cursor: string | null = null
  let date: Date | null = null
  let unshown = 0
  let came = ''
  do {
    const page: PageAround = await readListPage(deps, connection, calls, list, { cursor, query })
    const { items, broken, ticket } = page
    const context = await publishingContext(deps.sql, connection, null)
    const read = { stream, ...(parent === '' ? {} : { parent }), items, broken, ticket }
    const stored = await deps.sql.begin((tx) =>
      storePage(tx, connection.name, context, read, { sweepVariants: false }),
    )
    measurePage(connection.name, stream, stored)
    date ??= page.date
    unshown += page.unshown
    came = page.came === '' ? came : page.came
    cursor = page.next
  } while (cursor !== null)
  return { date, unshown, came }
}
