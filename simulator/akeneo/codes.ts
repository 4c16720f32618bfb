const collator = new Intl.Collator('en', { sensitivity: 'accent' })

/** The order of a code column in Akeneo's database: letter case does not count, `_` sorts before digits. */
export function compareCodes(a: string, b: string): number {
  return collator.compare(a, b)
}

/** Records by code. Codes are equal whatever their letter case; the stored case is what answers show. */
export class CodeMap<T> {
  readonly #entries = new Map<string, { code: string; value: T }>()

  get size(): number {
    return this.#entries.size
  }

  get(code: string): T | undefined {
    return this.#entries.get(code.toLowerCase())?.value
  }

  has(code: string): boolean {
    return this.#entries.has(code.toLowerCase())
  }

  /** The code as it was stored, or undefined. */
  stored(code: string): string | undefined {
    return this.#entries.get(code.toLowerCase())?.code
  }

  set(code: string, value: T): void {
    const known = this.#entries.get(code.toLowerCase())
    if (known === undefined) this.#entries.set(code.toLowerCase(), { code, value })
    else known.value = value
  }

  delete(code: string): boolean {
    return this.#entries.delete(code.toLowerCase())
  }

  clear(): void {
    this.#entries.clear()
  }

  *values(): Generator<T> {
    for (const { value } of this.#entries.values()) yield value
  }

  *codes(): Generator<string> {
    for (const { code } of this.#entries.values()) yield code
  }

  /** Remembers the records of now; the answer brings them back, as often as it is called. */
  snapshot(): () => void {
    const entries = [...this.#entries].map(([key, entry]) => [key, { ...entry }] as const)
    return () => {
      this.#entries.clear()
      for (const [key, entry] of entries) this.#entries.set(key, { ...entry })
    }
  }

  /** In the order in which Akeneo lists them. */
  sorted(): T[] {
    return [...this.#entries.values()].sort((a, b) => compareCodes(a.code, b.code)).map(({ value }) => value)
  }
}
