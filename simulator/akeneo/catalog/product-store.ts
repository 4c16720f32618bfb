import type { Product } from './records.ts'

/** Products by uuid, by identifier and by parent, with the two orders in which lists are paged. */
export class ProductStore {
  readonly #byUuid = new Map<string, Product>()
  readonly #uuidByIdentifier = new Map<string, string>()
  readonly #byParent = new Map<string, Set<string>>()
  #uuids: string[] | undefined
  #identifiers: string[] | undefined

  get size(): number {
    return this.#byUuid.size
  }

  get(uuid: string): Product | undefined {
    return this.#byUuid.get(uuid)
  }

  byIdentifier(identifier: string): Product | undefined {
    const uuid = this.#uuidByIdentifier.get(identifier.toLowerCase())
    return uuid === undefined ? undefined : this.#byUuid.get(uuid)
  }

  set(product: Product): void {
    const before = this.#byUuid.get(product.uuid)
    if (before === undefined) this.#uuids = undefined
    if (before?.identifier !== product.identifier) {
      if (before?.identifier !== undefined && before.identifier !== null)
        this.#uuidByIdentifier.delete(before.identifier.toLowerCase())
      if (product.identifier !== null)
        this.#uuidByIdentifier.set(product.identifier.toLowerCase(), product.uuid)
      this.#identifiers = undefined
    }
    if (before?.parent !== product.parent) {
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
    const product = this.#byUuid.get(uuid)
    if (product === undefined) return
    this.#leaveParent(product)
    if (product.identifier !== null) this.#uuidByIdentifier.delete(product.identifier.toLowerCase())
    this.#byUuid.delete(uuid)
    this.#uuids = undefined
    this.#identifiers = undefined
  }

  /** Variants directly below a model. */
  childrenOf(model: string): Product[] {
    const uuids = [...(this.#byParent.get(model.toLowerCase()) ?? [])]
    return uuids.flatMap((uuid) => this.#byUuid.get(uuid) ?? [])
  }

  *values(): Generator<Product> {
    yield* this.#byUuid.values()
  }

  /** Every product in uuid order, from the first uuid greater than `after`. */
  *afterUuid(after: string | undefined): Generator<Product> {
    const uuids = (this.#uuids ??= [...this.#byUuid.keys()].sort())
    for (let index = firstGreater(uuids, after); index < uuids.length; index++) {
      const product = this.#byUuid.get(uuids[index] ?? '')
      if (product !== undefined) yield product
    }
  }

  /** Every product that has an identifier, in the order of its lower-case form. */
  *afterIdentifier(after: string | undefined): Generator<Product> {
    const identifiers = (this.#identifiers ??= [...this.#uuidByIdentifier.keys()].sort())
    for (let index = firstGreater(identifiers, after?.toLowerCase()); index < identifiers.length; index++) {
      const product = this.byIdentifier(identifiers[index] ?? '')
      if (product !== undefined) yield product
    }
  }

  #leaveParent(product: Product): void {
    if (product.parent !== null) this.#byParent.get(product.parent.toLowerCase())?.delete(product.uuid)
  }
}

/** Index of the first entry of a sorted list that is greater than `after`. */
export function firstGreater(sorted: readonly string[], after: string | undefined): number {
  if (after === undefined) return 0
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] ?? '') <= after) low = middle + 1
    else high = middle
  }
  return low
}
