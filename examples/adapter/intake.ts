import { createHmac, timingSafeEqual } from 'node:crypto'
import { type Destination, type HubRecord, TooBusy } from './destination.ts'
import type { Memory, Result } from './memory.ts'

export interface Answer {
  status: number
  headers?: Record<string, string>
  body: object
}

interface Entry {
  key: string
  seq: number
  record: HubRecord
}

interface Delivery {
  destination: string
  entries: Entry[]
}

export interface IntakeOptions {
  /** The same as `secret` of the destination in pimflow.config.yaml. */
  secret: string
  destination: Destination
  memory: Memory
  /** Products and groups that are written at the same time; those of one record never are. */
  lanes?: number
}

/** Clocks differ; whoever recorded a request cannot send it again later; unit s. */
const replayWindowSeconds = 300

/** Requests that wait while one is at work: more are asked to come later. */
const mostWaiting = 2

/** The rules of docs/delivery.md, around any destination. */
export function createIntake({ secret, destination, memory, lanes = 8 }: IntakeOptions) {
  let waiting = 0
  let turn: Promise<unknown> = Promise.resolve()

  return {
    /** What to answer to a POST. Headers in lower case, the body as it came, not parsed and printed again. */
    async handle(headers: Record<string, string | string[] | undefined>, body: string): Promise<Answer> {
      const problem = signatureProblem(secret, headers, body)
      if (problem !== undefined) return { status: 401, body: { error: problem } }
      const delivery = deliveryIn(body)
      if (delivery === undefined) return { status: 400, body: { error: 'no delivery of pimflow' } }
      if (waiting > mostWaiting) return later(1)
      // One request after the other: an attempt that pimflow has given up may still be at work here.
      waiting += 1
      const answer = turn.then(() => take(delivery))
      turn = answer.catch(() => undefined)
      return answer.finally(() => (waiting -= 1))
    },
  }

  async function take({ destination: name, entries }: Delivery): Promise<Answer> {
    const results = new Map<number, Result>()
    try {
      for (const chains of wavesOf(entries)) {
        await inLanes(chains, lanes, async (chain) => {
          for (const entry of chain) results.set(entry.seq, await takeEntry(entry, name))
        })
      }
      return { status: 200, body: { results: entries.map(({ seq }) => results.get(seq)) } }
    } catch (error) {
      // The same entries come again; those that were done are answered from memory then.
      if (error instanceof TooBusy) return later(error.retryAfterSeconds)
      throw error
    } finally {
      await memory.flush()
    }
  }

  async function takeEntry({ key, seq, record }: Entry, name: string): Promise<Result> {
    const { id, version, status } = record
    const active = status === 'active'
    const before = memory.answered(key)
    if (before !== undefined) return { ...before, seq }
    const known = memory.known(id)
    const externalId = known?.externalId ?? record.externalIds?.[name]
    if (known !== undefined && version < known.version) {
      // Never back to an older version; that it came is all that there is to say.
      return { seq, status: 'accepted', ...(externalId === undefined ? {} : { externalId }) }
    }
    const outcome = active
      ? await destination.upsert(record, externalId)
      : ((await destination.remove(record, externalId)) ?? { externalId })
    // Not remembered: it comes again under the same key, with a newer body.
    if ('refused' in outcome) return { seq, status: 'refused', reason: outcome.refused }
    const called = outcome.externalId
    const result: Result = {
      seq,
      status: 'accepted',
      ...(called === undefined ? {} : { externalId: called }),
    }
    await memory.accept({ key, result, id, version, active })
    return result
  }
}

const later = (seconds: number): Answer => ({
  status: 429,
  headers: { 'retry-after': String(seconds) },
  body: { error: `come again in ${seconds} s` },
})

function signatureProblem(
  secret: string,
  headers: Record<string, string | string[] | undefined>,
  body: string,
): string | undefined {
  const timestamp = String(headers['pimflow-timestamp'])
  const given = Buffer.from(String(headers['pimflow-signature']))
  const expected = Buffer.from(
    `v1=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`,
  )
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 'wrong signature'
  // Only now: the time is worth looking at because the signature covers it.
  const apart = Math.abs(Date.now() / 1000 - Number(timestamp))
  return apart <= replayWindowSeconds ? undefined : 'stale timestamp'
}

function deliveryIn(body: string): Delivery | undefined {
  try {
    const delivery = JSON.parse(body) as Partial<Delivery>
    return Array.isArray(delivery.entries) ? (delivery as Delivery) : undefined
  } catch {
    return undefined
  }
}

/** Kinds whose records do not build upon each other. */
const besideEachOther = new Set(['product', 'group'])

/**
 * Entries of one kind that stand together are a wave, because what comes later may need what came before: categories their parents, variants
 * their group. Within a wave each record is a chain of its own, and categories are one.
 */
function wavesOf(entries: Entry[]): Entry[][][] {
  const waves: { kind: string; chains: Map<string, Entry[]> }[] = []
  for (const entry of entries) {
    const { kind, id } = entry.record
    let wave = waves.at(-1)
    if (wave?.kind !== kind) waves.push((wave = { kind, chains: new Map() }))
    const name = besideEachOther.has(kind) ? id : ''
    wave.chains.set(name, [...(wave.chains.get(name) ?? []), entry])
  }
  return waves.map(({ chains }) => [...chains.values()])
}

/** As many at a time as there are lanes. After an error no lane begins another; what they are at is waited for. */
async function inLanes<T>(items: T[], lanes: number, work: (item: T) => Promise<void>): Promise<void> {
  const left = items.values()
  let hasFailed = false
  const lane = async () => {
    for (const item of left) {
      if (hasFailed) return
      try {
        await work(item)
      } catch (error) {
        hasFailed = true
        throw error
      }
    }
  }
  const ends = Array.from({ length: lanes }, lane)
  await Promise.allSettled(ends)
  await Promise.all(ends)
}
