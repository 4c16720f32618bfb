/** The simulator's time: real time plus an offset that tests move. */
export interface Clock {
  now(): Date
  advance(ms: number): void
  set(at: Date): void
}

export function movableClock(): Clock {
  let offsetMs = 0
  return {
    now: () => new Date(Date.now() + offsetMs),
    advance(ms) {
      offsetMs += ms
    },
    set(at) {
      offsetMs = at.getTime() - Date.now()
    },
  }
}
