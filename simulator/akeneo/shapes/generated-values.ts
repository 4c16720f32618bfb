import type { FillRule, Value, Values } from '../catalog/records.ts'

/** How the values of all records of one kind are made. */
export interface GenerationRule extends FillRule {
  /** Attributes that such a record may hold, in their order. */
  readonly codes: readonly string[]
  /** Undefined for an attribute that is not filled. */
  make(code: string, seed: number): Value[] | undefined
}

/**
 * The values of a generated record, made one by one when they are asked for, and all together when they are gone
 * through: a search looks at one of them in a million products.
 */
export class GeneratedValues implements Values {
  readonly rule: GenerationRule
  readonly seed: number
  #whole: Map<string, Value[]> | undefined

  constructor(rule: GenerationRule, seed: number) {
    this.rule = rule
    this.seed = seed
  }

  get(code: string): Value[] | undefined {
    return this.#whole === undefined ? this.rule.make(code, this.seed) : this.#whole.get(code)
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
      for (const code of this.rule.codes) {
        const made = this.rule.make(code, this.seed)
        if (made !== undefined) this.#whole.set(code, made)
      }
    }
    return this.#whole
  }
}
