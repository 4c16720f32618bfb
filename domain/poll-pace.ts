/** So many polls in a row that found nothing double the interval. */
export const quietPollsPerStep = 6

export interface Pace {
  everyMs: number
  /** The longest interval. */
  quietestMs: number
}

/** The interval after so many polls in a row that found nothing; unit ms. */
export const pollPace = ({ everyMs, quietestMs }: Pace, quietPolls: number): number =>
  Math.min(quietestMs, everyMs * 2 ** Math.floor(quietPolls / quietPollsPerStep))

/**
 * The interval that a poll's schedule is to be given at its end, null: it stays. `quietBefore` are the polls in a row before it that found
 * nothing. At every further step the interval is given again, so that a schedule which was applied anew meanwhile comes back to it.
 */
export function nextPace(pace: Pace, quietBefore: number, foundSomething: boolean): number | null {
  if (foundSomething) return quietBefore >= quietPollsPerStep ? pace.everyMs : null
  const quiet = quietBefore + 1
  return quiet % quietPollsPerStep === 0 ? pollPace(pace, quiet) : null
}
