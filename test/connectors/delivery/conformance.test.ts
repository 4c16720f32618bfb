import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ConformanceReport } from '../../../connectors/delivery/conformance/suite.ts'
import { DeliveryBody } from '../../../connectors/delivery/schema.ts'
import type { Result } from '../../../examples/receiver/receiver.ts'
import { startCommand } from '../../client/harness.ts'
import { gate } from '../../client/stubs.ts'
import { deliverySecret } from '../../support/destination.ts'
import {
  answering,
  type Break,
  ageOf,
  conformanceOf,
  entriesIn,
  failedOf,
  isTrue,
  refusing,
  resultsIn,
  seeing,
  signed,
  startAdapter,
  withResults,
} from './receivers.ts'

let called = 0
const broken: [what: string, breaks: Break, failed: string[]][] = [
  [
    'verifies nothing',
    (receiver) => (_, body) => receiver.handle(signed(body), body),
    ['unsigned', 'other-secret', 'changed-body', 'changed-time', 'old', 'from-the-future'],
  ],
  [
    'does not look at the time',
    (receiver) => (headers, body) =>
      isTrue(headers, body, Number(headers['pimflow-timestamp']))
        ? receiver.handle(signed(body), body)
        : receiver.handle(headers, body),
    ['old', 'from-the-future'],
  ],
  [
    'allows no other clock',
    (receiver) => (headers, body) =>
      ageOf(headers) > 60 ? { status: 401, body: {} } : receiver.handle(headers, body),
    ['other-clock'],
  ],
  [
    'does what it refuses',
    (receiver) => (headers, body) => {
      receiver.handle(signed(body), body)
      return receiver.handle(headers, body)
    },
    ['unsigned', 'other-secret', 'changed-body', 'changed-time', 'old', 'from-the-future'],
  ],
  [
    'reads bodies as Latin-1',
    (receiver) => (headers, body) => receiver.handle(headers, Buffer.from(body, 'utf8').toString('latin1')),
    ['letters'],
  ],
  [
    'creates anew whatever comes',
    answering((result) => ({ ...result, externalId: `item-${++called}` })),
    ['ids', 'repeated', 'cut-anew', 'at-once', 'one-record', 'resent'],
  ],
  [
    'goes back to what comes late',
    (receiver) => (headers, body) => {
      const answer = receiver.handle(headers, body)
      if (answer.status !== 200) return answer
      for (const { record } of entriesIn(body)) {
        const item = receiver.shop.items.get(record.id)
        if (item) receiver.shop.items.set(record.id, { ...item, record })
      }
      return answer
    },
    ['never-back'],
  ],
  [
    'does not overwrite',
    seeing((entry, { shop }) => {
      const item = shop.items.get(entry.record.id)
      return item ? { ...entry, record: item.record } : entry
    }),
    ['update', 'withheld', 'retired', 'comes-back'],
  ],
  [
    'sells what is withheld',
    seeing((entry) =>
      entry.record.status === 'withheld'
        ? { ...entry, record: { ...entry.record, status: 'active' } }
        : entry,
    ),
    ['withheld'],
  ],
  [
    'refuses to remove what is not there',
    (receiver) => (headers, body) => {
      const strange = new Set(
        entriesIn(body)
          .filter(({ record }) => record.status === 'retired' && !receiver.shop.items.has(record.id))
          .map(({ seq }) => seq),
      )
      return withResults(receiver.handle(headers, body), (result) =>
        strange.has(result.seq) ? { seq: result.seq, status: 'refused', reason: 'unknown' } : result,
      )
    },
    ['never-seen'],
  ],
  [
    'answers 500 where it cannot take one',
    (receiver) => (headers, body) => {
      const answer = receiver.handle(headers, body)
      return resultsIn(answer).some(({ status }) => status === 'refused') ? { status: 500, body: {} } : answer
    },
    ['alone', 'reason', 'mended'],
  ],
  ['refuses without a reason', answering(({ reason: _, ...result }) => result), ['reason']],
  [
    'remembers what it refused',
    (receiver) => {
      const refused = new Map<string, Result>()
      return answering((result, entry) => {
        const key = entry?.key ?? ''
        if (result.status === 'refused') refused.set(key, result)
        return refused.get(key) ?? result
      })(receiver)
    },
    ['mended'],
  ],
  [
    'takes no fields that it does not know',
    refusing(422, (body) => body.includes('"sentBy"')),
    ['more-fields'],
  ],
  [
    'takes only what its schema allows',
    refusing(400, (body) => !DeliveryBody.safeParse(JSON.parse(body)).success),
    ['other-kind', 'other-change'],
  ],
  ['fails on large bodies', refusing(500, (body) => body.length > 1024 * 1024), ['large']],
  [
    'answers for the first 50 alone',
    (receiver) => (headers, body) => {
      const first = new Set(
        entriesIn(body)
          .slice(0, 50)
          .map(({ seq }) => seq),
      )
      return withResults(receiver.handle(headers, body), (result) =>
        first.has(result.seq) ? result : undefined,
      )
    },
    ['many', 'cleans-up'],
  ],
  [
    'loses what it accepts',
    (receiver) => (headers, body) => {
      const answer = receiver.handle(headers, body)
      receiver.shop.items.clear()
      return answer
    },
    ['kinds', 'update', 'repeated', 'cut-anew', 'at-once', 'one-record', 'never-back', 'comes-back'],
  ],
]

