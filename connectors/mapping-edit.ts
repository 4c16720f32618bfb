import { isDeepStrictEqual } from 'node:util'
import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  type Pair,
  parse,
  parseDocument,
  type ParsedNode,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'
import { yamlWord } from './mapping-file.ts'

/**
 * Changes of a mapping file that a person wrote: only the line that says the new thing is added or changed, so comments, order and
 * blanks stay and `git diff` shows what was done. Each change is read again and held against what it should say; text in, text out.
 */

/** The file does not let itself be changed that way; it is as it was. */
export class MappingEditError extends Error {
  override readonly name = 'MappingEditError'
}

/** What stands behind the new line where it gets one of its own; lists and maps in one line have no room for it. */
type Comment = string | null

type Collection = YAMLMap.Parsed | YAMLSeq.Parsed

/** `version:` of the file. */
export function setVersion(text: string, version: number): string {
  const value = pairOf(rootOf(text), 'version')?.value
  if (!isScalar(value)) throw new MappingEditError('The file has no version')
  const edited = text.slice(0, value.range[0]) + String(version) + text.slice(value.range[1])
  return held(text, edited, (root) => root.set('version', version))
}

/**
 * `key: value` at the end of the map under `path`, which is made where it is missing. A key that is there already takes what its
 * map or list lacks; one that says something else is left alone, and the edit refused. `value` is YAML that fits in one line.
 */
export function addEntry(
  text: string,
  path: readonly string[],
  key: string,
  value: string,
  comment: Comment = null,
): string {
  const there = nodeAt(text, [...path, key])
  const added = parseDocument(value).contents
  if (isMap(there) && isMap(added)) {
    return added.items.reduce(
      (edited, { key: inner, value: own }) =>
        addEntry(edited, [...path, key], keyText(inner), sourceOf(value, own), comment),
      text,
    )
  }
  if (isSeq(there) && isSeq(added)) {
    return added.items.reduce(
      (edited, item) => addItem(edited, [...path, key], sourceOf(value, item), comment),
      text,
    )
  }
  if (there !== undefined && !isEmpty(there))
    throw new MappingEditError(`${[...path, key].join('.')} says something already; change it in the file`)
  const line = `${keyWord(key)}: ${value}`
  return held(
    text,
    isEmpty(there) ? filled(text, [...path, key], value) : inserted(text, path, line, comment, 'map'),
    (root) => mapUnder(root, path).set(key, valueOf(value)),
  )
}

/** `- value` at the end of the list under `path`, which is made where it is missing. */
export function addItem(
  text: string,
  path: readonly string[],
  value: string,
  comment: Comment = null,
): string {
  return held(text, inserted(text, path, value, comment, 'list'), (root) => {
    const [key = ''] = path.slice(-1)
    const owner = mapUnder(root, path.slice(0, -1))
    const items = owner.get(key) ?? []
    if (!Array.isArray(items)) throw new MappingEditError(`${path.join('.')} is no list`)
    owner.set(key, [...(items as unknown[]), valueOf(value)])
  })
}

export const hasSection = (text: string, section: string): boolean => nodeAt(text, [section]) !== undefined

/** Text of a person's as YAML shows it, in one line. */
export const quoted = (text: string): string => `'${oneLine(text).replaceAll("'", "''")}'`

const oneLine = (text: string): string => text.replace(/[\s\p{Cc}]+/gu, ' ').trim()

/** A line of its own below what stands under `path`, or one more item of what stands in braces. */
function inserted(
  text: string,
  path: readonly string[],
  line: string,
  comment: Comment,
  kind: 'map' | 'list',
): string {
  const node = nodeAt(text, path)
  const own = (kind === 'list' ? `- ${line}` : line) + (comment === null ? '' : ` # ${oneLine(comment)}`)
  if (isMap(node) || isSeq(node)) {
    if (isSeq(node) !== (kind === 'list'))
      throw new MappingEditError(`${path.join('.')} is ${isSeq(node) ? 'a list' : 'no list'}`)
    return node.flow === true
      ? insertedInFlow(text, node, line)
      : lineAfter(text, endOf(node), columnOf(text, node.range[0]), own)
  }
  const [key = ''] = path.slice(-1)
  const above = path.slice(0, -1)
  if (node === undefined) {
    // A map in braces has room for nothing but braces.
    const owner = nodeAt(text, above)
    const inner = kind === 'list' ? `[${line}]` : `{ ${line} }`
    if (isMap(owner) && owner.flow === true) return insertedInFlow(text, owner, `${keyWord(key)}: ${inner}`)
    const begun = inserted(text, above, `${keyWord(key)}:`, null, 'map')
    return inserted(begun, path, line, comment, kind)
  }
  if (!isEmpty(node)) throw new MappingEditError(`${path.join('.')} is no ${kind}`)
  const owner = nodeAt(text, above)
  const pair = isMap(owner) ? pairOf(owner, key) : undefined
  if (!isMap(owner) || owner.flow === true || pair === undefined)
    throw new MappingEditError(`${path.join('.')} is empty; write it into the file`)
  return lineAfter(text, pair.key.range[1], columnOf(text, pair.key.range[0]) + stepOf(text), own)
}

/** The value of a key that has none yet. */
function filled(text: string, path: readonly string[], value: string): string {
  const [key = ''] = path.slice(-1)
  const owner = nodeAt(text, path.slice(0, -1))
  const pair = isMap(owner) ? pairOf(owner, key) : undefined
  const colon = pair === undefined ? -1 : text.indexOf(':', pair.key.range[1])
  if (colon < 0) throw new MappingEditError(`${path.join('.')} is empty; write it into the file`)
  return `${text.slice(0, colon + 1)} ${value}${text.slice(colon + 1)}`
}

