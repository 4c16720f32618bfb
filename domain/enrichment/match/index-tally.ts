import type { IndexMatch } from '../index-row.ts'

/** What an index says of one product; `none`: nothing, by none of its keys. */
export type IndexVerdict =
  | { kind: 'found'; icecatId: string; by: IndexMatch['by']; updated: string }
  /** Known to Icecat, and not described yet. */
  | { kind: 'nobody'; icecatId: string }
  | { kind: 'removed'; icecatId: string }
  /** Several sheets by one key: a person must say which. */
  | { kind: 'ambiguous'; icecatId: string; by: IndexMatch['by'] }
  | { kind: 'none' }

const removed = 1
const nobody = 2
const described = 3
const ambiguous = 4

/**
 * `chooseMatch` for a million products at once: matches come in the order of the index, and some 20 bytes for each product are enough to
 * say in the end which row it is.
 */
export class IndexTally {
  readonly #order: readonly IndexMatch['by'][]
  readonly #ranks: Uint8Array
  readonly #kinds: Uint8Array
  readonly #ids: Float64Array
  readonly #updates: Float64Array

  constructor(products: number, order: readonly IndexMatch['by'][]) {
    this.#order = order
    this.#ranks = new Uint8Array(products).fill(255)
    this.#kinds = new Uint8Array(products)
    this.#ids = new Float64Array(products)
    this.#updates = new Float64Array(products)
  }

  add({ watched, by, row }: IndexMatch): void {
    const rank = this.#order.indexOf(by)
    const known = this.#ranks[watched] ?? 255
    if (rank < 0 || rank > known) return
    const kind = kindOf(row.quality)
    const before = rank < known ? 0 : (this.#kinds[watched] ?? 0)
    const id = Number(row.icecatId)
    if (before === described && kind === described && this.#ids[watched] !== id) {
      this.#kinds[watched] = ambiguous
      return
    }
    // The same row again, or one that says less than what is known.
    if (before > kind || (before === kind && before === ambiguous)) return
    this.#ranks[watched] = rank
    this.#kinds[watched] = kind
    this.#ids[watched] = id
    this.#updates[watched] = Number(row.updated)
  }

  verdict(watched: number): IndexVerdict {
    const kind = this.#kinds[watched] ?? 0
    const by = this.#order[this.#ranks[watched] ?? 255]
    if (kind === 0 || by === undefined) return { kind: 'none' }
    const icecatId = String(this.#ids[watched] ?? 0)
    if (kind === removed) return { kind: 'removed', icecatId }
    if (kind === nobody) return { kind: 'nobody', icecatId }
    if (kind === ambiguous) return { kind: 'ambiguous', icecatId, by }
    return { kind: 'found', icecatId, by, updated: String(this.#updates[watched] ?? 0).padStart(14, '0') }
  }
}

const kindOf = (quality: string): number =>
  quality === 'REMOVED' ? removed : quality === 'NOEDITOR' ? nobody : described
