import { toDecimal } from '../decimal.ts'
import { foldCase } from '../text.ts'
import { type Address, parseAddress } from './address.ts'
import type { Field, Reader } from './reader.ts'
import {
  type Condition,
  type Constant,
  noSteps,
  roundings,
  type Rule,
  type RuleSource,
  type Steps,
} from './rule.ts'
import { parseTemplate } from './template.ts'

const sources = ['from', 'const', 'template', 'expr'] as const
const settings = [
  ...sources,
  'when',
  'map',
  'as',
  'unit',
  'decimals',
  'rounding',
  'html',
  'join',
  'max',
  'cut',
  'default',
  'required',
] as const
type Setting = (typeof settings)[number]

/** An address, a list of addresses, or an object with steps. Undefined when something is wrong; what is among the reader's problems. */
export function readRule(field: Field | undefined, reader: Reader): Rule | undefined {
  return field && reader.faultless(() => readParts(field, reader))
}

function readParts(field: Field, reader: Reader): Rule | undefined {
  const { node, path, line } = field
  const whole = { target: path, line, text: node.text, when: null, steps: noSteps, default: null }
  const parts = node.kind === 'map' ? reader.fields(field, settings) : undefined
  if (!parts) {
    const addresses = readAddresses(field, reader)
    if (!addresses) return undefined
    return { ...whole, source: { kind: 'from', addresses }, required: false, lines: {} }
  }
  const given = linesOf(parts, sources)
  const [first, ...others] = given
  if (!first || others.length > 0) {
    reader.error(
      field,
      first
        ? `has ${given.map(([name]) => name).join(' and ')}; a rule has one source`
        : 'says no source: it needs from, const, template or expr',
    )
    return undefined
  }
  const source = readSource(parts, reader)
  const steps = readSteps(parts, reader)
  if (!source) return undefined
  return {
    ...whole,
    source,
    steps,
    when: readCondition(parts.when, reader) ?? null,
    default: readConstant(parts.default, reader) ?? null,
    required: reader.flag(parts.required) ?? false,
    lines: { ...Object.fromEntries(linesOf(parts, settings)), source: first[1] },
  }
}

type Parts = Partial<Record<Setting, Field>>

const linesOf = (parts: Parts, names: readonly Setting[]): [Setting, number][] =>
  names.flatMap((name) => (parts[name] ? [[name, parts[name].line]] : []))

function readSource(parts: Parts, reader: Reader): RuleSource | undefined {
  if (parts.from) {
    const addresses = readAddresses(parts.from, reader)
    return addresses && { kind: 'from', addresses }
  }
  if (parts.const) {
    const constant = readConstant(parts.const, reader)
    return constant && { kind: 'const', constant }
  }
  if (parts.template) {
    const text = reader.text(parts.template)
    const template = text === undefined ? undefined : parseTemplate(text, parts.template.line)
    if (typeof template === 'string') reader.error(parts.template, template)
    return Array.isArray(template) ? { kind: 'template', parts: template } : undefined
  }
  const expression = reader.text(parts.expr)
  return expression === undefined ? undefined : { kind: 'expr', expression }
}

/** One address, or a list of at least one. */
export function readAddresses(field: Field, reader: Reader): Address[] | undefined {
  const fields = field.node.kind === 'list' ? (reader.items(field) ?? []) : [field]
  if (fields.length === 0) reader.error(field, 'must name at least one address')
  const addresses = fields.map((item) => {
    const text = reader.text(item)
    const address = text === undefined ? undefined : parseAddress(text, item.line)
    if (typeof address === 'string') reader.error(item, address)
    return typeof address === 'object' ? address : undefined
  })
  const readable = addresses.filter((address) => address !== undefined)
  return readable.length === addresses.length && readable.length > 0 ? readable : undefined
}

export function readCondition(field: Field | undefined, reader: Reader): Condition | undefined {
  const parts = field && reader.fields(field, ['family', 'filled', 'empty'])
  if (!parts) return undefined
  if (!parts.family && !parts.filled && !parts.empty) reader.error(field, 'must name family, filled or empty')
  const family = reader.words(parts.family)?.map(({ text }) => text) ?? null
  if (family?.length === 0) reader.error(parts.family ?? field, 'must name at least one family')
  const filled = parts.filled ? (readAddresses(parts.filled, reader) ?? []) : []
  const empty = parts.empty ? (readAddresses(parts.empty, reader) ?? []) : []
  for (const { text } of empty.filter((one) => filled.some(({ text }) => text === one.text)))
    reader.error(field, `never holds: ${text} would have to be filled and empty`)
  return { family, filled, empty, line: field.line }
}

export function readConstant(field: Field | undefined, reader: Reader): Constant | undefined {
  if (!field) return undefined
  const value = field.node.kind === 'scalar' ? field.node.value : undefined
  if (typeof value === 'string') return { type: 'text', value }
  if (typeof value === 'boolean') return { type: 'boolean', value }
  // The text of the file, not the number that became of it: 0.10 has no float.
  const decimal =
    typeof value === 'number' && field.node.kind === 'scalar' ? toDecimal(field.node.text) : undefined
  if (decimal !== undefined) return { type: 'number', value: decimal }
  reader.error(field, 'must be a text, a number, true or false')
  return undefined
}

function readSteps(parts: Parts, reader: Reader): Steps {
  const places = reader.whole(parts.decimals, 0, 20)
  const rounding = reader.choice(parts.rounding, roundings)
  if (parts.rounding && !parts.decimals) reader.error(parts.rounding, 'needs decimals beside it')
  const length = reader.whole(parts.max, 1, 10_000_000)
  const cut = reader.choice(parts.cut, ['word', 'character', 'refuse'])
  if (parts.cut && !parts.max) reader.error(parts.cut, 'needs max beside it')
  return {
    map: readMap(parts.map, reader) ?? null,
    as: reader.choice(parts.as, ['label', 'gtin']) ?? null,
    unit: reader.text(parts.unit) ?? null,
    decimals: places === undefined ? null : { places, rounding: rounding ?? 'half-up' },
    html: reader.choice(parts.html, ['clean', 'strip', 'keep']) ?? null,
    join: readSeparator(parts.join, reader) ?? null,
    max: length === undefined ? null : { length, cut: cut ?? 'word' },
  }
}

function readMap(field: Field | undefined, reader: Reader): Map<string, Constant> | undefined {
  const entries = field && reader.entries(field)
  if (!entries) return undefined
  if (entries.length === 0) reader.error(field, 'must map at least one value')
  return new Map(
    entries.flatMap(({ key, line, node }) => {
      const constant = readConstant({ path: `${field.path}.${key}`, line, node }, reader)
      return constant ? [[foldCase(key), constant] as const] : []
    }),
  )
}

/** A separator may be blank, which other texts may not; `html-list` makes a list of HTML. */
function readSeparator(field: Field | undefined, reader: Reader): string | undefined {
  if (!field) return undefined
  if (field.node.kind === 'scalar' && typeof field.node.value === 'string') return field.node.value
  reader.error(field, 'must be the text between two items, or html-list')
  return undefined
}
