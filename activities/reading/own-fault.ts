import type { AkeneoCalls } from '../../connectors/akeneo/client.ts'
import { mayBeThePage } from '../../connectors/akeneo/page-fault.ts'
import type { TransientError } from '../../connectors/errors.ts'
import { noAnswer } from '../../connectors/hub/rejections.ts'
import type { Rejection } from '../../contracts/streams.ts'

/**
 * The failure of a call where what it asked for is at fault. Any other goes on, to be tried again; so does that of an Akeneo that cannot
 * show a channel either, which is an outage and no record's fault. (Its root is not asked: that answers without the database, too.)
 */
export async function ownFault(calls: AkeneoCalls, error: unknown): Promise<TransientError> {
  if (!mayBeThePage(error)) throw error
  await calls.readPage('channels', { cursor: null, limit: 1 })
  return error
}

/** A record that even its own address does not answer with; `code`: what a person knows it by. */
export const unanswered = (
  { stream, key, code }: Pick<Rejection, 'stream' | 'key' | 'code'>,
  { came }: TransientError,
): Rejection => ({
  stream,
  key,
  code,
  reason: noAnswer,
  field: null,
  text: `Akeneo cannot show ${code ?? key}: ${came}`,
  remedy: 'Look at the record and at Akeneo’s log; it is asked for again by itself',
})
