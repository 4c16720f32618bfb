import type { IndexMatch } from '../../../domain/enrichment/index-row.ts'
import { foldCase } from '../../../domain/text.ts'
import { findNumber, nextEntry } from './number-table.ts'
import { contentOf, RowReader, type Span, textOf } from './row-reader.ts'
import { hashCode, type WatchList } from './watch-list.ts'

export interface PieceResult {
  rows: number
  matches: IndexMatch[]
}

/** Rows of whole elements against the watched products. Only what matches is decoded. */
export class Matcher {
  readonly #list: WatchList
  readonly #reader = new RowReader()
  #scratch: Buffer = Buffer.alloc(256)

  constructor(list: WatchList) {
    this.#list = list
  }

  match(bytes: Buffer): PieceResult {
    const matches: IndexMatch[] = []
    let rows = 0
    this.#reader.start(bytes)
    while (this.#reader.next()) {
      rows++
      this.#matchRow(bytes, matches)
    }
    return { rows, matches }
  }

  #matchRow(bytes: Buffer, matches: IndexMatch[]): void {
    const { spans } = this.#reader
    const { ids, gtins, codes } = this.#list
    const found: Pick<IndexMatch, 'watched' | 'by'>[] = []
    const add = (watched: number, by: IndexMatch['by']) => {
      if (!found.some((known) => known.watched === watched)) found.push({ watched, by })
    }
    const id = digitsOf(bytes, spans.icecatId)
    if (id >= 0) {
      for (let entry = findNumber(ids, id); entry >= 0; entry = nextEntry(ids, entry)) {
        add(ids.places[entry] ?? 0, 'icecatId')
      }
    }
    for (let place = 0; place < spans.gtinCount; place++) {
      const span = spans.gtins[place]
      const gtin = span === undefined ? -1 : digitsOf(bytes, span)
      if (gtin <= 0) continue
      for (let entry = findNumber(gtins, gtin); entry >= 0; entry = nextEntry(gtins, entry)) {
        add(gtins.places[entry] ?? 0, 'gtin')
      }
    }
    const brand = digitsOf(bytes, spans.brandId)
    if (brand >= 0 && codes.size > 0) {
      this.#matchCode(brand, bytes, spans.code, false, add)
      for (let place = 0; place < spans.otherCodeCount; place++) {
        const span = spans.otherCodes[place]
        if (span !== undefined) this.#matchCode(brand, bytes, span, true, add)
      }
    }
    if (found.length === 0) return
    const row = this.#reader.row()
    for (const { watched, by } of found) matches.push({ watched, by, row })
  }

  #matchCode(
    brand: number,
    bytes: Buffer,
    span: Span,
    isContent: boolean,
    add: (watched: number, by: IndexMatch['by']) => void,
  ): void {
    const length = this.#fold(bytes, span, isContent)
    if (length === 0) return
    const { codes, brandIds } = this.#list
    const hash = hashCode(brand, this.#scratch, 0, length)
    for (let entry = findNumber(codes, hash); entry >= 0; entry = nextEntry(codes, entry)) {
      const place = codes.places[entry] ?? 0
      if (brandIds[place] === brand && this.#isCode(place, length)) add(place, 'code')
    }
  }

  #isCode(place: number, length: number): boolean {
    const { codeStarts, codeBytes } = this.#list
    const start = codeStarts[place] ?? 0
    if ((codeStarts[place + 1] ?? 0) - start !== length) return false
    for (let at = 0; at < length; at++) {
      if (codeBytes[start + at] !== this.#scratch[at]) return false
    }
    return true
  }

  /** The code into the scratch buffer, in small letters; its length. */
  #fold(bytes: Buffer, span: Span, isContent: boolean): number {
    let { from, to } = span
    while (from < to && isBlank(bytes[from] ?? 0)) from++
    while (to > from && isBlank(bytes[to - 1] ?? 0)) to--
    if (this.#scratch.length < (to - from) * 4) this.#scratch = Buffer.alloc((to - from) * 4)
    for (let at = from; at < to; at++) {
      const byte = bytes[at] ?? 0
      // What is not plain ASCII, or written with an entity, is decoded as text.
      if (byte >= 0x80 || byte === 0x26 || byte === 0x3c) return this.#foldText(bytes, span, isContent)
      this.#scratch[at - from] = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte
    }
    return to - from
  }

  #foldText(bytes: Buffer, span: Span, isContent: boolean): number {
    const text = isContent ? contentOf(bytes, span) : textOf(bytes, span)
    const folded = foldCase(text.trim())
    const length = Buffer.byteLength(folded)
    if (this.#scratch.length < length) this.#scratch = Buffer.alloc(length)
    return this.#scratch.write(folded)
  }
}

const isBlank = (byte: number): boolean => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d)

/** The number that these bytes write; -1 for anything that is none, or too long for one. */
function digitsOf(bytes: Buffer, span: Span): number {
  const { to } = span
  let { from } = span
  if (from === to) return -1
  while (from < to && bytes[from] === 0x30) from++
  if (to - from > 15) return -1
  let number = 0
  for (let at = from; at < to; at++) {
    const digit = (bytes[at] ?? 0) - 0x30
    if (digit < 0 || digit > 9) return -1
    number = number * 10 + digit
  }
  return number
}
