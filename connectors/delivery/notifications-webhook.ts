import { digestText, type Entry } from '../../domain/notifications.ts'
import type { Secret } from '../../domain/secret.ts'
import { createHttp } from '../http.ts'
import { failureOf } from './answers.ts'
import { requestKey } from './idempotency.ts'
import { signedPost } from './signed-post.ts'

/** Where a connection's troubles are told. */
export interface NotificationSettings {
  url: string
  secret: Secret
  timeoutMs: number
}

/** An answer is not looked at beyond its status. */
const maxBodyBytes = 1024 * 1024

/**
 * One message: text for people and the same as entries for programs; any 2xx takes it. Throws a TransientError or a RefusedError; then
 * none of it counts as told, and it comes again, under the same key while nothing else has happened.
 */
export async function sendDigest(
  connection: string,
  settings: NotificationSettings,
  entries: readonly Entry[],
  { at, signal }: { at: Date; signal: AbortSignal },
): Promise<void> {
  // Without the address: many receivers keep a key in it.
  const asked = `POST of ${entries.length} notifications to the webhook of ${connection}`
  const body = JSON.stringify({ connection, at, text: digestText(connection, entries), entries })
  const key = requestKey(
    entries.map(({ kind, subject, state, since, lastToldAt }) =>
      [connection, kind, subject, state, since.toISOString(), lastToldAt?.toISOString() ?? ''].join('/'),
    ),
  )
  const answer = await createHttp({
    timeoutMs: settings.timeoutMs,
    maxBodyBytes,
    caller: { service: 'delivery', connection },
  }).send({ ...signedPost(settings.secret, body, key), url: new URL(settings.url), asked, signal })
  if (answer.status < 200 || answer.status > 299) throw failureOf(answer, asked)
}
