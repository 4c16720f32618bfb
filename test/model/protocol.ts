import type { Model, Step } from './search.ts'

/*
 * The core protocol by which changes come into the hub, as small as it can be without losing what makes it hard: two records in one list
 * that is read a page of one record at a time, edits whose date the search shows late, workers that die or are overtaken, runs that are
 * lost, a sync beside them. Each rule can be left out; then some order of events loses or doubles something, and the search finds it.
 *
 * Time is counted in overlaps: a poll looks back by one, the search trails an edit by at most one.
 */

export interface Rules {
  /** A page is committed only where the cursor still stands where it was read from. */
  cursorFence: boolean
  /** A record is overwritten only by a later reading. */
  ticket: boolean
  /** The ticket is taken before the request is sent, not when its answer has come. */
  ticketBeforeSending: boolean
  /** The watermark moves when a run has read everything. */
  watermarkAtTheEnd: boolean
  /** Where it moves to is the time before the first read. */
  watermarkFromBefore: boolean
  /** Polls look back behind the watermark. */
  overlap: boolean
  /** The cursor moves in the transaction that writes the page. */
  cursorWithPage: boolean
  /** The variants of a changed model are looked at again, whatever their date. */
  descendantSweep: boolean
}

export const allRules: Rules = {
  cursorFence: true,
  ticket: true,
  ticketBeforeSending: true,
  watermarkAtTheEnd: true,
  watermarkFromBefore: true,
  overlap: true,
  cursorWithPage: true,
  descendantSweep: true,
}

/** How often each thing may happen: the search is complete within these. */
export interface Bounds {
  edits: number
  /** Of the first record, a model: the second one is its variant and shows the change late. */
  modelEdits: number
  runs: number
  deaths: number
  lostRuns: number
  overtakings: number
  syncs: number
  clock: number
}

interface AkeneoRecord {
  value: number
  updated: number
  /** Until `shownAt` the search knows it by the date that it had before; its content is as it is. */
  before: number
  shownAt: number
}

/** An activity's attempt: it has asked, it has an answer, or it has moved the cursor and not yet written its page. */
interface Attempt {
  run: number
  from: number
  to: number
  ticket: number
  at: 'asking' | 'answered' | 'cursor moved'
  /** What the records were when it asked. */
  known: number[]
  page: { record: number; value: number }[]
}

interface State {
  left: Omit<Bounds, 'clock'>
  clock: number
  akeneo: AkeneoRecord[]
  /** `promised`: what some reading that was carried to its end has known when it asked. */
  hub: { value: number; ticket: number; promised: number }[]
  ticket: number
  watermark: number
  run: { id: number; since: number; t0: number; cursor: number; sweeps: boolean; committed: number[] } | null
  runs: number
  attempts: Attempt[]
  sync: { record: number; ticket: number; known: number; value: number | null } | null
  /** When a look at the variants is due. */
  sweep: number | null
}

const records = [0, 1]
const end = records.length
const searchLag = 1
const variantLag = 3
const overlap = 1

