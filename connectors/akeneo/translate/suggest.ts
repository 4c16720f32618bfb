import type { HubMapping } from '../../../domain/mapping/document.ts'
import { byCode, foldCase } from '../../../domain/text.ts'
import { yamlWord } from '../../mapping-file.ts'
import type { AkeneoAttribute } from '../schema.ts'
import { compileOutput } from './compile-output.ts'
import { defaultChoices } from './default-choices.ts'
import { type FillCounts, percent } from './default-mapping.ts'
import { readersByAttribute } from './rules/all-rules.ts'
import type { Structure } from './structure.ts'

/** A line that a mapping file could have. */
export interface MappingSuggestion {
  /** Where it belongs, such as `product.brand`. */
  path: string
  /** To be put there as it is. */
  yaml: string
  reason: string
  /** The attribute that it reads; null where it reads an association. */
  attribute: string | null
  /** Records with a value of what it reads, such as `81 %`; null where nobody counted. */
  filled: string | null
}

/**
 * What the file does not use and names or types make likely. Proposed, never assumed: nothing here changes a file. What a rule reads
 * already, or `except` names, is not proposed again.
 */
export function suggestAdditions(
  mapping: HubMapping,
  structure: Structure,
  counts: FillCounts | null = null,
): MappingSuggestion[] {
  const { product } = mapping
  const readers = readersByAttribute(compileOutput(mapping, structure), structure)
  const left = new Set(mapping.attributes.except.map(({ text }) => foldCase(text)))
  const free = [...structure.attributes.values()]
    .filter(({ code }) => !readers.has(code) && !left.has(foldCase(code)))
    .sort((a, b) => byCode(a.code, b.code))
  const choices = defaultChoices(structure)
  const isFree = (code: string | null): code is string => free.some((attribute) => attribute.code === code)
  const made: MappingSuggestion[] = []
  // Other prices stand beside a list price only: one that the file has, or that is proposed too and is not they.
  const list = product.prices.list ? null : choices.price
  const hasList = product.prices.list !== null || isFree(list)
  const add = (path: string, yaml: string, reason: string, code?: string) =>
    made.push({
      path,
      yaml,
      reason,
      attribute: code ?? null,
      filled: code === undefined || !counts ? null : filled(code, counts),
    })
  // Selects are read by their labels, in any locale; what else is offered stands in a field that has one value for all locales.
  const fits = ({ type, localizable }: AkeneoAttribute, types: readonly string[]) =>
    types.includes(type) && (!localizable || type === 'pim_catalog_simpleselect')
  const offer = (
    wanted: boolean,
    pattern: RegExp,
    types: readonly string[],
    make: (code: string) => void,
  ) => {
    const found = wanted
      ? free.find(
          (attribute) => attribute.code !== list && pattern.test(attribute.code) && fits(attribute, types),
        )
      : undefined
    if (found) make(found.code)
  }

  if (!product.description && isFree(choices.description)) {
    add(
      'product.description',
      `description: ${yamlWord(choices.description)}`,
      'a text area of that name',
      choices.description,
    )
  }
  const barcode = choices.barcodes.find(isFree)
  if (!product.barcode && barcode !== undefined) {
    add(
      'product.barcode',
      `barcode: { from: ${yamlWord(barcode)}, as: gtin }`,
      'named like a barcode',
      barcode,
    )
  }
  if (!product.prices.list && isFree(choices.price)) {
    add('product.prices', `prices: { list: ${yamlWord(choices.price)} }`, 'a price collection', choices.price)
  }
  const price = ['pim_catalog_price_collection']
  offer(hasList && !product.prices.sale, /^(?:sale|special|promo)/i, price, (code) =>
    add(
      'product.prices.sale',
      `sale: ${yamlWord(code)}`,
      'a price collection named like a reduced price',
      code,
    ),
  )
  offer(hasList && !product.prices.msrp, /(?:msrp|rrp|uvp)/i, price, (code) =>
    add(
      'product.prices.msrp',
      `msrp: ${yamlWord(code)}`,
      'a price collection named like an advised price',
      code,
    ),
  )
  offer(!product.brand, /^(?:brand|manufacturer|marque|marke)$/i, ['pim_catalog_simpleselect'], (code) =>
    add(
      'product.brand',
      `brand: { from: ${yamlWord(code)}, as: label }`,
      'a select named like a brand',
      code,
    ),
  )
  offer(product.alternateIds.length === 0, /^(?:mpn|manufacturer_(?:part_)?number)$/i, texts, (code) =>
    add('product.alternateIds', `alternateIds: { mpn: ${yamlWord(code)} }`, 'named like a part number', code),
  )
  offer(mapping.inventory.levels.length === 0, /(?:stock|inventory|quantity_on_hand)/i, numbers, (code) =>
    add(
      'inventory',
      `inventory: { levels: [{ location: main, unit: each, quantity: ${yamlWord(code)} }] }`,
      'a number named like a stock',
      code,
    ),
  )
  offer(mapping.units.length < 2, /^(?:case|carton|box|pack)_(?:quantity|qty|size)$/i, numbers, (code) =>
    add(
      'units',
      `- { code: case, conversion: ${yamlWord(code)}, when: { filled: [${yamlWord(code)}] } }`,
      'a number named like what a case holds',
      code,
    ),
  )
  for (const { code, type } of free) {
    const role = type === 'pim_catalog_image' ? 'gallery' : type === 'pim_catalog_file' ? 'manual' : null
    if (role !== null) {
      add(
        'media',
        `- { role: ${role}, from: ${yamlWord(code)} }`,
        `${role === 'gallery' ? 'an image' : 'a file'} that no line carries`,
        code,
      )
    }
  }
  made.push(...mixedUnits(free, mapping, structure, counts))
  if (mapping.related !== 'all') {
    const carried = mapping.related
    for (const code of choices.plainAssociations) {
      if (carried.some(({ association }) => same(association, code)) || isKit(mapping, code)) continue
      add(
        `related.${code}`,
        `${yamlWord(code)}: ${yamlWord(code)}`,
        'a plain association type that no line carries',
      )
    }
  }
  for (const code of choices.quantifiedAssociations) {
    if (isKit(mapping, code)) continue
    add(
      `kits.${code}`,
      `${yamlWord(code)}: { type: basic, whenIncomplete: skip-item }`,
      'has quantities, so it may say what is in a set',
    )
  }
  return made
}

