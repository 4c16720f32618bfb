import { TransientError } from '../errors.ts'
import { createHttp, type HttpAnswer, type HttpRequest, type TakeBody } from '../http.ts'
import type { Lanes } from '../hub/lanes.ts'
import type { AccessToken, TokenStore } from '../hub/tokens.ts'
import { failureOf } from './answers.ts'
import { createGrant } from './grant.ts'
import type { Turn } from '../hub/lane-use.ts'
import { inTime } from './in-time.ts'
import { apiRoot, apiUrl } from './links.ts'
import { type AkeneoConnection, hostOf, type RetrySettings } from './settings.ts'

export interface Answered {
  answer: HttpAnswer
  ticket: bigint
  /** What was asked, for messages. */
  asked: string
}

export interface Requester {
  /** GETs a path below `/api/rest/v1` with a token. Statuses in `accepted` are answers as 200 is. `onSent`: it is on its way. */
  get(
    turn: Turn,
    path: string,
    options: { late: AbortSignal; accepted?: number[]; onSent?: () => void },
  ): Promise<Answered>
  /** GETs a file below `/api/rest/v1`; 404 is an answer too, and its body comes with it. */
  download(
    turn: Turn,
    path: string,
    options: { late: AbortSignal; timeoutMs: number; take: TakeBody },
  ): Promise<Answered>
  /** Changes something below `/api/rest/v1`; only the statuses in `accepted` are answers. */
  write(turn: Turn, request: WriteRequest): Promise<Answered>
  /** GETs the root, which needs no token; any status is an answer. */
  getRoot(turn: Turn, options: { late: AbortSignal }): Promise<Answered>
}

export interface WriteRequest {
  method: 'POST' | 'PATCH' | 'DELETE'
  path: string
  contentType?: string
  headers?: Record<string, string>
  body?: NonNullable<HttpRequest['body']>
  /** True: of a 200 whose body breaks off, what came is the answer. */
  partial?: boolean
  /** Not sent later than then; unit ms since 1970. */
  until?: number
  accepted: readonly number[]
  late: AbortSignal
}

/** A call without its token. */
type AuthorizedRequest = Pick<HttpRequest, 'method' | 'body' | 'partial' | 'take' | 'timeoutMs'> & {
  path: string
  headers: Record<string, string>
  signal: AbortSignal
  onSent?: () => void
  until?: number
}

/** A start older than this when its request is about to be sent, e.g. because a token was waited for, does not count; unit ms. */
const startHoldsMs = 500

/** One request at a time: a turn's start, a token, the call, and what its status says. */
export function createRequester(connection: AkeneoConnection, lanes: Lanes, tokens: TokenStore): Requester {
  const { name, akeneo } = connection
  const http = createHttp({
    caller: { service: 'akeneo', connection: name },
    timeoutMs: akeneo.timeoutMs,
  })
  const backOff = createBackOff(akeneo.retry)
  const grant = createGrant(http, connection, backOff.next)

  return {
    get: (turn, path, { late, accepted = [], onSent }) =>
      withToken(turn, { method: 'GET', path, signal: late, headers: {}, ...(onSent ? { onSent } : {}) }, [
        200,
        ...accepted,
      ]),

    download: (turn, path, { late, ...how }) =>
      withToken(turn, { method: 'GET', path, signal: late, headers: { accept: '*/*' }, ...how }, [200, 404]),

    write: (turn, { accepted, contentType, headers = {}, late, ...request }) =>
      withToken(
        turn,
        {
          ...request,
          signal: late,
          headers: contentType === undefined ? headers : { ...headers, 'content-type': contentType },
        },
        accepted,
      ),

    getRoot: async (turn, { late }) => {
      const asked = `GET ${apiRoot} of ${name}`
      const ticket = await turn.start()
      const answer = await send(turn, {
        method: 'GET',
        url: new URL(`${akeneo.url}${apiRoot}`),
        asked,
        signal: late,
      })
      return { answer, ticket, asked }
    },
  }

  function withToken(
    turn: Turn,
    { path, headers, onSent, until, ...request }: AuthorizedRequest,
    accepted: readonly number[],
  ): Promise<Answered> {
    return sparingly(async () => {
      const url = apiUrl(akeneo.url, path)
      const asked = `${request.method} ${url.pathname} of ${name}`
      const call = (token: AccessToken) => {
        inTime(until, asked)
        const answer = send(turn, { ...request, url, asked, headers: { ...headers, ...bearer(token) } })
        // What is prepared is written once everybody else has had a turn.
        if (onSent) setImmediate(onSent)
        return answer
      }
      let { token, ticket } = await startWithToken(turn)
      let answer = await call(token)
      if (answer.status === 401) {
        // The token expired or was revoked. Replayed once with another one: that is part of asking, not a retry of a failure.
        ;({ token, ticket } = await startWithToken(turn, token.version))
        answer = await call(token)
      }
      if (!accepted.includes(answer.status)) throw failureOf(answer, asked, backOff.next)
      backOff.reset()
      return { answer, ticket, asked }
    })
  }

  /**
   * The start comes first, because a grant is a call too; a grant uses it up. It is not left to the token's transaction, which
   * would hold one database connection while it waits for another.
   */
  async function startWithToken(
    turn: Turn,
    refused?: bigint,
  ): Promise<{ token: AccessToken; ticket: bigint }> {
    const ticket = await turn.start()
    const started = performance.now()
    const grants = { made: 0 }
    const token = await tokens.token(
      name,
      (refreshToken, until) => {
        grants.made++
        return grant(refreshToken, Math.min(until, started + akeneo.timeoutMs))
      },
      refused,
    )
    const holds = grants.made === 0 && performance.now() - started < startHoldsMs
    return { token, ticket: holds ? ticket : await turn.start() }
  }

  async function send(turn: Turn, request: HttpRequest & { signal: AbortSignal }): Promise<HttpAnswer> {
    try {
      const answer = await http.send(request)
      // Akeneo still works on what it has not answered.
      if (answer.cut) turn.abandon()
      return answer
    } catch (error) {
      const timedOut = error instanceof TransientError && error.code === 'timeout'
      if (timedOut || request.signal.aborted) turn.abandon()
      throw error
    }
  }

  /** What one call is told by a 429 holds for everybody. */
  async function sparingly<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call()
    } catch (error) {
      if (error instanceof TransientError && error.code === 'too-many-requests') {
        await lanes.notBefore(hostOf(akeneo), error.retryAfterMs ?? akeneo.retry.initialIntervalMs)
      }
      throw error
    }
  }
}

const bearer = ({ accessToken }: AccessToken) => ({ authorization: `Bearer ${accessToken}` })

/** Waits for 429s that do not say how long: longer each time, until a call gets through. */
function createBackOff({ initialIntervalMs, maximumIntervalMs, backoffCoefficient }: RetrySettings) {
  let waitMs = initialIntervalMs
  return {
    next: () => {
      const current = Math.min(waitMs, maximumIntervalMs)
      waitMs = Math.min(waitMs * backoffCoefficient, maximumIntervalMs)
      // Not all at the same moment.
      return current * (0.75 + Math.random() / 2)
    },
    reset: () => {
      waitMs = initialIntervalMs
    },
  }
}
