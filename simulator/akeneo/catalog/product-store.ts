import { ALWAYS, type Seconds } from '../dates.ts'
import type { GeneratedProducts } from '../shapes/generated-products.ts'
import type { Product } from './records.ts'

/**
 * Products by uuid, by identifier and by parent, with the two orders in which lists are paged. Below the stored ones there
 * may be generated ones; writing one of those stores it here, deleting one remembers its uuid.
 */
export class ProductStore {
  generated: GeneratedProducts | undefined
  readonly #byUuid = new Map<string, Product>()
  readonly #uuidByIdentifier = new Map<string, string>()
  readonly #byParent = new Map<string, Set<string>>()
  /** Generated products that were deleted, or stored under another form. */
  readonly #hidden = new Set<string>()
  #uuids: string[] | undefined
  #identifiers: string[] | undefined

  get size(): number {
    return (this.generated?.size ?? 0) - this.#hidden.size + this.#byUuid.size
  }

  get(uuid: string): Product | undefined {
    return this.#byUuid.get(uuid) ?? this.#generatedBy(this.generated?.indexOfUuid(uuid))
  }

  /** For a look at a few fields: a generated product is not made whole for it. */
  peek(uuid: string): Product | undefined {
    const stored = this.#byUuid.get(uuid)
    if (stored !== undefined) return stored
    const index = this.generated?.indexOfUuid(uuid)
    return index === undefined ? undefined : this.#visible(index)
  }

  byIdentifier(identifier: string): Product | undefined {
    const uuid = this.#uuidByIdentifier.get(identifier.toLowerCase())
    if (uuid !== undefined) return this.#byUuid.get(uuid)
    return this.#generatedBy(this.generated?.indexOfIdentifier(identifier))
  }

  /** Like `peek`, by identifier. */
  peekByIdentifier(identifier: string): Product | undefined {
    const uuid = this.#uuidByIdentifier.get(identifier.toLowerCase())
    if (uuid !== undefined) return this.#byUuid.get(uuid)
    const index = this.generated?.indexOfIdentifier(identifier)
    return index === undefined ? undefined : this.#visible(index)
  }

  set(product: Product): void {
    const before = this.#byUuid.get(product.uuid)
    if (before === undefined) {
      this.#uuids = undefined
      if (this.generated?.indexOfUuid(product.uuid) !== undefined) this.#hidden.add(product.uuid)
    }
    if (before === undefined || before.identifier !== product.identifier) {
      if (before !== undefined && before.identifier !== null) {
        this.#uuidByIdentifier.delete(before.identifier.toLowerCase())
      }
      if (product.identifier !== null)
        this.#uuidByIdentifier.set(product.identifier.toLowerCase(), product.uuid)
      this.#identifiers = undefined
    }
    if (before === undefined || before.parent !== product.parent) {
      if (before !== undefined) this.#leaveParent(before)
      if (product.parent !== null) {
        const key = product.parent.toLowerCase()
        const siblings = this.#byParent.get(key) ?? new Set<string>()
        this.#byParent.set(key, siblings)
        siblings.add(product.uuid)
      }
    }
    this.#byUuid.set(product.uuid, product)
  }

  delete(uuid: string): void {
    if (this.generated?.indexOfUuid(uuid) !== undefined) this.#hidden.add(uuid)
    const product = this.#byUuid.get(uuid)
    if (product === undefined) return
    this.#leaveParent(product)
    if (product.identifier !== null) this.#uuidByIdentifier.delete(product.identifier.toLowerCase())
    this.#byUuid.delete(uuid)
    this.#uuids = undefined
    this.#identifiers = undefined
  }

