import { StringDecoder } from 'node:string_decoder'
import { SaxesParser } from 'saxes'
import { ContractError } from '../../errors.ts'
import { notReadable } from '../answers.ts'

/** An element with all that is in it. */
export interface XmlElement {
  name: string
  attributes: Readonly<Record<string, string>>
  children: XmlElement[]
  text: string
}

export interface XmlLimits {
  /** Elements inside each other. */
  depth: number
  /** Elements inside one that is handed on. */
  elements: number
  /** Letters of text and attributes inside one that is handed on. */
  letters: number
}

/** The largest sheets seen have 2,000 elements; a category of the features list some ten thousand. */
const defaultLimits: XmlLimits = { depth: 32, elements: 500_000, letters: 32 * 1024 * 1024 }

/**
 * Hands on each element of these names with what is in it, and keeps nothing else: a list of gigabytes passes through. No
 * document type is looked at, no entity expanded but XML's own five; docs/adr/0008-icecat-doors.md says why this parser.
 */
export async function* readElements(
  source: AsyncIterable<Buffer> | Iterable<Buffer>,
  names: ReadonlySet<string>,
  asked: string,
  limits: XmlLimits = defaultLimits,
): AsyncGenerator<XmlElement> {
  const decoder = new StringDecoder('utf8')
  const reader = createReader(names, asked, limits)
  for await (const chunk of source) {
    yield* reader.write(decoder.write(chunk))
  }
  yield* reader.end(decoder.end())
}

/** The same for a whole text. */
export function elementsOf(
  xml: string,
  names: ReadonlySet<string>,
  asked: string,
  limits: XmlLimits = defaultLimits,
): XmlElement[] {
  const reader = createReader(names, asked, limits)
  return [...reader.write(xml), ...reader.end('')]
}

function createReader(names: ReadonlySet<string>, asked: string, limits: XmlLimits) {
  const parser = new SaxesParser()
  const open: XmlElement[] = []
  let depth = 0
  let elements = 0
  let letters = 0
  let done: XmlElement[] = []

  const count = (more: number) => {
    letters += more
    if (letters > limits.letters) throw tooLarge(asked, `more than ${limits.letters} letters in one element`)
  }
  parser.on('doctype', (text) => {
    // A name and an address are usual, and nobody fetches them; declarations of its own are an attack.
    if (/[[]|<!/.test(text)) throw declarations(asked)
  })
  parser.on('opentag', ({ name, attributes }) => {
    if (++depth > limits.depth) throw tooLarge(asked, `elements ${depth} deep`)
    const inside = open.at(-1)
    if (inside === undefined && !names.has(name)) return
    if (inside === undefined) [elements, letters] = [0, 0]
    if (++elements > limits.elements) throw tooLarge(asked, `more than ${limits.elements} elements in one`)
    for (const value of Object.values(attributes)) count(value.length)
    const element: XmlElement = { name, attributes, children: [], text: '' }
    inside?.children.push(element)
    open.push(element)
  })
  const addText = (text: string) => {
    const inside = open.at(-1)
    if (inside === undefined) return
    count(text.length)
    inside.text += text
  }
  parser.on('text', addText)
  parser.on('cdata', addText)
  parser.on('closetag', () => {
    depth--
    const element = open.pop()
    if (element !== undefined && open.length === 0) done.push(element)
  })
  parser.on('error', ({ message }) => {
    throw notReadable(asked, `XML that is not well-formed: ${message.slice(0, 120)}`)
  })
  const take = () => {
    const taken = done
    done = []
    return taken
  }
  return {
    write(text: string) {
      parser.write(text)
      return take()
    },
    end(text: string) {
      if (text !== '') parser.write(text)
      parser.close()
      return take()
    },
  }
}

const declarations = (asked: string) =>
  new ContractError({
    code: 'xml-declarations',
    asked,
    came: 'XML whose document type declares entities',
    remedy: 'No file of Icecat does that: find out who answers instead of Icecat.',
  })

const tooLarge = (asked: string, came: string) =>
  new ContractError({
    code: 'xml-too-large',
    asked,
    came: `XML with ${came}`,
    remedy: 'No file of Icecat is like that: find out who answers instead of Icecat, or report it.',
  })

export const childrenOf = (element: XmlElement | undefined, name: string): XmlElement[] =>
  element?.children.filter((child) => child.name === name) ?? []

export const childOf = (element: XmlElement | undefined, name: string): XmlElement | undefined =>
  element?.children.find((child) => child.name === name)

export const attributeOf = (element: XmlElement | undefined, name: string): string =>
  element?.attributes[name] ?? ''
