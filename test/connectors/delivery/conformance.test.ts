import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import {
  checkConformance,
  type ConformanceLine,
  type ConformanceReport,
} from '../../../connectors/delivery/conformance/suite.ts'
import { DeliveryBody } from '../../../connectors/delivery/schema.ts'
import { Secret } from '../../../domain/secret.ts'
import { signatureOf, verifySignature } from '../../../domain/signature.ts'
import { openFolder } from '../../../examples/adapter/folder-destination.ts'
import { createAdapter } from '../../../examples/adapter/main.ts'
import { openMemory } from '../../../examples/adapter/memory.ts'
import { type Answer, createReceiver, type Entry, type Result } from '../../../examples/receiver/receiver.ts'
import { startCommand } from '../../client/harness.ts'
import { deliverySecret } from '../../support/destination.ts'
import { gate } from '../../client/stubs.ts'

type Receiver = ReturnType<typeof createReceiver>
type Handle = (headers: IncomingHttpHeaders, body: string) => Answer | Promise<Answer>
type Break = (receiver: Receiver) => Handle

const cleanUps: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp()
})

const listen = (server: Server): Promise<string> =>
  new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
    cleanUps.push(() => {
      server.closeAllConnections()
      return new Promise((closed) => server.close(closed))
    })
  })

/** The example's receiver with one rule broken, and what the suite says of it. */
async function conformanceOf(
  breaks: Break,
  onLine?: (line: ConformanceLine) => void,
  headers: Record<string, string> = { 'retry-after': '0' },
): Promise<ConformanceReport> {
  const receiver = createReceiver({ secret: deliverySecret })
  const handle = breaks(receiver)
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      const { status, body } = await handle(request.headers, Buffer.concat(chunks).toString('utf8'))
      response.writeHead(status, { 'content-type': 'application/json', ...headers })
      response.end(JSON.stringify(body))
    })()
  })
  const { shop } = receiver
  return checkConformance(
    {
      url: await listen(server),
      secret: new Secret(deliverySecret),
      look: (id) => {
        const item = shop.items.get(id)
        const writes = shop.effects.filter((effect) => effect.startsWith(`${id} `)).length
        const { version = 0, status } = item?.record ?? {}
        return Promise.resolve(item ? { version, active: status === 'active', writes } : null)
      },
      signal: AbortSignal.timeout(60_000),
    },
    onLine,
  )
}

const failedOf = ({ lines }: ConformanceReport) =>
  lines.filter(({ status }) => status === 'failed').map(({ name }) => name)

async function startAdapter(): Promise<{ url: string; folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'pimflow-adapter-'))
  const memory = await openMemory(join(folder, 'adapter.ndjson'))
  const destination = await openFolder(join(folder, 'shop'))
  const url = await listen(createAdapter({ secret: deliverySecret, destination, memory, inspect: true }))
  cleanUps.push(
    () => memory.close(),
    () => rm(folder, { recursive: true, force: true }),
  )
  return { url, folder }
}

/** Signs a body as pimflow does, whatever it came with. */
const signed = (body: string) => {
  const now = Math.floor(Date.now() / 1000)
  return {
    'pimflow-timestamp': String(now),
    'pimflow-signature': signatureOf(deliverySecret, now, body),
  }
}
const entriesIn = (body: string) => (JSON.parse(body) as { entries: Entry[] }).entries
const resultsIn = ({ body }: Answer) => (body as { results?: Result[] }).results ?? []
/** Changes each result of an answer. */
const withResults = (answer: Answer, change: (result: Result) => Result | undefined): Answer =>
  answer.status === 200
    ? { status: 200, body: { results: resultsIn(answer).flatMap((result) => change(result) ?? []) } }
    : answer
/** Shows the receiver other entries than came, where it would have taken the request. */
const seeing =
  (change: (entry: Entry, receiver: Receiver) => Entry): Break =>
  (receiver) =>
  (headers, body) => {
    if (!isTrue(headers, body)) return receiver.handle(headers, body)
    const delivery = JSON.parse(body) as { entries: Entry[] }
    const other = { ...delivery, entries: delivery.entries.map((entry) => change(entry, receiver)) }
    const text = JSON.stringify(other)
    return receiver.handle(signed(text), text)
  }
const isTrue = (headers: IncomingHttpHeaders, body: string, now = Date.now() / 1000) =>
  verifySignature(
    deliverySecret,
    {
      timestamp: String(headers['pimflow-timestamp']),
      signature: String(headers['pimflow-signature']),
      body,
    },
    now,
  ) === 'valid'
/** Answers otherwise than the receiver does. */
const answering =
  (change: (result: Result, entry: Entry | undefined) => Result | undefined): Break =>
  (receiver) =>
  (headers, body) => {
    const answer = receiver.handle(headers, body)
    const entries = new Map(entriesIn(body).map((entry) => [entry.seq, entry]))
    return withResults(answer, (result) => change(result, entries.get(result.seq)))
  }
/** Refuses whole requests. */
const refusing =
  (status: number, when: (body: string) => boolean): Break =>
  (receiver) =>
  (headers, body) =>
    isTrue(headers, body) && when(body) ? { status, body: {} } : receiver.handle(headers, body)

const ageOf = (headers: IncomingHttpHeaders) =>
  Math.abs(Date.now() / 1000 - Number(headers['pimflow-timestamp']))

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
