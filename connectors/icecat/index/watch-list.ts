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

/** Takes products one by one and keeps some 50 bytes of each, because the tables must know how many there are. */
export class WatchListBuilder {
  readonly #ids = new Numbers()
  readonly #gtins = new Numbers()
  /** Of each GTIN, the product it is of. */
  readonly #owners = new Numbers()
  readonly #brandIds = new Numbers()
  readonly #codeStarts = new Numbers()
  #codeBytes = Buffer.alloc(1 << 16)
  #codeLength = 0

  add({ icecatId, gtins, brandId, code }: WatchedProduct): void {
    const place = this.#ids.length
    this.#ids.push(wholeNumber(icecatId) ?? none)
    for (const gtin of gtins) {
      const number = wholeNumber(gtin)
      if (number === undefined || number === 0) continue
      this.#gtins.push(number)
      this.#owners.push(place)
    }
    this.#codeStarts.push(this.#codeLength)
    const brand = wholeNumber(brandId)
    const folded = code === null || brand === undefined ? '' : foldCase(code.trim())
    this.#brandIds.push(folded === '' || brand === undefined ? none : brand)
    if (folded !== '') this.#addCode(folded)
  }

  #addCode(folded: string): void {
    const length = Buffer.byteLength(folded)
    if (this.#codeLength + length > this.#codeBytes.length)
      this.#codeBytes = Buffer.concat([this.#codeBytes], 2 * (this.#codeLength + length))
    this.#codeLength += this.#codeBytes.write(folded, this.#codeLength)
  }

  build(): WatchList {
    const size = this.#ids.length
    const list: WatchList = {
      ids: createNumberTable(size),
      gtins: createNumberTable(this.#gtins.length),
      codes: createNumberTable(size),
      codeBytes: new Uint8Array(new SharedArrayBuffer(Math.max(1, this.#codeLength))),
      codeStarts: new Uint32Array(new SharedArrayBuffer((size + 1) * 4)),
      brandIds: new Float64Array(new SharedArrayBuffer(Math.max(1, size) * 8)),
      size,
    }
    list.codeBytes.set(this.#codeBytes.subarray(0, this.#codeLength))
    list.codeStarts.set(this.#codeStarts.values())
    list.codeStarts[size] = this.#codeLength
    for (const [place, id] of this.#ids.values().entries()) if (id !== none) addNumber(list.ids, id, place)
    const owners = this.#owners.values()
    for (const [entry, gtin] of this.#gtins.values().entries())
      addNumber(list.gtins, gtin, owners[entry] ?? 0)
    for (const [place, brand] of this.#brandIds.values().entries()) {
      if (brand === none) continue
      list.brandIds[place] = brand
      const [from = 0, to = 0] = list.codeStarts.subarray(place, place + 2)
      addNumber(list.codes, hashCode(brand, list.codeBytes, from, to), place)
    }
    return list
  }
}

const none = -1

/** Numbers in flat memory, a ninth of what objects would take. */
class Numbers {
  #all = new Float64Array(1024)
  length = 0

  push(number: number): void {
    if (this.length === this.#all.length) {
      const larger = new Float64Array(2 * this.length)
      larger.set(this.#all)
      this.#all = larger
    }
    this.#all[this.length++] = number
  }

  values(): Float64Array {
    return this.#all.subarray(0, this.length)
  }
}

/** Of products that are at hand already. */
export function createWatchList(products: Iterable<WatchedProduct>): WatchList {
  const builder = new WatchListBuilder()
  for (const product of products) builder.add(product)
  return builder.build()
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
