/** By Icecat's short language code, in capitals; `INT` is what Icecat calls international. */
export type Texts = Readonly<Record<string, string>>

/** One product's content as Icecat has it, in one language or in several. Texts stand under the language they are in. */
export interface Sheet {
  icecatId: string
  brand: string
  brandId: string | null
  /** The manufacturer's own. */
  code: string
  /** As Icecat writes them: of any length, with zeros in front or without. */
  gtins: readonly string[]
  quality: string | null
  /** YYYY-MM-DD. */
  releaseDate: string | null
  /** Icecat id of the product that took its place. */
  replacedBy: string | null
  /** Served under Icecat's demo identity instead of the account's. */
  demo: boolean
  category: Named | null
  family: Named | null
  series: Named | null
  title: Texts
  name: Texts
  summary: { short: Texts; long: Texts }
  description: Record<DescriptionPart, Texts>
  bullets: Readonly<Record<string, readonly string[]>>
  generatedBullets: Readonly<Record<string, readonly string[]>>
  reasons: Readonly<Record<string, readonly Reason[]>>
  /** In the order of the gallery. */
  images: readonly Asset[]
  documents: readonly Asset[]
  features: readonly SheetFeature[]
  variants: readonly SheetVariant[]
  related: readonly RelatedProduct[]
}

export type DescriptionPart = 'long' | 'middle' | 'short' | 'warranty' | 'url' | 'disclaimer'

export interface Named {
  id: string
  names: Texts
}

export interface Reason {
  title: string
  text: string
}

/** A picture, document or video; the address never carries a token. */
export interface Asset {
  /** Stable while the content is; null where Icecat gives none. */
  id: string | null
  url: string
  kind: 'image' | 'leaflet' | 'manual' | 'video' | 'energy-label' | 'document'
  /** Icecat's own word for it. */
  type: string
  contentType: string
  /** Bytes, where Icecat says. */
  size: number | null
  /** Null: for every language. */
  language: string | null
  /** As Icecat writes it; only compared. */
  updated: string | null
}

export interface SheetFeature {
  id: string
  names: Texts
  /** Such as `numerical`, `y_n`, `multi_dropdown`; null where the door does not tell. */
  type: string | null
  /** The international value, in the unit of `measure`. */
  value: string
  measure: { id: string; sign: string } | null
  /** By language: the amount and sign of that language, and the text for reading. */
  shown: Readonly<Record<string, ShownValue>>
  mandatory: boolean
  searchable: boolean
}

export interface ShownValue {
  value: string
  sign: string
  text: string
}

export interface SheetVariant {
  id: string
  gtins: readonly string[]
}

export interface RelatedProduct {
  icecatId: string
  brand: string
  code: string
}

/** Several answers about one product, each in its language, as one. The first one's facts stand. */
export function mergeSheets(sheets: readonly Sheet[]): Sheet | null {
  const [first, ...others] = sheets
  if (first === undefined) return null
  return others.reduce(merged, first)
}

function merged(a: Sheet, b: Sheet): Sheet {
  if (a.icecatId !== b.icecatId)
    throw new Error(`sheets of ${a.icecatId} and ${b.icecatId} are not one product`)
  return {
    ...a,
    category: named(a.category, b.category),
    family: named(a.family, b.family),
    series: named(a.series, b.series),
    title: { ...b.title, ...a.title },
    name: { ...b.name, ...a.name },
    summary: {
      short: { ...b.summary.short, ...a.summary.short },
      long: { ...b.summary.long, ...a.summary.long },
    },
    description: {
      long: { ...b.description.long, ...a.description.long },
      middle: { ...b.description.middle, ...a.description.middle },
      short: { ...b.description.short, ...a.description.short },
      warranty: { ...b.description.warranty, ...a.description.warranty },
      url: { ...b.description.url, ...a.description.url },
      disclaimer: { ...b.description.disclaimer, ...a.description.disclaimer },
    },
    bullets: { ...b.bullets, ...a.bullets },
    generatedBullets: { ...b.generatedBullets, ...a.generatedBullets },
    reasons: { ...b.reasons, ...a.reasons },
    images: a.images.length > 0 ? a.images : b.images,
    documents: distinct([...a.documents, ...b.documents]),
    features: mergedFeatures(a.features, b.features),
  }
}

const named = (a: Named | null, b: Named | null): Named | null =>
  a === null ? b : { id: a.id, names: { ...b?.names, ...a.names } }

const distinct = (assets: readonly Asset[]): Asset[] => [
  ...new Map(assets.map((asset) => [`${asset.kind} ${asset.url}`, asset])).values(),
]

/** By id and place: a feature may stand twice in a sheet. */
function mergedFeatures(a: readonly SheetFeature[], b: readonly SheetFeature[]): SheetFeature[] {
  const others = new Map<string, SheetFeature[]>()
  for (const feature of b) others.set(feature.id, [...(others.get(feature.id) ?? []), feature])
  const own = a.map((feature) => {
    const other = others.get(feature.id)?.shift()
    if (other === undefined) return feature
    return {
      ...feature,
      // Units in English are as Icecat's lists write them; other languages have words of their own.
      measure: feature.shown['EN'] === undefined && other.shown['EN'] ? other.measure : feature.measure,
      names: { ...other.names, ...feature.names },
      shown: { ...other.shown, ...feature.shown },
    }
  })
  return [...own, ...[...others.values()].flat()]
}
