import type { AkeneoFamily, AkeneoOption, AkeneoProduct } from '../../connectors/akeneo/schema.ts'
import type { Transaction } from '../../connectors/hub/database.ts'
import { lockLinks } from '../../connectors/hub/publication-locks.ts'
import { sourcesByParent } from '../../connectors/hub/source-relations.ts'
import type { SourceInput, WrittenSource } from '../../connectors/hub/sources.ts'
import { bumpStructureVersion, structureStreams } from '../../connectors/hub/structure.ts'
import { enqueueSweeps } from '../../connectors/hub/sweeps.ts'
import {
  enqueue,
  enqueueEverything,
  enqueueFamilies,
  type Queued,
  referrersOf,
} from '../../connectors/hub/waiting.ts'
import type { StreamName } from '../../contracts/streams.ts'
import { type PublishingContext, storedMainIdentifier } from './context.ts'
import { readReferrersAgain } from './current-codes.ts'
import { followAssetFamilies, followCategories, followOptions, followRecords, groupsOf } from './follow.ts'
import { publishProducts } from './publish-products.ts'

export interface ChangedRecord extends WrittenSource {
  record: SourceInput
}

/**
 * What a change of each stream sets in motion; returns how many records were rejected on the way. `again`: records that are as they were
 * stored, and published anew all the same.
 */
export async function followChanges(
  tx: Transaction,
  connection: string,
  context: PublishingContext | null,
  stream: StreamName,
  parent: string | undefined,
  changed: ChangedRecord[],
  again: string[],
  sweepVariants: boolean,
): Promise<number> {
  const queued = again.map((key) => ({ stream, key, reason: 'structure' as const }))
  // Of the others all that goes into the queue goes in one call; who changes structure or categories is alone.
  const isSold = stream === 'products' || stream === 'product-models'
  if (changed.length === 0 || !isSold) await enqueue(tx, connection, queued)
  if (changed.length === 0) return 0
  const keys = changed.map(({ key }) => key)
  if (structureStreams.includes(stream)) {
    await followStructure(tx, connection, stream, parent, changed)
    if (stream === 'attributes' && context !== null) {
      const main = await storedMainIdentifier(tx, connection)
      if (main !== context.identifierAttribute) await enqueueEverything(tx, connection, 'structure')
    }
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
    const groups = await groupsOf(tx, connection, [...roots, ...previousParents(changed)])
    if (sweepVariants) await enqueueSweeps(tx, connection, keys)
    // Their values may stay as they are: Akeneo shows nothing of it in them.
    const variants = await sourcesByParent(tx, connection, 'products', moved)
    const links = await referrersOfPlaced(
      tx,
      connection,
      changed.filter(
        ({ key, record, created }) => moved.includes(key) || (created && record.parent !== null),
      ),
    )
    await enqueue(tx, connection, [
      ...groups,
      ...links,
      ...variants.map(({ key }) => ({ stream: 'products' as const, key, reason: 'group' as const })),
      ...queued,
    ])
    return 0
  }
  if (context === null)
    throw new Error(`Products of ${connection} were read before its attributes and families`)
  await readReferrersAgain(
    tx,
    connection,
    changed.flatMap(({ record, previousCode }) =>
      previousCode !== null && previousCode !== record.code ? [previousCode] : [],
    ),
  )
  const outcomes = await publishProducts(
    tx,
    context,
    changed.map(({ key, id, record }) => ({
      key,
      id,
      code: record.code,
      source: record.source as AkeneoProduct,
    })),
    {
      changed: [
        ...changed.flatMap(({ record }) => (record.parent === null ? [] : [record.parent])),
        ...previousParents(changed),
      ],
      again: queued,
    },
  )
  return outcomes.rejected.length
}

/** Who names a sub-model is linked to the group that it stands in, which may be there already and named by nobody itself. */
async function referrersOfPlaced(
  tx: Transaction,
  connection: string,
  subModels: ChangedRecord[],
): Promise<Queued[]> {
  if (subModels.length === 0) return []
  await lockLinks(tx, connection)
  const names = subModels.map(({ key }) => key)
  const referrers = await referrersOf(tx, connection, 'product-models', names)
  return referrers.map((referrer) => ({ ...referrer, reason: 'link' }))
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
