import { setTimeout as delay } from 'node:timers/promises'
import {
  startCategories,
  startDelivery,
  startEnrichment,
  startPoll,
  startReconcile,
  startRetire,
} from '../../client/support/starts.ts'
import { decidePlan } from '../../connectors/hub/plans.ts'
import { mulberry32 } from '../../simulator/akeneo/faults.ts'
import type { Edit } from '../properties/actions.ts'
import { until } from '../support/until.ts'
import { feedProblems, type Findings, hubDifferences, receiverProblems } from './checks.ts'
import { unfinished } from './enrichment-checks.ts'
import { type FaultKind, faults, type Lift, type Random } from './faults.ts'
import { sheets, together } from './icecat-content.ts'
import type { World } from './world.ts'

/** Longest that runs may take once everything is well again; unit ms. */
const longestRunMs = 90_000

/** While one of these lasts, others may strike. */
const mayOverlap = new Set<FaultKind>([
  'kill',
  'clockSkew',
  'receiverDown',
  'receiverErrors',
  'tokensRevoked',
  'icecatOutage',
])

/** Polls and enrichments until nothing is left; more than this is no rest. */
const mostRounds = 6

/** What happens in a world: edits, runs, faults. */
export class Stage {
  readonly counts: Partial<Record<FaultKind, number>> = {}
  edits = 0
  failed = 0
  isStormy = false
  readonly #world: World
  readonly #random: Random
  readonly #say: (text: string) => void

  constructor(world: World, random: Random, say: (text: string) => void) {
    this.#world = world
    this.#random = random
    this.#say = say
  }

  /** As a person does it; `at`: as if it had been then. */
  async edit(edits: Edit[], at?: Date): Promise<void> {
    this.edits += edits.length
    await this.#world.akeneo.ask('edit', { edits, at })
  }