describe('the examples', () => {
  it('of a receiver conforms', async () => {
    const report = await conformanceOf((receiver) => (headers, body) => receiver.handle(headers, body))
    expect(report.lines.filter(({ status }) => status !== 'ok')).toEqual([])
    expect(report.conforms).toBe(true)
  })

  it('of an adapter conforms, seen from the command line, and nothing of it is left', async () => {
    const { url, folder } = await startAdapter()
    const words = ['conformance', url, '--look', `${url}/records`, '--json']
    const { code, out } = await startCommand(words, { RECEIVER_SECRET: deliverySecret }).ended
    const report = JSON.parse(out) as ConformanceReport
    expect(report.lines.filter(({ status }) => status !== 'ok')).toEqual([])
    expect(code).toBe(0)
    expect(await readdir(join(folder, 'shop'))).toEqual([])
  })
})

describe('a receiver that', () => {
  it.each(broken)('%s is found out', async (_, breaks, failed) => {
    const report = await conformanceOf(breaks)
    expect(failedOf(report)).toEqual(failed)
    expect(report.conforms).toBe(false)
    for (const { status, remedy } of report.lines) {
      if (status !== 'ok') expect(remedy).not.toBe('')
    }
  })

  it('acts twice when the same comes twice at once is found out', async () => {
    const twin = gate()
    let arrived = 0
    let isArmed = false
    const report = await conformanceOf(
      (receiver) => async (headers, body) => {
        const answer = receiver.handle(headers, body)
        if (!isArmed) return answer
        arrived += 1
        if (arrived === 2) twin.open()
        const isFirst = arrived === 1
        await twin.opened
        return withResults(answer, (result) => (isFirst ? result : { ...result, externalId: 'item-twin' }))
      },
      ({ name }) => {
        isArmed = name === 'cut-anew'
      },
    )
    expect(failedOf(report)).toEqual(['at-once'])
  })

  it('asks to come later is waited for', async () => {
    let asked = 0
    const report = await conformanceOf((receiver) => (headers, body) => {
      asked += 1
      return asked % 7 === 0 ? { status: 429, body: {} } : receiver.handle(headers, body)
    })
    expect(failedOf(report)).toEqual([])
    const { came } = report.lines.find(({ name }) => name === 'throttles') ?? {}
    expect(came).toMatch(/^[1-9]\d* came, and each did$/)
  })

  it('does not say when to come again is waited for, and told of', async () => {
    let asked = 0
    const report = await conformanceOf(
      (receiver) => (headers, body) => {
        asked += 1
        return asked === 3 ? { status: 429, body: {} } : receiver.handle(headers, body)
      },
      undefined,
      {},
    )
    expect(report.conforms).toBe(true)
    expect(report.lines.find(({ name }) => name === 'throttles')).toMatchObject({
      status: 'warning',
      came: '1 of 1 did not',
    })
  })

  it('names nothing by ids of its own conforms, and hears what that costs', async () => {
    const report = await conformanceOf(answering(({ externalId: _, ...result }) => result))
    expect(report.lines.filter(({ status }) => status !== 'ok')).toMatchObject([
      {
        name: 'ids',
        status: 'warning',
        came: expect.stringContaining('pimflow cannot say what it is called') as string,
      },
    ])
    expect(report.lines.find(({ name }) => name === 'takes')?.came).toBe('taken')
  })

  it('refuses nothing conforms: which of two entries it would refuse cannot be seen', async () => {
    const report = await conformanceOf(
      // A product whose group is not there is one without a group.
      seeing((entry, { shop }) => {
        const { groupId, ...record } = entry.record
        return typeof groupId === 'string' && !shop.items.has(groupId) ? { ...entry, record } : entry
      }),
    )
    expect(failedOf(report)).toEqual([])
    expect(report.lines.filter(({ status }) => status === 'warning').map(({ name }) => name)).toEqual([
      'alone',
      'reason',
      'mended',
    ])
  })

  it('takes one product and refuses what follows is told so rule by rule', async () => {
    let taken = 0
    const report = await conformanceOf(
      answering((result) =>
        ++taken > 1 ? { seq: result.seq, status: 'refused', reason: 'enough' } : result,
      ),
    )
    expect(failedOf(report)).toEqual(
      expect.arrayContaining(['kinds', 'repeated', 'cut-anew', 'at-once', 'never-seen']),
    )
    const came = new Map(report.lines.map((line) => [line.name, line.came]))
    expect(came.get('kinds')).toContain('enough')
    expect(came.get('update')).toMatch(/^not tried: what it begins with was not taken: .*enough/)
  })

  it('answers for nothing is told which result is missing', async () => {
    const report = await conformanceOf(answering(() => undefined))
    expect(report.lines).toMatchObject([{ name: 'takes', status: 'failed' }])
    expect(report.conforms).toBe(false)
  })

  it('takes nothing gets one line, which says what to do', async () => {
    const report = await conformanceOf(() => () => ({ status: 401, body: {} }))
    expect(report.lines).toMatchObject([{ name: 'takes', status: 'failed', came: '401' }])
    expect(report.lines[0]?.remedy).toContain('same secret')
  })
})

