import type { Clock } from '../clock.ts'
import type { Catalogue } from './catalogue/catalogue.ts'
import { localValue } from './catalogue/local-value.ts'
import type { Feature, Product, Texts } from './model.ts'
import { assetSize } from './render/asset.ts'

/** What a product is at an instant. */
export type Stage = 'unborn' | 'nobody' | 'described' | 'removed'

export interface ProductEdit {
  id: string
  /** International values by feature; null takes the feature away. */
  values?: Record<string, string | null>
  /** By language. */
  titles?: Record<string, string>
  names?: Record<string, string>
  long?: Record<string, string>
  /** Picture that replaces the content at this place, from 0; null takes it away. */
  pictures?: Record<number, { url: string } | null>
  gtins?: string[]
  limited?: boolean
  embargoUntil?: string | null
  /** Null: back to what is still to be described. */
  describedAt?: string | null
}

/** Products as they are now, and as they were when the night's index was made. */
export class World {
  readonly catalogue: Catalogue
  readonly clock: Clock

  constructor(catalogue: Catalogue, clock: Clock) {
    this.catalogue = catalogue
    this.clock = clock
  }

  /** By Icecat's own id. */
  byId(id: string): Product | undefined {
    return this.catalogue.products.get(id)
  }

  /** By any spelling of the code: zeros in front do not count. */
  byGtin(gtin: string): Product | undefined {
    const wanted = gtin.replace(/^0+/, '')
    for (const product of this.catalogue.products.values()) {
      if (product.gtins.some(({ value }) => value.replace(/^0+/, '') === wanted)) return product
    }
    return undefined
  }

  /** The brand by its name, whatever the letter case; aliases too, as distributors write them. */
  brandId(name: string): string | undefined {
    const wanted = name.trim().toLowerCase()
    for (const { id, name: own, aliases } of this.catalogue.brands.values()) {
      if ([own, ...aliases].some((known) => known.toLowerCase() === wanted)) return id
    }
    return undefined
  }

  byCode(brandId: string, code: string): Product | undefined {
    const wanted = code.trim().toLowerCase()
    for (const product of this.catalogue.products.values()) {
      if (product.brandId !== brandId) continue
      if ([product.code, ...product.otherCodes].some((known) => known.toLowerCase() === wanted))
        return product
    }
    return undefined
  }

  stage(product: Product, at: Date = this.clock.now()): Stage {
    const iso = at.toISOString()
    if (Date.parse(product.added) > at.getTime()) return 'unborn'
    if (product.removedAt !== null && Date.parse(product.removedAt) <= at.getTime()) return 'removed'
    return product.describedAt !== null && Date.parse(product.describedAt) <= Date.parse(iso)
      ? 'described'
      : 'nobody'
  }

  /** Its last change at or before that instant; being described and being removed are changes too. */
  updated(product: Product, at: Date = this.clock.now()): Date {
    const instants = [...product.changes, product.describedAt, product.removedAt, product.added]
      .filter((instant) => instant !== null)
      .map((instant) => Date.parse(instant))
      .filter((ms) => ms <= at.getTime())
    return new Date(Math.max(0, ...instants))
  }

  /** Changes content now; throws for an id that is not there. */
  edit(edit: ProductEdit): void {
    const product = this.byId(edit.id)
    if (product === undefined) throw new Error(`there is no product ${edit.id}`)
    for (const [featureId, value] of Object.entries(edit.values ?? {}))
      editValue(product, featureId, value, Object.fromEntries(this.catalogue.vocabulary))
    Object.assign(product.titles, edit.titles)
    Object.assign(product.names, edit.names)
    for (const description of product.descriptions) {
      description.long = edit.long?.[description.language] ?? description.long
    }
    editPictures(product, edit.pictures ?? {}, this.clock.now())
    if (edit.gtins) {
      product.gtins = edit.gtins.map((value) => ({ value, approved: true, format: `GTIN-${value.length}` }))
    }
    if (edit.limited !== undefined) product.limited = edit.limited
    if (edit.embargoUntil !== undefined) product.embargoUntil = edit.embargoUntil
    if (edit.describedAt !== undefined) product.describedAt = edit.describedAt
    product.recorded = {}
    product.changes.push(this.clock.now().toISOString())
  }

  /** Editors have described it: sheets from now on, in the next night's index. */
  describe(id: string): void {
    this.edit({ id, describedAt: this.clock.now().toISOString() })
  }

  remove(id: string): void {
    const product = this.byId(id)
    if (product === undefined) throw new Error(`there is no product ${id}`)
    product.removedAt = this.clock.now().toISOString()
  }
}

function editValue(
  product: Product,
  featureId: string,
  value: string | null,
  vocabulary: Record<string, Texts>,
): void {
  const at = product.features.findIndex(({ id }) => id === featureId)
  const feature: Feature | undefined = product.features[at]
  if (feature === undefined) throw new Error(`product ${product.id} has no feature ${featureId}`)
  if (value === null) {
    product.features.splice(at, 1)
    return
  }
  feature.value = value
  for (const language of Object.keys(feature.local)) {
    feature.local[language] = localValue(value, feature.type, feature.measure, language, vocabulary)
  }
}

function editPictures(product: Product, pictures: NonNullable<ProductEdit['pictures']>, now: Date): void {
  for (const [place, picture] of Object.entries(pictures)) {
    const known = product.pictures[Number(place)]
    if (known === undefined) throw new Error(`product ${product.id} has no picture ${place}`)
    if (picture !== null)
      Object.assign(known, picture, { updated: now.toISOString(), size: assetSize(picture.url) })
  }
  product.pictures = product.pictures.filter((_, index) => pictures[index] !== null)
}
