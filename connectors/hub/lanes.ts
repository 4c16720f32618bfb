import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { TransientError } from '../errors.ts'
import { add, observe } from '../telemetry/metrics.ts'
import type { Sql } from './database.ts'

/** bulk: loads and polls; live: what a person waits for. */
export type LaneKind = 'bulk' | 'live'

/** Whose lanes, and how many there are. */
export interface LaneOwner {
  connection: string
  /** Calls under way at once with this connection. */
  concurrency: number
  /** Host and port of the service: its limits hold for all connections to it. */
  host: string
  hostConcurrency: number
  /** Calls that may start in a second, all connections to this host together. */
  perSecond: number
  /** Longest time that one call takes; its client ends it then. */
  timeoutMs: number
  /** For messages; absent: Akeneo. */
  service?: string
}

/** The right to have one call under way. Calls of one lane follow each other. */
export interface Lane {
  /**
   * Right before each call: waits until it may be sent and answers with its ticket. Takes the lane again when it was lent to a
   * live caller or lost since the last call. Throws a TransientError when it may not be sent soon.
   */
  start(signal?: AbortSignal): Promise<bigint>
  /**
   * The last call was given up before its answer came: Akeneo still works on it, so this lane stays busy until Akeneo has given
   * up too, and the next call takes another one.
   */
  abandon(): void
  /** Gives the lane back. */
  release(): Promise<void>
}

export interface Lanes {
  /** Waits up to 10 s for a lane, then throws a benign TransientError. */
  take(kind: LaneKind, owner: LaneOwner, signal?: AbortSignal): Promise<Lane>
  /** Nobody calls this host for so long: what a 429 asks for. Only ever later, never earlier. */
  notBefore(host: string, waitMs: number): Promise<void>
}

/** One busy connection must not fill a worker with activities that wait. */
const patienceMs = 10_000

/** A call that may start later than this is not waited for inside a lane. */
const longestWaitMs = 10_000

/**
 * Added to the HTTP timeout: from the database's "start" to the request's first byte passes the way back and some scheduling.
 * A worker that was held up for longer asks again instead of sending.
 */
const slackMs = 2000

/** A live caller that was lent a lane takes it within milliseconds; one that died must not keep it long. */
const lentLeaseMs = 5000

const pollMs = { bulk: { first: 40, longest: 400 }, live: { first: 15, longest: 60 } }

export function createLanes(sql: Sql): Lanes {
  const configured = new Map<string, string>()

  return {
    async take(kind, owner, signal) {
      await configure(owner)
      const holder = new Holder(sql, kind, owner)
      await waited({ connection: owner.connection, kind, step: 'lane' }, () => holder.take(signal))
      return holder
    },
    async notBefore(host, waitMs) {
      await sql`
        update akeneo_host set not_before = greatest(not_before, clock_timestamp() + ${interval(waitMs)}::interval)
        where host = ${host}`
    },
  }

  /** Once per process and settings: the rows are there afterwards, and a changed number is known to all. */
  async function configure(owner: LaneOwner): Promise<void> {
    const { connection, concurrency, host, hostConcurrency, perSecond } = owner
    const settings = JSON.stringify([concurrency, host, hostConcurrency, perSecond])
    if (configured.get(connection) === settings) return
    await sql`select lane_configure(${connection}, ${concurrency}, ${host}, ${hostConcurrency}, ${evenPace(perSecond)})`
    configured.set(connection, settings)
  }
}

/**
 * Akeneo counts calls as they arrive, and calls that left at even distances arrive at uneven ones: at the very limit every hundredth would
 * be one too many, and all would wait. A twentieth is left free.
 */
const evenPace = (perSecond: number): number => perSecond - Math.floor(perSecond / 20)

interface Held {
  connectionLane: number
  hostLane: number
}

interface Started {
  outcome: 'go' | 'later' | 'lent' | 'lost'
  ticket: bigint | null
  waitMs: number | null
  hostLane: number
}

class Holder implements Lane {
  readonly #sql: Sql
  readonly #kind: LaneKind
  readonly #owner: LaneOwner
  #token = randomUUID()
  #held: Held | null = null

  constructor(sql: Sql, kind: LaneKind, owner: LaneOwner) {
    this.#sql = sql
    this.#kind = kind
    this.#owner = owner
  }

