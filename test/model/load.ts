import type { Model, Step } from './search.ts'

/*
 * The first load: slices by the time of creation, each read by a reader of its own in any order, while people edit; polls take over from
 * the watermark that it leaves.
 */

export interface LoadRules {
  /** Slices tile time: what was created at a cut is in one of them. */
  slicesTile: boolean
  /** The watermark begins where the load began, not where it ended. */
  watermarkFromStart: boolean
  /** A slice is done when its page is committed, not when it was read. */
  doneWithPage: boolean
}

export const allLoadRules: LoadRules = { slicesTile: true, watermarkFromStart: true, doneWithPage: true }

interface State {
  editsLeft: number
  deathsLeft: number
  clock: number
  akeneo: { created: number; value: number; updated: number }[]
  hub: (number | null)[]
  slices: ('open' | 'done')[]
  readers: { slice: number; page: { record: number; value: number }[] }[]
}

const cut = 1

export function load(rules: LoadRules, { edits, deaths }: { edits: number; deaths: number }): Model<State> {
  const start: State = {
    editsLeft: edits,
    deathsLeft: deaths,
    clock: 10,
    // Before, at and after the cut.
    akeneo: [0, 1, 2].map((created) => ({ created, value: 1, updated: created })),
    hub: [null, null, null],
    slices: ['open', 'open'],
    readers: [],
  }
  const isIn = (slice: number, created: number) =>
    slice === 0 ? created < cut : rules.slicesTile ? created >= cut : created > cut

  function next(state: State): Step<State>[] {
    const steps: Step<State>[] = []
    if (state.clock < 12) steps.push({ action: 'time passes', state: { ...state, clock: state.clock + 1 } })
    if (state.editsLeft > 0) {
      state.akeneo.forEach((record, index) => {
        const edited = { ...record, value: record.value + 1, updated: state.clock }
        steps.push({
          action: `edit of ${index}`,
          state: { ...state, editsLeft: state.editsLeft - 1, akeneo: state.akeneo.with(index, edited) },
        })
      })
    }
    state.slices.forEach((slice, index) => {
      if (slice === 'done' || state.readers.some((reader) => reader.slice === index)) return
      const page = state.akeneo.flatMap(({ created, value }, record) =>
        isIn(index, created) ? { record, value } : [],
      )
      const slices = rules.doneWithPage ? state.slices : state.slices.with(index, 'done' as const)
      steps.push({
        action: `slice ${index} is read`,
        state: { ...state, slices, readers: [...state.readers, { slice: index, page }] },
      })
    })
    state.readers.forEach((reader, index) => {
      const readers = state.readers.toSpliced(index, 1)
      steps.push({
        action: `slice ${reader.slice} is committed`,
        state: { ...written(state, reader.page), slices: state.slices.with(reader.slice, 'done'), readers },
      })
      if (state.deathsLeft > 0)
        steps.push({
          action: `the reader of slice ${reader.slice} dies`,
          state: { ...state, deathsLeft: state.deathsLeft - 1, readers },
        })
    })
    return steps
  }

  /** Once the load is through, a poll from its watermark on brings what changed meanwhile. */
  function problem(state: State): string | null {
    if (state.slices.includes('open') || state.readers.length > 0) return null
    const watermark = rules.watermarkFromStart ? start.clock : state.clock
    const changed = state.akeneo.flatMap(({ value, updated }, record) =>
      updated > watermark - 1 ? { record, value } : [],
    )
    const { hub } = written(state, changed)
    const lost = state.akeneo.findIndex(({ value }, record) => hub[record] !== value)
    return lost === -1 ? null : `record ${lost} stays at ${hub[lost] ?? 'nothing'}`
  }

  return { start, next, problem }
}

const written = (state: State, page: { record: number; value: number }[]): State => ({
  ...state,
  hub: page.reduce<State['hub']>((hub, { record, value }) => hub.with(record, value), state.hub),
})
