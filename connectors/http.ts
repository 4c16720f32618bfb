import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { got, RequestError, TimeoutError } from 'got'
import { forbiddenAddress, guardedLookup, type Reach } from './addresses.ts'
import { RefusedError, TransientError } from './errors.ts'
import { add, observe } from './telemetry/metrics.ts'
import { inSpan } from './telemetry/spans.ts'
import { version } from './version.ts'

export interface HttpRequest {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  url: URL
  headers?: Record<string, string>
  /** Text, or what opens a stream of bytes whose number stands in `content-length`. */
  body?: string | (() => Readable)
  /** From the first byte sent to the last received; absent: the client's own. */
  timeoutMs?: number
  signal?: AbortSignal
  /** True: of a 200 whose body breaks off, what came is the answer. For work that was done line by line. */
  partial?: boolean
  /** Takes the body of a 200 as it comes, so that its size does not matter; the answer has none then. */
  take?: TakeBody
  /** What is asked, for messages: no query, no secret. */
  asked: string
}

export type TakeBody = (body: Readable, headers: HttpAnswer['headers']) => Promise<void>

export interface HttpAnswer {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: Buffer
  /** True when the body broke off: the other side may still be at work. */
  cut?: boolean
}

export interface HttpClient {
  /** Any status is an answer. Throws a TransientError or a RefusedError when there is none. */
  send(request: HttpRequest): Promise<HttpAnswer>
}

/** Who calls, as measurements name it. */
export interface Caller {
  service: 'akeneo' | 'icecat' | 'delivery'
  connection: string
}

export interface HttpOptions {
  caller: Caller
  timeoutMs: number
  /** Longest body after decompression: a page of 100 large products has 2 MB. */
  maxBodyBytes?: number
  /** Where the names that are called may lead; `any` where the person who configured them says where their server is. */
  reach?: Reach
}

const defaultMaxBodyBytes = 64 * 1024 * 1024

/** As many as any host's lanes; the lanes hold the limit, not the pool. */
const maxSockets = 64

/** Pooled, and shared by everything that calls over HTTP. */
export const agents = {
  http: new HttpAgent({ keepAlive: true, maxSockets, scheduling: 'lifo' }),
  https: new HttpsAgent({ keepAlive: true, maxSockets, scheduling: 'lifo' }),
}

/** A client over pooled connections. It never retries: that is Temporal's. It follows no redirect: none may leave the host. */
export function createHttp({
  caller,
  timeoutMs,
  maxBodyBytes = defaultMaxBodyBytes,
  reach = 'any',
}: HttpOptions): HttpClient {
  const instance = got.extend({
    agent: agents,
    dnsLookup: guardedLookup(reach),
    decompress: true,
    followRedirect: false,
    headers: { 'user-agent': userAgent(), accept: 'application/json' },
    retry: { limit: 0 },
    throwHttpErrors: false,
  })
  return {
    send: (request) => measured(caller, request, () => send(request)),
  }

  async function send(request: HttpRequest): Promise<HttpAnswer> {
    const { asked, timeoutMs: limit = timeoutMs, signal, body, headers, method, url, partial, take } = request
    const tooLarge = new AbortController()
    const signals = signal ? AbortSignal.any([signal, tooLarge.signal]) : tooLarge.signal
    try {
      const options = {
        method,
        ...(headers ? { headers } : {}),
        ...(body === undefined ? {} : { body: typeof body === 'function' ? body() : body }),
        timeout: { request: limit },
        signal: signals,
      }
      if (take) return await handedOver(instance.stream(url, options), take)
      if (partial) return await asFarAsItComes(instance.stream(url, options), maxBodyBytes, tooLarge)
      const asking = instance(url, { ...options, responseType: 'buffer' })
      void asking.on('downloadProgress', ({ transferred }) => {
        if (transferred > maxBodyBytes) tooLarge.abort()
      })
      const answer = await asking
      return { status: answer.statusCode, headers: answer.headers, body: answer.body }
    } catch (error) {
      if (tooLarge.signal.aborted) throw answerTooLarge(asked, maxBodyBytes, url)
      signal?.throwIfAborted()
      throw unanswered(error, asked, limit, url)
    }
  }
}

/** Counts a request and how long it took, and lets a trace see it: by host and path, because a query may hold a key. */
function measured(
  { service, connection }: Caller,
  { method, url }: HttpRequest,
  send: () => Promise<HttpAnswer>,
): Promise<HttpAnswer> {
  const attributes = {
    'http.request.method': method,
    'server.address': url.host,
    'url.path': url.pathname,
    'pimflow.connection': connection,
  }
  return inSpan(`${method} ${service}`, attributes, async (span) => {
    const began = performance.now()
    let status = 'aborted'
    try {
      const answer = await send()
      status = String(answer.status)
      return answer
    } catch (error) {
      if (error instanceof TransientError || error instanceof RefusedError) status = error.code
      throw error
    } finally {
      span.setAttribute('http.response.status_code', status)
      add('requests', { service, connection, method, status })
      observe('requestSeconds', { service, connection, method }, (performance.now() - began) / 1000)
    }
  })
}

