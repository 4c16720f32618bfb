import { RefusedError, TransientError } from '../errors.ts'
import type { HttpAnswer } from '../http.ts'
import { retryAfterMs } from '../http-headers.ts'
import { IcecatFailure } from './schema.ts'
import { type Verdict, verdictOf } from './verdicts.ts'

/** Icecat's number and words in the body of a refusal, in either spelling; never more than 300 letters. */
export function failureBody({ body }: HttpAnswer): { status: number | null; message: string | null } {
  try {
    const parsed = IcecatFailure.safeParse(JSON.parse(body.toString('utf8')))
    if (!parsed.success) return { status: null, message: null }
    const { StatusCode, statusCode, Message, message } = parsed.data
    return {
      status: StatusCode ?? statusCode ?? null,
      message: (Message ?? message ?? null)?.slice(0, 300) ?? null,
    }
  } catch {
    return { status: null, message: null }
  }
}

/** The verdict on a refusal of the JSON door; throws where it ends the run or passes by itself. */
export function judge(answer: HttpAnswer, asked: string): Verdict {
  const { status, message } = failureBody(answer)
  const verdict = verdictOf(answer.status, status)
  const words = message === null ? '' : ` "${message}"`
  const came =
    status === null ? `${answer.status}${words}` : `${answer.status}, Icecat status ${status}${words}`
  return settled(verdict, asked, came, answer)
}

/** Throws a verdict that is not about one product or language. */
export function settled(
  verdict: Verdict,
  asked: string,
  came: string,
  answer: Pick<HttpAnswer, 'headers'>,
): Verdict {
  const { code, remedy } = verdict
  if (verdict.outcome === 'refused') throw new RefusedError({ code, asked, came, remedy })
  if (verdict.outcome === 'transient') {
    const waitMs = retryAfterMs(answer.headers, new Date())
    throw new TransientError({
      code,
      asked,
      came,
      remedy,
      benign: code === 'too-many-requests',
      ...(waitMs === null ? {} : { retryAfterMs: waitMs }),
    })
  }
  return verdict
}

/** A proxy's page, or a body that was cut: passes. Without its cause, whose message would quote the body. */
export const notReadable = (asked: string, came: string) =>
  new TransientError({
    code: 'not-readable',
    asked,
    came,
    remedy: 'The answer was cut, or something between here and Icecat answered; the call is tried again.',
  })
