import { cancellationSignal } from '@temporalio/activity'
import type { AkeneoCalls } from '../../connectors/akeneo/client.ts'
import {
  forgetListReadings,
  settleStructureRequests,
  takeStructureRequests,
} from '../../connectors/hub/list-readings.ts'
import { holdStructure } from '../../connectors/hub/publication-locks.ts'
import { sourcesByKey } from '../../connectors/hub/sources.ts'
import { structureStreams, structureVersion } from '../../connectors/hub/structure.ts'
import { enqueue } from '../../connectors/hub/waiting.ts'
import type { StreamName } from '../../contracts/streams.ts'
import { LinkedStream } from '../../contracts/streams.ts'
import type { ConnectionRuntime, Dependencies } from '../dependencies.ts'
import { listsBelow, readList } from '../read-structure.ts'
import { readOneInto } from './read-one.ts'

/**
 * Reads structure that records showed and the store lacks; what Akeneo does not know stays unknown. Records are translated again
 * only when the structure is another than they were made with, so a code that exists nowhere is asked for once. True when there is more to do.
 */
export async function readRequestedStructure(
  deps: Dependencies,
  connection: ConnectionRuntime,
): Promise<boolean> {
  const { reading, codes } = await takeStructureRequests(deps.sql, connection.name)
  if (codes.length === 0) return false
  let records = false
  await connection.akeneo.inLane('bulk', cancellationSignal(), async (calls) => {
    for (const code of codes) records = (await readMissing(deps, connection, calls, code)) || records
  })
  const version = await structureVersion(deps.sql, connection.name)
  const askers = await deps.sql.begin(async (tx) => {
    await holdStructure(tx, connection.name)
    const asked = await settleStructureRequests(tx, connection.name, reading, version)
    // Whoever shows a record is queued by its coming.
    const outdated = asked.filter(({ stream }) => structureStreams.includes(stream))
    await enqueue(
      tx,
      connection.name,
      outdated.map(({ asker, key }) => ({ stream: asker, key, reason: 'structure' })),
    )
    return outdated.length
  })
  return askers > 0 || records
}

/** True when it stored a record that is no structure. */
async function readMissing(
  deps: Dependencies,
  connection: ConnectionRuntime,
  calls: AkeneoCalls,
  { stream, code }: { stream: StreamName; code: string },
): Promise<boolean> {
  if (LinkedStream.safeParse(stream).success)
    return (await readOneInto(deps, connection, calls, stream, code)) === 'stored'
  if (stream === 'attributes' || stream === 'families') {
    if ((await readOneInto(deps, connection, calls, stream, code)) !== 'stored') return false
    const [stored] = await sourcesByKey(deps.sql, connection.name, stream, [code])
    const lists = stored ? listsBelow({ stream, source: stored.source }) : []
    for (const list of lists) await readList(deps, connection, calls, list)
  } else if (stream === 'attribute-options') {
    await readList(deps, connection, calls, { stream, parent: code })
  } else if (stream === 'family-variants') {
    // Which family it belongs to is not known from its code: all of their lists are read with the next polls, oldest first.
    await forgetListReadings(deps.sql, connection.name, stream)
  } else if (stream === 'products' || stream === 'product-models') {
    return (await readOneInto(deps, connection, calls, stream, code)) === 'stored'
  } else {
    await readList(deps, connection, calls, { stream, parent: '' })
  }
  return false
}
