import { Catalog } from './catalog/catalog.ts'
import type { Job, Product, ProductModel } from './catalog/records.ts'
import type { Clock } from '../clock.ts'
import { toSecond } from './dates.ts'
import type { Change, Listener } from './events/change.ts'
import type { Settings } from './options.ts'
import { Drafts } from './rights/drafts.ts'
import { keyOf, SearchIndex } from './search/search-index.ts'

export type JobExecution = Record<'id' | 'code' | 'type' | 'at', string>

/** A catalogue with its clock and search index: what every resource works on. */
export class Pim {
  readonly settings: Settings
  readonly clock: Clock
  readonly catalog = new Catalog()
  readonly index: SearchIndex
  readonly drafts = new Drafts()
  /** Jobs that clients have launched, oldest first. */
  readonly executions: JobExecution[] = []
  /** Told of every product and model that is written or deleted. */
  readonly listeners: Listener[] = []
  #author: string | undefined
  /** Set while edits are applied at an instant of the caller's choosing. */
  #editedAt: number | undefined

  constructor(settings: Settings, clock: Clock) {
    this.settings = settings
    this.clock = clock
    this.index = new SearchIndex(this.catalog, () => clock.now().getTime())
  }

  /** The date that a write stores: now, to the second. */
  writtenAt(): number {
    return this.#editedAt ?? toSecond(this.clock.now())
  }

  writingAt<T>(at: Date | undefined, work: () => T): T {
    const around = this.#editedAt
    if (at !== undefined) this.#editedAt = toSecond(at)
    try {
      return work()
    } finally {
      this.#editedAt = around
    }
  }

  /** Says who writes; events name their author. */
  writingAs<T>(connection: string, work: () => T): T {
    this.#author = connection
    try {
      return work()
    } finally {
      this.#author = undefined
    }
  }

  #tell(action: Change['action'], record: Product | ProductModel): void {
    const change: Change = { action, record, author: this.#author, atMs: this.clock.now().getTime() }
    for (const listener of this.listeners) listener(change)
  }

  /** Remembers catalogue, search index and drafts; the answer brings them back. */
  snapshot(): () => void {
    const restoreAll = [this.catalog.snapshot(), this.index.snapshot(), this.drafts.snapshot()]
    return () => {
      for (const restore of restoreAll) restore()
    }
  }

  /** Notes that a job was launched; the answer is the number of the execution. */
  launch({ code, type }: Job): string {
    const id = String(this.executions.length + 1)
    this.executions.push({ id, code, type, at: this.clock.now().toISOString() })
    return id
  }

  save(record: Product | ProductModel): void {
    if (record.kind === 'product') this.saveProduct(record)
    else this.saveModel(record)
  }

  saveProduct(product: Product): void {
    const { searchLagMs } = this.settings
    const before = this.catalog.products.get(product.uuid)
    this.index.before(product.uuid, before, searchLagMs)
    this.catalog.products.set(product)
    this.index.after(product.uuid, product, searchLagMs)
    this.#tell(before === undefined ? 'created' : 'updated', product)
  }

  /** Saves a model; its sub-models and variants follow in the search index later, with the model's date. */
  saveModel(model: ProductModel): void {
    const { searchLagMs, variantLagMs } = this.settings
    const below = this.#descendants(model.code)
    const before = this.catalog.models.get(model.code)
    this.index.before(keyOf(model), before, searchLagMs)
    for (const record of below) this.index.before(keyOf(record), record, variantLagMs)
    this.catalog.setModel(model)
    this.index.after(keyOf(model), model, searchLagMs)
    for (const record of below) this.index.after(keyOf(record), record, variantLagMs)
    this.#tell(before === undefined ? 'created' : 'updated', model)
  }

  deleteProduct(product: Product): void {
    this.index.forget(product.uuid)
    this.catalog.products.delete(product.uuid)
    this.#tell('removed', product)
  }

  /** Deletes a model with its sub-models and variants. */
  deleteModel(model: ProductModel): void {
    for (const sub of this.catalog.subModels(model.code)) this.deleteModel(sub)
    for (const variant of this.catalog.products.childrenOf(model.code)) this.deleteProduct(variant)
    this.index.forget(keyOf(model))
    this.catalog.deleteModel(model.code)
    this.#tell('removed', model)
  }

  #descendants(code: string): (Product | ProductModel)[] {
    if (!this.catalog.models.has(code)) return []
    return [...this.catalog.subModels(code), ...this.catalog.variantsBelow(code)]
  }
}
