import type { IndexRow } from '../../../domain/enrichment/index-row.ts'
import { tagEnd } from './element-cutter.ts'

/** A stretch of bytes in the piece that is being read. */
export interface Span {
  from: number
  to: number
}

/** Where in the bytes of one row stands what a product is matched by. Nothing is decoded yet. */
export interface RowSpans {
  from: number
  to: number
  icecatId: Span
  brandId: Span
  code: Span
  /** Used up to `count`; the list grows and is used again for the next row. */
  gtins: Span[]
  gtinCount: number
  otherCodes: Span[]
  otherCodeCount: number
}

const nowhere = (): Span => ({ from: 0, to: 0 })

export const emptySpans = (): RowSpans => ({
  from: 0,
  to: 0,
  icecatId: nowhere(),
  brandId: nowhere(),
  code: nowhere(),
  gtins: [],
  gtinCount: 0,
  otherCodes: [],
  otherCodeCount: 0,
})

/** Reads the rows of a piece one after the other into `spans`, which is the same object each time: no garbage per row. */
export class RowReader {
  readonly spans: RowSpans = emptySpans()
  #bytes: Buffer = Buffer.alloc(0)
  #at = 0

  start(bytes: Buffer): void {
    this.#bytes = bytes
    this.#at = 0
  }

