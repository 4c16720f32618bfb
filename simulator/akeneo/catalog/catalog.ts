import { CodeMap } from '../codes.ts'
import type { Json } from '../json.ts'
import { CategoryTree } from './category-tree.ts'
import { snapshotFamilies, snapshotNested, type RecordFamily } from './record-family.ts'
import { ProductStore, refill } from './product-store.ts'
import type { ReadinessConfiguration } from './readiness.ts'
import type {
  AssociationType,
  Attribute,
  AttributeGroup,
  AttributeOption,
  Channel,
  Family,
  FamilyVariant,
  Group,
  Job,
  MeasurementFamily,
  MediaFile,
  Product,
  ProductModel,
} from './records.ts'

/** Everything a PIM holds. Plain storage: rules about what may be written live in `write/`. */
export class Catalog {
  readonly categories = new CategoryTree()
  readonly attributes = new CodeMap<Attribute>()
  /** By attribute code, then by option code. */
  readonly options = new CodeMap<CodeMap<AttributeOption>>()
  readonly attributeGroups = new CodeMap<AttributeGroup>()
  readonly families = new CodeMap<Family>()
  readonly familyVariants = new CodeMap<FamilyVariant>()
  readonly channels = new CodeMap<Channel>()
  /** Every locale and currency Akeneo knows; a locale is enabled while a channel uses it. */
  readonly locales = new CodeMap<string>()
  /** Locales switched on without a channel: only an empty PIM has such. */
  readonly activeLocales = new Set<string>()
  readonly currencies = new CodeMap<{ code: string; enabled: boolean }>()
  readonly associationTypes = new CodeMap<AssociationType>()
  readonly groups = new CodeMap<Group>()
  readonly measurementFamilies = new CodeMap<MeasurementFamily>()
  readonly referenceEntities = new CodeMap<RecordFamily>()
  readonly assetFamilies = new CodeMap<RecordFamily>()
  readonly mediaFiles = new Map<string, MediaFile>()
  /** Files of records and assets, which the product media list does not show. */
  readonly recordMediaFiles = new Map<string, MediaFile>()
  readonly products = new ProductStore()
  /** Products as they were when they were published, by identifier (Enterprise). */
  readonly published = new CodeMap<Product>()
  readonly jobs = new CodeMap<Job>()
  readonly readiness = new CodeMap<ReadinessConfiguration>()
  /** What the cloud's workflows say of a record, by its key in the search index. */
  readonly workflowStatuses = new Map<string, readonly Json[]>()
  readonly #models = new CodeMap<ProductModel>()
  readonly #modelChildren = new CodeMap<Set<string>>()
  #sortedModels: ProductModel[] | undefined

  get models(): {
    readonly size: number
    get(code: string): ProductModel | undefined
    has(code: string): boolean
  } {
    return this.#models
  }

  /** Models in the order of their codes, as the search index sorts them. */
  modelsInOrder(): readonly ProductModel[] {
    this.#sortedModels ??= [...this.#models.values()].sort((a, b) =>
      a.code.toLowerCase() < b.code.toLowerCase() ? -1 : 1,
    )
    return this.#sortedModels
  }

  setModel(model: ProductModel): void {
    const before = this.#models.get(model.code)
    if (before?.parent !== model.parent) {
      if (before?.parent !== undefined && before.parent !== null)
        this.#modelChildren.get(before.parent)?.delete(model.code)
      if (model.parent !== null) {
        const children = this.#modelChildren.get(model.parent) ?? new Set<string>()
        this.#modelChildren.set(model.parent, children)
        children.add(model.code)
      }
    }
    this.#models.set(model.code, model)
    this.#sortedModels = undefined
  }

  deleteModel(code: string): void {
    const model = this.#models.get(code)
    if (model === undefined) return
    if (model.parent !== null) this.#modelChildren.get(model.parent)?.delete(model.code)
    this.#models.delete(code)
    this.#sortedModels = undefined
  }

  subModels(code: string): ProductModel[] {
    const codes = [...(this.#modelChildren.get(code) ?? [])]
    return codes.flatMap((child) => this.#models.get(child) ?? [])
  }

  /** Parent first, then its parent: at most two. */
  ancestors(record: { parent: string | null }): ProductModel[] {
    const found: ProductModel[] = []
    let parent = record.parent
    while (parent !== null) {
      const model = this.#models.get(parent)
      if (model === undefined || found.length > 1) break
      found.push(model)
      parent = model.parent
    }
    return found
  }

  /** All variants below a model, through its sub-models. */
  variantsBelow(code: string): Product[] {
    return [
      ...this.products.childrenOf(code),
      ...this.subModels(code).flatMap((sub) => this.products.childrenOf(sub.code)),
    ]
  }

  /**
   * Remembers everything as it is now; the answer brings it back. Records are replaced, never changed, so this costs a
   * list of references per kind, and nothing for generated products.
   */
  snapshot(): () => void {
    const activeLocales = [...this.activeLocales]
    const mediaFiles = [...this.mediaFiles]
    const recordMediaFiles = [...this.recordMediaFiles]
    const workflowStatuses = [...this.workflowStatuses]
    const modelChildren = [...this.#modelChildren.values()].map((codes) => [codes, [...codes]] as const)
    const restoreAll = [
      this.categories.snapshot(),
      this.attributes.snapshot(),
      snapshotNested(this.options),
      this.attributeGroups.snapshot(),
      this.families.snapshot(),
      this.familyVariants.snapshot(),
      this.channels.snapshot(),
      this.locales.snapshot(),
      this.currencies.snapshot(),
      this.associationTypes.snapshot(),
      this.groups.snapshot(),
      this.measurementFamilies.snapshot(),
      snapshotFamilies(this.referenceEntities),
      snapshotFamilies(this.assetFamilies),
      this.products.snapshot(),
      this.published.snapshot(),
      this.jobs.snapshot(),
      this.readiness.snapshot(),
      this.#models.snapshot(),
      this.#modelChildren.snapshot(),
    ]
    return () => {
      for (const restore of restoreAll) restore()
      for (const [codes, before] of modelChildren) {
        codes.clear()
        for (const code of before) codes.add(code)
      }
      this.activeLocales.clear()
      for (const code of activeLocales) this.activeLocales.add(code)
      refill(this.mediaFiles, mediaFiles)
      refill(this.recordMediaFiles, recordMediaFiles)
      refill(this.workflowStatuses, workflowStatuses)
      this.#sortedModels = undefined
    }
  }

  localeEnabled(code: string): boolean {
    if (this.activeLocales.has(code)) return true
    for (const channel of this.channels.values()) {
      if (channel.locales.some((locale) => locale.toLowerCase() === code.toLowerCase())) return true
    }
    return false
  }

  enabledLocales(): string[] {
    const found = new Set(this.activeLocales)
    for (const channel of this.channels.values()) for (const locale of channel.locales) found.add(locale)
    return [...found].sort()
  }

  /** The attribute that identifies products; every PIM has exactly one main one. */
  mainIdentifier(): Attribute {
    let first: Attribute | undefined
    for (const attribute of this.attributes.values()) {
      if (attribute.type !== 'pim_catalog_identifier') continue
      if (attribute.is_main_identifier) return attribute
      first ??= attribute
    }
    if (first === undefined) throw new Error('the catalogue has no attribute of type pim_catalog_identifier')
    return first
  }
}
