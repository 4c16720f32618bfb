import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Brand, Category, Feature, Measure, Product, Quirks, Texts } from '../model.ts'
import { emptyProduct, type Catalogue, type FeatureEntry } from './catalogue.ts'
import { localValue } from './local-value.ts'
import { assetSize } from '../render/asset.ts'

/** `taxonomy.json` of a catalogue folder. */
interface TaxonomyFile {
  categories: Category[]
  brands: Brand[]
  measures: Measure[]
  groups: { id: string; names: Texts }[]
  features: FeatureFileEntry[]
  /** International words with their translations. */
  vocabulary: Record<string, Texts>
}

interface FeatureFileEntry {
  id: string
  names: Texts
  type: string
  measure: string
  group: string
  mandatory?: boolean
  searchable?: boolean
}

/** One of `products.json`: what differs from product to product; the rest follows from the taxonomy. */
export interface ProductEntry {
  id: string
  brand: string
  code: string
  otherCodes?: string[]
  gtins: string[]
  unapprovedGtins?: string[]
  category: string
  /** Languages that the sheet is described in; a request in another is answered with EN. */
  languages: string[]
  name: Texts
  long?: Texts
  short?: Texts
  bullets?: Record<string, string[]>
  reasons?: Record<string, { title: string; text: string }[]>
  warranty?: Texts
  disclaimer?: Texts
  /** International values by feature. */
  values: Record<string, string>
  pictures?: number
  leaflet?: boolean
  manual?: boolean
  video?: boolean
  energyLabel?: boolean
  related?: string[]
  variants?: Product['variants']
  markets?: string[]
  limited?: boolean
  needsAuthorisation?: boolean
  replacedBy?: string
  releaseDate?: string
  updated?: string
  /** Null: known, and not described before somebody says so. */
  describedAt?: string | null
  /** Days after the simulator's start, for what is described, released or removed later. */
  describedAfterDays?: number
  embargoDays?: number
  removedAfterDays?: number
  quirks?: Quirks
}

const LONG_AGO = '2025-11-03T10:11:12Z'

/** Reads an invented catalogue: `taxonomy.json` and `products.json`. */
export function loadCatalogue(catalogue: Catalogue, folder: string, now: Date): void {
  const taxonomy = read(folder, 'taxonomy.json') as TaxonomyFile
  for (const brand of taxonomy.brands) catalogue.brands.set(brand.id, brand)
  for (const category of taxonomy.categories) catalogue.categories.set(category.id, category)
  for (const measure of taxonomy.measures) catalogue.measures.set(measure.id, measure)
  for (const [word, texts] of Object.entries(taxonomy.vocabulary)) catalogue.vocabulary.set(word, texts)
  const groups = new Map(taxonomy.groups.map((group) => [group.id, group]))
  for (const { id, names, type, measure, group } of taxonomy.features) {
    catalogue.features.set(id, {
      id,
      names,
      type,
      measure: catalogue.measures.get(measure) ?? noMeasure,
      group: { id: group, names: groups.get(group)?.names ?? {} },
    })
  }
  const entries = read(folder, 'products.json') as ProductEntry[]
  for (const entry of entries) {
    catalogue.products.set(entry.id, productOf(entry, taxonomy, catalogue, now))
  }
}

