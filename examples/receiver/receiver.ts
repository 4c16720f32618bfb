import { createHmac, timingSafeEqual } from 'node:crypto'
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import { fileURLToPath } from 'node:url'

/**
 * A complete receiver of pimflow's deliveries, on Node's own modules only: copy this file and put your shop where `Shop` is.
 * What it must do is in docs/delivery.md; each rule stands here where it is kept.
 */

/** What the receiver looks at; the record has all fields of the hub's contract besides. */
export interface HubRecord {
  kind: 'attribute' | 'category' | 'group' | 'product'
  id: string
  version: number
  status: 'active' | 'withheld' | 'retired'
  externalIds?: Record<string, string>
  [field: string]: unknown
}

export interface Entry {
  key: string
  seq: number
  change: string
  record: HubRecord
}

interface Delivery {
  destination: string
  entries: Entry[]
}

export interface Result {
  seq: number
  status: 'accepted' | 'refused'
  reason?: string
  externalId?: string
}

export interface Answer {
  status: number
  body: object
}

export interface ReceiverOptions {
  /** The same as `secret` of the destination in pimflow.config.yaml. */
  secret: string
  /** A file that outlives this program: what was accepted, one line for each entry. */
  journal?: string
  /** Your own reasons to refuse a record: a sentence for whoever reads it at pimflow's side. */
  refuse?: (record: HubRecord) => string | undefined
  /** Unix time; unit s. */
  now?: () => number
}

/** Older or younger requests are refused: whoever recorded one cannot send it again later; unit s. */
const replayWindowSeconds = 300

export function createReceiver({ secret, journal, refuse, now = unixTime }: ReceiverOptions) {
  const shop = new Shop(refuse)
  /** Results of what was accepted, by idempotency key. Keep them for as long as deliveries may repeat: some days. */
  const known = new Map<string, Result>()
  if (journal !== undefined && existsSync(journal)) {
    for (const line of readFileSync(journal, 'utf8').split('\n').filter(Boolean)) {
      const { key, result, record } = JSON.parse(line) as { key: string; result: Result; record: HubRecord }
      known.set(key, result)
      shop.restore(record, result.externalId)
    }
  }

  return {
    shop,

    /** What to answer to a POST. Headers in lower case, the body as it came, not parsed and printed again. */
    handle(headers: Record<string, string | string[] | undefined>, body: string): Answer {
      const problem = signatureProblem(headers, body)
      if (problem !== undefined) return { status: 401, body: { error: problem } }
      const { destination, entries } = JSON.parse(body) as Delivery
      // One after the other: parents come before what is below them.
      return { status: 200, body: { results: entries.map((entry) => take(entry, destination)) } }
    },
  }

  function signatureProblem(headers: Record<string, string | string[] | undefined>, body: string) {
    const timestamp = String(headers['pimflow-timestamp'])
    const given = Buffer.from(String(headers['pimflow-signature']))
    const expected = Buffer.from(
      `v1=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`,
    )
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 'wrong signature'
    // Only now: the time is worth looking at because the signature covers it.
    if (!(Math.abs(now() - Number(timestamp)) <= replayWindowSeconds)) return 'stale timestamp'
    return undefined
  }

  function take({ key, seq, record }: Entry, destination: string): Result {
    // The answer to it was lost on the way: the same answer again, and no second effect.
    const before = known.get(key)
    if (before !== undefined) return before
    const reason = shop.problemOf(record)
    // Not remembered: the same entry may come again, with a newer body, once somebody mended what was wrong.
    if (reason !== undefined) return { seq, status: 'refused', reason }
    const result: Result = { seq, status: 'accepted', externalId: shop.apply(record, destination) }
    known.set(key, result)
    if (journal !== undefined) appendFileSync(journal, `${JSON.stringify({ key, result, record })}\n`)
    return result
  }
}

/** Stands for the system behind the receiver. */
class Shop {
  /** By the hub's id. */
  readonly items = new Map<string, { externalId: string; record: HubRecord }>()
  /** Every change that was made here; a delivery that is repeated makes none. */
  readonly effects: string[] = []
  readonly #refuse: (record: HubRecord) => string | undefined
  #created = 0

  constructor(refuse: (record: HubRecord) => string | undefined = () => undefined) {
    this.#refuse = refuse
  }

  problemOf(record: HubRecord): string | undefined {
    if (record.status === 'retired') return undefined
    const { groupId, parent } = record
    if (record.kind === 'product' && typeof groupId === 'string' && !this.items.has(groupId)) {
      return `its group ${groupId} is not here`
    }
    if (record.kind === 'category' && typeof parent === 'string' && !this.#hasCategory(parent)) {
      return `its parent ${parent} is not here`
    }
    return this.#refuse(record)
  }

  /** Creates or overwrites the item; answers what it is called here. */
  apply(record: HubRecord, destination: string): string {
    const item = this.items.get(record.id)
    // Entries of one record carry it as it stands when they are sent: never go back to an older one.
    if (item && record.version < item.record.version) return item.externalId
    // An id that was adopted from here: the item exists already, so that none is created.
    const externalId = item?.externalId ?? record.externalIds?.[destination] ?? `item-${++this.#created}`
    this.items.set(record.id, { externalId, record })
    if (item?.record.version !== record.version) this.effects.push(`${record.id} ${record.version}`)
    return externalId
  }

  restore(record: HubRecord, externalId = ''): void {
    this.items.set(record.id, { externalId, record })
    const [, number] = /^item-(\d+)$/.exec(externalId) ?? []
    this.#created = Math.max(this.#created, Number(number ?? 0))
  }

  #hasCategory(code: string): boolean {
    return [...this.items.values()].some(
      ({ record }) => record.kind === 'category' && record['code'] === code,
    )
  }
}

const unixTime = () => Math.floor(Date.now() / 1000)

/** Larger requests are answered with 413, and come again in parts; unit bytes. */
const largestBody = 10 * 1024 * 1024

async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    // Read to its end all the same: a sender that is cut off sees a broken connection, not the answer.
    if (size <= largestBody) chunks.push(chunk)
  }
  return size > largestBody ? null : Buffer.concat(chunks).toString('utf8')
}

function main(): void {
  const secret = process.env['RECEIVER_SECRET'] ?? ''
  if (secret === '') throw new Error('Set RECEIVER_SECRET to the secret of the destination')
  const receiver = createReceiver({ secret, journal: process.env['RECEIVER_JOURNAL'] ?? 'received.ndjson' })
  const server = createServer((request, response) => {
    void (async () => {
      const body = request.method === 'POST' ? await bodyOf(request) : ''
      const answer =
        request.method !== 'POST'
          ? { status: 405, body: { error: 'POST only' } }
          : body === null
            ? { status: 413, body: { error: `at most ${largestBody} bytes` } }
            : receiver.handle(request.headers, body)
      response.writeHead(answer.status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(answer.body))
    })().catch(() => response.destroy())
  })
  const port = Number(process.env['PORT'] ?? 8085)
  server.listen(port, '127.0.0.1', () => {
    process.stdout.write(
      `Takes deliveries at http://127.0.0.1:${port}; ${receiver.shop.items.size} items so far\n`,
    )
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main()
