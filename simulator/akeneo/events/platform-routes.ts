import { randomUUID } from 'node:crypto'
import { ApiError, notFound, unprocessable } from '../errors.ts'
import { noContent, ok, type ApiRequest, type ApiResponse } from '../http/request.ts'
import type { Route } from '../http/router.ts'
import type { Tokens } from '../http/tokens.ts'
import { isObject, isStringArray, type JsonObject } from '../json.ts'
import { isCloud } from '../options.ts'
import type { Pim } from '../pim.ts'
import { decodeBody } from '../write/payload.ts'
import type { EventPlatform, Subscriber, Subscription } from './platform.ts'

/** In reality a host of its own; here the same paths on the simulator's. */
const PATH = '/api/v1/subscribers'
const MOST_SUBSCRIBERS = 20
const MOST_SUBSCRIPTIONS = 20
const TYPES = ['https', 'pubsub', 'kafka']

/** Subscribers and their subscriptions. What refuses is ours where the documentation has no sentence. */
export function platformRoutes(pim: Pim, tokens: Tokens, platform: EventPlatform): Route[] {
  if (!isCloud(pim.settings)) return []
  const now = () => pim.clock.now().toISOString()
  const route = (
    method: string,
    rest: string,
    answer: (
      request: ApiRequest,
      own: Subscriber[],
      connection: string,
    ) => ApiResponse | Promise<ApiResponse>,
  ): Route => ({
    method,
    template: `${PATH}${rest}`,
    open: true,
    contentTypes: [],
    handler: (request) => {
      const connection = caller(pim, tokens, request)
      const own = platform.subscribers.filter(
        (one) => one.connection === connection && one.status === 'active',
      )
      return answer(request, own, connection)
    },
  })
  return [
    route('POST', '', async (request, own, connection) => {
      const body = decodeBody(await request.text())
      if (typeof body['name'] !== 'string' || body['name'] === '') throw unprocessable('"name" is required.')
      if (own.length >= MOST_SUBSCRIBERS)
        throw unprocessable(`A PIM has at most ${MOST_SUBSCRIBERS} subscribers.`)
      const { name, contact = {} } = body
      const subscriber: Subscriber = {
        id: randomUUID(),
        connection,
        fields: { name, subject: header(request, 'x-pim-url'), contact },
        status: 'active',
        createdAt: now(),
        subscriptions: [],
      }
      platform.subscribers.push(subscriber)
      return { status: 201, json: renderSubscriber(subscriber) }
    }),
    route('GET', '', (_request, own) => ok(own.map(renderSubscriber))),
    route('GET', '/{id}', (request, own) => ok(renderSubscriber(named(own, request.params['id'])))),
    route('DELETE', '/{id}', (request, own) => {
      const subscriber = named(own, request.params['id'])
      subscriber.status = 'deleted'
      for (const subscription of subscriber.subscriptions) subscription.status = 'deleted'
      return noContent()
    }),
    route('POST', '/{id}/subscriptions', async (request, own) => {
      const subscriber = named(own, request.params['id'])
      const subscription = newSubscription(
        decodeBody(await request.text()),
        header(request, 'x-pim-url'),
        now(),
      )
      if (subscriber.subscriptions.length >= MOST_SUBSCRIPTIONS) {
        throw unprocessable(`A subscriber has at most ${MOST_SUBSCRIPTIONS} subscriptions.`)
      }
      subscriber.subscriptions.push(subscription)
      return { status: 201, json: renderSubscription(subscription) }
    }),
    route('GET', '/{id}/subscriptions', (request, own) =>
      ok(named(own, request.params['id']).subscriptions.map(renderSubscription)),
    ),
    route('GET', '/{id}/subscriptions/{subscription}', (request, own) =>
      ok(renderSubscription(subscriptionIn(request, own))),
    ),
    route('DELETE', '/{id}/subscriptions/{subscription}', (request, own) => {
      subscriptionIn(request, own).status = 'deleted'
      return noContent()
    }),
    route('POST', '/{id}/subscriptions/{subscription}/suspend', (request, own) => {
      const subscription = subscriptionIn(request, own)
      subscription.status = 'suspended'
      return ok(renderSubscription(subscription))
    }),
    route('POST', '/{id}/subscriptions/{subscription}/resume', (request, own) => {
      const subscription = subscriptionIn(request, own)
      subscription.status = 'active'
      subscription.outcomes = []
      return ok(renderSubscription(subscription))
    }),
  ]
}

/** Who calls is told by the PIM's own token and client id, in headers of their own. */
function caller({ settings }: Pim, tokens: Tokens, request: ApiRequest): string {
  const token = header(request, 'x-pim-token')
  const connection = tokens.connectionOf({ authorization: `Bearer ${token}` })
  const clientIds = [...settings.connections, ...settings.apps].map(({ clientId }) => clientId)
  if (!clientIds.includes(header(request, 'x-pim-client-id'))) {
    throw new ApiError(401, 'The X-PIM-CLIENT-ID header does not name a client of the PIM.')
  }
  return connection
}

function header({ headers }: ApiRequest, name: string): string {
  const given = headers[name]
  return typeof given === 'string' ? given : ''
}

function named(own: Subscriber[], id = ''): Subscriber {
  const found = own.find((subscriber) => subscriber.id === id)
  if (found === undefined) throw notFound(`Subscriber "${id}" does not exist.`)
  return found
}

function subscriptionIn({ params }: ApiRequest, own: Subscriber[]): Subscription {
  const id = params['subscription'] ?? ''
  const found = named(own, params['id']).subscriptions.find(
    (one) => one.id === id && one.status !== 'deleted',
  )
  if (found === undefined) throw notFound(`Subscription "${id}" does not exist.`)
  return found
}

function newSubscription(body: JsonObject, subject: string, createdAt: string): Subscription {
  const { source, events, type, config, filter } = body
  if (source !== 'pim') throw unprocessable('"source" is "pim".')
  if (!isStringArray(events) || events.length === 0) throw unprocessable('"events" is a list of event types.')
  if (typeof type !== 'string' || !TYPES.includes(type))
    throw unprocessable(`"type" is one of ${TYPES.join(', ')}.`)
  if (!isObject(config)) throw unprocessable('"config" is an object.')
  if (filter !== undefined)
    throw unprocessable('The simulator knows no filters of events: leave out "filter".')
  if (type === 'https') {
    const isUrl = typeof config['url'] === 'string' && URL.canParse(config['url'])
    const secret = config['secret']
    if (!isUrl) throw unprocessable('"config.url" is where events go.')
    if (!isObject(secret) || typeof secret['primary'] !== 'string' || secret['primary'] === '') {
      throw unprocessable('"config.secret.primary" signs what is sent.')
    }
  }
  return {
    id: randomUUID(),
    events,
    type,
    config,
    subject,
    status: 'active',
    createdAt,
    outcomes: [],
    rate: 100,
    queue: [],
  }
}

function renderSubscriber({ id, fields, status, createdAt }: Subscriber): JsonObject {
  return { id, ...fields, status, created_at: createdAt, updated_at: createdAt }
}

function renderSubscription(subscription: Subscription): JsonObject {
  const { id, subject, events, type, status, config, createdAt } = subscription
  // Secrets go in and never out.
  const { secret: _secret, ...shown } = config
  return {
    id,
    source: 'pim',
    subject,
    events: [...events],
    type,
    status,
    config: shown,
    created_at: createdAt,
    updated_at: createdAt,
  }
}
