import { createHmac, timingSafeEqual } from 'node:crypto'

/** How a delivery proves where it comes from, and when; docs/delivery.md has it for receivers. */
export const signatureHeaders = {
  timestamp: 'pimflow-timestamp',
  signature: 'pimflow-signature',
} as const

/** A receiver takes requests this far from its own clock: longer than clocks differ, too short to send one again; unit s. */
export const replayWindowSeconds = 300

const version = 'v1='

/** `v1=` and HMAC-SHA256 over `timestamp.body` in hex; `timestamp` is Unix time in seconds, `body` the bytes as sent. */
export const signatureOf = (secret: string, timestamp: number, body: string): string =>
  version + createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')

export type Verdict = 'valid' | 'stale' | 'wrong'

export interface SignedRequest {
  /** As they came; absent headers are wrong. */
  timestamp: string | undefined
  signature: string | undefined
  body: string
}

/** What a receiver decides. The time is looked at after the signature, which covers it: only a true request can be stale. */
export function verifySignature(secret: string, request: SignedRequest, nowSeconds: number): Verdict {
  const { timestamp = '', signature = '', body } = request
  if (!/^\d{1,12}$/.test(timestamp)) return 'wrong'
  const expected = Buffer.from(signatureOf(secret, Number(timestamp), body))
  const given = Buffer.from(signature)
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 'wrong'
  return Math.abs(nowSeconds - Number(timestamp)) > replayWindowSeconds ? 'stale' : 'valid'
}
