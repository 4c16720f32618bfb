/** One answer for all who ask within a time. */
export function shared<T>(read: () => Promise<T>, ms: number): { (): Promise<T>; forget(): void } {
  let last: { at: number; answer: Promise<T> } | null = null
  const ask = () => {
    if (last === null || performance.now() - last.at > ms) {
      const answer = read()
      last = { at: performance.now(), answer }
      // A failure is for who asked; the next one asks anew.
      answer.catch(() => (last = null))
    }
    return last.answer
  }
  return Object.assign(ask, {
    forget: () => {
      last = null
    },
  })
}
