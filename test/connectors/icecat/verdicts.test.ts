import { describe, expect, it } from 'vitest'
import { RefusedError, TransientError } from '../../../connectors/errors.ts'
import { statusVerdicts } from '../../../connectors/icecat/verdicts.ts'
import { byId, clientOf, icecat } from './helpers.ts'

describe('every status of Icecat has its verdict', () => {
  it.each([
    [1, 400, 'refused', 'parameter-missing'],
    [2, 400, 'language-unknown', 'language-unknown'],
    [3, 400, 'refused', 'user-unknown'],
    [4, 400, 'not-found', 'identifier-unknown'],
    [5, 403, 'refused', 'address-not-allowed'],
    [6, 403, 'refused', 'no-shop-key'],
    [7, 403, 'refused', 'app-key-of-another'],
    [8, 404, 'not-found', 'no-sheet'],
    [9, 403, 'restricted', 'full-only'],
    [10, 403, 'refused', 'app-key-unknown'],
    [12, 403, 'restricted', 'vertical'],
    [19, 400, 'refused', 'token-malformed'],
    [404, 404, 'embargoed', 'embargoed'],
    // The same number under another HTTP status means the same.
    [4, 404, 'not-found', 'identifier-unknown'],
    [10, 401, 'refused', 'app-key-unknown'],
    // A number that nobody has documented leaves the product as it is.
    [77, 400, 'unclear', 'unknown-status'],
  ])('status %i under HTTP %i is %s: %s', async (icecatStatus, status, outcome, code) => {
    const simulator = await icecat()
    simulator.fault({ path: '/api', icecatStatus, status })
    const asking = clientOf(simulator).sheet(byId('900000123'), 'EN')
    if (outcome === 'refused') {
      await expect(asking).rejects.toMatchObject({ name: 'RefusedError', code })
    } else {
      expect(await asking).toMatchObject({ outcome, verdict: { code } })
    }
  })

  it('says who acts, and for how much of the work, in every line of the table', () => {
    for (const verdict of Object.values(statusVerdicts)) {
      expect(verdict?.remedy).toMatch(/\.$/)
      expect(verdict?.scope).toBe(
        verdict?.outcome === 'refused'
          ? 'run'
          : verdict?.outcome === 'language-unknown'
            ? 'language'
            : 'product',
      )
    }
  })

  it.each([
    [401, RefusedError, 'credentials'],
    [408, TransientError, 'timeout'],
    [429, TransientError, 'too-many-requests'],
    [500, TransientError, 'server-error'],
    [503, TransientError, 'server-error'],
    [302, RefusedError, 'redirected'],
  ])('HTTP %i without a number throws', async (status, kind, code) => {
    const simulator = await icecat()
    simulator.fault({ path: '/api', status, body: 'html' })
    const asking = clientOf(simulator).sheet(byId('900000123'), 'EN')
    await expect(asking).rejects.toBeInstanceOf(kind)
    await expect(asking).rejects.toMatchObject({ code })
  })

  it.each([
    [403, 'restricted', 'brand'],
    [404, 'not-found', 'no-sheet'],
    [400, 'unclear', 'unknown-status'],
  ])('HTTP %i without a number is about the product', async (status, outcome, code) => {
    const simulator = await icecat()
    simulator.fault({ path: '/api', status, body: 'empty' })
    expect(await clientOf(simulator).sheet(byId('900000123'), 'EN')).toMatchObject({
      outcome,
      verdict: { code },
    })
  })

  it('reads the spelling of older servers', async () => {
    const simulator = await icecat({ legacyErrors: true })
    expect(await clientOf(simulator).sheet({ by: 'gtin', gtin: '2999999999998' }, 'EN')).toMatchObject({
      outcome: 'not-found',
      verdict: { code: 'identifier-unknown' },
    })
  })

  it('waits as long as a 429 says, and all calls of the process with it', async () => {
    const simulator = await icecat()
    simulator.fault({ path: '/api', status: 429, retryAfter: 1, count: 1 })
    const client = clientOf(simulator)
    await expect(client.sheet(byId('900000123'), 'EN')).rejects.toMatchObject({
      code: 'too-many-requests',
      retryAfterMs: 1000,
      benign: true,
    })
    await client.sheet(byId('900000123'), 'EN')
    const [refused, next] = simulator.requests().map(({ startedAt }) => startedAt)
    // Timers count in whole milliseconds.
    expect((next ?? 0) - (refused ?? Infinity)).toBeGreaterThan(990)
  })
})

describe('the XML door tells by its text', () => {
  it.each([
    ['The requested XML data-sheet is not present in the Icecat database.', 'not-found', 'no-sheet'],
    ['You are not allowed to have Full ICEcat access', 'restricted', 'full-only'],
    ['You are not allowed to have Full Icecat access', 'restricted', 'full-only'],
    ['The specified vendor does not exist', 'not-found', 'identifier-unknown'],
    ['No xml data for this product', 'not-found', 'no-sheet'],
    ['Access to this product and language is restricted.', 'restricted', 'brand'],
    ['Something new', 'unclear', 'unknown-status'],
  ])('%s', async (message, outcome, code) => {
    const simulator = await icecat()
    simulator.fault({ path: '/xml_s3/*', icecatStatus: 8, message })
    expect(await clientOf(simulator).sheetByXml(byId('900000123'), 'EN')).toMatchObject({
      outcome,
      verdict: { code },
    })
  })

  it('takes 404 with the restriction’s text, and 401, for what they are', async () => {
    const simulator = await icecat()
    expect(await clientOf(simulator).sheetByXml(byId('900000304'), 'EN')).toMatchObject({
      outcome: 'restricted',
      verdict: { code: 'brand' },
    })
    simulator.revokeTokens()
    await expect(clientOf(simulator).sheetByXml(byId('900000123'), 'EN')).rejects.toMatchObject({
      code: 'credentials',
    })
  })
})