  /** Remembers what is stored on top of the generated products; the answer brings it back. */
  snapshot(): () => void {
    const byUuid = [...this.#byUuid]
    const uuidByIdentifier = [...this.#uuidByIdentifier]
    const byParent = [...this.#byParent].map(([parent, uuids]) => [parent, [...uuids]] as const)
    const hidden = [...this.#hidden]
    return () => {
      refill(this.#byUuid, byUuid)
      refill(this.#uuidByIdentifier, uuidByIdentifier)
      refill(
        this.#byParent,
        byParent.map(([parent, uuids]) => [parent, new Set(uuids)] as const),
      )
      this.#hidden.clear()
      for (const uuid of hidden) this.#hidden.add(uuid)
      this.#uuids = undefined
      this.#identifiers = undefined
    }
  }

  /** Variants directly below a model; like `peek`, for a look at a few fields. */
  childrenOf(model: string): Product[] {
    const uuids = [...(this.#byParent.get(model.toLowerCase()) ?? [])]
    return [
      ...uuids.flatMap((uuid) => this.#byUuid.get(uuid) ?? []),
      ...(this.generated?.variantsOf(model) ?? []).flatMap((index) => this.#visible(index) ?? []),
    ]
  }

  *values(): Generator<Product> {
    yield* this.#byUuid.values()
    for (let index = 0; index < (this.generated?.size ?? 0); index++) {
      const product = this.#visible(index)
      if (product !== undefined) yield product
    }
  }

  /**
   * Every product in uuid order, from the first uuid greater than `after`; generated ones, which never changed, may be left
   * out when they were not created within these seconds.
   */
  *afterUuid(after: string | undefined, created = ALWAYS): Generator<Product> {
    const uuids = (this.#uuids ??= [...this.#byUuid.keys()].sort())
    let stored = firstGreater(uuids, after)
    for (const product of this.#generatedAfterUuid(after, created)) {
      for (; stored < uuids.length && (uuids[stored] ?? '') < product.uuid; stored++) {
        const own = this.#byUuid.get(uuids[stored] ?? '')
        if (own !== undefined) yield own
      }
      yield product
    }
    for (; stored < uuids.length; stored++) {
      const own = this.#byUuid.get(uuids[stored] ?? '')
      if (own !== undefined) yield own
    }
  }

  /** Every product that has an identifier, in the order of its lower-case form. */
  *afterIdentifier(after: string | undefined): Generator<Product> {
    const from = after?.toLowerCase()
    const identifiers = (this.#identifiers ??= [...this.#uuidByIdentifier.keys()].sort())
    let stored = firstGreater(identifiers, from)
    const next = () => this.#byUuid.get(this.#uuidByIdentifier.get(identifiers[stored] ?? '') ?? '')
    for (let index = 0; index < (this.generated?.size ?? 0); index++) {
      const identifier = this.generated?.identifier(index).toLowerCase() ?? ''
      if (from !== undefined && identifier <= from) continue
      const product = this.#visible(index)
      if (product === undefined) continue
      for (; stored < identifiers.length && (identifiers[stored] ?? '') < identifier; stored++) {
        const own = next()
        if (own !== undefined) yield own
      }
      yield product
    }
    for (; stored < identifiers.length; stored++) {
      const own = next()
      if (own !== undefined) yield own
    }
  }

  *#generatedAfterUuid(after: string | undefined, created: Seconds): Generator<Product> {
    const { generated } = this
    if (generated === undefined) return
    let rank = after === undefined ? 0 : generated.firstRankFrom(after)
    if (rank < generated.size && generated.uuid(generated.indexAtRank(rank)) === after) rank++
    const few = generated.ranksCreated(created)
    const ranks = few === undefined ? upTo(rank, generated.size) : few.subarray(firstAtLeast(few, rank))
    for (const at of ranks) {
      const product = this.#visible(generated.indexAtRank(at))
      if (product !== undefined) yield product
    }
  }

  #visible(index: number): Product | undefined {
    const { generated } = this
    if (generated === undefined) return undefined
    if (this.#hidden.size > 0 && this.#hidden.has(generated.uuid(index))) return undefined
    return generated.at(index)
  }

  #generatedBy(index: number | undefined): Product | undefined {
    if (index === undefined || this.#visible(index) === undefined) return undefined
    return this.generated?.plain(index)
  }

  #leaveParent(product: Product): void {
    if (product.parent !== null) this.#byParent.get(product.parent.toLowerCase())?.delete(product.uuid)
  }
}

export function refill<K, V>(map: Map<K, V>, entries: Iterable<readonly [K, V]>): void {
  map.clear()
  for (const [key, value] of entries) map.set(key, value)
}

function* upTo(from: number, end: number): Generator<number> {
  for (let n = from; n < end; n++) yield n
}

/** Index of the first entry of a sorted list that is greater than `after`. */
export function firstGreater(sorted: readonly string[], after: string | undefined): number {
  return after === undefined ? 0 : partition(sorted.length, (at) => (sorted[at] ?? '') <= after)
}

const firstAtLeast = (sorted: Uint32Array, bound: number): number =>
  partition(sorted.length, (at) => (sorted[at] ?? 0) < bound)

/** The first of so many places that is not before; all that are before stand first. */
export function partition(length: number, isBefore: (at: number) => boolean): number {
  let low = 0
  let high = length
  while (low < high) {
    const middle = (low + high) >> 1
    if (isBefore(middle)) low = middle + 1
    else high = middle
  }
  return low
}
