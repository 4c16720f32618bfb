import type { WatchedProduct } from '../../../domain/enrichment/index-row.ts'
import { foldCase } from '../../../domain/text.ts'
import { addNumber, createNumberTable, type NumberTable } from './number-table.ts'

/** A million products in some 100 MB that threads share. */
export interface WatchList {
  ids: NumberTable
  gtins: NumberTable
  codes: NumberTable
  /** The codes themselves, folded, behind each other: a hash alone could take one code for another. */
  codeBytes: Uint8Array
  /** By product: where its code begins; one more than there are products. */
  codeStarts: Uint32Array
  brandIds: Float64Array
  size: number
}

/** Reads the products twice, because the tables must know how many there are. */
export function createWatchList(
  products: Iterable<WatchedProduct> & { readonly length?: number },
): WatchList {
  let size = 0
  let gtins = 0
  let codeLength = 0
  for (const { gtins: own, code } of products) {
    size++
    gtins += own.length
    codeLength += code === null ? 0 : Buffer.byteLength(foldCase(code.trim()))
  }
  const list: WatchList = {
    ids: createNumberTable(size),
    gtins: createNumberTable(gtins),
    codes: createNumberTable(size),
    codeBytes: new Uint8Array(new SharedArrayBuffer(Math.max(1, codeLength))),
    codeStarts: new Uint32Array(new SharedArrayBuffer((size + 1) * 4)),
    brandIds: new Float64Array(new SharedArrayBuffer(Math.max(1, size) * 8)),
    size,
  }
  const bytes = Buffer.from(list.codeBytes.buffer)
  let place = 0
  let at = 0
  for (const { icecatId, gtins: own, brandId, code } of products) {
    list.codeStarts[place] = at
    const id = wholeNumber(icecatId)
    if (id !== undefined) addNumber(list.ids, id, place)
    for (const gtin of own) {
      const number = wholeNumber(gtin)
      if (number !== undefined && number > 0) addNumber(list.gtins, number, place)
    }
    const brand = wholeNumber(brandId)
    if (code !== null && brand !== undefined && code.trim() !== '') {
      const length = bytes.write(foldCase(code.trim()), at)
      list.brandIds[place] = brand
      addNumber(list.codes, hashCode(brand, bytes, at, at + length), place)
      at += length
    }
    place++
  }
  list.codeStarts[place] = at
  return list
}

/** Up to 15 digits, which a number holds exactly; GTINs have 14. */
export const wholeNumber = (text: string | null): number | undefined =>
  text !== null && /^0*\d{1,15}$/.test(text) ? Number(text) : undefined

/** 53 bits of brand and folded code. */
export function hashCode(brand: number, bytes: Uint8Array, from: number, to: number): number {
  let low = 0x811c9dc5 ^ (brand | 0)
  let high = 0x9e3779b9 ^ Math.imul(brand | 0, 31)
  for (let at = from; at < to; at++) {
    const byte = bytes[at] ?? 0
    low = Math.imul(low ^ byte, 0x01000193)
    high = Math.imul(high ^ byte, 0x85ebca6b)
    high ^= high >>> 13
  }
  return (high >>> 11) * 0x1_0000_0000 + (low >>> 0)
}
