/** What the stand-in knows. Texts are by Icecat's short language codes: `EN`, `FR`, and `INT` for what has no language. */
export type Texts = Record<string, string>

export interface Category {
  id: string
  names: Texts
  unspsc: string
  /** What a subscription may be limited to. */
  vertical: string
  parent?: string
}

export interface Brand {
  id: string
  name: string
  /** Sponsoring brands are what an Open account sees. */
  sponsor: boolean
  aliases: string[]
}

export interface Measure {
  id: string
  sign: string
  signs: Texts
}

export interface FeatureGroup {
  /** Of the group within its category: what features point at. */
  id: string
  groupId: string
  no: number
  names: Texts
}

/** How one language shows a value; the amount may be in another unit than the international value. */
export interface LocalValue {
  value: string
  presentation: string
  sign: string
  translated: boolean
}

export interface Feature {
  /** Of the value; also what the XML calls ProductFeature.ID. */
  valueId: string
  id: string
  names: Texts
  type: string
  value: string
  measure: Measure
  local: Record<string, LocalValue>
  groupId: string
  categoryFeatureId: string
  no: string
  mandatory: boolean
  searchable: boolean
}

export interface Description {
  id: string
  language: string
  long: string
  short: string
  middle: string
  url: string
  warranty: string
  disclaimer: string
  leafletUrl: string
  leafletSize: number
  manualUrl: string
  manualSize: number
  updated: string
}

export interface Bullets {
  id: string
  language: string
  values: string[]
  updated: string
}

export interface Reason {
  id: string
  language: string
  no: number
  title: string
  text: string
  picture: string
}

export interface Picture {
  id: string
  url: string
  size: number
  width: number
  height: number
  no: number
  main: boolean
  type: string
  updated: string
}

export interface Multimedia {
  id: string
  url: string
  type: string
  contentType: string
  description: string
  size: number
  language: string
  updated: string
  video: boolean
  labelType: string
  eprelLink: string
}

export interface Related {
  id: string
  categoryId: string
  productId: string
  code: string
  name: string
  brand: string
  brandId: string
  preferred: boolean
}

export interface Variant {
  id: string
  identifiers: { type: string; value: string; approved: boolean }[]
}

/** Shapes that Icecat's answers have now and then, by the trap's name. */
export interface Quirks {
  /** Empty objects come as `[]`. */
  emptyAsList?: boolean
  /** Ids and values come as numbers. */
  numbers?: boolean
  /** `GTIN` is one text. */
  oneGtin?: boolean
  /** Only `GTINs` is filled. */
  onlyGtins?: boolean
  /** `Signs` holds `Value` instead of `_`. */
  signsByValue?: boolean
  /** Title and value of reasons to buy are objects. */
  reasonObjects?: boolean
  /** Blocks without content are left out altogether. */
  sparse?: boolean
}

export interface Product {
  id: string
  brandId: string
  code: string
  /** Codes that distributors use for the same product. */
  otherCodes: string[]
  gtins: { value: string; approved: boolean; format: string }[]
  categoryId: string
  names: Texts
  titles: Texts
  series: { id: string; names: Texts } | null
  family: { id: string; names: Texts } | null
  summaries: Record<string, { short: string; long: string }>
  descriptions: Description[]
  bullets: Bullets[]
  generatedBullets: Bullets[]
  reasons: Reason[]
  pictures: Picture[]
  multimedia: Multimedia[]
  groups: FeatureGroup[]
  features: Feature[]
  related: Related[]
  variants: Variant[]
  releaseDate: string
  endOfLife: string
  markets: string[]
  views: number
  limited: boolean
  /** Accounts must be allowed this brand one by one. */
  needsAuthorisation: boolean
  replacedBy: string | null
  quirks: Quirks
  /** ISO instants on the simulator's clock. */
  added: string
  /** When its content changed, oldest first; the last is `Updated`. */
  changes: string[]
  /** Before it, or always when null, it is known and not described. */
  describedAt: string | null
  /** Sheets are withheld until then. */
  embargoUntil: string | null
  removedAt: string | null
  /** Recorded answers by language: sent as they were until the product changes. */
  recorded: Record<string, string>
}
