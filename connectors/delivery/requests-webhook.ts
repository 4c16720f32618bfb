import type { RequestLine } from '../../domain/enrichment/requests/creation-request.ts'
import type { Secret } from '../../domain/secret.ts'
import { createHttp } from '../http.ts'
import { failureOf } from './answers.ts'
import { requestKey } from './idempotency.ts'
import { signedPost } from './signed-post.ts'

/** Where content that Icecat lacks is told. */
export interface WebhookSettings {
  url: string
  secret: Secret
  /** Most requests in one POST. */
  batchSize: number
  timeoutMs: number
}

/** An answer is not looked at beyond its status. */
const maxBodyBytes = 1024 * 1024

/**
 * Tells requests in one POST: any 2xx takes all of them. Throws a TransientError or a RefusedError; then none counts as told, and they come
 * again under the same key.
 */
export async function tellRequests(
  connection: string,
  settings: WebhookSettings,
  requests: readonly RequestLine[],
  signal: AbortSignal,
): Promise<void> {
  // Without the address: some receivers keep a key in it.
  const asked = `POST of ${requests.length} creation requests to the webhook of ${connection}`
  const body = JSON.stringify({ connection, requests })
  const key = requestKey(requests.map(({ product, askedAt }) => `${connection}/${product}/${askedAt}`))
  const answer = await createHttp({
    timeoutMs: settings.timeoutMs,
    maxBodyBytes,
    caller: { service: 'delivery', connection },
  }).send({
    ...signedPost(settings.secret, body, key),
    url: new URL(settings.url),
    asked,
    signal,
  })
  if (answer.status < 200 || answer.status > 299) throw failureOf(answer, asked)
}
