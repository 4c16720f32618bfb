import { randomUUID } from 'node:crypto'
import { cancellationSignal } from '@temporalio/activity'
import type { AkeneoCalls, PatchAnswer } from '../../connectors/akeneo/client.ts'
import { RefusedError, TransientError } from '../../connectors/errors.ts'
import {
  markSent,
  nextFreeMs,
  releaseLines,
  type TakeLines,
  timeInDatabase,
} from '../../connectors/hub/enrichment/lines.ts'
import { controlOf } from '../../connectors/hub/runs.ts'
import type { EnrichmentChunk, EnrichmentChunkDone } from '../../contracts/processes.ts'
import type { Dependencies } from '../dependencies.ts'
import { inLanes } from '../reading/in-lanes.ts'
import { checkHoldsMs, heldForMs, sendWithinMs } from './holds.ts'
import { type AnsweredLine, settleAnswers } from './settle-lines.ts'
import { lookThrough, type SendableBatch, type TakenLines, takeNext, withoutEdited } from './take-block.ts'
import { openWriting, type Writing } from './writing.ts'

/** An activity works about this long, so that a stop, a deploy or a pause never waits longer; unit ms. */
const chunkMs = 50_000

export const createPushActivities = (deps: Dependencies) => ({
  /**
   * Sends the lines that there are until none is left or the chunk is over: each belongs to who holds it, and is in the database before and until it is
   * answered, so a worker that dies loses none and repeats none that could have another result.
   */
  async pushEnrichment(input: EnrichmentChunk): Promise<EnrichmentChunkDone> {
    const writing = await openWriting(deps, input)
    // What is made from here on is for the next one: beside sheets that come one by one, each call would take a line or two.
    const which = { only: input.only, madeBy: await timeInDatabase(deps.sql) }
    const push = new Push(writing, which, Date.now() + chunkMs)
    const { done, more } = await push.run()
    const waitMs = more ? null : await nextFreeMs(deps.sql, input.connection, which)
    return { done, more, waitMs }
  },
})

class Push {
  readonly #writing: Writing
  readonly #which: Pick<TakeLines, 'only' | 'madeBy'>
  readonly #until: number
  readonly #holder = randomUUID()
  readonly #batches: SendableBatch[] = []
  readonly #settling = new Set<Promise<void>>()
  /** Blocks that are being taken and looked through, in the order of their lines. */
  readonly #taking = new Set<Promise<void>>()
  #lastTaking: Promise<unknown> = Promise.resolve()
  #lastTaken: Promise<unknown> = Promise.resolve()
  #isOver = false
  #mayHaveMore = true
  /** How often an answer left something to send again. */
  #again = 0
  #done = 0

  constructor(writing: Writing, which: Pick<TakeLines, 'only' | 'madeBy'>, until: number) {
    this.#writing = writing
    this.#which = which
    this.#until = until
  }

