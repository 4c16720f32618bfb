import { randomUUID } from 'node:crypto'
import { isoDate } from '../dates.ts'
import type { JsonObject } from '../json.ts'
import type { ConnectionOptions } from '../options.ts'
import type { Pim } from '../pim.ts'
import { renderContext, renderModel, renderProduct } from '../resources/render-product.ts'
import { accessOf, isVisible } from '../rights/access.ts'
import { restrict, visibleValues } from '../rights/restrict.ts'
import type { Change } from './change.ts'
import { hmac, post } from './post.ts'

const MOST_SUBSCRIPTIONS = 3
const EVENTS_PER_REQUEST = 10
const REQUESTS_PER_HOUR = 4000
const TIMEOUT_MS = 500
const MOST_AGE_MS = 2 * 3_600_000
/** How long events gather before they are sent, when they are fewer than fill a request. */
const GATHERING_MS = 20

export interface EventLog {
  level: 'info' | 'notice' | 'warning' | 'error'
  message: string
  connection: string
  events: { action: string; event_id: string }[]
}

/** What one connection asked to be told of. */
interface Subscription {
  connection: ConnectionOptions
  url: string
  secret: string
  waiting: Change[]
  timer: NodeJS.Timeout | undefined
  sentAtMs: number[]
  made: number
}

/**
 * The Events API: up to ten events a request, signed, sent once and never again. An event tells the record as it is when it is
 * sent; nobody is told of what it wrote itself, or of what it may not see.
 */
export class EventsApi {
  readonly logs: EventLog[] = []
  readonly #pim: Pim
  readonly #origin: () => string
  readonly #subscriptions: Subscription[]

  constructor(pim: Pim, origin: () => string) {
    this.#pim = pim
    this.#origin = origin
    this.#subscriptions = pim.settings.connections.flatMap((connection) => {
      if (connection.events === undefined) return []
      const { url, secret } = connection.events
      return [{ connection, url, secret, waiting: [], timer: undefined, sentAtMs: [], made: 0 }]
    })
    if (this.#subscriptions.length > MOST_SUBSCRIPTIONS) {
      throw new Error(`Akeneo knows ${MOST_SUBSCRIPTIONS} event subscriptions; more connections have one.`)
    }
  }

  hear(change: Change): void {
    for (const subscription of this.#subscriptions) {
      if (change.author === subscription.connection.code) {
        this.#log(
          subscription,
          'notice',
          'The event was not sent because it was raised by the same connection.',
        )
        continue
      }
      subscription.waiting.push(change)
      if (subscription.waiting.length >= EVENTS_PER_REQUEST) this.#flush(subscription)
      else subscription.timer ??= setTimeout(() => this.#flush(subscription), GATHERING_MS)
    }
  }

  close(): void {
    for (const { timer } of this.#subscriptions) clearTimeout(timer)
  }

  #flush(subscription: Subscription): void {
    clearTimeout(subscription.timer)
    subscription.timer = undefined
    const changes = subscription.waiting.splice(0, EVENTS_PER_REQUEST)
    const events = changes.flatMap((change) => this.#event(subscription, change))
    if (events.length > 0) void this.#send(subscription, events)
  }

  #event(subscription: Subscription, change: Change): JsonObject[] {
    const { connection } = subscription
    const { loseEvery, repeatEvery } = connection.events ?? {}
    const nowMs = this.#pim.clock.now().getTime()
    const resource = this.#resource(connection, change)
    if (resource === undefined) {
      const why =
        'The event was not sent because the product does not exists or the connection does not have the required permissions.'
      this.#log(subscription, 'notice', why)
      return []
    }
    if (nowMs - change.atMs > MOST_AGE_MS) return []
    const author = this.#pim.settings.connections.find(({ code }) => code === change.author)
    const event: JsonObject = {
      action: `${change.record.kind}.${change.action}`,
      event_id: randomUUID(),
      event_datetime: isoDate(change.atMs, 'UTC'),
      author: author?.username ?? 'admin',
      author_type: author === undefined ? 'ui' : 'api',
      pim_source: this.#origin(),
      data: { resource },
    }
    subscription.made++
    if (loseEvery !== undefined && subscription.made % loseEvery === 0) return []
    return repeatEvery !== undefined && subscription.made % repeatEvery === 0 ? [event, event] : [event]
  }

  /** The record as the connection's own reads show it; undefined where they would not. */
  #resource(connection: ConnectionOptions, { action, record }: Change): JsonObject | undefined {
    const { catalog } = this.#pim
    const access = accessOf(this.#pim, connection.code)
    if (action === 'removed') {
      if (!isVisible(access, record)) return undefined
      return record.kind === 'product'
        ? { identifier: record.identifier, uuid: record.uuid }
        : { code: record.code }
    }
    const context = renderContext(this.#pim, { origin: this.#origin() })
    const projection = visibleValues(access)
    if (record.kind === 'product') {
      const product = catalog.products.get(record.uuid)
      if (product === undefined || !isVisible(access, product)) return undefined
      const keyedBy = connection.events?.usesUuid === true ? 'uuid' : 'identifier'
      return restrict(this.#pim, access, product, renderProduct(product, keyedBy, projection, context))
    }
    const model = catalog.models.get(record.code)
    if (model === undefined || !isVisible(access, model)) return undefined
    return restrict(this.#pim, access, model, renderModel(model, projection, context))
  }

  async #send(subscription: Subscription, events: JsonObject[]): Promise<void> {
    const nowMs = this.#pim.clock.now().getTime()
    subscription.sentAtMs = subscription.sentAtMs.filter((at) => at > nowMs - 3_600_000)
    if (subscription.sentAtMs.length >= REQUESTS_PER_HOUR) {
      this.#log(subscription, 'warning', 'The maximum number of requests per hour has been reached.', events)
      return
    }
    subscription.sentAtMs.push(nowMs)
    const body = JSON.stringify({ events })
    const timestamp = String(Math.floor(nowMs / 1000))
    const headers = {
      'content-type': 'application/json',
      'x-akeneo-request-signature': hmac(subscription.secret, `${timestamp}.${body}`),
      'x-akeneo-request-timestamp': timestamp,
      'user-agent': `AkeneoPIM/${this.#pim.settings.version}`,
    }
    const outcome = await post(subscription.url, headers, body, TIMEOUT_MS)
    if (outcome === 'timeout') {
      this.#log(subscription, 'error', 'The endpoint failed to answer under 500 ms.', events)
    } else if (outcome === 'unreachable' || outcome >= 300) {
      this.#log(subscription, 'error', 'The endpoint returned an error.', events)
    } else this.#log(subscription, 'info', 'The API event request was sent.', events)
  }

  #log(
    { connection }: Subscription,
    level: EventLog['level'],
    message: string,
    events: readonly JsonObject[] = [],
  ): void {
    const named = events.map((event) => ({
      action: event['action'] as string,
      event_id: event['event_id'] as string,
    }))
    this.logs.push({ level, message, connection: connection.code, events: named })
  }
}
