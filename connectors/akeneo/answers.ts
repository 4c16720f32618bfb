import { ContractError, RefusedError, TransientError } from '../errors.ts'
import type { HttpAnswer } from '../http.ts'
import { retryAfterMs } from '../http-headers.ts'

/** What an answer that is none means, by status. Akeneo's own words never decide: they differ from version to version. */
interface Meaning {
  error: 'transient' | 'refused'
  code: string
  remedy: string
}

const meanings: Partial<Record<number, Meaning>> = {
  400: {
    error: 'refused',
    code: 'bad-request',
    remedy:
      'Akeneo does not understand this call: look at the filter, and whether this version of Akeneo knows it.',
  },
  401: {
    error: 'refused',
    code: 'unauthorized',
    remedy:
      'Akeneo takes no token of this connection, not even a new one: look at the connection in Akeneo, and whether a proxy drops the Authorization header. `pimflow check` tells more.',
  },
  403: {
    error: 'refused',
    code: 'forbidden',
    remedy:
      "Give the connection's user this right in Akeneo (System, Roles, Web API permissions), then try again.",
  },
  404: {
    error: 'refused',
    code: 'no-such-route',
    remedy:
      'This Akeneo does not know this address: check akeneo.url, and productIdFormat (uuid needs Akeneo 7.0).',
  },
  405: {
    error: 'refused',
    code: 'method-not-allowed',
    remedy: 'This Akeneo does not take this call: check that akeneo.url is the address of Akeneo itself.',
  },
  406: {
    error: 'refused',
    code: 'not-acceptable',
    remedy: 'Something between here and Akeneo changes the Accept header: look at its proxy.',
  },
  408: { error: 'transient', code: 'timeout', remedy: 'Akeneo was too slow; the call is tried again.' },
  415: {
    error: 'refused',
    code: 'media-type',
    remedy: 'Something between here and Akeneo changes the Content-Type header: look at its proxy.',
  },
  422: {
    error: 'refused',
    code: 'unprocessable',
    remedy: 'Akeneo refuses what was asked: its message says which part. Correct that, then try again.',
  },
  429: {
    error: 'transient',
    code: 'too-many-requests',
    remedy: 'Akeneo is asked too much; everybody waits, and the call is tried again.',
  },
}

const serverTrouble: Meaning = {
  error: 'transient',
  code: 'server-error',
  remedy: 'Akeneo is in trouble; the call is tried again. If it stays so, look at its log.',
}

const redirected: Meaning = {
  error: 'refused',
  code: 'redirected',
  remedy: 'Redirects are not followed: give akeneo.url the address that Akeneo itself answers at.',
}

const unexpected: Meaning = {
  error: 'refused',
  code: 'unexpected-status',
  remedy: 'This is no answer of Akeneo: check akeneo.url and the proxy before it.',
}

function meaningOf(status: number): Meaning {
  if (status >= 500) return serverTrouble
  if (status >= 300 && status < 400) return redirected
  return meanings[status] ?? unexpected
}

/** The error that an answer other than 200 stands for. `backOffMs`: how long to wait after a 429 that does not say. */
export function failureOf(
  { status, body, headers }: HttpAnswer,
  asked: string,
  backOffMs: () => number,
): TransientError | RefusedError {
  const { error, code, remedy } = meaningOf(status)
  const said = akeneoMessage(body)
  const parts = { code, asked, came: said === null ? `${status}` : `${status} "${said}"`, remedy }
  if (error === 'refused') return new RefusedError(parts)
  const waitMs = retryAfterMs(headers, new Date())
  if (status === 429)
    return new TransientError({ ...parts, retryAfterMs: waitMs ?? backOffMs(), benign: true })
  return new TransientError({ ...parts, ...(waitMs === null ? {} : { retryAfterMs: waitMs }) })
}

const longestMessage = 300

/** The message of Akeneo's error body; null where the answer is a proxy's page, or empty. */
export function akeneoMessage(body: Buffer): string | null {
  try {
    const { message } = JSON.parse(body.toString('utf8')) as { message?: unknown }
    return typeof message === 'string' ? message.slice(0, longestMessage) : null
  } catch {
    return null
  }
}

/** True for Akeneo's word that a record is not there, or not for this user; false where the address itself is unknown. */
export function isMissingRecord({ status, body }: HttpAnswer): boolean {
  if (status !== 404) return false
  const message = akeneoMessage(body)
  return message !== null && !message.startsWith('No route found')
}

/**
 * The JSON of a 200. A proxy's maintenance page, or a body that was cut, passes; so it is a TransientError, whose remedy says
 * what to look at when it does not.
 */
export function jsonOf({ body, headers }: HttpAnswer, asked: string): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    // Without its cause: the parser's message quotes the body.
    const type = headers['content-type']
    throw new TransientError({
      code: 'not-json',
      asked,
      came: `200 with ${String(type ?? 'no content type')}, ${body.length} bytes that are not JSON`,
      remedy:
        'A proxy or a maintenance page answered instead of Akeneo, or the answer was cut; the call is tried again. If it stays so, check akeneo.url.',
    })
  }
}

/** JSON, but not what Akeneo documents. */
export const offContract = (asked: string, came: string) =>
  new ContractError({
    code: 'off-contract',
    asked,
    came,
    remedy:
      'This answer does not fit the API of Akeneo that pimflow knows: update pimflow, or report it with this message.',
  })
