import { readRule } from '../../mapping/read-rule.ts'
import type { MapEntry, MappingNode } from '../../mapping/node.ts'
import type { Field, Reader } from '../../mapping/reader.ts'
import type { IcecatRule, IcecatSource } from './document.ts'
import { type IcecatAddress, parseIcecatAddress } from './icecat-address.ts'

/** An address of Icecat's, a list of them, or an object with steps. Undefined when it is none; why is among the reader's problems. */
export function readIcecatRule(field: Field, reader: Reader): IcecatRule | undefined {
  const { node } = field
  if (node.kind !== 'map') {
    const addresses = readIcecatAddresses(field, reader)
    const rule = readRule({ ...field, node: standIn(node) }, reader)
    return addresses && rule && { ...rule, text: node.text, source: { kind: 'from', addresses } }
  }
  const entry = (name: string) => node.entries.find(({ key }) => key === name)
  if (entry('expr')) {
    reader.error(at(field, entry('expr'), 'expr'), 'cannot be used here: from, const and template can')
    return undefined
  }
  const source = readSource(field, entry, reader)
  // Everything else is said as in every other rule: the same code reads it, with an address that is one for Akeneo.
  const rule = readRule({ ...field, node: { ...node, entries: node.entries.map(withoutAddress) } }, reader)
  if (!rule) return undefined
  const made =
    rule.source.kind === 'const' ? ({ kind: 'const', constant: rule.source.constant } as const) : source
  return made && { ...rule, text: node.text, source: made }
}

function readSource(
  field: Field,
  entry: (name: string) => MapEntry | undefined,
  reader: Reader,
): IcecatSource | undefined {
  const from = entry('from')
  if (from) {
    const addresses = readIcecatAddresses(at(field, from, 'from'), reader)
    return addresses && { kind: 'from', addresses }
  }
  const template = entry('template')
  if (!template) return undefined
  const place = at(field, template, 'template')
  const text = reader.text(place)
  const parts = text === undefined ? undefined : readTemplate(text, place.line)
  if (typeof parts === 'string') reader.error(place, parts)
  return Array.isArray(parts) ? { kind: 'template', parts } : undefined
}

const at = (field: Field, entry: MapEntry | undefined, name: string): Field => ({
  path: `${field.path}.${name}`,
  line: entry?.line ?? field.line,
  node: entry?.node ?? field.node,
})

const standIn = (node: MappingNode): MappingNode => ({
  kind: 'scalar',
  value: 'icecat',
  line: node.line,
  text: node.text,
})

function withoutAddress(entry: MapEntry): MapEntry {
  if (entry.key === 'from') return { ...entry, node: standIn(entry.node) }
  return entry.key === 'template' ? { ...entry, key: 'from', node: standIn(entry.node) } : entry
}

/** One address, or a list of at least one. */
export function readIcecatAddresses(field: Field, reader: Reader): IcecatAddress[] | undefined {
  const fields = field.node.kind === 'list' ? (reader.items(field) ?? []) : [field]
  if (fields.length === 0) reader.error(field, 'must name at least one address')
  const addresses = fields.flatMap((item) => {
    const text = reader.text(item)
    const address = text === undefined ? undefined : parseIcecatAddress(text, item.line)
    if (typeof address === 'string') reader.error(item, address)
    return typeof address === 'object' ? [address] : []
  })
  return addresses.length === fields.length && addresses.length > 0 ? addresses : undefined
}

/** `{brand} {name}`; `{{` and `}}` are braces. A sentence when it cannot be read. */
function readTemplate(text: string, line: number): (string | IcecatAddress)[] | string {
  const parts: (string | IcecatAddress)[] = []
  for (const [piece] of text.matchAll(/\{\{|\}\}|\{[^{}]*\}|[^{}]+|[{}]/g)) {
    if (piece === '{' || piece === '}')
      return `has a ${piece} alone; a brace of its own is written ${piece}${piece}`
    if (piece === '{{' || piece === '}}') parts.push(piece.charAt(0))
    else if (piece.startsWith('{')) {
      const address = parseIcecatAddress(piece.slice(1, -1).trim(), line)
      if (typeof address === 'string') return address
      parts.push(address)
    } else parts.push(piece)
  }
  return parts
}
