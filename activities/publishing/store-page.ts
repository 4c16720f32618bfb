import type { BrokenItem } from '../../connectors/akeneo/client.ts'
import type {
  AkeneoCategory,
  AkeneoFamily,
  AkeneoOption,
  AkeneoProduct,
} from '../../connectors/akeneo/schema.ts'
import { keyInList } from '../../connectors/akeneo/linked-lists.ts'
import type { Transaction } from '../../connectors/hub/database.ts'
import { noteChanged } from '../../connectors/hub/enrichment/changed.ts'
import { changeShownRecords, holdRetirements } from '../../connectors/hub/publication-locks.ts'
import { requestReading } from '../../connectors/hub/list-readings.ts'
import { clearRejections, reject, unreadable } from '../../connectors/hub/rejections.ts'
import {
  claimReading,
  type SourceInput,
  sourcesByKey,
  type WrittenSource,
  writeSources,
} from '../../connectors/hub/sources.ts'
import { sourcesByParent } from '../../connectors/hub/source-relations.ts'
import { bumpStructureVersion, structureStreams } from '../../connectors/hub/structure.ts'
import { holdSuccessors, takeOverBySku } from '../../connectors/hub/successors.ts'
import { enqueueSweeps } from '../../connectors/hub/sweeps.ts'
import { enqueue, enqueueEverything, enqueueFamilies, referrersOf } from '../../connectors/hub/waiting.ts'
import type { Rejection, StreamName } from '../../contracts/streams.ts'
import { longestCode } from '../../domain/storable.ts'
import type { PublishingContext } from './context.ts'
import {
  enqueueGroups,
  followAssetFamilies,
  followCategories,
  followOptions,
  followRecords,
} from './follow.ts'
import { publishProducts } from './publish-products.ts'
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

/**
 * Stores one page of a stream and sees to what follows from its changes. Safe to repeat: a page that was stored already
 * changes nothing, a page that was read earlier than what is stored loses. `context` is null until structure was read once:
 * only structure and category pages may come before.
 */
export async function storePage(
  tx: Transaction,
  connection: string,
  context: PublishingContext | null,
  page: ReadPage,
  { sweepVariants }: { sweepVariants: boolean },
): Promise<StoredPage> {
  const { stream, ticket } = page
  await holdRetirements(tx, connection)
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
  if (context?.isEnriched === true && (stream === 'products' || stream === 'product-models')) {
    await noteChanged(
      tx,
      connection,
      stream,
      written.map(({ key }) => key),
    )
  }
  await clearRejections(
    tx,
    connection,
    stream,
    // A product's may be older than its uuid: from an Akeneo before 7.0.
    complete.flatMap(({ key, code }) =>
      code === null ? [key] : [key, code, keyInList(stream, page.parent, code)],
    ),
    'read',
  )
  const { refused = [] } = page
  await reject(tx, connection, [...broken.map((item) => brokenRecord(stream, item)), ...refused])
  const changed = changedRecords(complete, written)
  const rejected = await follow(tx, connection, context, stream, page.parent, changed, sweepVariants)
  return {
    read: records.length + broken.length + refused.length,
    changed: written.length,
    rejected: rejected + broken.length + refused.length,
  }
}

/** Among the values an identifier is a text like others, so that its length could not be looked at when it was read. */
const isTooLong = (code: string | null): boolean => code !== null && code.length > longestCode
const tooLongIdentifier = { path: 'identifier', message: `is longer than ${longestCode} characters` }

interface ChangedRecord extends WrittenSource {
  record: SourceInput
}

const changedRecords = (records: SourceInput[], written: WrittenSource[]): ChangedRecord[] => {
  const byKey = new Map(written.map((row) => [row.key, row]))
  return records.flatMap((record) => {
    const row = byKey.get(record.key)
    return row ? [{ ...row, record }] : []
  })
}

