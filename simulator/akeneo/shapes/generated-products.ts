import type { Links, Product, QuantifiedLinks, Values } from '../catalog/records.ts'
import type { Seconds } from '../dates.ts'
import { generatedFamily, NO_FAMILY, type GeneratedFamily } from './generated-family.ts'
import { GeneratedValues } from './generated-values.ts'
import { categoryCode, familyCode, mix, modelCode, type Shape } from './shape.ts'

const BEGAN = Date.parse('2026-01-05T08:00:00Z')
/** Products and models that are created in one second. */
const PER_SECOND = 20

/** A search that leaves no more than this part looks at its products alone; for others, walking past the rest is less work. */
const SMALL_PART = 1 / 4
/** Readers that go through several parts at once come back to each with every page. */
const PARTS_KEPT = 16

/**
 * Products that exist as soon as they are asked for. Each is a function of its number, so a million of them need no
 * memory; whoever changes one keeps the changed one elsewhere.
 */
export class GeneratedProducts {
  readonly size: number
  readonly #shape: Shape
  readonly #perSecond: number
  readonly #variants: number
  readonly #stride: number
  readonly #inverse: number
  readonly #families: GeneratedFamily[]
  /** Codes as texts that are made once: searches compare them a million times. */
  readonly #familyCodes: string[]
  readonly #categoryCodes: string[]
  readonly #parts = new Map<string, Uint32Array>()

  constructor(shape: Shape, perSecond = PER_SECOND) {
    this.#shape = shape
    this.#perSecond = perSecond
    this.size = shape.products
    const models = Math.floor((shape.products * shape.variantShare) / shape.variantsPerModel)
    this.#variants = models * shape.variantsPerModel
    this.#stride = coprime(Math.floor(shape.products * 0.618), shape.products)
    this.#inverse = inverse(this.#stride, shape.products)
    this.#familyCodes = Array.from({ length: shape.families }, (_, family) => familyCode(family))
    this.#categoryCodes = Array.from({ length: shape.categories }, (_, category) => categoryCode(category))
    this.#families = Array.from({ length: shape.families }, (_, family) => generatedFamily(shape, family))
  }

  get models(): number {
    return this.#variants / this.#shape.variantsPerModel
  }

  at(index: number): Product {
    return new GeneratedProduct(this, index)
  }

  /** A product whose fields are its own, so that a write can spread it. */
  plain(index: number): Product {
    const {
      kind,
      uuid,
      identifier,
      enabled,
      family,
      parent,
      groups,
      categories,
      values,
      associations,
      quantified,
      created,
      updated,
    } = this.at(index)
    return {
      kind,
      uuid,
      identifier,
      enabled,
      family,
      parent,
      groups,
      categories,
      values,
      associations,
      quantified,
      created,
      updated,
    }
  }

