import { Secret } from '../../../domain/secret.ts'
import { replayWindowSeconds, signatureHeaders } from '../../../domain/signature.ts'
import { unixSeconds } from '../signed-post.ts'
import { type Check, failed, type Found, ok } from './check.ts'
import type { RawPost, SignedPost, Stage } from './stage.ts'

type Sending = (request: SignedPost) => SignedPost

const mustRefuse = (check: Omit<Check, 'run'>, request: () => Omit<RawPost, 'entries'>): Check => ({
  ...check,
  run: async (stage) => {
    const record = stage.records.product()
    const answer = await stage.post({ entries: [stage.entry(record)], ...request() })
    if (answer.status >= 200 && answer.status <= 299) stage.took(record)
    return refusal(answer.status, await stage.look(record.id))
  },
})

function refusal(status: number, seen: Awaited<ReturnType<Stage['look']>>): Found {
  if (status !== 401 && status !== 403) return failed(`answered with ${status}`)
  if (seen != null) return failed(`answered with ${status}, but the record stands there`)
  return ok(`refused with ${status}`)
}

const withHeader =
  (name: string, value: string): Sending =>
  ({ body, headers }) => ({ body, headers: { ...headers, [name]: value } })

const without =
  (...names: string[]): Sending =>
  ({ body, headers }) => ({
    body,
    headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name))),
  })

const verify =
  'Verify Pimflow-Signature over the timestamp, a dot and the raw body before anything else; answer 401.'
const watchTheTime = `After the signature, compare Pimflow-Timestamp with your clock; answer 401 when they are more than ${replayWindowSeconds} seconds apart.`

export const signatureChecks: Check[] = [
  mustRefuse({ name: 'unsigned', asked: 'a request without a signature is refused', remedy: verify }, () => ({
    sent: without(signatureHeaders.signature, signatureHeaders.timestamp),
  })),
  mustRefuse(
    {
      name: 'other-secret',
      asked: 'a request that is signed with another secret is refused',
      remedy: verify,
    },
    () => ({ secret: new Secret('not-the-secret-of-this-destination') }),
  ),
  mustRefuse(
    {
      name: 'changed-body',
      asked: 'a request whose body was changed after it was signed is refused',
      remedy: verify,
    },
    () => ({ sent: ({ body, headers }) => ({ body: `${body} `, headers }) }),
  ),
  mustRefuse(
    {
      name: 'changed-time',
      asked: 'a request whose timestamp was changed after it was signed is refused',
      remedy: verify,
    },
    () => ({
      timestamp: unixSeconds() - 1,
      sent: withHeader(signatureHeaders.timestamp, String(unixSeconds())),
    }),
  ),
  mustRefuse(
    { name: 'old', asked: 'a request that was signed 15 minutes ago is refused', remedy: watchTheTime },
    () => ({ timestamp: unixSeconds() - 900 }),
  ),
  mustRefuse(
    {
      name: 'from-the-future',
      asked: 'a request that was signed 15 minutes from now is refused',
      remedy: watchTheTime,
    },
    () => ({ timestamp: unixSeconds() + 900 }),
  ),
  {
    name: 'other-clock',
    asked: 'a request that was signed 4 minutes ago is taken',
    remedy: `Clocks differ: take what is at most ${replayWindowSeconds} seconds from your own.`,
    async run(stage) {
      const record = stage.records.product()
      const { status } = await stage.post({ entries: [stage.entry(record)], timestamp: unixSeconds() - 240 })
      if (status < 200 || status > 299) return failed(`answered with ${status}`)
      stage.took(record)
      return ok(`answered with ${status}`)
    },
  },
]
