import type { Secret } from '../../domain/secret.ts'
import { signatureHeaders, signatureOf } from '../../domain/signature.ts'
import type { HttpRequest } from '../http.ts'

/** A POST of JSON that says where it comes from, and when (Unix time, s); the same content has the same key (docs/delivery.md). */
export function signedPost(
  secret: Secret,
  body: string,
  idempotencyKey: string,
  timestamp = unixSeconds(),
): Pick<HttpRequest, 'method' | 'body' | 'headers'> {
  return {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'idempotency-key': idempotencyKey,
      [signatureHeaders.timestamp]: String(timestamp),
      [signatureHeaders.signature]: signatureOf(secret.reveal(), timestamp, body),
    },
  }
}

export const unixSeconds = (): number => Math.floor(Date.now() / 1000)
