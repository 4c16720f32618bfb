import type { Brand, Category, Feature, Measure, Product, Texts } from '../model.ts'

export interface FeatureEntry {
  id: string
  names: Texts
  type: string
  measure: Measure
  group: { id: string; names: Texts }
}

/** All by id; the vocabulary by international word. */
export interface Catalogue {
  brands: Map<string, Brand>
  categories: Map<string, Category>
  measures: Map<string, Measure>
  features: Map<string, FeatureEntry>
  vocabulary: Map<string, Texts>
  products: Map<string, Product>
}

export const emptyCatalogue = (): Catalogue => ({
  brands: new Map(),
  categories: new Map(),
  measures: new Map(),
  features: new Map(),
  vocabulary: new Map(),
  products: new Map(),
})

/** What a sheet shows of the taxonomy, for the reference files. */
export function learnFeature({ features, measures }: Catalogue, feature: Feature): void {
  const { id, names, type, measure, groupId } = feature
  const known = features.get(id)
  if (known === undefined)
    features.set(id, { id, names: { ...names }, type, measure, group: { id: groupId, names: {} } })
  else Object.assign(known.names, names)
  if (measure.id !== '') measures.set(measure.id, measure)
}

/** A product that nothing is known of yet. */
export const emptyProduct = (id: string, at: string): Product => ({
  id,
  brandId: '',
  code: '',
  otherCodes: [],
  gtins: [],
  categoryId: '',
  names: {},
  titles: {},
  series: null,
  family: null,
  summaries: {},
  descriptions: [],
  bullets: [],
  generatedBullets: [],
  reasons: [],
  pictures: [],
  multimedia: [],
  groups: [],
  features: [],
  related: [],
  variants: [],
  releaseDate: '',
  endOfLife: '',
  markets: [],
  views: 0,
  limited: false,
  needsAuthorisation: false,
  replacedBy: null,
  quirks: {},
  added: at,
  changes: [at],
  describedAt: at,
  embargoUntil: null,
  removedAt: null,
  recorded: {},
})
