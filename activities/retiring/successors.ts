import { cancellationSignal } from '@temporalio/activity'
import type { AkeneoCalls, OneRecord } from '../../connectors/akeneo/client.ts'
import { TransientError } from '../../connectors/errors.ts'
import type { Transaction } from '../../connectors/hub/database.ts'
import type { LaneKind } from '../../connectors/hub/lanes.ts'
import { holdRetirements, holdStructure } from '../../connectors/hub/publication-locks.ts'
import { reject } from '../../connectors/hub/rejections.ts'
import { leavingSource } from '../../connectors/hub/retired.ts'
import { claimReading, holdReadings } from '../../connectors/hub/sources.ts'
import { dropSuccessors, type Successor, successorsOf, takeOver } from '../../connectors/hub/successors.ts'
import type { ConnectionRuntime, Dependencies } from '../dependencies.ts'
import { ownFault, unanswered } from '../reading/own-fault.ts'
import { publishingContext } from '../publishing/context.ts'
import { sourceInput } from '../publishing/source-input.ts'
import { storePage } from '../publishing/store-page.ts'

/**
 * Decides about products that came under the SKU of another one, by reading that one directly. Gone: the new product takes its
 * hub record over, so whoever knows the SKU keeps its id. Renamed: both are stored, the renamed one first. Still there under the
 * same SKU: the new one is rejected, because a SKU names one product. `only` (keys) limits it to what a person waits for.
 */
export async function settleSuccessors(
  deps: Dependencies,
  connection: ConnectionRuntime,
  { lane, only }: { lane: LaneKind; only?: string[] | undefined },
): Promise<void> {
  const all = await successorsOf(deps.sql, connection.name)
  const successors = only === undefined ? all : all.filter(({ key }) => only.includes(key))
  if (successors.length === 0) return
  await connection.akeneo.inLane(lane, cancellationSignal(), async (calls) => {
    for (const successor of successors) await settle(deps, connection, calls, successor)
  })
}

async function settle(
  { sql }: Dependencies,
  connection: ConnectionRuntime,
  calls: AkeneoCalls,
  { key, code, predecessor }: Successor,
): Promise<void> {
  const { name } = connection
  const stored = await leavingSource(sql, name, 'products', predecessor)
  const read = (product: string, productsBy: 'identifier' | 'uuid') =>
    calls.readOne('products', product, { productsBy }).catch((error: unknown) => ownFault(calls, error))
  const old = stored === null ? null : await read(predecessor, stored.uuid === null ? 'identifier' : 'uuid')
  const fresh = await read(key, 'uuid')
  const later = (fault: TransientError) =>
    sql.begin(async (tx) => {
      await dropSuccessors(tx, name, [key])
      await reject(tx, name, [unanswered({ stream: 'products', key, code }, fault)])
    })
  if (old instanceof TransientError) return later(old)
  if (fresh instanceof TransientError) return later(fresh)
  const context = await publishingContext(sql, connection, null)
  const store = (tx: Transaction, { item, broken, ticket }: OneRecord) =>
    storePage(
      tx,
      name,
      context,
      {
        stream: 'products',
        items: item === null ? [] : [item],
        broken: broken === null ? [] : [broken],
        ticket,
      },
      { sweepVariants: false },
    )
  const namesOf = (item: unknown) => sourceInput('products', item, undefined, context?.identifierAttribute)

  await sql.begin(async (tx) => {
    // What pages take before they store, before anything that a page may have.
    await holdRetirements(tx, name)
    await holdStructure(tx, name)
    await holdReadings(tx, name, 'products', [predecessor, key])
    await dropSuccessors(tx, name, [key])
    if (old !== null && old.item === null && old.broken === null && fresh.item !== null) {
      const current = await claimReading(tx, name, 'products', [predecessor], old.ticket)
      if (current.size > 0) await takeOver(tx, name, [{ predecessor, key }])
    } else if (old !== null && (old.item !== null || old.broken !== null)) {
      const is = old.item === null ? null : namesOf(old.item)
      if (is?.key === key) {
        // It was known by its SKU alone, and answers now under its uuid.
        await takeOver(tx, name, [{ predecessor, key }])
      } else if (is === null || is.code?.toLowerCase() === code.toLowerCase()) {
        await reject(tx, name, [skuTaken(key, code)])
        return
      } else {
        await store(tx, old)
      }
    }
    await store(tx, fresh)
  })
}

const skuTaken = (key: string, code: string) => ({
  stream: 'products' as const,
  key,
  code,
  reason: 'sku-taken',
  field: 'sku',
  text: `The SKU ${code} is another product's, which Akeneo still has`,
  remedy: 'Give one of the two another identifier in Akeneo, then: pimflow rejections retry',
})
