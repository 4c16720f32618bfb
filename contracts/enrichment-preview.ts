/** What enrichment would do, found out without writing anything into Akeneo or the hub. */
export interface EnrichmentPreview {
  /** Products of the families that the mapping feeds, and those of them that its filter chooses. */
  inFamilies: number
  chosen: number
  /** Chosen products that Icecat cannot be asked for. */
  withoutIdentifier: number
  /** Parts of the applied mapping that Akeneo has no place for any more, in words; all else goes on. */
  leftOut: string[]
  /** What could not be used, such as GTINs with a wrong check digit, by code. */
  problems: Record<string, number>
  /** By Icecat's whole index; null where it was not read. */
  index: IndexCoverage | null
  sample: SampleFindings
}

export type IndexState = 'described' | 'known' | 'removed' | 'ambiguous' | 'unknown'

export interface IndexCoverage {
  products: Record<IndexState, number>
  byBrand: CoverageRow[]
  /** Of described products, by Icecat's category. */
  byCategory: { id: string; name: string; products: number }[]
}

export interface CoverageRow {
  /** Empty: the product names none. */
  name: string
  products: number
  described: number
}

/** What sheets of some products would bring. */
export interface SampleFindings {
  asked: number
  /** Products by what Icecat answered. */
  outcomes: Record<string, number>
  writes: number
  unchanged: number
  /** Values that would stay, by case of ownership. */
  kept: Record<string, number>
  /** Values that could not be written, by code, with one message each. */
  problems: { code: string; values: number; example: string }[]
  fillRates: {
    attribute: string
    locale: string | null
    filled: number
    absent: number
    problems: number
  }[]
}

/** One product side by side: what Icecat has, what would be written, what stands in Akeneo, and what is done about it. */
export interface ProductPreview {
  product: string
  /** What Icecat answered: `found`, or why there is no sheet. */
  outcome: string
  message: string | null
  sheet: { icecatId: string; matchedBy: string; category: string | null } | null
  values: PreviewedValue[]
}

export interface PreviewedValue {
  attribute: string
  locale: string | null
  scope: string | null
  /** The model that owns it; null: the product itself. */
  model: string | null
  /** Address in the sheet, and the language that the text is in. */
  from: string | null
  language: string | null
  /** As the sheet has it. */
  icecat: string | null
  /** As it would be written; a file by its address. */
  converted: unknown
  /** As it was read from Akeneo last. */
  current: unknown
  verdict: PreviewVerdict
  /** Why it stays, or cannot be written. */
  reason: string | null
}

export type PreviewVerdict =
  /** Written into an empty place, or over what was ours. */
  | 'write'
  | 'clear'
  /** Says the same already: ours from now on. */
  | 'adopt'
  | 'unchanged'
  /** A person's, or was there before. */
  | 'keep'
  | 'flag'
  | 'problem'
  /** Written and not read back yet. */
  | 'unread'
  /** An axis of its family variant, which is never written. */
  | 'axis'

/** What sheets of some products would bring by one mapping and not by another. */
export interface MappingComparison {
  /** Products whose sheets were fetched. */
  products: number
  values: number
  changed: number
  byAttribute: { attribute: string; values: number }[]
  examples: {
    product: string
    attribute: string
    locale: string | null
    scope: string | null
    before: unknown
    after: unknown
  }[]
}
