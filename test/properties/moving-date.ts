/**
 * Time that only a test moves: `new Date()` and `Date.now()` stand still until `advance`, so that what happens "in the same second" is
 * the test's choice. Timers go on as they are.
 */
export function movingDate(): { now(): number; advance(ms: number): void; restore(): void } {
  const Real = globalThis.Date
  // On a whole second: whatever is cut to one is the same instant.
  let at = Math.floor(Real.now() / 1000) * 1000
  class MovingDate extends Real {
    constructor(...given: unknown[]) {
      if (given.length === 0) super(at)
      // The overloads of Date take whatever it is given.
      else super(...(given as [number]))
    }
    static override now(): number {
      return at
    }
    static override [Symbol.hasInstance](value: unknown): boolean {
      return Object.prototype.toString.call(value) === '[object Date]'
    }
  }
  globalThis.Date = MovingDate as DateConstructor
  return {
    now: () => at,
    advance: (ms) => {
      at += ms
    },
    restore: () => {
      globalThis.Date = Real
    },
  }
}