export function protocol(rules: Rules, { clock: lastMoment, ...left }: Bounds): Model<State> {
  const start: State = {
    left,
    clock: 0,
    akeneo: records.map(() => ({ value: 0, updated: 0, before: 0, shownAt: 0 })),
    hub: records.map(() => ({ value: 0, ticket: 0, promised: 0 })),
    ticket: 0,
    watermark: 0,
    run: null,
    runs: 0,
    attempts: [],
    sync: null,
    sweep: null,
  }

  function next(state: State): Step<State>[] {
    const steps: Step<State>[] = []
    const step = (action: string, change: (copy: State) => unknown) => {
      const copy = structuredCopy(state)
      const wrong = change(copy)
      steps.push(typeof wrong === 'string' ? { action, wrong } : { action, state: copy })
    }
    const { left, run, attempts, sync } = state

    if (state.clock < lastMoment)
      step('time passes', (s) => {
        s.clock += 1
      })
    if (left.edits > 0) {
      for (const record of records) {
        for (const lag of [0, searchLag]) {
          step(`edit of ${record}, shown ${lag === 0 ? 'at once' : 'late'}`, (s) => {
            s.left.edits -= 1
            edited(s, record, lag)
          })
        }
      }
    }
    if (left.modelEdits > 0) {
      step('edit of the model', (s) => {
        s.left.modelEdits -= 1
        edited(s, 0, 0)
        edited(s, 1, variantLag)
      })
    }
    if (run === null && left.runs > 0) step('a run begins', begin)
    if (run !== null) {
      const mine = attempts.filter((attempt) => attempt.run === run.id)
      if (run.cursor === end && !mine.some(({ at }) => at === 'cursor moved')) step('the run ends', finish)
      else if (mine.length === 0) step('an attempt asks', ask)
      else if (mine.length === 1 && left.overtakings > 0) {
        step('another attempt asks', (s) => {
          s.left.overtakings -= 1
          ask(s)
        })
      }
      if (left.lostRuns > 0) {
        step('the run is lost', (s) => {
          s.left.lostRuns -= 1
          s.run = null
        })
      }
    }
    attempts.forEach(({ at }, index) => {
      if (at === 'asking') step(`attempt ${index} is answered`, (s) => answer(s, index))
      else step(`attempt ${index} commits`, (s) => commit(s, index))
      if (left.deaths > 0) {
        step(`the worker of attempt ${index} dies`, (s) => {
          s.left.deaths -= 1
          s.attempts.splice(index, 1)
        })
      }
    })
    if (sync === null && left.syncs > 0) {
      for (const record of records) {
        step(`a sync of ${record} asks`, (s) => {
          s.left.syncs -= 1
          s.sync = { record, ticket: ++s.ticket, known: s.akeneo[record]?.value ?? 0, value: null }
        })
      }
    }
    if (sync?.value === null) {
      step('the sync is answered', (s) => {
        // A record that is asked for directly comes as it is, whatever the search shows.
        s.sync = { ...sync, value: s.akeneo[sync.record]?.value ?? 0 }
      })
    } else if (sync !== null) {
      const value = sync.value
      step('the sync commits', (s) => {
        s.sync = null
        return write(s, { record: sync.record, value }, sync.known, sync.ticket)
      })
    }
    return steps
  }

  function begin(s: State): void {
    const t0 = s.clock
    const since = s.watermark - (rules.overlap ? overlap : 0)
    const sweeps = s.sweep !== null && s.clock >= s.sweep
    s.left.runs -= 1
    s.run = { id: ++s.runs, since, t0, cursor: 0, sweeps, committed: [] }
    if (!rules.watermarkAtTheEnd) s.watermark = t0
  }

  function ask(s: State): void {
    if (s.run === null) return
    const known = s.akeneo.map(({ value }) => value)
    s.attempts.push({
      run: s.run.id,
      from: s.run.cursor,
      to: end,
      ticket: ++s.ticket,
      at: 'asking',
      known,
      page: [],
    })
  }

  /** A page is the first record from the cursor on that the search shows as changed. */
  function answer(s: State, index: number): void {
    const attempt = s.attempts[index]
    const run = s.run
    if (attempt === undefined) return
    attempt.at = 'answered'
    // A lost run's request comes back to a worker that nobody waits for.
    if (run?.id !== attempt.run) return
    const found = records.find((record) => {
      if (record < attempt.from) return false
      return shownDate(s, record) > run.since || (run.sweeps && record === 1)
    })
    if (found === undefined) return
    attempt.page = [{ record: found, value: s.akeneo[found]?.value ?? 0 }]
    attempt.to = found + 1
  }

  function commit(s: State, index: number): string | null {
    const attempt = s.attempts[index]
    const run = s.run
    if (attempt === undefined) return null
    if (run?.id !== attempt.run) {
      s.attempts.splice(index, 1)
      return null
    }
    if (attempt.at === 'answered') {
      if (rules.cursorFence && run.cursor !== attempt.from) {
        s.attempts.splice(index, 1)
        return null
      }
      if (run.committed.includes(attempt.from)) return `page ${attempt.from} is committed twice`
      run.committed.push(attempt.from)
      run.cursor = attempt.to
      if (!rules.cursorWithPage) {
        attempt.at = 'cursor moved'
        return null
      }
    }
    s.attempts.splice(index, 1)
    for (const row of attempt.page) {
      const wrong = write(s, row, attempt.known[row.record] ?? 0, attempt.ticket)
      if (wrong !== null) return wrong
    }
    return null
  }

  function write(
    s: State,
    { record, value }: { record: number; value: number },
    known: number,
    taken: number,
  ) {
    const row = s.hub[record]
    if (row === undefined) return null
    const ticket = rules.ticketBeforeSending ? taken : ++s.ticket
    const isTaken = !rules.ticket || ticket > row.ticket
    const after = {
      value: isTaken ? value : row.value,
      ticket: Math.max(ticket, row.ticket),
      promised: Math.max(known, row.promised),
    }
    s.hub[record] = after
    if (rules.descendantSweep && record === 0 && after.value !== row.value) s.sweep = s.clock + variantLag
    return after.value < after.promised
      ? `record ${record} is at ${after.value}, and a reading knew ${after.promised} when it asked`
      : null
  }

  function finish(s: State): void {
    if (s.run === null) return
    s.watermark = Math.max(s.watermark, rules.watermarkFromBefore ? s.run.t0 : s.clock)
    if (s.run.sweeps) s.sweep = null
    s.run = null
  }

  /** When nothing happens any more, the search shows everything and a poll runs to its end: does the hub hold what Akeneo holds? */
  function problem(state: State): string | null {
    const s = structuredCopy(state)
    s.run = null
    s.attempts = []
    for (let polls = 1; polls <= 2; polls++) {
      s.clock += variantLag
      begin(s)
      while (isUnread(s)) {
        ask(s)
        answer(s, 0)
        while (s.attempts.length > 0) commit(s, 0)
      }
      finish(s)
    }
    const lost = records.find((record) => s.hub[record]?.value !== s.akeneo[record]?.value)
    return lost === undefined
      ? null
      : `record ${lost} stays at ${s.hub[lost]?.value ?? '?'}, in Akeneo it is ${s.akeneo[lost]?.value ?? '?'}`
  }

  return { start, next, problem }
}

function edited(s: State, record: number, lag: number): void {
  const before = shownDate(s, record)
  const value = (s.akeneo[record]?.value ?? 0) + 1
  s.akeneo[record] = { value, updated: s.clock, before, shownAt: s.clock + lag }
}

function shownDate({ akeneo, clock }: State, record: number): number {
  const row = akeneo[record]
  if (row === undefined) throw new Error(`There is no record ${record}`)
  return clock < row.shownAt ? row.before : row.updated
}

const isUnread = ({ run }: State) => run !== null && run.cursor < end

const structuredCopy = (state: State): State => ({
  ...state,
  left: { ...state.left },
  akeneo: [...state.akeneo],
  hub: [...state.hub],
  run: state.run === null ? null : { ...state.run, committed: [...state.run.committed] },
  attempts: state.attempts.map((attempt) => ({ ...attempt })),
})
