import type { HubMapping, InventoryRule, KitRule, MediaRule, PriceRules, UnitRule, Word } from './document.ts'
import type { MappingNode } from './node.ts'
import { inFileOrder, type MappingProblem } from './problem.ts'
import { type Field, Reader } from './reader.ts'
import { readAddresses, readCondition, readConstant, readRule } from './read-rule.ts'
import { noSteps, type Rule } from './rule.ts'

export interface ReadMapping {
  /** Null when so little could be read that no rule can run. */
  mapping: HubMapping | null
  /** All at once, in the order of the file. */
  problems: MappingProblem[]
}

const sections = [
  'version',
  'output',
  'channel',
  'locales',
  'currencies',
  'publish',
  'guards',
  'variants',
  'product',
  'attributes',
  'media',
  'units',
  'inventory',
  'related',
  'kits',
] as const

/** What a file of the direction Akeneo to hub says. A part that cannot be read is left out and reported; the others stand. */
export function readMapping(name: string, root: MappingNode): ReadMapping {
  const reader = new Reader()
  const whole: Field = { path: '', line: 1, node: root }
  const parts = reader.fields(whole, sections)
  if (!parts) return { mapping: null, problems: reader.problems }
  for (const needed of ['version', 'output', 'channel'] as const) {
    if (!parts[needed]) reader.error({ path: needed, line: 1 }, 'is missing')
  }
  const version = reader.whole(parts.version, 1, Number.MAX_SAFE_INTEGER)
  const output = readOutputName(parts.output, reader)
  const channel = reader.word(parts.channel)
  const variants = parts.variants && reader.fields(parts.variants, ['groupAt'])
  const units = readUnits(parts.units, reader)
  const mapping: HubMapping = {
    name,
    version: version ?? 1,
    output: output ?? '',
    channel: channel ?? { text: '', line: 1 },
    locales: readLocales(parts.locales, reader),
    currencies: reader.words(parts.currencies) ?? null,
    publish: readPublish(parts.publish, reader),
    guards: readGuards(parts.guards, reader),
    groupAt: reader.choice(variants?.groupAt, ['root', 'lowest']) ?? 'root',
    product: readProduct(parts.product, reader),
    attributes: readAttributes(parts.attributes, reader),
    media: readMedia(parts.media, reader),
    units,
    inventory: readInventory(parts.inventory, units, reader),
    related: readRelated(parts.related, reader),
    kits: readKits(parts.kits, reader),
  }
  const runs = version !== undefined && output !== undefined && channel !== undefined
  return { mapping: runs ? mapping : null, problems: inFileOrder(reader.problems) }
}

/** Stands in feeds, addresses and ids. */
function readOutputName(field: Field | undefined, reader: Reader): string | undefined {
  const name = reader.text(field)
  if (name === undefined || !field) return undefined
  if (/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/.test(name)) return name
  reader.error(field, 'must be letters, digits, hyphens and underscores, at most 63')
  return undefined
}

function readLocales(field: Field | undefined, reader: Reader): HubMapping['locales'] {
  const entries = field && reader.entries(field)
  if (!entries) return null
  if (entries.length === 0) reader.error(field, 'must name at least one locale')
  return entries.map(({ key, line, node }) => {
    const fallbacks = reader.words({ path: `${field.path}.${key}`, line, node }) ?? []
    if (fallbacks.some(({ text }) => text === key)) {
      reader.error({ path: `${field.path}.${key}`, line }, 'names itself as its fallback')
    }
    return { locale: { text: key, line }, fallbacks }
  })
}

function readPublish(field: Field | undefined, reader: Reader): HubMapping['publish'] {
  const parts = field && reader.fields(field, ['enabled', 'within', 'complete'])
  const complete = parts?.complete && reader.fields(parts.complete, ['atLeast', 'locales'])
  const atLeast = reader.whole(complete?.atLeast, 0, 100)
  if (parts?.complete && complete && !complete.atLeast) reader.error(parts.complete, 'needs atLeast')
  return {
    enabled: reader.flag(parts?.enabled) ?? true,
    within: reader.words(parts?.within) ?? [],
    complete: atLeast === undefined ? null : { atLeast, locales: reader.words(complete?.locales) ?? [] },
  }
}