/** What a change of each stream sets in motion; returns how many records were rejected on the way. */
async function follow(
  tx: Transaction,
  connection: string,
  context: PublishingContext | null,
  stream: StreamName,
  parent: string | undefined,
  changed: ChangedRecord[],
  sweepVariants: boolean,
): Promise<number> {
  if (changed.length === 0) return 0
  const keys = changed.map(({ key }) => key)
  if (structureStreams.includes(stream)) {
    await followStructure(tx, connection, stream, parent, changed)
    if (stream === 'attribute-options' && parent !== undefined && context !== null) {
      const options = changed.map(({ record }) => (record.source as AkeneoOption).code)
      await followOptions(tx, connection, context, parent, options)
    }
    return 0
  }
  if (stream === 'reference-entity-records' || stream === 'assets') {
    await followRecords(tx, connection, stream, keys)
    return 0
  }
  const moved = changed
    .filter(({ record, created, previousParent }) => !created && previousParent !== record.parent)
    .map(({ key }) => key)
  if (stream === 'categories') {
    await followCategories(tx, connection, context, keys, moved)
    return 0
  }
  if (stream === 'product-models') {
    const roots = changed.map(({ record }) => record.parent ?? record.key)
    await enqueueGroups(tx, connection, [...roots, ...previousParents(changed)])
    if (sweepVariants) await enqueueSweeps(tx, connection, keys)
    // Their values may stay as they are: Akeneo shows nothing of it in them.
    const variants = await sourcesByParent(tx, connection, 'products', moved)
    await enqueue(
      tx,
      connection,
      variants.map(({ key }) => ({ stream: 'products' as const, key, reason: 'group' as const })),
    )
    return 0
  }
  if (context === null)
    throw new Error(`Products of ${connection} were read before its attributes and families`)
  await readReferrersAgain(tx, connection, changed)
  const outcomes = await publishProducts(
    tx,
    context,
    changed.map(({ key, id, record }) => ({
      key,
      id,
      code: record.code,
      source: record.source as AkeneoProduct,
    })),
  )
  await enqueueGroups(tx, connection, [
    ...changed.flatMap(({ record }) => (record.parent === null ? [] : [record.parent])),
    ...previousParents(changed),
  ])
  return outcomes.rejected.length
}

/**
 * Akeneo names products in the associations of models by their identifier, and dates no model when that changes: they are read again, before
 * the old name finds nobody, or somebody else.
 */
async function readReferrersAgain(
  tx: Transaction,
  connection: string,
  changed: ChangedRecord[],
): Promise<void> {
  const left = changed.flatMap(({ record, previousCode }) =>
    previousCode !== null && previousCode !== record.code ? [previousCode] : [],
  )
  await requestReading(tx, connection, await referrersOf(tx, connection, 'products', left))
}

const previousParents = (changed: ChangedRecord[]) =>
  changed.flatMap(({ record, previousParent }) =>
    previousParent !== null && previousParent !== record.parent ? [previousParent] : [],
  )

async function followStructure(
  tx: Transaction,
  connection: string,
  stream: StreamName,
  parent: string | undefined,
  changed: ChangedRecord[],
): Promise<void> {
  await bumpStructureVersion(tx, connection)
  const attributes =
    stream === 'attributes'
      ? changed.map(({ key }) => key)
      : stream === 'attribute-options' && parent
        ? [parent]
        : []
  await enqueue(
    tx,
    connection,
    attributes.map((key) => ({ stream: 'attributes' as const, key, reason: 'structure' as const })),
  )
  // Models may have named a variant of the family before it was read.
  if (stream === 'family-variants' && parent) await enqueueFamilies(tx, connection, [parent])
  // A record that is new to us cannot have shaped what is stored. Of attributes and association types only labels change,
  // which stand in the dictionary; a channel's locales and currencies shape all that is published, and units whatever measures something.
  const known = changed.filter(({ created }) => !created)
  if (stream === 'asset-families') {
    await followAssetFamilies(
      tx,
      connection,
      known.map(({ key }) => key),
    )
  } else if (stream === 'families') {
    await enqueueFamilies(
      tx,
      connection,
      known.map(({ record }) => (record.source as AkeneoFamily).code),
    )
  } else if ((stream === 'channels' || stream === 'measurement-families') && known.length > 0) {
    await enqueueEverything(tx, connection, 'structure')
  }
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