  /** Number of the product at a place in the order of uuids: as good as random, like the uuids of a real PIM. */
  indexAtRank(rank: number): number {
    return multiply(rank, this.#inverse, this.size)
  }

  rankOf(index: number): number {
    return multiply(index, this.#stride, this.size)
  }

  uuid(index: number): string {
    const prefix = Math.floor((this.rankOf(index) * 2 ** 32) / this.size)
    const a = mix(index, 1)
    const b = mix(index, 2)
    const c = mix(index, 3)
    return `${hex(prefix, 8)}-${hex(a >>> 16, 4)}-4${hex(a & 0xfff, 3)}-${'89ab'[b >>> 30] ?? '8'}${hex(b & 0xfff, 3)}-${hex(b >>> 16, 4)}${hex(c, 8)}`
  }

  indexOfUuid(uuid: string): number | undefined {
    const rank = this.firstRankFrom(uuid)
    if (rank >= this.size) return undefined
    const index = this.indexAtRank(rank)
    return this.uuid(index) === uuid ? index : undefined
  }

  /** Place of the first product whose uuid is this one or a later one. */
  firstRankFrom(uuid: string): number {
    const prefix = parseInt(uuid.slice(0, 8), 16)
    let rank = Math.max(0, Math.floor((prefix * this.size) / 2 ** 32) - 1)
    while (rank < this.size && this.uuid(this.indexAtRank(rank)) < uuid) rank++
    return rank
  }

  identifier(index: number): string {
    return `P${String(index).padStart(7, '0')}`
  }

  indexOfIdentifier(identifier: string): number | undefined {
    const match = /^p(\d{7})$/i.exec(identifier)
    const index = match === null ? this.size : Number(match[1])
    return index < this.size ? index : undefined
  }

  /** Numbers of the variants directly below a model. */
  variantsOf(model: string): number[] {
    const match = /^m(\d{6})$/i.exec(model)
    const first = match === null ? this.#variants : Number(match[1]) * this.#shape.variantsPerModel
    if (first >= this.#variants) return []
    return Array.from({ length: this.#shape.variantsPerModel }, (_, index) => first + index)
  }

  modelOf(index: number): number | undefined {
    return index < this.#variants ? Math.floor(index / this.#shape.variantsPerModel) : undefined
  }

  familyOf(index: number): number {
    const model = this.modelOf(index)
    return (model ?? index) % this.#shape.families
  }

  familyCodeOf(index: number): string {
    return this.#familyCodes[this.familyOf(index)] ?? ''
  }

  categoriesOf(index: number): string[] {
    const codes = this.#categoryCodes
    const first = codes[1 + (mix(index, 5) % (codes.length - 1))] ?? ''
    const second = codes[1 + (mix(index, 6) % (codes.length - 1))] ?? ''
    if (first === second) return [first]
    return first < second ? [first, second] : [second, first]
  }

  /** About nine in ten attributes of the family are filled; a variant leaves out what its model holds. */
  valuesOf(index: number): Values {
    const family = this.#families[this.familyOf(index)] ?? NO_FAMILY
    return new GeneratedValues(this.modelOf(index) === undefined ? family.simple : family.variant, index)
  }

  /** What a model holds for its variants. */
  modelValues(model: number): Values {
    return new GeneratedValues((this.#families[model % this.#shape.families] ?? NO_FAMILY).model, model)
  }

  modelCategories(model: number): string[] {
    return [categoryCode(1 + (mix(model, 7) % (this.#shape.categories - 1)))]
  }

  createdAt(index: number): number {
    return BEGAN + Math.floor((this.models + index) / this.#perSecond) * 1000
  }

  /**
   * Places, in the order of uuids, of those that were created within these seconds; undefined where that is much of the
   * whole. As Akeneo's search index has it, a page of a small part then costs no more than one of all.
   */
  ranksCreated({ from, to }: Seconds): Uint32Array | undefined {
    const first = this.#firstCreated(from)
    const end = Math.max(first, this.#firstCreated(to + 1))
    if (end - first > this.size * SMALL_PART) return undefined
    const name = `${first}-${end}`
    const known = this.#parts.get(name)
    this.#parts.delete(name)
    const ranks = known ?? Uint32Array.from({ length: end - first }, (_, n) => this.rankOf(first + n)).sort()
    this.#parts.set(name, ranks)
    for (const oldest of this.#parts.keys()) {
      if (this.#parts.size <= PARTS_KEPT) break
      this.#parts.delete(oldest)
    }
    return ranks
  }

  /** Number of the first product that was created in this second or later. */
  #firstCreated(second: number): number {
    const index = (second - BEGAN / 1000) * this.#perSecond - this.models
    return Math.min(this.size, Math.max(0, index))
  }

  modelCreatedAt(model: number): number {
    return BEGAN + Math.floor(model / this.#perSecond) * 1000
  }

  associationsOf(index: number): ReadonlyMap<string, Links> {
    if (mix(index, 9) % 4 !== 0) return NO_LINKS
    const partner = (step: number) => this.uuid((index + step) % this.size)
    return new Map([['X_SELL', { products: [partner(1), partner(7)], product_models: [], groups: [] }]])
  }
}

const NO_LINKS: ReadonlyMap<string, Links> = new Map()
const NOT_QUANTIFIED: ReadonlyMap<string, QuantifiedLinks> = new Map()
const NO_GROUPS: readonly string[] = []

/** Fields are computed when read: a search that looks at dates never makes values. */
class GeneratedProduct implements Product {
  readonly kind = 'product'
  readonly groups = NO_GROUPS
  readonly quantified = NOT_QUANTIFIED
  readonly #source: GeneratedProducts
  readonly #index: number

  constructor(source: GeneratedProducts, index: number) {
    this.#source = source
    this.#index = index
  }

  get uuid() {
    return this.#source.uuid(this.#index)
  }
  get identifier() {
    return this.#source.identifier(this.#index)
  }
  get enabled() {
    return mix(this.#index, 4) % 20 !== 0
  }
  get family() {
    return this.#source.familyCodeOf(this.#index)
  }
  get parent() {
    const model = this.#source.modelOf(this.#index)
    return model === undefined ? null : modelCode(model)
  }
  get categories() {
    return this.#source.modelOf(this.#index) === undefined
      ? this.#source.categoriesOf(this.#index)
      : NO_GROUPS
  }
  get values() {
    return this.#source.valuesOf(this.#index)
  }
  get associations() {
    return this.#source.associationsOf(this.#index)
  }
  get created() {
    return this.#source.createdAt(this.#index)
  }
  get updated() {
    return this.created
  }
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0')
}

/** Products of two numbers below a few million stay exact in a double only through BigInt beyond 2^53. */
function multiply(a: number, b: number, modulus: number): number {
  const product = a * b
  return product <= Number.MAX_SAFE_INTEGER
    ? product % modulus
    : Number((BigInt(a) * BigInt(b)) % BigInt(modulus))
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b)
}

function coprime(from: number, size: number): number {
  let candidate = Math.max(1, from)
  while (gcd(candidate, size) !== 1) candidate++
  return candidate
}

function inverse(value: number, modulus: number): number {
  let [a, b, x, y] = [value, modulus, 1, 0]
  while (b > 0) {
    const quotient = Math.floor(a / b)
    ;[a, b] = [b, a - quotient * b]
    ;[x, y] = [y, x - quotient * y]
  }
  return ((x % modulus) + modulus) % modulus
}