const read = (folder: string, name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'))

const noMeasure: Measure = { id: '29', sign: '', signs: {} }

function productOf(entry: ProductEntry, taxonomy: TaxonomyFile, catalogue: Catalogue, now: Date): Product {
  const { id, languages } = entry
  const brand = catalogue.brands.get(entry.brand)
  const updated = entry.updated ?? LONG_AGO
  const base = `https://images.icecat.biz/img/gallery/${id}`
  const objects = `https://objects.icecat.biz/objects/${id}`
  const perLanguage = <T>(make: (language: string) => T) =>
    Object.fromEntries(languages.map((language) => [language, make(language)]))
  const nameIn = (language: string) => entry.name[language] ?? entry.name['EN'] ?? entry.code
  return {
    ...emptyProduct(id, LONG_AGO),
    brandId: entry.brand,
    code: entry.code,
    otherCodes: entry.otherCodes ?? [],
    gtins: [
      ...entry.gtins.map((value) => ({ value, approved: true, format: `GTIN-${value.length}` })),
      ...(entry.unapprovedGtins ?? []).map((value) => ({
        value,
        approved: false,
        format: `GTIN-${value.length}`,
      })),
    ],
    categoryId: entry.category,
    names: perLanguage(nameIn),
    titles: perLanguage((language) => `${brand?.name ?? ''} ${nameIn(language)}`),
    summaries: perLanguage((language) => ({
      short: `${brand?.name ?? ''} ${nameIn(language)}`,
      long: `${brand?.name ?? ''} ${nameIn(language)}. ${entry.short?.[language] ?? ''}`.trim(),
    })),
    descriptions: languages
      .filter((language) => entry.long?.[language] !== undefined || entry.short?.[language] !== undefined)
      .map((language, index) => ({
        id: `${id}${index}`,
        language,
        long: entry.long?.[language] ?? '',
        short: entry.short?.[language] ?? '',
        middle: '',
        url: `https://brand.example.test/${encodeURIComponent(entry.code)}`,
        warranty: entry.warranty?.[language] ?? '',
        disclaimer: entry.disclaimer?.[language] ?? '',
        ...leafletOf(entry, `${objects}-leaflet-${language}.pdf`),
        ...manualOf(entry, `${objects}-manual-${language}.pdf`),
        updated,
      })),
    bullets: Object.entries(entry.bullets ?? {}).map(([language, values], index) => ({
      id: `${id}${index}`,
      language,
      values,
      updated,
    })),
    reasons: Object.entries(entry.reasons ?? {}).flatMap(([language, reasons]) =>
      reasons.map((reason, index) => ({
        id: `${id}${index}`,
        language,
        no: index + 1,
        picture: '',
        ...reason,
      })),
    ),
    pictures: Array.from({ length: entry.pictures ?? 0 }, (_, index) => ({
      id: `${id}${index + 1}`,
      url: `${base}_${index + 1}.jpg`,
      size: assetSize(`${base}_${index + 1}.jpg`),
      width: 1200,
      height: 900,
      no: index,
      main: index === 0,
      type: 'ProductImage',
      updated,
    })),
    multimedia: [
      ...(entry.video === true
        ? [multimedia(`${id}91`, `${objects}-video.mp4`, 'video', 'video/mp4', updated)]
        : []),
      ...(entry.energyLabel === true
        ? [
            {
              ...multimedia(`${id}92`, `${objects}-label.png`, 'EU Energy Label', 'image/png', updated),
              labelType: 'new',
              eprelLink: `https://eprel.example.test/${id}`,
            },
          ]
        : []),
    ],
    ...featuresOf(entry, taxonomy, catalogue),
    related: (entry.related ?? []).map((productId, index) => ({
      id: `${id}${index}`,
      categoryId: entry.category,
      productId,
      code: productId,
      name: productId,
      brand: brand?.name ?? '',
      brandId: entry.brand,
      preferred: false,
    })),
    variants: entry.variants ?? [],
    releaseDate: entry.releaseDate ?? '2025-02-14',
    markets: entry.markets ?? ['DE', 'FR', 'GB'],
    limited: entry.limited ?? false,
    needsAuthorisation: entry.needsAuthorisation ?? false,
    replacedBy: entry.replacedBy ?? null,
    changes: [updated],
    describedAt: describedAt(entry, updated, now),
    embargoUntil: inDays(entry.embargoDays, now),
    removedAt: inDays(entry.removedAfterDays, now),
    quirks: entry.quirks ?? {},
  }
}

function describedAt({ describedAt: at, describedAfterDays }: ProductEntry, updated: string, now: Date) {
  if (describedAfterDays !== undefined) return inDays(describedAfterDays, now)
  return at === undefined ? updated : at
}

const inDays = (days: number | undefined, now: Date): string | null =>
  days === undefined ? null : new Date(now.getTime() + days * 86_400_000).toISOString()

const leafletOf = ({ leaflet }: ProductEntry, url: string) =>
  leaflet === true ? { leafletUrl: url, leafletSize: assetSize(url) } : { leafletUrl: '', leafletSize: 0 }

const manualOf = ({ manual }: ProductEntry, url: string) =>
  manual === true ? { manualUrl: url, manualSize: assetSize(url) } : { manualUrl: '', manualSize: 0 }

const multimedia = (id: string, url: string, type: string, contentType: string, updated: string) => ({
  id,
  url,
  type,
  contentType,
  description: type,
  size: assetSize(url),
  language: 'INT',
  updated,
  video: contentType.startsWith('video/'),
  labelType: '',
  eprelLink: '',
})

function featuresOf(entry: ProductEntry, taxonomy: TaxonomyFile, catalogue: Catalogue) {
  const features = Object.entries(entry.values).map(([featureId, value], index): Feature => {
    const known: FeatureEntry | undefined = catalogue.features.get(featureId)
    if (known === undefined)
      throw new Error(`product ${entry.id} has feature ${featureId}, which taxonomy.json lacks`)
    const flags = taxonomy.features.find(({ id }) => id === featureId)
    return {
      valueId: `${entry.id}${featureId}`,
      id: featureId,
      names: known.names,
      type: known.type,
      value,
      measure: known.measure,
      local: Object.fromEntries(
        entry.languages.map((language) => [
          language,
          localValue(value, known.type, known.measure, language, taxonomy.vocabulary),
        ]),
      ),
      groupId: `${entry.category}${known.group.id}`,
      categoryFeatureId: `${entry.category}${featureId}`,
      no: String(10_000 - index),
      mandatory: flags?.mandatory ?? false,
      searchable: flags?.searchable ?? false,
    }
  })
  const groups = [
    ...new Set(Object.keys(entry.values).map((id) => catalogue.features.get(id)?.group.id ?? '')),
  ]
  return {
    features,
    groups: groups.map((groupId, index) => ({
      id: `${entry.category}${groupId}`,
      groupId,
      no: 100 - index,
      names: taxonomy.groups.find(({ id }) => id === groupId)?.names ?? {},
    })),
  }
}
