/** What can happen next, each with its name and the state after it, or what is wrong with it. */
export type Step<State> = { action: string } & ({ state: State } | { wrong: string })

export interface Model<State> {
  start: State
  next: (state: State) => Step<State>[]
  /** What is wrong with a state, if everything goes well from now on; null when nothing. */
  problem: (state: State) => string | null
}

export interface Verdict {
  /** States that were looked at. */
  states: number
  /** The shortest way to a problem, action by action, and the problem; null when there is none in any state that can be reached. */
  counterexample: string[] | null
}

/** Looks at every state that can be reached, the nearest first; so what it finds is as short as can be. */
export function searchAll<State>({ start, next, problem }: Model<State>): Verdict {
  const cameBy = new Map<string, { before: string; action: string } | null>([[JSON.stringify(start), null]])
  const wayTo = (key: string): string[] => {
    const came = cameBy.get(key)
    return came ? [...wayTo(came.before), came.action] : []
  }
  let edge: State[] = [start]
  while (edge.length > 0) {
    const beyond: State[] = []
    for (const state of edge) {
      const key = JSON.stringify(state)
      const wrong = problem(state)
      if (wrong !== null) return { states: cameBy.size, counterexample: [...wayTo(key), wrong] }
      for (const step of next(state)) {
        if ('wrong' in step)
          return { states: cameBy.size, counterexample: [...wayTo(key), step.action, step.wrong] }
        const reached = JSON.stringify(step.state)
        if (cameBy.has(reached)) continue
        cameBy.set(reached, { before: key, action: step.action })
        beyond.push(step.state)
      }
    }
    edge = beyond
  }
  return { states: cameBy.size, counterexample: null }
}
