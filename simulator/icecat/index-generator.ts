import { mulberry32 } from '../akeneo/faults.ts'

export interface GeneratedIndex {
  /** Up to 27,000,000, which is what a whole index has. */
  rows: number
  seed: number
  /** Id of the first row; they count up from it. */
  firstId?: number
}

const FIRST_ID = 100_000_000
const BRANDS = 400
const MARKETS = ['DE', 'FR', 'GB', 'NL', 'BE', 'ES', 'IT', 'PL', 'AT', 'CH', 'SE', 'DK', 'NO', 'FI', 'CZ']
/** Pieces handed on at once: small ones would cost more than what is in them. */
const ROWS_PER_PIECE = 250

/** What stands in one made-up row, so that a reader's result can be checked without the file. */
export interface GeneratedRow {
  id: string
  brandId: string
  code: string
  gtins: string[]
  updated: string
}

/** The row's identity follows from its number alone. */
export function generatedRow(index: number, firstId = FIRST_ID): GeneratedRow {
  const id = String(firstId + index)
  const body = `40${String(index).padStart(10, '0')}`
  return {
    id,
    brandId: String(1 + (index % BRANDS)),
    code: `GX-${index.toString(36).toUpperCase()}-${index % 97}`,
    gtins: index % 11 === 0 ? [] : [`${body}${checkDigit(body)}`],
    updated: `2026010${1 + (index % 9)}${String(index % 24).padStart(2, '0')}${String(index % 60).padStart(2, '0')}00`,
  }
}

/** Rows of about 800 bytes, in the order of their ids; the same for the same seed. */
export function* generatedRows({ rows, seed, firstId = FIRST_ID }: GeneratedIndex): Generator<string> {
  const random = mulberry32(seed)
  // What does not matter to a reader is made once and used again: a row must not cost more than reading it.
  const tails = Array.from({ length: 64 }, () => tail(random))
  for (let from = 0; from < rows; from += ROWS_PER_PIECE) {
    let piece = ''
    const to = Math.min(rows, from + ROWS_PER_PIECE)
    for (let index = from; index < to; index++)
      piece += row(index, firstId, tails[index % tails.length] ?? '')
    yield piece
  }
}

function row(index: number, firstId: number, rest: string): string {
  const { id, brandId, code, gtins, updated } = generatedRow(index, firstId)
  const ean =
    gtins[0] === undefined ? '' : `        <EAN_UPC Value="${gtins[0]}" IsApproved="1" Format="GTIN-13"/>\n`
  return `    <file path="export/level4/INT/${id}.xml" Product_ID="${id}" Updated="${updated}" Quality="ICECAT" Supplier_id="${brandId}" Prod_ID="${code}" Catid="${1 + (index % 6800)}" On_Market="1" Model_Name="Model ${index} &amp; more" Product_View="${index % 9973}" HighPic="http://images.icecat.biz/img/gallery/${id}_${index % 7919}.jpg" HighPicSize="${20_000 + (index % 70_000)}" HighPicWidth="1200" HighPicHeight="900" Date_Added="20250214000000" Limited="No">\n      <EAN_UPCS>\n${ean}${rest}`
}

function tail(random: () => number): string {
  const markets = MARKETS.filter(() => random() < 0.45)
  return `      </EAN_UPCS>\n      <Country_Markets>\n${markets.map((market) => `        <Country_Market Value="${market}"/>\n`).join('')}      </Country_Markets>\n    </file>\n`
}

function checkDigit(body: string): string {
  let sum = 0
  for (let place = 0; place < body.length; place++) {
    sum += Number(body[body.length - 1 - place]) * (place % 2 === 0 ? 3 : 1)
  }
  return String((10 - (sum % 10)) % 10)
}

/** A whole index file of made-up rows, as pieces of text. */
export function* generatedIndex(options: GeneratedIndex): Generator<string> {
  yield `<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE ICECAT-interface SYSTEM "http://data.icecat.biz/dtd/files.index.dtd">\n<ICECAT-interface>\n  <files.index Generated="20260110010000">\n`
  yield* generatedRows(options)
  yield '  </files.index>\n</ICECAT-interface>\n'
}
