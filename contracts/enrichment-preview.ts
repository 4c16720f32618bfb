/** What enrichment would do, found out without writing anything into Akeneo or the hub. */
export interface EnrichmentPreview {
  /** Products of the families that the mapping feeds, and those of them that its filter chooses. */
  inFamilies: number
  chosen: number
  /** Chosen products that Icecat cannot be asked for. */
  withoutIdentifier: number
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