describe('pimflow conformance', () => {
  const run = (words: string[], env: Record<string, string> = { RECEIVER_SECRET: deliverySecret }) =>
    startCommand(['conformance', ...words], env).ended

  it('says of each rule what was asked, what came and what to do', async () => {
    const { url } = await startAdapter()
    const { code, out } = await run([url])
    expect(code).toBe(0)
    expect(out).toMatch(/^ok {7}takes {12}a product, signed with the secret, is taken: taken as product-/m)
    expect(out).toMatch(
      /^warning {2}looks .*: not seen: only answers were looked at\n {9}Let the suite look/m,
    )
    expect(out).toMatch(/^It conforms: \d+ rules tried, 1 to look at$/m)
    expect(out).not.toContain(deliverySecret)
  })

  it('ends with 1 where a rule is broken', async () => {
    const { url } = await startAdapter()
    const { code, out } = await run([url], { RECEIVER_SECRET: 'another-secret-of-at-least-32-characters' })
    expect(code).toBe(1)
    expect(out).toMatch(/^failed {3}takes .*: 401\n {9}\S.*same secret/m)
  })

  it('ends with 5 where nothing answers, and with 2 without a secret or an address', async () => {
    expect((await run(['http://127.0.0.1:9'])).code).toBe(5)
    const { code, err } = await run(['http://127.0.0.1:9'], {})
    expect(code).toBe(2)
    expect(err).toContain('RECEIVER_SECRET is not set')
    expect((await run(['127.0.0.1:9'])).code).toBe(2)
  })
})
