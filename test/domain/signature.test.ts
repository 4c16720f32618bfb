import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { replayWindowSeconds, signatureOf, verifySignature } from '../../domain/signature.ts'

const secret = 'a-secret-of-at-least-32-characters-for-tests'
const now = 1_795_000_000
const body = '{"entries":[]}'
const request = (changes: object = {}) => ({
  timestamp: String(now),
  signature: signatureOf(secret, now, body),
  body,
  ...changes,
})

describe('the signature of a delivery', () => {
  it('is HMAC-SHA256 over timestamp, a dot and the body, in hex, with its version before it', () => {
    const plain = createHmac('sha256', secret).update(`${now}.${body}`).digest('hex')
    expect(signatureOf(secret, now, body)).toBe(`v1=${plain}`)
  })

  it('is valid for what was signed', () => {
    expect(verifySignature(secret, request(), now)).toBe('valid')
  })

  it.each([
    ['another body', { body: '{"entries":[1]}' }],
    ['another timestamp', { timestamp: String(now + 1) }],
    ['another signature', { signature: signatureOf('another secret', now, body) }],
    ['a signature that was cut', { signature: signatureOf(secret, now, body).slice(0, -2) }],
    ['no signature', { signature: undefined }],
    ['no timestamp', { timestamp: undefined }],
    ['a timestamp that is no number', { timestamp: '1e9' }],
  ])('is wrong with %s', (_, changes) => {
    expect(verifySignature(secret, request(changes), now)).toBe('wrong')
  })

  it('is stale outside the window, on both sides, and valid at its edge', () => {
    for (const sign of [1, -1]) {
      expect(verifySignature(secret, request(), now + sign * replayWindowSeconds)).toBe('valid')
      expect(verifySignature(secret, request(), now + sign * (replayWindowSeconds + 1))).toBe('stale')
    }
  })
})
