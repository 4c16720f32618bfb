import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import type { FeedChange, FeedEntry, HubRecord } from '../../../contracts/hub.ts'
import type { Secret } from '../../../domain/secret.ts'
import { TransientError } from '../../errors.ts'
import { createHttp, type HttpAnswer } from '../../http.ts'
import { failureOf } from '../answers.ts'
import { createDestinationClient, type EntryOutcome } from '../client.ts'
import { deliveryOf } from '../request.ts'
import type { DeliveryBody } from '../schema.ts'
import { signedPost } from '../signed-post.ts'
import { createRecords, type Records } from './records.ts'

/** What stands at the destination for a record of the hub. */
export const Standing = z.object({
  version: z.number().int().describe('Of the record that it was made from'),
  active: z.boolean().describe('False: it is not sold, or is gone'),
  writes: z.number().int().optional().describe('How often the destination was written to for this record'),
})
export type Standing = z.infer<typeof Standing>

export interface ConformanceTarget {
  /** Takes POSTs of entries. */
  url: string
  secret: Secret
  /** What deliveries call the destination; `conformance` when absent. */
  destination?: string | undefined
  /** One request; 30 s when absent. */
  timeoutMs?: number | undefined
  /** What stands there by the hub's id, null for nothing. Without it effects are not seen, only answers. */
  look?: ((id: string) => Promise<Standing | null>) | undefined
  signal: AbortSignal
}

export interface SignedPost {
  body: string
  headers: Record<string, string>
}

export interface RawPost {
  entries: FeedEntry[]
  /** Changes what is sent, after it was made as for any delivery. */
  body?: (body: DeliveryBody) => object
  /** Changes what was signed. */
  sent?: (request: SignedPost) => SignedPost
  /** Signs with this one instead. */
  secret?: Secret
  /** When it says that it was sent: Unix time, s. */
  timestamp?: number
}

/** What a check works with. */
export interface Stage {
  records: Records
  destination: string
  /** Of a record as it stands, under the next number of the feed. */
  entry(record: HubRecord): FeedEntry
  /** As a worker does it; keeps in mind what was taken, so that it can be retired in the end. */
  deliver(entries: FeedEntry[], generation?: number): Promise<EntryOutcome[]>
  /** A request that no worker sends, or whose answer as such matters. */
  post(request: RawPost): Promise<HttpAnswer>
  /** Undefined where nobody can look. */
  look(id: string): Promise<Standing | null | undefined>
  canLook: boolean
  /** Remembers what stands at the destination by another way than `deliver`. */
  took(record: HubRecord): void
  /** What was taken and has not left, in the order in which it came. */
  standing(): HubRecord[]
  /** 429s so far, and how many of them did not say when to come again. */
  throttled: { times: number; withoutTime: number }
}

/** Longer than this in one check nobody waits for a destination that answers 429; unit ms. */
const longestWaitMs = 60_000

const connection = 'conformance'

export function createStage(target: ConformanceTarget): Stage {
  const { destination = 'conformance', timeoutMs = 30_000, secret, signal } = target
  const run = randomUUID().slice(0, 8)
  // Of its own for each run: a destination remembers keys, and those begin with the output's name.
  const output = `conformance-${run}`
  const url = new URL(target.url)
  const client = createDestinationClient(connection, {
    name: destination,
    url: target.url,
    secret,
    batchSize: 100,
    timeoutMs,
  })
  const http = createHttp({
    caller: { service: 'delivery', connection },
    timeoutMs,
    maxBodyBytes: 4 * 1024 * 1024,
  })
  const throttled = { times: 0, withoutTime: 0 }
  const there = new Map<string, HubRecord>()
  let seq = 0

  return {
    records: createRecords(run),
    destination,
    throttled,
    canLook: target.look !== undefined,
    entry: (record) => ({
      seq: ++seq,
      at: new Date().toISOString(),
      kind: record.kind,
      id: record.id,
      version: record.version,
      change: changeOf(record),
      fields: [],
      record,
    }),
    async deliver(entries, generation = 0) {
      const { outcomes } = await patiently(async () => {
        const delivered = await client.deliver({ output, generation, entries, signal })
        if (delivered.failure !== null) throw delivered.failure
        return delivered
      })
      for (const { entry, status } of outcomes) if (status === 'accepted') took(entry.record)
      return outcomes
    },
    post: (request) =>
      patiently(async () => {
        const answer = await post(request)
        if (answer.status === 429) throw failureOf(answer, 'POST')
        return answer
      }),
    look: async (id) => target.look?.(id),
    took,
    standing: () => [...there.values()],
  }

  function took(record: HubRecord): void {
    if (record.status === 'retired') there.delete(record.id)
    else if (record.version >= (there.get(record.id)?.version ?? 0)) there.set(record.id, record)
  }

  function post({ entries, body: change, sent, timestamp, ...request }: RawPost): Promise<HttpAnswer> {
    const { key, body } = deliveryOf({ connection, output, destination }, 0, entries)
    const text = JSON.stringify(change ? change(body) : body)
    const { headers = {} } = signedPost(request.secret ?? secret, text, key, timestamp)
    const said = sent ? sent({ body: text, headers }) : { body: text, headers }
    return http.send({ method: 'POST', url, asked: 'POST', signal, ...said })
  }

  /** Tries again for as long as the destination asks to come later. */
  async function patiently<T>(send: () => Promise<T>): Promise<T> {
    for (let waitedMs = 0; ;) {
      try {
        return await send()
      } catch (error) {
        if (!(error instanceof TransientError) || error.code !== 'too-many-requests') throw error
        throttled.times += 1
        if (error.retryAfterMs === undefined) throttled.withoutTime += 1
        const waitMs = Math.max(error.retryAfterMs ?? 1000, 100)
        waitedMs += waitMs
        if (waitedMs > longestWaitMs) throw error
        await delay(waitMs, undefined, { signal })
      }
    }
  }
}

const changeOf = ({ status, version }: HubRecord): FeedChange =>
  status !== 'active' ? status : version === 1 ? 'created' : 'updated'