function readGuards(field: Field | undefined, reader: Reader): HubMapping['guards'] {
  const parts = field && reader.fields(field, ['emptied', 'changed', 'retired'])
  return {
    emptied: reader.percentage(parts?.emptied) ?? null,
    changed: reader.percentage(parts?.changed) ?? null,
    retired: reader.percentage(parts?.retired) ?? null,
  }
}

const productFields = [
  'sku',
  'name',
  'description',
  'brand',
  'barcode',
  'alternateIds',
  'type',
  'taxClass',
  'prices',
] as const

function readProduct(field: Field | undefined, reader: Reader): HubMapping['product'] {
  const parts = field && reader.fields(field, productFields)
  const rule = (name: (typeof productFields)[number]) => readRule(parts?.[name], reader) ?? null
  return {
    sku: rule('sku'),
    name: rule('name'),
    description: rule('description'),
    brand: rule('brand'),
    barcode: rule('barcode'),
    type: rule('type'),
    taxClass: rule('taxClass'),
    alternateIds: rulesByName(parts?.alternateIds, reader).map(([type, made]) => ({ type, rule: made })),
    prices: readPrices(parts?.prices, reader),
  }
}

function rulesByName(field: Field | undefined, reader: Reader): [string, Rule][] {
  return reader.named(field).flatMap((entry) => {
    const rule = readRule(entry, reader)
    return rule ? [[entry.key, rule] as [string, Rule]] : []
  })
}

function readPrices(field: Field | undefined, reader: Reader): PriceRules {
  const parts = field && reader.fields(field, ['list', 'msrp', 'sale'])
  if (field && parts && !parts.list) reader.error(field, 'needs a list price; msrp and sale stand beside it')
  return {
    list: readRule(parts?.list, reader) ?? null,
    msrp: readRule(parts?.msrp, reader) ?? null,
    sale: readRule(parts?.sale, reader) ?? null,
  }
}

function readAttributes(field: Field | undefined, reader: Reader): HubMapping['attributes'] {
  const made: HubMapping['attributes'] = { include: field ? 'none' : 'all', except: [], named: [] }
  for (const part of reader.named(field)) {
    if (part.key === 'include') {
      made.include =
        (part.node.kind === 'list' ? reader.words(part) : reader.choice(part, ['all', 'none'])) ?? 'none'
    } else if (part.key === 'except') made.except = reader.words(part) ?? []
    else {
      const rule = readRule(part, reader)
      if (rule) made.named.push({ code: part.key, rule })
    }
  }
  return made
}

function readMedia(field: Field | undefined, reader: Reader): MediaRule[] {
  return ((field && reader.items(field)) ?? []).flatMap((item) => {
    const parts = reader.fields(item, ['role', 'from', 'when'])
    const role = reader.text(need(parts?.role, item, 'role', reader))
    const from = need(parts?.from, item, 'from', reader)
    const addresses = from && readAddresses(from, reader)
    const when = reader.faultless(() => readCondition(parts?.when, reader) ?? null)
    if (role === undefined || !addresses || when === undefined) return []
    return [{ role, addresses, when, line: item.line, text: item.node.text }]
  })
}

function need(field: Field | undefined, owner: Field, name: string, reader: Reader): Field | undefined {
  if (!field && owner.node.kind === 'map') reader.error(owner, `needs ${name}`)
  return field
}

function readUnits(field: Field | undefined, reader: Reader): UnitRule[] {
  if (!field) return []
  const units = (reader.items(field) ?? []).flatMap((item): UnitRule[] => {
    const parts = reader.fields(item, ['code', 'conversion', 'base', 'barcode', 'prices', 'weight', 'when'])
    const code = reader.text(need(parts?.code, item, 'code', reader))
    const conversion = readConversion(need(parts?.conversion, item, 'conversion', reader), reader)
    const when = reader.faultless(() => readCondition(parts?.when, reader) ?? null)
    if (code === undefined || !conversion || when === undefined) return []
    return [
      {
        code,
        base: reader.flag(parts?.base) ?? false,
        conversion,
        barcode: readRule(parts?.barcode, reader) ?? null,
        prices: readPrices(parts?.prices, reader),
        weight: readRule(parts?.weight, reader) ?? null,
        when,
        line: item.line,
        text: item.node.text,
      },
    ]
  })
  checkBase(field, units, reader)
  const seen = new Set<string>()
  for (const { code, line } of units) {
    if (seen.has(code)) reader.error({ path: field.path, line }, `unit ${code} stands twice`)
    seen.add(code)
  }
  return units
}

