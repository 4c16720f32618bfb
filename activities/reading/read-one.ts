import type { AkeneoCalls } from '../../connectors/akeneo/client.ts'
import { listAddress } from '../../connectors/akeneo/linked-lists.ts'
import { TransientError } from '../../connectors/errors.ts'
import { reject } from '../../connectors/hub/rejections.ts'
import type { StreamName } from '../../contracts/streams.ts'
import type { ConnectionRuntime, Dependencies } from '../dependencies.ts'
import { ownFault, unanswered } from './own-fault.ts'
import { publishingContext } from '../publishing/context.ts'
import { storePage } from '../publishing/store-page.ts'
import { isNotThere } from '../read-structure.ts'

/** Reads one record by its key and stores it; a broken one, and one that Akeneo cannot answer with although it is well, is rejected. */
export async function readOneInto(
  { sql }: Dependencies,
  connection: ConnectionRuntime,
  calls: AkeneoCalls,
  stream: StreamName,
  key: string,
  knownAs: string | null = null,
): Promise<'stored' | 'broken' | 'missing'> {
  const address = listAddress(stream, key)
  if (address === null) throw new Error(`${key} does not say which list of ${stream} it is of`)
  const { key: code, ...list } = address
  const answer = await calls.readOne(stream, code, list).catch((error: unknown) => {
    if (list.parent !== undefined && isNotThere(error, stream)) return null
    return ownFault(calls, error)
  })
  if (answer === null) return 'missing'
  if (answer instanceof TransientError) {
    await sql.begin((tx) => reject(tx, connection.name, [unanswered({ stream, key, code: knownAs }, answer)]))
    return 'broken'
  }
  const { item, broken, ticket } = answer
  if (item === null && broken === null) return 'missing'
  const context = await publishingContext(sql, connection, null)
  await sql.begin((tx) =>
    storePage(
      tx,
      connection.name,
      context,
      {
        stream,
        ...list,
        items: item === null ? [] : [item],
        broken: broken === null ? [] : [broken],
        ticket,
      },
      { sweepVariants: true },
    ),
  )
  return item === null ? 'broken' : 'stored'
}
