import type { FeedEntry } from '../../contracts/hub.ts'
import { createHttp, type HttpAnswer } from '../http.ts'
import { asksForParts, everythingRefused, failureOf, resultsOf, tooLarge } from './answers.ts'
import { deliveryOf } from './request.ts'
import type { DestinationSettings } from './settings.ts'
import { signedPost } from './signed-post.ts'

/** What became of one entry. `null`: sent, but its outcome is not known. */
export interface EntryOutcome {
  entry: FeedEntry
  status: 'accepted' | 'refused' | null
  reason: string | null
  externalId: string | null
}

export interface Delivered {
  /** Of all entries; after a `failure` of those before it, in order. */
  outcomes: EntryOutcome[]
  /** The size below which the destination took requests; null when it took all. */
  smallerBatches: number | null
  /** What ended a request in parts half-way, as `deliver` would throw it: the entries without an outcome do not count as sent. */
  failure: Error | null
}

export interface DeliveryRequest {
  output: string
  /** Part of the idempotency keys. */
  generation: number
  entries: FeedEntry[]
  /** Refused before, or asked for again: that none of these gets through says nothing of the destination. */
  queued?: boolean
  signal: AbortSignal
}

export interface DestinationClient {
  /**
   * Brings entries to the destination, in order. Throws a TransientError (429, 5xx, no answer), a RefusedError (nothing gets
   * through) or a ContractError; then none of them counts as sent. In the midst of parts it is the `failure` of what is answered.
   */
  deliver(request: DeliveryRequest): Promise<Delivered>
}

/** What stands for the reason that a destination did not give. */
export const noReason = 'refused without a reason'

/** Answers are a line per entry; this is far more. */
const maxBodyBytes = 4 * 1024 * 1024

interface Posted extends Delivered {
  /** `whole`: the answer to a request of this entry alone which refused it by its status. */
  outcomes: (EntryOutcome & { whole: HttpAnswer | null })[]
}

const cutOff = (failure: Error): Posted => ({ outcomes: [], smallerBatches: null, failure })

export function createDestinationClient(
  connection: string,
  settings: DestinationSettings,
): DestinationClient {
  const http = createHttp({
    caller: { service: 'delivery', connection },
    timeoutMs: settings.timeoutMs,
    maxBodyBytes,
  })
  const url = new URL(settings.url)
  // Without the address's path and query: some receivers keep a key there.
  const asked = `POST to destination ${settings.name} of ${connection}`

  return {
    async deliver(request) {
      const { entries, queued = false } = request
      const delivered = await post(request)
      const { outcomes } = delivered
      const [first] = outcomes
      const byWhole = outcomes.filter(({ whole }) => whole !== null && whole.status !== tooLarge)
      if (!queued && entries.length > 1 && first?.whole && byWhole.length === entries.length) {
        throw everythingRefused(asked, first.whole)
      }
      return { ...delivered, outcomes: outcomes.map(({ whole: _, ...outcome }) => outcome) }
    },
  }

  async function post(request: DeliveryRequest): Promise<Posted> {
    const { entries } = request
    const answer = await send(request)
    if (asksForParts(answer)) return inParts(request, answer)
    if (answer.status < 200 || answer.status > 299) throw failureOf(answer, asked)
    const results = resultsOf(
      answer,
      entries.map(({ seq }) => seq),
      asked,
    )
    return {
      smallerBatches: null,
      failure: null,
      outcomes: entries.map((entry) => {
        const result = results.get(entry.seq)
        return {
          entry,
          status: result?.status ?? null,
          reason: result?.status === 'refused' ? (result.reason ?? noReason) : null,
          externalId: result?.externalId ?? null,
          whole: null,
        }
      }),
    }
  }

  /** Half by half, until the entry that the destination does not take stands alone. */
  async function inParts(request: DeliveryRequest, answer: HttpAnswer): Promise<Posted> {
    const { entries } = request
    const [only] = entries
    if (only && entries.length === 1) {
      const reason =
        answer.status === tooLarge ? 'too large for the destination (413)' : `answered with ${answer.status}`
      const refused = { entry: only, status: 'refused' as const, reason, externalId: null, whole: answer }
      return { smallerBatches: null, failure: null, outcomes: [refused] }
    }
    const half = Math.ceil(entries.length / 2)
    const head = await post({ ...request, entries: entries.slice(0, half) }).catch(cutOff)
    const tail =
      head.failure === null
        ? await post({ ...request, entries: entries.slice(half) }).catch(cutOff)
        : cutOff(head.failure)
    const smaller = answer.status === tooLarge ? half : null
    const sizes = [smaller, head.smallerBatches, tail.smallerBatches].filter((size) => size !== null)
    return {
      outcomes: [...head.outcomes, ...tail.outcomes],
      smallerBatches: sizes.length === 0 ? null : Math.min(...sizes),
      failure: tail.failure,
    }
  }

  function send({ output, generation, entries, signal }: DeliveryRequest): Promise<HttpAnswer> {
    const names = { connection, output, destination: settings.name }
    const { key, body } = deliveryOf(names, generation, entries)
    return http.send({
      ...signedPost(settings.secret, JSON.stringify(body), key),
      url,
      asked,
      signal,
    })
  }
}
