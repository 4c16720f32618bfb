import type { AkeneoCalls } from '../../connectors/akeneo/client.ts'
import { TransientError } from '../../connectors/errors.ts'
import type { Transaction } from '../../connectors/hub/database.ts'
import { type PlanItem, setItemState } from '../../connectors/hub/plans.ts'
import { lockRetirements } from '../../connectors/hub/publication-locks.ts'
import { retirePublished } from '../../connectors/hub/records.ts'
import { reject } from '../../connectors/hub/rejections.ts'
import {
  type LeavingSource,
  leavingSource,
  lockSource,
  removeSource,
  sourcesListedBelow,
} from '../../connectors/hub/retired.ts'
import { claimReading } from '../../connectors/hub/sources.ts'
import { bumpStructureVersion, structureStreams } from '../../connectors/hub/structure.ts'
import { enqueue, referrersOf } from '../../connectors/hub/waiting.ts'
import { LinkedStream, type StreamName } from '../../contracts/streams.ts'
import type { ConnectionRuntime, Dependencies } from '../dependencies.ts'
import { ownFault, unanswered } from '../reading/own-fault.ts'
import { publishingContext } from '../publishing/context.ts'
import { followRecords, groupsOf } from '../publishing/follow.ts'
import { storePage } from '../publishing/store-page.ts'

interface Retirement {
  run: bigint
  plan: bigint
  item: PlanItem
}

/**
 * Reads one record of a plan by its id. Only when Akeneo answers 404 does it leave; what answers is there and is stored as it
 * is, and what breaks Akeneo is not known to be gone. The whole of it is one transaction, so a run that dies goes on with the next record.
 */
export async function retireItem(
  { sql }: Dependencies,
  connection: ConnectionRuntime,
  calls: AkeneoCalls,
  { run, plan, item }: Retirement,
): Promise<'retired' | 'kept'> {
  const { name } = connection
  const { stream, key, position } = item
  const stored = await leavingSource(sql, name, stream, key)
  if (stored === null) {
    // It has left already, by an earlier attempt or another plan.
    await sql.begin((tx) => setItemState(tx, plan, position, 'retired'))
    return 'retired'
  }
  const answer = await readAgain(calls, item, stored).catch((error: unknown) => ownFault(calls, error))
  if (answer instanceof TransientError) {
    await sql.begin(async (tx) => {
      await reject(tx, name, [unanswered(item, answer)])
      await setItemState(tx, plan, position, 'kept')
    })
    return 'kept'
  }
  const { item: found, broken, ticket } = answer
  const context = await publishingContext(sql, connection, run)
  return sql.begin(async (tx) => {
    if (found !== null || broken !== null) {
      const page = {
        stream,
        items: found === null ? [] : [found],
        broken: broken === null ? [] : [broken],
        ticket,
        ...(stored.parent !== null && isListed(stream) ? { parent: stored.parent } : {}),
      }
      await storePage(tx, name, context, page, { sweepVariants: true })
      await setItemState(tx, plan, position, 'kept')
      return 'kept'
    }
    await lockRetirements(tx, name)
    // A later request has read it meanwhile: then it is back.
    const current = await claimReading(tx, name, stream, [key], ticket)
    const leaving = current.size === 0 ? null : await lockSource(tx, name, stream, key)
    const state = leaving === null ? 'kept' : 'retired'
    await setItemState(tx, plan, position, state)
    if (leaving !== null) await leave(tx, name, run, stream, leaving)
    return state
  })
}

/** Options, family variants, records and assets have addresses below what they belong to. */
const isListed = (stream: StreamName) =>
  stream === 'attribute-options' || stream === 'family-variants' || LinkedStream.safeParse(stream).success

/**
 * Products whose answers carried a uuid are asked for by it, also where the connection asks by identifier: there a product that
 * only lost its SKU, or got another one, would answer 404.
 */
function readAgain(calls: AkeneoCalls, { stream, key, code }: PlanItem, stored: LeavingSource) {
  if (stream === 'products')
    return calls.readOne(stream, key, { productsBy: stored.uuid === null ? 'identifier' : 'uuid' })
  if (isListed(stream) && stored.parent !== null)
    return calls.readOne(stream, code ?? key, { parent: stored.parent })
  return calls.readOne(stream, key)
}

/** Queue rows come before published records, and the feed's counter last: the order in which all publishers lock. */
async function leave(
  tx: Transaction,
  connection: string,
  run: bigint,
  stream: StreamName,
  source: LeavingSource,
): Promise<void> {
  await removeSource(tx, connection, stream, source, run)
  if (structureStreams.includes(stream)) await leaveStructure(tx, connection, run, stream, source)
  const linked = LinkedStream.safeParse(stream)
  if (linked.success) await followRecords(tx, connection, linked.data, [source.key])
  if (stream === 'products' || stream === 'product-models') {
    // The group above a variant or sub-model is made without it; one that leaves itself has no source to be made from.
    const groups = await groupsOf(tx, connection, source.parent === null ? [] : [source.parent])
    const names = [source.key, ...(source.code === null ? [] : [source.code])]
    const referrers = await referrersOf(tx, connection, stream, names)
    await enqueue(tx, connection, [
      ...groups,
      ...referrers.map((referrer) => ({ ...referrer, reason: 'link' as const })),
    ])
  }
  await retirePublished(tx, connection, run, source.id)
}

async function leaveStructure(
  tx: Transaction,
  connection: string,
  run: bigint,
  stream: StreamName,
  { key, parent }: LeavingSource,
): Promise<void> {
  await bumpStructureVersion(tx, connection)
  const below =
    stream === 'attributes' ? 'attribute-options' : stream === 'families' ? 'family-variants' : null
  if (below !== null) {
    for (const source of await sourcesListedBelow(tx, connection, below, key))
      await removeSource(tx, connection, below, source, run)
  }
  if (stream === 'attribute-options' && parent !== null)
    await enqueue(tx, connection, [{ stream: 'attributes', key: parent, reason: 'structure' }])
}