  /** False when the piece has no further row. */
  next(): boolean {
    const bytes = this.#bytes
    const { spans } = this
    spans.gtinCount = 0
    spans.otherCodeCount = 0
    let inside = false
    for (;;) {
      const lt = bytes.indexOf(0x3c, this.#at)
      if (lt < 0) return false
      const next = bytes[lt + 1]
      if (next === 0x21 || next === 0x3f) {
        this.#at = afterOther(bytes, lt)
        continue
      }
      const end = tagEnd(bytes, lt)
      if (end < 0) return false
      this.#at = end
      // Names are told apart by their first letters: the format has no others.
      if (next === 0x66) {
        if (!inside) {
          inside = true
          spans.from = lt
          readFileTag(bytes, lt, end, spans)
          if (bytes[end - 2] === 0x2f) {
            spans.to = end
            return true
          }
        }
      } else if (next === 0x2f && bytes[lt + 2] === 0x66 && bytes[lt + 6] === 0x3e) {
        if (inside) {
          spans.to = end
          return true
        }
      } else if (inside && next === 0x45 && bytes[lt + 8] === 0x20) {
        addGtin(bytes, lt + 8, end, spans)
      } else if (inside && next === 0x4d && bytes[end - 2] !== 0x2f) {
        this.#at = addOtherCode(bytes, end, spans)
      }
    }
  }

  /** The row that `spans` shows, decoded. */
  row(): IndexRow {
    const bytes = this.#bytes
    const { spans } = this
    const { attributes } = tagOf(bytes, spans.from)
    return {
      icecatId: attributes['Product_ID'] ?? '',
      updated: attributes['Updated'] ?? '',
      quality: attributes['Quality'] ?? '',
      brandId: attributes['Supplier_id'] ?? '',
      code: attributes['Prod_ID'] ?? '',
      otherCodes: spans.otherCodes.slice(0, spans.otherCodeCount).map((span) => contentOf(bytes, span)),
      categoryId: attributes['Catid'] ?? '',
      gtins: spans.gtins.slice(0, spans.gtinCount).map((span) => textOf(bytes, span)),
      limited: /^(yes|1)$/i.test(attributes['Limited'] ?? ''),
      onMarket: attributes['On_Market'] === '1',
    }
  }
}

/** Behind a comment, character data or an instruction; its end is looked for behind its beginning: `<!-->` ends nothing. */
function afterOther(bytes: Buffer, lt: number): number {
  if (bytes[lt + 1] === 0x3f) return behind(bytes, '?>', lt + 2)
  if (bytes[lt + 2] === 0x2d) return behind(bytes, '-->', lt + 4)
  return bytes[lt + 2] === 0x5b ? behind(bytes, ']]>', lt + 9) : behind(bytes, '>', lt + 2)
}

function behind(bytes: Buffer, mark: string, from: number): number {
  const found = bytes.indexOf(mark, from)
  return found < 0 ? bytes.length : found + mark.length
}

/** `Product_ID`, `Supplier_id`, `Prod_ID`: the only names that matter here, told by length and first letter. */
function readFileTag(bytes: Buffer, lt: number, end: number, spans: RowSpans): void {
  for (const span of [spans.icecatId, spans.brandId, spans.code]) span.from = span.to = 0
  let at = lt + 5
  while (at < end) {
    const equals = bytes.indexOf(0x3d, at)
    if (equals < 0 || equals >= end) return
    let from = equals - 1
    let to = equals
    while (isBlank(bytes[from])) {
      from--
      to--
    }
    while (from >= at && !isBlank(bytes[from])) from--
    let quote = equals + 1
    while (isBlank(bytes[quote])) quote++
    const close = bytes.indexOf(bytes[quote] ?? 0x22, quote + 1)
    if (close < 0 || close >= end) return
    const span = spanOf(bytes, from + 1, to, spans)
    if (span !== undefined) {
      span.from = quote + 1
      span.to = close
    }
    at = close + 1
  }
}

const isBlank = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09

function spanOf(bytes: Buffer, from: number, to: number, spans: RowSpans): Span | undefined {
  const length = to - from
  if (length === 7 && isName(bytes, from, 'Prod_ID')) return spans.code
  if (length === 10 && isName(bytes, from, 'Product_ID')) return spans.icecatId
  if (length === 11 && isName(bytes, from, 'Supplier_id')) return spans.brandId
  return undefined
}

function isName(bytes: Buffer, from: number, name: string): boolean {
  for (let place = 0; place < name.length; place++) {
    if (bytes[from + place] !== name.charCodeAt(place)) return false
  }
  return true
}

/** `Value` of an `EAN_UPC`. */
function addGtin(bytes: Buffer, from: number, end: number, spans: RowSpans): void {
  const value = bytes.indexOf('Value', from)
  if (value < 0 || value >= end) return
  let quote = value + 5
  while (quote < end && bytes[quote] !== 0x22 && bytes[quote] !== 0x27) quote++
  const close = bytes.indexOf(bytes[quote] ?? 0x22, quote + 1)
  if (close < 0 || close >= end) return
  put(spans.gtins, spans.gtinCount++, quote + 1, close)
}

/** The text of an `M_Prod_ID`; returns where it ends. */
function addOtherCode(bytes: Buffer, from: number, spans: RowSpans): number {
  const close = bytes.indexOf('</M_Prod_ID', from)
  if (close < 0) return from
  put(spans.otherCodes, spans.otherCodeCount++, from, close)
  return close
}

function put(list: Span[], place: number, from: number, to: number): void {
  const span = list[place]
  if (span === undefined) list.push({ from, to })
  else {
    span.from = from
    span.to = to
  }
}

/** Text of an attribute, XML's own entities decoded. */
export const textOf = (bytes: Buffer, { from, to }: Span): string => decode(bytes.toString('utf8', from, to))

/** Text between two tags, blanks around it left out; character data as it stands. */
export function contentOf(bytes: Buffer, span: Span): string {
  const raw = bytes.toString('utf8', span.from, span.to)
  const plain = raw.replace(/<!--[\s\S]*?-->/g, '')
  return plain
    .split(/<!\[CDATA\[([\s\S]*?)\]\]>/)
    .map((part, index) => (index % 2 === 1 ? part : decode(part)))
    .join('')
    .trim()
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function decode(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(/&(#x[0-9a-f]+|#\d+|\w+);/gi, (whole, name: string) => {
    if (!name.startsWith('#')) return entities[name] ?? whole
    const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1))
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
}

function tagOf(bytes: Buffer, lt: number): { attributes: Record<string, string> } {
  const tag = bytes.toString('utf8', lt, tagEnd(bytes, lt))
  const attributes: Record<string, string> = {}
  for (const [, name = '', double, single] of tag.matchAll(/([\w.:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)) {
    // XML makes blanks of line breaks inside attributes.
    attributes[name] = decode((double ?? single ?? '').replace(/[\t\n\r]/g, ' '))
  }
  return { attributes }
}
