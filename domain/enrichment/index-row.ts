/** One line of Icecat's index. A removed product's says little more than its id. */
export interface IndexRow {
  icecatId: string
  /** YYYYMMDDHHMMSS, which sorts as it reads. */
  updated: string
  /** `ICECAT`, `NOEDITOR` (known, not described), `REMOVED`, `SUPPLIER`. */
  quality: string
  brandId: string
  code: string
  /** Codes that distributors use for it. */
  otherCodes: string[]
  categoryId: string
  gtins: string[]
  limited: boolean
  onMarket: boolean
}

/** A product of ours, by all that Icecat may know it by. */
export interface WatchedProduct {
  icecatId: string | null
  /** Digits; zeros in front do not count. */
  gtins: readonly string[]
  /** Icecat's id of the brand, and the manufacturer's code. */
  brandId: string | null
  code: string | null
}

export interface IndexMatch {
  /** Place of the product in the order in which they were added. */
  watched: number
  by: 'icecatId' | 'gtin' | 'code'
  row: IndexRow
}