  async run(): Promise<{ done: number; more: boolean }> {
    const { connection, lane, write } = this.#writing
    // What a person waits for has one lane; proposals go one after the other, so that the first says whether there are any.
    const width = lane === 'live' || write === 'proposal' ? 1 : connection.config.akeneo.throttle.concurrency
    const lanes = await Promise.allSettled([
      inLanes(this.#writing, width, cancellationSignal(), (calls) => this.#lane(calls)),
    ])
    const settled = await Promise.allSettled(this.#settling)
    await this.#giveBack()
    const failure = [...lanes, ...settled].find((outcome) => outcome.status === 'rejected')
    if (failure) throw failure.reason
    return { done: this.#done, more: this.#mayHaveMore }
  }

  async #lane(calls: AkeneoCalls): Promise<void> {
    try {
      await this.#work(calls)
    } catch (error) {
      this.#isOver = true
      throw error
    }
  }

  /**
   * Sends batches. When few are left, one lane gets the next ones ready while the others go on; a lane that has nothing to send gets
   * further ones ready, so that none is idle.
   */
  async #work(calls: AkeneoCalls): Promise<void> {
    const ahead = this.#writing.connection.config.akeneo.throttle.concurrency
    while (!this.#isOver) {
      cancellationSignal().throwIfAborted()
      const isNeeded =
        this.#batches.length === 0 || (this.#batches.length <= ahead && this.#taking.size === 0)
      if (isNeeded && this.#mayTake()) {
        await this.#take(calls)
        continue
      }
      const batch = this.#batches.shift()
      if (batch !== undefined) {
        await this.#send(calls, batch)
        continue
      }
      // A failure of either is told to whoever began it.
      if (this.#taking.size > 0) await Promise.race([...this.#taking]).catch(() => undefined)
      else if (this.#settling.size > 0) await Promise.allSettled(this.#settling)
      else return
    }
  }

  #mayTake(): boolean {
    return this.#mayHaveMore && Date.now() < this.#until
  }

  async #take(calls: AkeneoCalls): Promise<void> {
    const taking = this.#takeBlock(calls)
    this.#taking.add(taking)
    try {
      await taking
    } finally {
      this.#taking.delete(taking)
    }
  }

  async #takeBlock(calls: AkeneoCalls): Promise<void> {
    const { deps, run } = this.#writing
    if ((await controlOf(deps.sql, run)) !== 'running') {
      this.#isOver = true
      return
    }
    const before = this.#again
    const holder = this.#holder
    // One after the other, so that the blocks come in the order of their lines; they are looked through side by side.
    const taking = this.#lastTaking.then(() => takeNext(this.#writing, { holder, ...this.#which }))
    this.#lastTaking = taking.catch(() => undefined)
    const taken = await taking
    if (taken !== null) {
      const earlier = this.#lastTaken
      const looking = this.#lookThrough(calls, taken)
      this.#lastTaken = Promise.allSettled([earlier, looking])
      const { batches, settled } = await looking
      await earlier
      this.#batches.push(...batches)
      this.#done += settled
      return
    }
    // What was settled while this looked may have come too late to be seen.
    if (this.#again === before) this.#mayHaveMore = false
    // What is being settled may go out again, shorter.
    await Promise.all(this.#settling)
  }

  /** Lines of a block that could not be looked through stand as before, for whoever comes next. */
  async #lookThrough(calls: AkeneoCalls, taken: TakenLines): ReturnType<typeof lookThrough> {
    try {
      return await lookThrough(this.#writing, calls, this.#holder, taken)
    } catch (error) {
      const { deps, connection } = this.#writing
      await releaseLines(deps.sql, connection.name, { ...taken, holder: this.#holder })
      throw error
    }
  }

  async #send(calls: AkeneoCalls, batch: SendableBatch): Promise<void> {
    const { deps, connection } = this.#writing
    const { stream } = batch
    const holder = this.#holder
    const fresh = await this.#stillOpen(calls, batch)
    const until = Date.now() + sendWithinMs(connection)
    const held = await markSent(deps.sql, connection.name, {
      stream,
      holder,
      keys: fresh.map(({ line }) => line.key),
      leaseMs: heldForMs(connection),
    })
    const lines = fresh.filter(({ line }) => held.has(line.key))
    if (lines.length === 0) return
    const began = performance.now()
    let answer: PatchAnswer
    try {
      answer = await calls.patch(
        stream,
        lines.flatMap(({ json }) => json ?? []),
        { until },
      )
    } catch (error) {
      // Akeneo has not begun: they are as they were. Of any other failure it is not known.
      if (isRefusedAtTheDoor(error))
        await releaseLines(deps.sql, connection.name, {
          stream,
          holder,
          lines: lines.map(({ line }) => line),
        })
      throw error
    }
    const sentAt = new Date((answer.date ?? new Date()).getTime() + performance.now() - began + 1000)
    const answers: AnsweredLine[] = []
    let isDirect = false
    let requests = 1
    for (const [index, { line, name, values, tooLarge }] of lines.entries()) {
      const outcome = answer.outcomes[index] ?? { kind: 'unknown' as const }
      if (outcome.kind === 'created') {
        requests++
        const deletion = stream === 'products' ? await calls.deleteProduct(name) : 'not tried'
        answers.push({ line, values, tooLarge, kind: 'created', deletion })
      } else if (outcome.kind === 'updated' && this.#writing.write === 'proposal') {
        requests++
        const proposal = await calls.propose(stream, name)
        isDirect ||= proposal === 'direct'
        answers.push({ line, values, tooLarge, kind: 'updated', isProposed: proposal === 'submitted' })
      } else answers.push({ line, values, tooLarge, ...outcome })
    }
    // The ledger is written while the next batch is on its way.
    const settling = settleAnswers(this.#writing, {
      stream,
      holder,
      ticket: answer.ticket,
      sentAt,
      requests,
      answers,
    }).then(({ settled, again }) => {
      this.#done += settled
      if (!again) return
      this.#again++
      this.#mayHaveMore = true
    })
    this.#settling.add(settling)
    void settling.then(
      () => this.#settling.delete(settling),
      () => (this.#isOver = true),
    )
    if (isDirect) throw notADraft(connection.name, lines[0]?.name ?? '')
  }

  /** The lines of a batch whose look for edits is not too old; else those that a new one leaves. */
  async #stillOpen(calls: AkeneoCalls, { stream, lines, checkedAt }: SendableBatch) {
    if (Date.now() - checkedAt <= checkHoldsMs) return lines
    const open = new Set(
      await withoutEdited(
        this.#writing,
        calls,
        stream,
        this.#holder,
        lines.map(({ line }) => line),
      ),
    )
    return lines.filter(({ line }) => open.has(line))
  }

  /** What was taken and not sent is for whoever comes next. */
  async #giveBack(): Promise<void> {
    const { deps, connection } = this.#writing
    for (const { stream, lines } of this.#batches.splice(0))
      await releaseLines(deps.sql, connection.name, {
        stream,
        holder: this.#holder,
        lines: lines.map(({ line }) => line),
      })
  }
}

/** Akeneo took no line of it: what it said came before it began to work. */
const isRefusedAtTheDoor = (error: unknown): boolean =>
  error instanceof RefusedError ||
  (error instanceof TransientError &&
    ['too-many-requests', 'no-lane', 'not-before', 'too-late'].includes(error.code))

export const notADraft = (connection: string, name: string) =>
  new RefusedError({
    code: 'not-a-draft',
    asked: `a proposal for ${name} of ${connection}`,
    came: 'a write that is no draft: this user owns the record, or this Akeneo has no proposals',
    remedy:
      'The mapping says write: proposal. Give the connection’s user the right to edit these categories without owning them (Enterprise), or write: direct.',
  })
