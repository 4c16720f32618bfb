import { cancellationSignal } from '@temporalio/activity'
import type { AkeneoCalls } from '../../connectors/akeneo/client.ts'
import type { AkeneoProduct } from '../../connectors/akeneo/schema.ts'
import { TransientError } from '../../connectors/errors.ts'
import { clearRejections, reject, rejectedKeys } from '../../connectors/hub/rejections.ts'
import { idsOf, sourcesByKey } from '../../connectors/hub/sources.ts'
import { waitingInTurn } from '../../connectors/hub/waiting.ts'
import type { Rejection } from '../../contracts/streams.ts'
import type { ConnectionRuntime, Dependencies } from '../dependencies.ts'
import { findProduct } from './find-product.ts'
import { ownFault } from './own-fault.ts'
import { publishingContext } from '../publishing/context.ts'
import { partsOf } from '../../connectors/partners.ts'
import { storePage } from '../publishing/store-page.ts'

/** Reason of a product that kits name and Akeneo does not show: it is asked for again by name, and holds no kit meanwhile. */
export const partMissing = 'part-missing'

/**
 * Reads parts that waiting kits name and nobody has read, where the connection wants that; products only, since models come with
 * every poll. True when there is something new to publish.
 */
export async function readMissingParts(deps: Dependencies, connection: ConnectionRuntime): Promise<boolean> {
  const context = await publishingContext(deps.sql, connection, null)
  if (context === null || !context.createMissingBundleItems) return false
  const kits = await waitingInTurn(deps.sql, connection.name, 'products', 'related', kitsPerRun)
  const sources = await sourcesByKey(deps.sql, connection.name, 'products', kits)
  const names = sources.flatMap(({ source }) =>
    context.outputs.flatMap((output) => partsOf(source as AkeneoProduct, output).products),
  )
  const known = await idsOf(deps.sql, connection.name, 'products', names)
  const rejected = await rejectedKeys(deps.sql, connection.name, 'products', names)
  const unread = [...new Set(names)].filter(
    (name) => !known.has(name.toLowerCase()) && !rejected.has(name.toLowerCase()),
  )
  if (unread.length === 0) return false
  await connection.akeneo.inLane('bulk', cancellationSignal(), async (calls) => {
    for (const name of unread.slice(0, partsPerRun)) await readPart(deps, connection, calls, name)
  })
  return true
}

/** Waiting products that are looked at at a time, kits or not, and parts that are read for them; the others follow, each in its turn. */
const kitsPerRun = 500
const partsPerRun = 100

export async function readPart(
  deps: Dependencies,
  connection: ConnectionRuntime,
  calls: AkeneoCalls,
  name: string,
): Promise<void> {
  const found = await findProduct(deps, connection, calls, name).catch((error: unknown) =>
    ownFault(calls, error),
  )
  const context = await publishingContext(deps.sql, connection, null)
  await deps.sql.begin(async (tx) => {
    if (found === null || found instanceof TransientError) {
      await reject(tx, connection.name, [missingPart(name, found)])
      return
    }
    const { item, broken, ticket } = found
    await clearRejections(tx, connection.name, 'products', [name], 'all')
    const page = {
      stream: 'products' as const,
      items: item === null ? [] : [item],
      broken: broken === null ? [] : [broken],
      ticket,
    }
    await storePage(tx, connection.name, context, page, { sweepVariants: false })
  })
}

const missingPart = (name: string, failure: TransientError | null): Rejection => ({
  stream: 'products',
  key: name,
  code: name,
  reason: partMissing,
  field: 'kit.components',
  text: `${name} is part of a kit, and Akeneo ${failure === null ? 'does not show it' : `cannot show it: ${failure.came}`}`,
  remedy:
    failure === null
      ? `Check in Akeneo that it exists and that this user may see it, then: pimflow sync ${name}`
      : 'Look at the product and at Akeneo’s log; it is asked for again by itself',
})
