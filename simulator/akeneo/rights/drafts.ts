import type { Product, ProductModel } from '../catalog/records.ts'
import { keyOf } from '../search/search-index.ts'

/** What a user who may edit and does not own has written: the record as it would be, seen by nobody else. */
export interface Draft {
  readonly record: Product | ProductModel
  /** The published record as it was when the draft was begun: the difference is what the draft says. */
  readonly base: Product | ProductModel
  /** Sent to the owners for approval. */
  readonly isProposal: boolean
}

/** One draft per connection and record. */
export class Drafts {
  readonly #byOwner = new Map<string, Draft>()

  get(connection: string, record: Product | ProductModel): Draft | undefined {
    return this.#byOwner.get(key(connection, record))
  }

  set(connection: string, draft: Draft): void {
    this.#byOwner.set(key(connection, draft.record), draft)
  }

  delete(connection: string, record: Product | ProductModel): void {
    this.#byOwner.delete(key(connection, record))
  }

  snapshot(): () => void {
    const drafts = [...this.#byOwner]
    return () => {
      this.#byOwner.clear()
      for (const [owner, draft] of drafts) this.#byOwner.set(owner, draft)
    }
  }
}

const key = (connection: string, record: Product | ProductModel) => `${connection}/${keyOf(record)}`
