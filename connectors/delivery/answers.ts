import { retryAfterMs } from '../http-headers.ts'
import { ContractError, RefusedError, TransientError } from '../errors.ts'
import type { HttpAnswer } from '../http.ts'
import { DeliveryAnswer, type EntryResult } from './schema.ts'

/** What a destination says of a request as a whole that one of its entries may be the cause of: it is sent in parts. */
const splits = new Set([400, 409, 410, 413, 422])

/** Too large is too large for each; any other of these for every single entry is the operator's business. */
export const tooLarge = 413

export const asksForParts = ({ status }: HttpAnswer): boolean => splits.has(status)

const remedies: Partial<Record<number, string>> = {
  401: 'The destination does not take the signature: check that both sides have the same secret, and that their clocks agree.',
  403: 'The destination refuses these deliveries: give them the right there, or check the secret.',
  404: 'The destination knows no such address: correct its url in pimflow.config.yaml.',
  405: 'Nothing takes POST at this address: correct the url of the destination in pimflow.config.yaml.',
}

const redirected = 'Redirects are not followed: give the url that the destination itself answers at.'
const unexpected =
  'This is no answer of a receiver: check the url of the destination and the proxy before it.'

/** The error that an answer stands for which is neither 2xx nor asks for parts. */
export function failureOf(answer: HttpAnswer, asked: string): TransientError | RefusedError {
  const { status, headers } = answer
  const waitMs = retryAfterMs(headers, new Date()) ?? undefined
  if (status === 429) {
    return new TransientError({
      code: 'too-many-requests',
      asked,
      came: '429',
      remedy: 'The destination asks for less; it is tried again when it said, and nothing is lost.',
      retryAfterMs: waitMs,
      benign: true,
    })
  }
  if (status >= 500 || status === 408 || status === 425) {
    return new TransientError({
      code: 'server-error',
      asked,
      came: `${status}`,
      remedy: 'The destination is in trouble; this is tried again. If it stays so, look at its log.',
      retryAfterMs: waitMs,
    })
  }
  const remedy = remedies[status] ?? (status >= 300 && status < 400 ? redirected : unexpected)
  return new RefusedError({ code: `http-${status}`, asked, came: `${status}`, remedy })
}

/** When not one entry of several gets through by itself, it is not the entries. */
export const everythingRefused = (asked: string, { status }: HttpAnswer) =>
  new RefusedError({
    code: 'everything-refused',
    asked,
    came: `${status} for the request and for each of its entries by itself`,
    remedy: `The destination refuses every request with ${status}, whatever is in it: look at its log, and whether it speaks the format of docs/delivery.md.`,
  })

/**
 * What a 2xx says of each entry. An empty body accepts all. An entry that a list of results does not name has no outcome: the
 * caller sends it again. Throws a ContractError when the body is not what docs/delivery.md describes.
 */
export function resultsOf({ body }: HttpAnswer, seqs: number[], asked: string): Map<number, EntryResult> {
  const text = body.toString('utf8').trim()
  const answer = text === '' ? { results: undefined } : parsed(text, asked)
  if (answer.results === undefined) return new Map(seqs.map((seq) => [seq, { seq, status: 'accepted' }]))
  const sent = new Set(seqs)
  const stranger = answer.results.find(({ seq }) => !sent.has(seq))
  if (stranger) throw offContract(asked, `a result for entry ${stranger.seq}, which was not in the request`)
  return new Map(answer.results.map((result) => [result.seq, result]))
}

function parsed(text: string, asked: string): DeliveryAnswer {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // Without its cause: the parser's message quotes the body.
    throw offContract(asked, `a body of ${text.length} characters that is not JSON`)
  }
  const { data, error } = DeliveryAnswer.safeParse(value)
  if (data) return data
  const [issue] = error.issues
  throw offContract(asked, `at ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'another shape'}`)
}

const offContract = (asked: string, came: string) =>
  new ContractError({
    code: 'off-contract',
    asked,
    came,
    remedy:
      'The destination does not answer as docs/delivery.md describes: correct it there. What was sent is sent again then.',
  })
