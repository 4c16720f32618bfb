const hidden = '[secret]'

/** Text that must not be seen: it prints, serializes and inspects as `[secret]`; only `reveal` gives it away. */
export class Secret {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  reveal(): string {
    return this.#text
  }

  toString(): string {
    return hidden
  }

  toJSON(): string {
    return hidden
  }

  /** What console.log and assertion messages show. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return hidden
  }
}
