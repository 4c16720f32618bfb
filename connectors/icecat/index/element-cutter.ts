import { ContractError } from '../../errors.ts'

const LT = 0x3c
const GT = 0x3e
const QUOTE = 0x22
const APOSTROPHE = 0x27
const SLASH = 0x2f

const FILE_OPEN = Buffer.from('<file')
const FILE_CLOSE = Buffer.from('</file')
const ROOT_CLOSE = Buffer.from('</ICECAT-interface')
const HEAD = Buffer.from('<files.index')
const COMMENT = Buffer.from('<!--')
const CDATA = Buffer.from('<![CDATA[')

/** The longest rows that are real have some 30 kB. */
const longestElement = 4 * 1024 * 1024

/**
 * Cuts an index into pieces that hold whole `file` elements, without reading what is in them: 27 million rows go through in
 * minutes. Quotes, comments and character data are respected, so that no sign inside a value ends an element; declarations in
 * the document type are refused. Not a check of well-formedness: what it cuts is parsed by whoever matches it.
 */
export class ElementCutter {
  #rest: Buffer = Buffer.alloc(0)
  #generated: string | null = null
  /** The whole index has come. */
  #isClosed = false
  readonly #asked: string

  constructor(asked: string) {
    this.#asked = asked
  }

  /** When the index was made, YYYYMMDDHHMMSS; null until its first line has come. */
  get generated(): string | null {
    return this.#generated
  }

  /** From the first to the last element that is complete now; undefined when none is. */
  push(chunk: Buffer): Buffer | undefined {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    let first = -1
    let end = -1
    let open = -1
    let at = 0
    for (;;) {
      const lt = bytes.indexOf(LT, at)
      if (lt < 0) {
        at = bytes.length
        break
      }
      at = lt
      const after = this.#after(bytes, lt)
      if (after < 0) break
      if (open < 0) {
        if (isTag(bytes, lt, FILE_OPEN)) {
          open = lt
          if (bytes[after - 2] === SLASH) {
            first = first < 0 ? lt : first
            end = after
            open = -1
          }
        } else if (isTag(bytes, lt, ROOT_CLOSE)) this.#isClosed = true
        else if (isTag(bytes, lt, HEAD)) this.#generated = generatedIn(bytes.toString('utf8', lt, after))
      } else if (isTag(bytes, lt, FILE_CLOSE)) {
        first = first < 0 ? open : first
        end = after
        open = -1
      }
      at = after
    }
    this.#keep(bytes, open >= 0 ? open : Math.min(at, bytes.length))
    return first < 0 ? undefined : bytes.subarray(first, end)
  }

  /** Throws when the index has not come whole: what is missing would be taken for products that Icecat does not have. */
  end(): void {
    if (!this.#isClosed) throw broken(this.#asked, 'an index that ends before its last line')
  }

  #keep(bytes: Buffer, from: number): void {
    const rest = bytes.subarray(from)
    if (rest.length > longestElement) throw broken(this.#asked, `a row of more than ${longestElement} bytes`)
    // A copy: the chunk it is part of must not be kept alive by it.
    this.#rest = Buffer.from(rest)
  }

  /** Behind the tag, comment or instruction that begins here; -1 when its end has not come yet. */
  #after(bytes: Buffer, lt: number): number {
    const next = bytes[lt + 1]
    if (next === undefined) return -1
    if (next === 0x21) return this.#afterDeclaration(bytes, lt)
    if (next === 0x3f) return behind(bytes, '?>', lt + 2)
    return tagEnd(bytes, lt)
  }

  #afterDeclaration(bytes: Buffer, lt: number): number {
    if (startsWith(bytes, lt, COMMENT)) return behind(bytes, '-->', lt + COMMENT.length)
    if (startsWith(bytes, lt, CDATA)) return behind(bytes, ']]>', lt + CDATA.length)
    // Too short yet to tell a comment from a document type.
    if (bytes.length - lt < CDATA.length) return -1
    const end = bytes.indexOf(GT, lt)
    const subset = bytes.indexOf(0x5b, lt)
    if (subset >= 0 && (end < 0 || subset < end))
      throw broken(this.#asked, 'a document type with declarations')
    return end < 0 ? -1 : end + 1
  }
}

/** The list's own name is that of its file in some indexes: what is in it counts. */
const generatedIn = (tag: string): string | null =>
  /\sGenerated\s*=\s*["'](\d{14})["']/.exec(tag)?.[1] ?? null

const behind = (bytes: Buffer, mark: string, from: number): number => {
  const found = bytes.indexOf(mark, from)
  return found < 0 ? -1 : found + mark.length
}

/** Behind the `>` of a tag; one inside quotes does not count. */
export function tagEnd(bytes: Buffer, lt: number): number {
  for (let at = lt + 1; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte === GT) return at + 1
    if (byte === QUOTE || byte === APOSTROPHE) {
      at = bytes.indexOf(byte, at + 1)
      if (at < 0) return -1
    }
  }
  return -1
}

function startsWith(bytes: Buffer, at: number, wanted: Buffer): boolean {
  for (let place = 0; place < wanted.length; place++) {
    if (bytes[at + place] !== wanted[place]) return false
  }
  return true
}

/** The name ends there: `files.index` is no `file`. */
function isTag(bytes: Buffer, at: number, name: Buffer): boolean {
  if (!startsWith(bytes, at, name)) return false
  const next = bytes[at + name.length]
  return next === 0x20 || next === GT || next === SLASH || next === 0x0a || next === 0x0d || next === 0x09
}

const broken = (asked: string, came: string) =>
  new ContractError({
    code: 'index-broken',
    asked,
    came,
    remedy:
      'The index is not used; the one of the next night is. If it stays so, find out who answers instead of Icecat.',
  })