/** Everything else is counted in the base unit, so there is one, and it is itself. */
function checkBase(field: Field, units: UnitRule[], reader: Reader): void {
  const bases = units.filter(({ base }) => base)
  if (bases.length !== 1) {
    reader.error(field, `must have one unit with base: true, there are ${bases.length}`)
  }
  for (const { conversion, when, line } of bases) {
    const { source } = conversion
    if (source.kind !== 'const' || source.constant.value !== '1') {
      reader.error({ path: `${field.path}.conversion`, line }, 'of the base unit must be 1')
    }
    if (when) reader.error({ path: `${field.path}.when`, line }, 'must not stand at the base unit')
  }
}

/** A number of base units, or where it stands. */
function readConversion(field: Field | undefined, reader: Reader): Rule | undefined {
  if (field?.node.kind !== 'scalar' || typeof field.node.value !== 'number') return readRule(field, reader)
  const constant = readConstant(field, reader)
  if (!constant) return undefined
  if (Number(constant.value) <= 0) reader.error(field, 'must be greater than 0')
  const { path, line, node } = field
  const rule = { target: path, line, text: node.text, when: null, steps: noSteps, default: null }
  return { ...rule, source: { kind: 'const', constant }, required: false, lines: {} }
}

function readInventory(
  field: Field | undefined,
  units: readonly UnitRule[],
  reader: Reader,
): HubMapping['inventory'] {
  const parts = field && reader.fields(field, ['trackBy', 'levels'])
  const [first = 'each', ...others] = units.map(({ code }) => code)
  const known = [first, ...others]
  const levels = ((parts?.levels && reader.items(parts.levels)) ?? []).flatMap((item): InventoryRule[] => {
    const level = reader.fields(item, ['location', 'unit', 'quantity'])
    const location = reader.text(need(level?.location, item, 'location', reader))
    const unit: Word = reader.word(level?.unit) ?? { text: first, line: item.line }
    const quantity = readRule(need(level?.quantity, item, 'quantity', reader), reader)
    if (!known.includes(unit.text)) {
      reader.error(
        { path: `${item.path}.unit`, line: unit.line },
        `is not one of the units: ${known.join(', ')}`,
      )
    }
    return location === undefined || !quantity ? [] : [{ location, unit, quantity, line: item.line }]
  })
  return { trackBy: reader.choice(parts?.trackBy, ['product', 'variant']) ?? 'variant', levels }
}

function readRelated(field: Field | undefined, reader: Reader): HubMapping['related'] {
  if (!field) return []
  if (field.node.kind === 'scalar') return reader.choice(field, ['all'], 'a map of association types') ?? []
  return reader.named(field).flatMap((entry) => {
    const type = reader.text(entry)
    return type === undefined ? [] : [{ association: entry.key, type, line: entry.line }]
  })
}

/** The most that Akeneo itself allows as a quantity. */
export const largestQuantity = 2_147_483_647

function readKits(field: Field | undefined, reader: Reader): KitRule[] {
  return reader.named(field).flatMap((item): KitRule[] => {
    const parts = reader.fields(item, ['type', 'quantity', 'whenIncomplete'])
    const type = reader.choice(need(parts?.type, item, 'type', reader), ['basic', 'billOfMaterials', 'addOn'])
    if (type === undefined) return []
    const quantity = reader.whole(parts?.quantity, 1, largestQuantity)
    return [
      {
        association: item.key,
        type,
        quantity:
          parts?.quantity && quantity !== undefined
            ? { text: String(quantity), line: parts.quantity.line }
            : null,
        whenIncomplete: reader.choice(parts?.whenIncomplete, ['skip-item', 'wait']) ?? 'skip-item',
        line: item.line,
      },
    ]
  })
}