const texts = ['pim_catalog_text', 'pim_catalog_identifier']
const numbers = ['pim_catalog_number']
const same = (a: string, b: string) => foldCase(a) === foldCase(b)
const isKit = ({ kits }: HubMapping, code: string) => kits.some(({ association }) => same(association, code))
const filled = (code: string, { filled: by, records }: FillCounts) =>
  records === 0 ? null : percent(by.get(code) ?? 0, records)

/** A weight in grams here and kilograms there cannot be compared; one unit for all can. */
function mixedUnits(
  free: readonly AkeneoAttribute[],
  { attributes }: HubMapping,
  structure: Structure,
  counts: FillCounts | null,
): MappingSuggestion[] {
  return free.flatMap(({ code, type, metric_family, default_metric_unit: unit }) => {
    const family = structure.measurementFamilies.get(metric_family ?? '')
    if (type !== 'pim_catalog_metric' || !unit || !family) return []
    if (!Object.hasOwn(family.units, unit) || attributes.named.some((known) => same(known.code, code)))
      return []
    return [
      {
        path: `attributes.${code}`,
        yaml: `${yamlWord(code)}: { from: ${yamlWord(code)}, unit: ${yamlWord(unit)} }`,
        reason: `in one unit for all products; ${unit} is what Akeneo's screens propose`,
        attribute: code,
        filled: counts && filled(code, counts),
      },
    ]
  })
}
