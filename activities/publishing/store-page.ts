import type { BrokenItem } from '../../connectors/akeneo/client.ts'
import type { AkeneoCategory } from '../../connectors/akeneo/schema.ts'
import { keyInList } from '../../connectors/akeneo/linked-lists.ts'
import type { Transaction } from '../../connectors/hub/database.ts'
import { noteChanged } from '../../connectors/hub/enrichment/changed.ts'
import {
  changeShownRecords,
  changeStructure,
  holdRetirements,
  lockLinks,
} from '../../connectors/hub/publication-locks.ts'
import { clearRejections, reject, unreadable, unreadAmong } from '../../connectors/hub/rejections.ts'
import {
  claimReading,
  type SourceInput,
  sourcesByKey,
  type WrittenSource,
  writeSources,
} from '../../connectors/hub/sources.ts'
import { structureStreams } from '../../connectors/hub/structure.ts'
import { holdSuccessors, takeOverBySku } from '../../connectors/hub/successors.ts'
import { publishedStreams } from '../../connectors/hub/waiting.ts'
import type { Rejection, StreamName } from '../../contracts/streams.ts'
import { longestCode } from '../../domain/storable.ts'
import { heldContext, type PublishingContext } from './context.ts'
import { type ChangedRecord, followChanges } from './follow-changes.ts'
import { sourceInput } from './source-input.ts'

export interface ReadPage {
  stream: StreamName
  /** The record the list belongs to, e.g. the attribute of options. */
  parent?: string
  items: unknown[]
  broken: BrokenItem[]
  /** Records that Akeneo could not answer with. */
  refused?: Rejection[]
  ticket: bigint
}

export interface StoredPage {
  read: number
  changed: number
  rejected: number
}

/** What records of other streams are made by. */
const shaping: ReadonlySet<StreamName> = new Set([...structureStreams, 'categories'])

/**
 * Stores one page of a stream and sees to what follows from its changes. Safe to repeat: a page that was stored already
 * changes nothing, a page that was read earlier than what is stored loses. `known`, what records are made by as far as it is known, is null
 * until structure was read once: only structure and category pages may come before.
 */
export async function storePage(
  tx: Transaction,
  connection: string,
  known: PublishingContext | null,
  page: ReadPage,
  { sweepVariants }: { sweepVariants: boolean },
): Promise<StoredPage> {
  const { stream, ticket } = page
  await holdRetirements(tx, connection)
  if (shaping.has(stream)) await changeStructure(tx, connection)
  const context = known && !shaping.has(stream) ? await heldContext(tx, known) : known
  if (stream === 'reference-entity-records' || stream === 'assets') await changeShownRecords(tx, connection)
  const named = page.items.map((item) => sourceInput(stream, item, page.parent, context?.identifierAttribute))
  const records = named.filter(({ code }) => !isTooLong(code))
  const broken = [
    ...page.broken.map((item) => ({
      code: item.key,
      ...item,
      key: keyInList(stream, page.parent, item.key),
    })),
    ...named.filter(({ code }) => isTooLong(code)).map(({ key }) => ({ key, ...tooLongIdentifier })),
  ]
  const accepted = await claimReading(
    tx,
    connection,
    stream,
    records.map(({ key }) => key),
    ticket,
  )
  const current = records.filter(({ key }) => accepted.has(key))
  const complete =
    stream === 'categories'
      ? await keepPositions(tx, connection, current)
      : stream === 'products'
        ? await withoutSuccessors(tx, connection, current)
        : current
  const written = await writeSources(tx, connection, stream, complete, ticket, context?.run)
  if (stream === 'products' || stream === 'product-models') {
    await noteChanged(
      tx,
      connection,
      stream,
      written.map(({ key }) => key),
    )
  }
  // A product's may be older than its uuid: from an Akeneo before 7.0.
  const namesOf = ({ key, code }: SourceInput) =>
    code === null ? [key] : [key, code, keyInList(stream, page.parent, code)]
  const { refused = [] } = page
  const unread = [...broken.map((item) => brokenRecord(stream, item)), ...refused]
  const answered = await unreadAmong(tx, connection, stream, complete.flatMap(namesOf))
  // Who publishes groups writes their rejections behind rows of the queue, and has this lock.
  if (answered.size + unread.length > 0) await lockLinks(tx, connection)
  await clearRejections(tx, connection, stream, [...answered], 'read')
  await reject(tx, connection, unread)
  const changed = changedRecords(complete, written)
  const isWritten = new Set(written.map(({ key }) => key))
  // What was wrong with it besides gave way to that rejection, and is found again where it is as it was stored: nothing else follows then.
  const again = complete.filter(
    (record) => !isWritten.has(record.key) && namesOf(record).some((name) => answered.has(name)),
  )
  const rejected = await followChanges(
    tx,
    connection,
    context,
    stream,
    page.parent,
    changed,
    publishedStreams.includes(stream) ? again.map(({ key }) => key) : [],
    sweepVariants,
  )
  return {
    read: records.length + broken.length + refused.length,
    changed: written.length,
    rejected: rejected + broken.length + refused.length,
  }
}

/** Among the values an identifier is a text like others, so that its length could not be looked at when it was read. */
const isTooLong = (code: string | null): boolean => code !== null && code.length > longestCode
const tooLongIdentifier = { path: 'identifier', message: `is longer than ${longestCode} characters` }

const changedRecords = (records: SourceInput[], written: WrittenSource[]): ChangedRecord[] => {
  const byKey = new Map(written.map((row) => [row.key, row]))
  return records.flatMap((record) => {
    const row = byKey.get(record.key)
    return row ? [{ ...row, record }] : []
  })
}

/** Akeneo before 7.0 gives no position: then the place that an initialization found stays. */
async function keepPositions(
  tx: Transaction,
  connection: string,
  records: SourceInput[],
): Promise<SourceInput[]> {
  const without = records.filter(({ source }) => (source as AkeneoCategory).position === undefined)
  const stored = new Map(
    (
      await sourcesByKey(
        tx,
        connection,
        'categories',
        without.map(({ key }) => key),
      )
    ).map(({ key, source }) => [key, (source as AkeneoCategory).position]),
  )
  return records.map((record) => {
    const position = stored.get(record.key)
    return position === undefined ? record : { ...record, source: { ...(record.source as object), position } }
  })
}

/** A new product under a known SKU waits until it is known whether it is that one; see retiring/successors.ts. */
async function withoutSuccessors(
  tx: Transaction,
  connection: string,
  records: SourceInput[],
): Promise<SourceInput[]> {
  const held = await holdSuccessors(tx, connection, records)
  if (held.size === 0) return records
  const known = await takeOverBySku(tx, connection, [...held])
  return records.filter(({ key }) => !held.has(key) || known.has(key))
}

export const brokenRecord = (stream: StreamName, { key, code = key, path, message }: BrokenItem) => ({
  stream,
  key,
  code,
  reason: unreadable,
  field: path,
  text: `Akeneo's answer does not fit what its API documents at ${path}: ${message}`,
  remedy:
    'Look at the record in Akeneo; save it again or report it to Akeneo, then: pimflow rejections retry',
})