function insertedInFlow(text: string, node: Collection, line: string): string {
  const [start, end] = node.range
  const close = end - 1
  const last = node.items.at(-1)
  if (last === undefined)
    return text.slice(0, start) + (isSeq(node) ? `[${line}]` : `{ ${line} }`) + text.slice(end)
  const lastEnd = isSeq(node) ? endOf(last as ParsedNode) : endOfPair(last as ParsedPair)
  const rest = text.slice(lastEnd, close)
  const comma = /^\s*,/.exec(rest)?.[0].length ?? null
  if (!rest.includes('\n')) {
    return comma === null
      ? `${text.slice(0, lastEnd)}, ${line}${text.slice(lastEnd)}`
      : `${text.slice(0, lastEnd + comma)} ${line}${text.slice(lastEnd + comma)}`
  }
  const begun = isSeq(node) ? (last as ParsedNode).range[0] : (last as ParsedPair).key.range[0]
  const column = /^\s*/.exec(text.slice(lineStart(text, begun)))?.[0].length ?? 0
  return comma === null
    ? lineAfter(`${text.slice(0, lastEnd)},${text.slice(lastEnd)}`, lastEnd + 1, column, line)
    : lineAfter(text, lastEnd + comma, column, `${line},`)
}

/** Behind the line that holds this place, its comment included. */
function lineAfter(text: string, place: number, column: number, line: string): string {
  const at = text.indexOf('\n', place)
  const newline = text.includes('\r\n') ? '\r\n' : '\n'
  const end = at < 0 ? text.length : text[at - 1] === '\r' ? at - 1 : at
  return `${text.slice(0, end)}${newline}${' '.repeat(column)}${line}${text.slice(end)}`
}

type ParsedPair = Pair<ParsedNode, ParsedNode | null>

/** Behind the last sign of what a node says; comments and blank lines below it are not its own. */
function endOf(node: ParsedNode): number {
  if (isMap(node) && node.flow !== true) {
    const last = node.items.at(-1)
    if (last) return endOfPair(last)
  }
  if (isSeq(node) && node.flow !== true) {
    const last = node.items.at(-1)
    if (last) return endOf(last)
  }
  return node.range[1]
}

/** A block of text ends with the newline behind it, which is not its own either. */
const endOfPair = ({ key, value }: ParsedPair): number => {
  const end = value === null || value.range[1] === value.range[0] ? key.range[1] : endOf(value)
  return isScalar(value) && value.type?.startsWith('BLOCK') === true ? end - 1 : end
}

const lineStart = (text: string, place: number): number => text.lastIndexOf('\n', place - 1) + 1
const columnOf = (text: string, place: number): number => place - lineStart(text, place)

/** How far this file moves in what stands below something. */
function stepOf(text: string): number {
  const root = rootOf(text)
  const inner = root.items.map(({ value }) => value).find((value) => isMap(value) && value.flow !== true)
  return (inner && columnOf(text, inner.range[0])) || 2
}

/** Nothing behind the colon. */
const isEmpty = (node: ParsedNode | null | undefined): boolean =>
  node === null || (isScalar(node) && node.range[1] === node.range[0])

function rootOf(text: string): YAMLMap.Parsed {
  const root = parsed(text).contents
  if (!isMap(root)) throw new MappingEditError('The file holds no mapping')
  return root
}

function parsed(text: string): Document.Parsed {
  const document = parseDocument(text, { prettyErrors: false })
  if (document.errors.length > 0)
    throw new MappingEditError('The file is no YAML as it is; mend that first, then change it here')
  return document
}

const keyText = (key: ParsedNode): string => (isScalar(key) ? key.source : '')

const pairOf = (map: YAMLMap.Parsed, key: string): ParsedPair | undefined =>
  map.items.find((pair) => keyText(pair.key) === key)

/** Undefined: nothing stands there; null or an empty scalar: the key alone. */
function nodeAt(text: string, path: readonly string[]): ParsedNode | null | undefined {
  return path.reduce<ParsedNode | null | undefined>(
    (node, key) => (isMap(node) ? pairOf(node, key)?.value : undefined),
    rootOf(text),
  )
}

const sourceOf = (text: string, node: ParsedNode | null): string =>
  node === null ? '' : text.slice(node.range[0], node.range[1])

const valueOf = (value: string): unknown => parse(value, { mapAsMap: true }) as unknown

/** Addresses of Icecat's, such as `feature/944`, need no quotes. */
const keyWord = (key: string): string => (/^[a-z]+\/[\w.-]+$/.test(key) ? key : yamlWord(key))

type Plain = Map<unknown, unknown>

function mapUnder(root: Plain, path: readonly string[]): Plain {
  return path.reduce((owner, key) => {
    const inner = owner.get(key) ?? new Map<unknown, unknown>()
    if (!(inner instanceof Map)) throw new MappingEditError(`${path.join('.')} is no map`)
    owner.set(key, inner)
    return inner
  }, root)
}

/** The edited text, if it says what the old one said with this one change, and nothing else. */
function held(text: string, edited: string, change: (root: Plain) => void): string {
  const [before, after] = [text, edited].map((one) => parsed(one).toJS({ mapAsMap: true }) as Plain)
  if (before === undefined) throw new MappingEditError('The file holds no mapping')
  change(before)
  if (!isDeepStrictEqual(before, after))
    throw new MappingEditError('The file is written in a way that this cannot change; change it by hand')
  return edited
}