  async take(signal?: AbortSignal): Promise<void> {
    const { connection, concurrency, host } = this.#owner
    const { first, longest } = pollMs[this.#kind]
    const patientUntil = performance.now() + patienceMs
    try {
      for (let pause = first; ; pause = Math.min(pause * 1.5, longest)) {
        signal?.throwIfAborted()
        const [row] = await this.#sql<{ connectionLane: number | null; hostLane: number | null }[]>`
          select connection_lane as "connectionLane", host_lane as "hostLane"
          from lane_take(${this.#token}, ${connection}, ${concurrency}, ${host}, ${this.#busy()}, ${this.#kind === 'live'})`
        if (row && row.connectionLane !== null && row.hostLane !== null) {
          this.#held = { connectionLane: row.connectionLane, hostLane: row.hostLane }
          return
        }
        if (performance.now() > patientUntil) throw busy(this.#owner)
        // Not in step with the others that wait.
        await sleep(pause * (0.5 + Math.random()), undefined, signal ? { signal } : {})
      }
    } catch (error) {
      // A flag that nobody stands behind any more would be lent to.
      if (this.#kind === 'live') await this.#withdraw()
      throw error
    }
  }

  start(signal?: AbortSignal): Promise<bigint> {
    const { connection } = this.#owner
    return waited({ connection, kind: this.#kind, step: 'turn' }, () => this.#start(signal))
  }

  async #start(signal?: AbortSignal): Promise<bigint> {
    for (;;) {
      signal?.throwIfAborted()
      if (this.#held === null) await this.take(signal)
      const asked = performance.now()
      const { outcome, ticket, waitMs } = await this.#begin()
      if (outcome === 'lent' || outcome === 'lost') {
        this.abandon()
        continue
      }
      if (outcome === 'later') throw later(this.#owner, waitMs ?? 0)
      const wait = waitMs ?? 0
      if (wait > 0) await sleep(wait, undefined, signal ? { signal } : {})
      if (performance.now() - asked > wait + slackMs) continue
      // A ticket stands for the moment of sending: one that has waited would say that this call reads earlier than it does.
      if (wait > freshForMs) return this.#nextTicket()
      if (ticket !== null) return ticket
    }
  }

  abandon(): void {
    this.#held = null
    this.#token = randomUUID()
  }

  async release(): Promise<void> {
    if (this.#held === null) return
    const { connection, host } = this.#owner
    const { connectionLane, hostLane } = this.#held
    this.#held = null
    await this.#sql`
      select lane_release(${this.#token}, ${connection}, ${connectionLane}, ${host}, ${hostLane})`
  }

  async #begin(): Promise<Started> {
    const { connection, concurrency, host } = this.#owner
    const { connectionLane, hostLane } = this.#held ?? { connectionLane: 0, hostLane: 0 }
    const [row] = await this.#sql<Started[]>`
      select outcome, ticket, wait_ms as "waitMs", host_lane as "hostLane" from lane_start(
        ${this.#token}, ${connection}, ${connectionLane}, ${concurrency}, ${host}, ${hostLane}, ${this.#busy()},
        ${interval(longestWaitMs)}, ${this.#kind === 'bulk'}, ${interval(lentLeaseMs)})`
    if (!row) throw new Error('lane_start answered nothing')
    this.#held = { connectionLane, hostLane: row.hostLane }
    return row
  }

  async #nextTicket(): Promise<bigint> {
    const [row] = await this.#sql<{ ticket: bigint }[]>`select nextval('read_ticket') as ticket`
    if (!row) throw new Error('read_ticket answered nothing')
    return row.ticket
  }

  async #withdraw(): Promise<void> {
    const { connection, host } = this.#owner
    await this.#sql.begin(async (tx) => {
      await tx`delete from lane_request where token = ${this.#token}`
      await tx`
        update lane set holder = null, busy_until = '-infinity'
        where holder = ${this.#token}
          and (scope, owner) in (('connection', ${connection}), ('host', ${host}))`
    })
  }

  #busy(): string {
    return interval(this.#owner.timeoutMs + slackMs)
  }
}

/** Measures what `wait` took, and why it was given up. */
async function waited<T>(
  labels: { connection: string; kind: LaneKind; step: 'lane' | 'turn' },
  wait: () => Promise<T>,
): Promise<T> {
  const began = performance.now()
  try {
    return await wait()
  } catch (error) {
    if (error instanceof TransientError)
      add('governorRefusals', { connection: labels.connection, code: error.code })
    throw error
  } finally {
    observe('governorWaitSeconds', labels, (performance.now() - began) / 1000)
  }
}

/** Within this a ticket and its request are one moment. */
const freshForMs = 20

const interval = (ms: number) => `${Math.round(ms)} milliseconds`

const busy = ({ connection, service = 'Akeneo' }: LaneOwner) =>
  new TransientError({
    code: 'no-lane',
    asked: `a call with connection ${connection}`,
    came: `all its lanes were busy for ${patienceMs / 1000} s`,
    remedy: `Others are at work with this ${service}; this goes on by itself.`,
    retryAfterMs: 5000 + Math.random() * 5000,
    benign: true,
  })

const later = ({ connection, host, service = 'Akeneo' }: LaneOwner, waitMs: number) =>
  new TransientError({
    code: 'not-before',
    asked: `a call with connection ${connection}`,
    came: `${host} asked everybody to wait, for ${Math.ceil(waitMs / 1000)} s from now`,
    remedy: `${service} is being spared; this goes on by itself.`,
    retryAfterMs: waitMs,
    benign: true,
  })
