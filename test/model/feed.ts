import type { Model, Step } from './search.ts'

/*
 * How entries come into a feed, and how a reader that goes by the last number it saw finds them: publishers take numbers and commit later,
 * or never; the reader looks at any time.
 */

export interface FeedRules {
  /** Numbers come from a row that is held until the transaction ends, not from a sequence. */
  counterRow: boolean
  /** Numbers are taken where the entries are committed, so that a lost transaction takes its numbers back. */
  numbersInTransaction: boolean
}

export const allFeedRules: FeedRules = { counterRow: true, numbersInTransaction: true }

interface State {
  counter: number
  publishers: { seq: number | null; state: 'idle' | 'numbered' | 'committed' | 'lost' }[]
  position: number
  seen: number[]
}

export function feed(rules: FeedRules, publishers: number): Model<State> {
  const start: State = {
    counter: 0,
    publishers: Array.from({ length: publishers }, () => ({ seq: null, state: 'idle' })),
    position: 0,
    seen: [],
  }
  const committed = ({ publishers }: State) =>
    publishers.flatMap(({ seq, state }) => (state === 'committed' && seq !== null ? seq : []))

  function next(state: State): Step<State>[] {
    const steps: Step<State>[] = []
    const isHeld = state.publishers.some((one) => one.state === 'numbered')
    state.publishers.forEach((publisher, index) => {
      const become = (
        action: string,
        change: Partial<State['publishers'][number]>,
        counter = state.counter,
      ) =>
        steps.push({
          action: `publisher ${index} ${action}`,
          state: { ...state, counter, publishers: state.publishers.with(index, { ...publisher, ...change }) },
        })
      if (publisher.state === 'idle' && !(rules.counterRow && isHeld)) {
        const seq = state.counter + 1
        become(`takes ${seq}`, { state: 'numbered', seq }, seq)
      }
      if (publisher.state === 'numbered') {
        become('commits', { state: 'committed' })
        become('is lost', { state: 'lost' }, rules.numbersInTransaction ? state.counter - 1 : state.counter)
      }
    })
    const entries = committed(state).filter((seq) => seq > state.position)
    if (entries.length > 0) {
      const position = Math.max(...entries)
      steps.push({
        action: 'the reader looks',
        state: { ...state, position, seen: [...state.seen, ...entries].sort() },
      })
    }
    return steps
  }

  function problem(state: State): string | null {
    const entries = committed(state)
    const missed = entries.find((seq) => seq <= state.position && !state.seen.includes(seq))
    if (missed !== undefined) return `the reader is at ${state.position} and has not seen ${missed}`
    if (new Set(entries).size < entries.length) return 'two entries have one number'
    const isQuiet = state.publishers.every((one) => one.state !== 'numbered')
    return isQuiet && entries.length !== state.counter
      ? `${entries.length} entries up to ${state.counter}`
      : null
  }
  return { start, next, problem }
}
