import type { Value, Values } from '../catalog/records.ts'

/**
 * The values of a generated record, made one by one when they are asked for, and all together when they are gone
 * through: a search looks at one of them in a million products.
 */
export class GeneratedValues implements Values {
  readonly #codes: Iterable<string>
  readonly #make: (code: string) => Value[] | undefined
  #whole: Map<string, Value[]> | undefined

  /** `make` answers undefined for an attribute that is not filled. */
  constructor(codes: Iterable<string>, make: (code: string) => Value[] | undefined) {
    this.#codes = codes
    this.#make = make
  }

  get(code: string): Value[] | undefined {
    return this.#whole === undefined ? this.#make(code) : this.#whole.get(code)
  }

  has(code: string): boolean {
    return this.get(code) !== undefined
  }

  get size(): number {
    return this.#all().size
  }

  keys() {
    return this.#all().keys()
  }

  values() {
    return this.#all().values()
  }

  entries() {
    return this.#all().entries()
  }

  [Symbol.iterator]() {
    return this.#all()[Symbol.iterator]()
  }

  forEach(work: (value: Value[], key: string, map: Values) => void): void {
    for (const [key, value] of this.#all()) work(value, key, this)
  }

  #all(): Map<string, Value[]> {
    if (this.#whole === undefined) {
      this.#whole = new Map()
      for (const code of this.#codes) {
        const made = this.#make(code)
        if (made !== undefined) this.#whole.set(code, made)
      }
    }
    return this.#whole
  }
}
