/** A figure of the demo is not what it should be; the message names it. */
export class DemoError extends Error {
  override readonly name = 'DemoError'
}

export function expectThat(condition: boolean, otherwise: string): asserts condition {
  if (!condition) throw new DemoError(otherwise)
}
