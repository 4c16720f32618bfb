import { randomUUID } from 'node:crypto'
import type { JsonObject } from '../json.ts'
import type { Pim } from '../pim.ts'
import { userUuid } from '../catalog/deterministic.ts'
import type { Change } from './change.ts'
import { hmac, post } from './post.ts'

export interface Subscriber {
  id: string
  /** The connection whose token made it. */
  connection: string
  fields: JsonObject
  status: 'active' | 'deleted'
  createdAt: string
  subscriptions: Subscription[]
}

export interface Subscription {
  id: string
  events: readonly string[]
  type: string
  config: JsonObject
  subject: string
  status: 'active' | 'suspended' | 'deleted'
  createdAt: string
  /** Outcomes of the last hour, which decide about suspension. */
  outcomes: { atMs: number; good: boolean }[]
  /** Events a second: it grows with good answers and halves with 429. */
  rate: number
  queue: Waiting[]
}

interface Waiting {
  event: JsonObject
  dueMs: number
  retries: number
}

const RETRY_AFTER_MS = [5, 10, 20].map((minutes) => minutes * 60_000)
const TIMEOUT_MS = 5000
const MOST_A_SECOND = 100
const LEAST_SUCCESS = 0.9
/** Fewer deliveries than this say nothing about an endpoint. */
const ENOUGH_OUTCOMES = 10
const LOOK_MS = 20
const ACTIONS = { created: 'created', updated: 'updated', removed: 'deleted' } as const

/** Akeneo's Event Platform: CloudEvents to HTTPS endpoints, at least once, with retries on the simulator's clock. */
export class EventPlatform {
  readonly subscribers: Subscriber[] = []
  readonly #pim: Pim
  readonly #origin: () => string
  #timer: NodeJS.Timeout | undefined

  constructor(pim: Pim, origin: () => string) {
    this.#pim = pim
    this.#origin = origin
  }

  hear(change: Change): void {
    const action = ACTIONS[change.action]
    const type = `com.akeneo.pim.v1.${change.record.kind.replace('_', '-')}.${action}`
    for (const subscription of this.#subscriptions()) {
      // Events of a suspended subscription are lost.
      if (subscription.status !== 'active' || subscription.type !== 'https') continue
      const types = action === 'updated' ? [type, `${type}.delta`] : [type]
      for (const one of types.filter((wanted) => subscription.events.includes(wanted))) {
        subscription.queue.push({ event: this.#event(subscription, one, change), dueMs: 0, retries: 0 })
      }
    }
    if (this.#subscriptions().some(({ queue }) => queue.length > 0)) this.#look()
  }

  /** When the Event Platform tries again what an endpoint did not take; ISO instants on the simulator's clock. */
  retries(): string[] {
    return this.#subscriptions().flatMap(({ queue }) =>
      queue.filter(({ retries }) => retries > 0).map(({ dueMs }) => new Date(dueMs).toISOString()),
    )
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    for (const subscription of this.#subscriptions()) subscription.queue = []
  }

  #subscriptions(): Subscription[] {
    return this.subscribers.flatMap(({ subscriptions }) => subscriptions)
  }

  #event(subscription: Subscription, type: string, { record, author, atMs }: Change): JsonObject {
    const user = this.#pim.settings.connections.find(({ code }) => code === author)?.username
    return {
      specversion: '1.0',
      id: randomUUID(),
      source: 'pim',
      type,
      subject: subscription.id,
      datacontenttype: 'application/json',
      dataschema: `${this.#origin()}/spec/${type}.schema.json`,
      time: new Date(atMs).toISOString(),
      data: {
        ...(record.kind === 'product'
          ? { product: { uuid: record.uuid } }
          : { product_model: { code: record.code } }),
        author:
          user === undefined
            ? { identifier: userUuid('admin'), type: 'user' }
            : { identifier: userUuid(user), type: 'api' },
      },
    }
  }

  /** Sends what is due and looks again while anything waits. */
  #look(): void {
    this.#timer ??= setTimeout(() => void this.#sendDue(), LOOK_MS)
  }

  async #sendDue(): Promise<void> {
    const nowMs = this.#pim.clock.now().getTime()
    await Promise.all(
      this.#subscriptions().map(async (subscription) => {
        const share = Math.max(1, Math.floor((subscription.rate * LOOK_MS) / 1000))
        const due = subscription.queue.filter(({ dueMs }) => dueMs <= nowMs).slice(0, share)
        for (const waiting of due) {
          if (subscription.status === 'active') await this.#deliver(subscription, waiting)
        }
        if (subscription.status !== 'active') subscription.queue = []
      }),
    )
    // Closed meanwhile.
    if (this.#timer === undefined) return
    this.#timer = undefined
    if (this.#subscriptions().some(({ queue }) => queue.length > 0)) this.#look()
  }

  async #deliver(subscription: Subscription, waiting: Waiting): Promise<void> {
    const body = JSON.stringify(waiting.event)
    const { url, secret } = subscription.config as { url: string; secret: Record<string, string | undefined> }
    const headers: Record<string, string> = { 'content-type': 'application/cloudevents+json' }
    for (const which of ['primary', 'secondary']) {
      const key = secret[which] ?? ''
      if (key !== '') headers[`x-akeneo-signature-${which}`] = hmac(key, body)
    }
    const outcome = await post(url, headers, body, TIMEOUT_MS)
    const good = typeof outcome === 'number' && outcome >= 200 && outcome < 300
    if (outcome === 404 || (typeof outcome === 'number' && outcome >= 300 && outcome < 400)) {
      subscription.status = 'suspended'
      return
    }
    const nowMs = this.#pim.clock.now().getTime()
    subscription.queue = subscription.queue.filter((one) => one !== waiting)
    const tooMany = outcome === 429
    subscription.rate = tooMany
      ? Math.max(1, subscription.rate / 2)
      : Math.min(MOST_A_SECOND, subscription.rate + (good ? 10 : 0))
    if (!tooMany) this.#judge(subscription, good, nowMs)
    const pauseMs = RETRY_AFTER_MS[waiting.retries]
    if (!good && pauseMs !== undefined) {
      subscription.queue.push({ ...waiting, dueMs: nowMs + pauseMs, retries: waiting.retries + 1 })
    }
  }

  #judge(subscription: Subscription, good: boolean, nowMs: number): void {
    subscription.outcomes = subscription.outcomes.filter(({ atMs }) => atMs > nowMs - 3_600_000)
    subscription.outcomes.push({ atMs: nowMs, good })
    const { length } = subscription.outcomes
    const success = subscription.outcomes.filter((one) => one.good).length / length
    if (length >= ENOUGH_OUTCOMES && success < LEAST_SUCCESS) subscription.status = 'suspended'
  }
}