  async someSku(): Promise<string> {
    const skus = await this.#world.akeneo.ask('skus', null)
    return skus[Math.floor(this.#random() * skus.length)] ?? 'nobody'
  }

  /** Akeneo's search has caught up with the edits so far; it shows models before their variants. */
  searchShows(what: 'all' | 'models'): Promise<void> {
    const isThere = async () => !(await this.#world.akeneo.ask('searchTrails', what))
    return until(isThere, `the search shows ${what}`)
  }

  /** Starts a workflow and waits for its end. */
  async run(start: Parameters<World['start']>[0]): Promise<unknown> {
    const began = performance.now()
    const result = await this.#world.ended(await this.#world.start(start))
    this.#say(`${start.workflowId}: ${((performance.now() - began) / 1000).toFixed(1)} s`)
    if (typeof result === 'object' && result !== null && 'failed' in result) {
      this.failed += 1
      this.#say(`${start.workflowId} failed: ${String(result.failed).split('\n')[0] ?? ''}`)
    }
    return result
  }

  /** Faults one after the other, sometimes one into another, while people edit and `work` goes on; ends when both have. */
  async act(kinds: FaultKind[], edit: (random: Random) => Edit, work: () => Promise<void>): Promise<void> {
    this.isStormy = true
    const editing = this.#editAllAlong(edit)
    const working = work()
    // Looked at when everything is over; until then it must not end the process.
    working.catch(() => undefined)
    const lifts: Promise<void>[] = []
    for (const kind of kinds) {
      await delay(this.#random() * 400)
      this.#say(`${kind}?`)
      const lift = await faults[kind](this.#world, this.#random)
      this.#say(`${kind}${lift === null ? ': nothing to strike at' : ''}`)
      if (lift === null) continue
      this.counts[kind] = (this.counts[kind] ?? 0) + 1
      const lifted = this.#lift(lift).then(() => this.#say(`${kind} is over`))
      // Waited for below; until then it must not end the process.
      lifted.catch(() => undefined)
      lifts.push(lifted)
      if (!mayOverlap.has(kind) || this.#random() < 0.6) await lifted
    }
    await Promise.all(lifts)
    this.isStormy = false
    await editing
    await working
  }

  /** Everything is well again, and what was under way has ended. */
  async calm(): Promise<void> {
    await this.#world.akeneo.ask('clearFaults', null)
    await this.#world.icecat.ask('clearFaults', null)
    await this.#world.reviveWorkers()
    await this.allEnded()
    await this.searchShows('all')
  }

  /** Icecat describes some products anew, and its next index tells of it. */
  async newContent(count: number, random: Random = this.#random): Promise<void> {
    const some = Array.from({ length: count }, () => sheets[Math.floor(random() * sheets.length)] ?? '')
    await this.#world.icecat.ask('change', [...new Set(some.flatMap(together))])
  }

  /** While things go wrong: enrichments one after the other, each with further content. */
  async enrichAllAlong(): Promise<void> {
    const random = mulberry32(Math.floor(this.#random() * 2 ** 31))
    while (this.isStormy) {
      await this.newContent(6, random)
      await this.run(startEnrichment(this.#world.connection))
    }
  }

  /**
   * What people edited last is judged, and what Icecat has is written: until a whole round of both writes nothing and leaves nothing for
   * later. What was put off is due at once.
   */
  async rest(): Promise<void> {
    const { connection, sql, akeneo } = this.#world
    for (let round = 0; round < mostRounds; round++) {
      const before = await akeneo.ask('writings', null)
      await this.searchShows('all')
      await this.run(startPoll(connection))
      await sql`update enrichment_product set due_at = now() where connection = ${connection} and due is not null`
      await sql`update enrichment_file set next_attempt = '-infinity' where connection = ${connection}`
      await this.run(startEnrichment(connection))
      const left = await unfinished(this.#world)
      if ((await akeneo.ask('writings', null)) === before && left.length === 0) return
      this.#say(`enrichment: round ${round} left ${left.slice(0, 3).join('; ')}`)
    }
  }

  /** Until the destination has everything: a delivery that was under way may be the one that brings it. */
  async deliver(): Promise<void> {
    await this.run(startDelivery(this.#world.connection))
    await this.allEnded()
  }

  async allEnded(): Promise<void> {
    let isOver = false
    const ending = this.#untilNoneRuns().then(() => (isOver = true))
    const limit = until(
      () => Promise.resolve(isOver),
      `all runs of ${this.#world.connection} have ended`,
      longestRunMs,
    )
    await Promise.all([ending, limit])
  }

  /** Each end is told by Temporal, which lists runs at the cost of other work. */
  async #untilNoneRuns(): Promise<void> {
    for (let running = await this.#running(); running.length > 0; running = await this.#running())
      await Promise.all(running.map((id) => this.#world.ended(id)))
  }

  /** What the schedules of a week bring, and a person's word where a guard asks for it. */
  async week(): Promise<void> {
    const { connection } = this.#world
    await this.run(startCategories(connection))
    await this.run(startPoll(connection))
    await this.run(startReconcile(connection, { content: true }))
    await this.approveAll()
    await this.run(startPoll(connection))
  }

  async approveAll(): Promise<void> {
    const { connection, sql } = this.#world
    const held = await sql<{ id: bigint }[]>`
      select id from retire_plan where connection = ${connection} and state = 'held'`
    for (const { id } of held) {
      await decidePlan(sql, connection, id, { state: 'approved', by: 'ada' })
      await this.run(startRetire(connection, id.toString()))
    }
  }

  async problems(): Promise<Omit<Findings, 'leaked'>> {
    const hub = await hubDifferences(this.#world)
    const feed = await feedProblems(this.#world)
    const receiver = await receiverProblems(this.#world)
    return {
      lost: [...hub.map((line) => `hub: ${line}`), ...feed.lost, ...receiver.lost],
      doubled: [...feed.doubled, ...receiver.doubled],
    }
  }

  async #lift(lift: Lift): Promise<void> {
    await delay(this.#random() * 800)
    await lift()
  }

  async #editAllAlong(edit: (random: Random) => Edit): Promise<void> {
    // Numbers of its own: how long a fault takes must not change what is edited.
    const random = mulberry32(Math.floor(this.#random() * 2 ** 31))
    while (this.isStormy) {
      await this.edit([edit(random)])
      await delay(50 + random() * 250)
    }
  }

  async #running(): Promise<string[]> {
    const ids: string[] = []
    const query = `TaskQueue = '${this.#world.connection}' and ExecutionStatus = 'Running'`
    for await (const { workflowId } of this.#world.client.workflow.list({ query })) ids.push(workflowId)
    return ids
  }
}
