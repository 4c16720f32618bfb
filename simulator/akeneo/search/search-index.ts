import type { Catalog } from '../catalog/catalog.ts'
import { coverageOf } from '../catalog/filled.ts'
import type { Product, ProductModel, Value, Values } from '../catalog/records.ts'

/** What a search sees of a product or model: the record and its ancestors as they were when it was indexed. */
export interface SearchDocument<T extends Product | ProductModel = Product | ProductModel> {
  record: T
  ancestors: readonly ProductModel[]
}

interface Pending {
  dueMs: number
  order: number
  document: SearchDocument | null
}

interface Pinned {
  /** What searches still see; null while a new record is not in the index yet. */
  document: SearchDocument | null
  pending: Pending[]
}

/**
 * Akeneo lists products and models from a search index that trails the database. With a lag, a changed record is pinned
 * to what the index knew, until the change is due on the simulator's clock; without one, nothing is kept here at all.
 */
export class SearchIndex {
  readonly #catalog: Catalog
  readonly #nowMs: () => number
  readonly #pinned = new Map<string, Pinned>()
  #order = 0

  constructor(catalog: Catalog, nowMs: () => number) {
    this.#catalog = catalog
    this.#nowMs = nowMs
  }

  /** Call before a write; `undefined` for a record that does not exist yet. */
  before(key: string, record: Product | ProductModel | undefined, lagMs: number): void {
    if (lagMs <= 0 || this.#pinned.has(key)) return
    this.#pinned.set(key, { document: record === undefined ? null : this.live(record), pending: [] })
  }

  /** Call after the write. */
  after(key: string, record: Product | ProductModel, lagMs: number): void {
    const pinned = this.#pinned.get(key)
    if (pinned === undefined) return
    pinned.pending.push({ dueMs: this.#nowMs() + lagMs, order: this.#order++, document: this.live(record) })
  }

  /** Deletes reach the index at once: a deleted record is never listed. */
  forget(key: string): void {
    this.#pinned.delete(key)
  }

  /** Remembers what searches see now; the answer brings it back. */
  snapshot(): () => void {
    const pinned = [...this.#pinned].map(
      ([key, one]) => [key, { ...one, pending: [...one.pending] }] as const,
    )
    return () => {
      this.#pinned.clear()
      for (const [key, one] of pinned) this.#pinned.set(key, { ...one, pending: [...one.pending] })
    }
  }

  /** Applies what is due; call before a search. */
  settle(): void {
    const now = this.#nowMs()
    for (const [key, pinned] of this.#pinned) {
      const due = pinned.pending.filter((pending) => pending.dueMs <= now)
      if (due.length === 0) continue
      // The newest write that is due already contains the older ones, also those whose own time has not come.
      const newest = due.reduce((a, b) => (a.order > b.order ? a : b))
      pinned.document = newest.document
      pinned.pending = pinned.pending.filter((pending) => pending.order > newest.order)
      if (pinned.pending.length === 0) this.#pinned.delete(key)
    }
  }

  /** Keys of the records whose newest write no search shows yet. */
  trailing(): string[] {
    this.settle()
    return [...this.#pinned.keys()]
  }

  document<T extends Product | ProductModel>(record: T): SearchDocument<T> | null {
    const pinned = this.#pinned.size === 0 ? undefined : this.#pinned.get(keyOf(record))
    return pinned === undefined ? this.live(record) : (pinned.document as SearchDocument<T> | null)
  }

  live<T extends Product | ProductModel>(record: T): SearchDocument<T> {
    return { record, ancestors: record.parent === null ? NONE : this.#catalog.ancestors(record) }
  }
}

const NONE: readonly ProductModel[] = []

export function keyOf(record: Product | ProductModel): string {
  return record.kind === 'product' ? record.uuid : `model/${record.code.toLowerCase()}`
}

/** The date that the `updated` filter compares: the latest of the record and its ancestors (GetElasticsearchProductProjection). */
export function indexedUpdate({ record, ancestors }: SearchDocument): number {
  let latest = record.updated
  for (const ancestor of ancestors) if (ancestor.updated > latest) latest = ancestor.updated
  return latest
}

/** Values of an attribute on whichever level holds them. */
export function indexedValues(document: SearchDocument, attribute: string): readonly Value[] {
  return onLevels(document, (values) => values.get(attribute))
}

/** The same for whoever asks what is filled: the data is not to be looked at. */
export function indexedCoverage(document: SearchDocument, attribute: string): readonly Value[] {
  return onLevels(document, (values) => coverageOf(values, attribute))
}

function onLevels(
  { record, ancestors }: SearchDocument,
  read: (values: Values) => readonly Value[] | undefined,
): readonly Value[] {
  const own = read(record.values)
  if (own !== undefined) return own
  for (const ancestor of ancestors) {
    const inherited = read(ancestor.values)
    if (inherited !== undefined) return inherited
  }
  return []
}