/** What is told instead of a file is a sentence, not a file. */
const longestRefusal = 1024 * 1024

async function handedOver(stream: ReturnType<typeof got.stream>, take: TakeBody): Promise<HttpAnswer> {
  const [{ statusCode: status, headers }] = (await once(stream, 'response')) as [
    { statusCode: number; headers: HttpAnswer['headers'] },
  ]
  if (status === 200) {
    await take(stream, headers)
    return { status, headers, body: Buffer.alloc(0) }
  }
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > longestRefusal) break
    chunks.push(chunk)
  }
  return { status, headers, body: Buffer.concat(chunks) }
}

async function asFarAsItComes(
  stream: ReturnType<typeof got.stream>,
  maxBodyBytes: number,
  tooLarge: AbortController,
): Promise<HttpAnswer> {
  let response: { statusCode: number; headers: HttpAnswer['headers'] } | null = null
  stream.once('response', (head: typeof response) => (response = head))
  const answered = () => response
  const chunks: Buffer[] = []
  let size = 0
  let cut = false
  // Not by iteration, which throws away what is in its buffer when the stream breaks.
  stream.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    size += chunk.length
    if (size > maxBodyBytes) tooLarge.abort()
  })
  try {
    await finished(stream, { writable: false })
  } catch (error) {
    if (tooLarge.signal.aborted || answered()?.statusCode !== 200) throw error
    cut = true
  }
  const head = answered()
  if (head === null) throw new Error('A request ended without an answer and without an error')
  return {
    status: head.statusCode,
    headers: head.headers,
    body: Buffer.concat(chunks),
    ...(cut ? { cut } : {}),
  }
}

const answerTooLarge = (asked: string, maxBodyBytes: number, { host }: URL) =>
  new TransientError({
    code: 'answer-too-large',
    asked,
    came: `an answer of more than ${Math.round(maxBodyBytes / 1024 / 1024)} MiB from ${host}`,
    remedy: 'The answer was given up; it is asked for again in smaller pieces where that can be done.',
  })

/** Certificates do not mend themselves. */
const certificateProblems =
  /^(CERT_|ERR_TLS_CERT|ERR_SSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|HOSTNAME_MISMATCH|INVALID_CA)/

/** The error that a request without an answer stands for. */
export function unanswered(error: unknown, asked: string, timeoutMs: number, { host }: URL): unknown {
  // What is not the network's is a bug here, and stays what it is.
  if (!(error instanceof RequestError)) return error
  if (error instanceof TimeoutError) {
    return new TransientError({
      code: 'timeout',
      asked,
      came: `no full answer from ${host} within ${timeoutMs / 1000} s`,
      remedy: 'The call is tried again; if it stays so, look at the load of that server, or raise timeoutMs.',
    })
  }
  const { code } = error
  if (certificateProblems.test(code)) {
    return new RefusedError({
      code: 'certificate',
      asked,
      came: `${host} shows a certificate that is not trusted: ${code}`,
      remedy: `Renew the certificate of ${host}, or make its issuer known (NODE_EXTRA_CA_CERTS).`,
    })
  }
  if (code === forbiddenAddress) {
    return new RefusedError({
      code: 'forbidden-address',
      asked,
      came: `the name ${host} ${error.message}, where no such server can be`,
      remedy: `Nothing was sent. Look at what ${host} is in your DNS and in /etc/hosts.`,
    })
  }
  return new TransientError({
    code: 'unreachable',
    asked,
    came: `no answer from ${host}: ${code}`,
    remedy: unreachable[code] ?? 'The connection broke; the call is tried again.',
  })
}

const unreachable: Partial<Record<string, string>> = {
  ENOTFOUND:
    'This name is not known here: check the address for a typing error, and the network of this machine.',
  EAI_AGAIN:
    'Names cannot be looked up at the moment; the call is tried again. Check the network of this machine.',
  ECONNREFUSED: 'Nothing listens at this address: check host and port, and whether that server runs.',
  EHOSTUNREACH: 'There is no way to this address: check the network of this machine and its firewall.',
  ENETUNREACH: 'There is no way to this address: check the network of this machine and its firewall.',
}

export const userAgent = (): string => `pimflow/${version()}`
