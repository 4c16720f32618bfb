import {
  labelsOf,
  levelOf,
  list,
  mainIdentifier,
  readCatalogue,
  same,
  type Catalogue,
  type Entry,
  type Model,
  type Own,
  type Product,
  type Row,
} from './catalogue.ts'
import { applyEdits, type Edit } from './edits.ts'

/**
 * A hub record as the defaults of the mapping make it, without ids and versions: links are by code, media without what only a
 * download tells. `rejected` is one that must not be in the hub.
 */
export interface OracleRecord {
  kind: 'attribute' | 'category' | 'group' | 'product'
  /** Code, SKU, or uuid of a product without SKU. */
  key: string
  rejected?: string
  fields: Record<string, unknown>
}

/** What the hub should hold once a catalogue, and edits after it, have been carried. */
export function oracleFromCsv(dir: string, edits: Edit[] = []): OracleRecord[] {
  const catalogue = readCatalogue(dir)
  applyEdits(catalogue, edits)
  const world = new World(catalogue)
  return [
    ...catalogue.attributes.map((row) => attributeRecord(row, world)),
    ...categoryRecords(world),
    ...catalogue.models.filter(({ parent }) => !parent).map((model) => groupRecord(model, world)),
    ...catalogue.products.map((product) => productRecord(product, world)),
  ]
}

class World {
  readonly catalogue: Catalogue
  readonly channel: string
  readonly locales: string[]
  readonly currencies: string[]
  readonly identifier: string

  constructor(catalogue: Catalogue) {
    this.catalogue = catalogue
    const first =
      [...catalogue.channels].sort((a, b) => ((a['code'] ?? '') < (b['code'] ?? '') ? -1 : 1))[0] ?? {}
    this.channel = first['code'] ?? ''
    this.locales = list(first['locales'])
    this.currencies = list(first['currencies'])
    this.identifier = mainIdentifier(catalogue.attributes)
  }

  attribute(code: string | undefined): Row | undefined {
    return this.catalogue.attributes.find((row) => same(row['code'], code))
  }

  model(code: string | null): Model | undefined {
    return code === null ? undefined : this.catalogue.models.find((model) => same(model.code, code))
  }

  /** From the root down, itself last. */
  lineage(own: Product | Model): (Product | Model)[] {
    const parent = this.model(own.parent)
    return parent ? [...this.lineage(parent), own] : [own]
  }

  /** What Akeneo shows of it: its own values with those of its ancestors. */
  merged(own: Product | Model): Record<string, Entry[]> {
    return Object.assign({}, ...this.lineage(own).map(({ values }) => values)) as Record<string, Entry[]>
  }

  variantsOf(root: Model): Product[] {
    return this.catalogue.products.filter(({ parent }) => {
      const model = this.model(parent)
      return model !== undefined && (model === root || this.model(model.parent) === root)
    })
  }

  /** Entries of an attribute in the output: by locale, or one under ''. */
  shown(values: Record<string, Entry[]>, code: string): Map<string, unknown> {
    const attribute = this.attribute(code)
    const found = new Map<string, unknown>()
    for (const { locale, scope, data } of values[attribute?.['code'] ?? code] ?? []) {
      if (attribute?.['scopable'] === '1' && scope !== this.channel) continue
      if (locale !== null && !this.locales.includes(locale)) continue
      found.set(locale ?? '', data)
    }
    return found
  }

  byLocale(values: Record<string, Entry[]>, code: string): Record<string, string> {
    const shown = this.shown(values, code)
    const texts: Record<string, string> = {}
    for (const locale of this.locales) {
      const text = shown.get('') ?? shown.get(locale)
      if (typeof text === 'string') texts[locale] = text
    }
    return texts
  }
}

const hubTypes: Record<string, string> = {
  pim_catalog_identifier: 'identifier',
  pim_catalog_text: 'text',
  pim_catalog_textarea: 'text',
  pim_catalog_number: 'number',
  pim_catalog_metric: 'measure',
  pim_catalog_boolean: 'boolean',
  pim_catalog_date: 'date',
  pim_catalog_simpleselect: 'option',
  pim_catalog_multiselect: 'options',
  pim_catalog_price_collection: 'prices',
  pim_reference_data_simpleselect: 'entity',
  pim_reference_data_multiselect: 'entities',
  akeneo_reference_entity: 'entity',
  akeneo_reference_entity_collection: 'entities',
  pim_catalog_asset_collection: 'assets',
  pim_catalog_table: 'table',
  pim_catalog_image: 'file',
  pim_catalog_file: 'file',
}

function attributeRecord(row: Row, world: World): OracleRecord {
  const type = hubTypes[row['type'] ?? ''] ?? row['type']
  const fields: Record<string, unknown> = {
    status: 'active',
    source: { code: row['code'], mapping: 'default@1' },
    code: row['code'],
    type,
    labels: inLocales(labelsOf(row), world),
  }
  if (type === 'option' || type === 'options') {
    fields['options'] = optionRows(row['code'] ?? '', world).map((option, index) => ({
      code: option['code'],
      labels: inLocales(labelsOf(option), world),
      position: index + 1,
    }))
  }
  if (row['metric_family']) fields['unitFamily'] = row['metric_family']
  return { kind: 'attribute', key: row['code'] ?? '', fields }
}

function optionRows(attribute: string, { catalogue }: World): Row[] {
  const order = (row: Row) => Number(row['sort_order'] || 0)
  return catalogue.options
    .filter((row) => same(row['attribute'], attribute))
    .sort((a, b) => order(a) - order(b) || ((a['code'] ?? '') < (b['code'] ?? '') ? -1 : 1))
}

const inLocales = (labels: Record<string, string>, { locales }: World) =>
  Object.fromEntries(Object.entries(labels).filter(([locale]) => locales.includes(locale)))

function categoryRecords(world: World): OracleRecord[] {
  const { categories } = world.catalogue
  return categories.map((category) => {
    const path: string[] = []
    let above = categories.find(({ code }) => same(code, category.parent))
    while (above) {
      path.unshift(above.code)
      const next: string | null = above.parent
      above = categories.find(({ code }) => same(code, next))
    }
    const siblings = categories.filter(({ parent }) => same(parent, category.parent))
    const fields = {
      status: 'active',
      source: { code: category.code, mapping: 'default@1' },
      code: category.code,
      parent: path.at(-1) ?? null,
      path,
      // Roots are no siblings of each other in Akeneo, so which number they bear is its affair.
      ...(path.length > 0 ? { position: siblings.indexOf(category) + 1 } : {}),
      labels: inLocales(category.labels, world),
    }
    return { kind: 'category', key: category.code, fields }
  })
}

/** Fills `fields` from values: the fields of their own, then the rest as attributes. */
function readValues(
  values: Record<string, Entry[]>,
  family: Row | undefined,
  key: string,
  world: World,
  kind: 'product' | 'group' | 'subgroup',
): Record<string, unknown> {
  const left = new Set(Object.keys(values))
  const fields: Record<string, unknown> = {}
  const label = world.attribute(family?.['attribute_as_label'])?.['code']
  const texts: Record<string, string> = label === undefined ? {} : world.byLocale(values, label)
  fields['name'] = Object.fromEntries(
    world.locales.map((locale) => [locale, texts[locale]?.trim() ? texts[locale] : key]),
  )
  if (label !== undefined) left.delete(label)
  left.delete(world.identifier)

  fields['media'] = mediaOf(values, family, world)
  if (kind === 'subgroup') return fields

  const description = world.catalogue.attributes.find(
    (row) => row['type'] === 'pim_catalog_textarea' && same(row['code'], 'description'),
  )?.['code']
  if (description !== undefined && left.delete(description)) {
    const found = world.byLocale(values, description)
    if (Object.keys(found).length > 0) fields['description'] = found
  }
  const price = priceAttribute(world)
  if (price !== undefined && left.delete(price) && kind === 'product') {
    const amounts = currenciesOf(world.shown(values, price).get(''), world)
    if (Object.keys(amounts).length > 0) {
      fields['prices'] = Object.fromEntries(
        Object.entries(amounts).map(([code, amount]) => [code, { list: amount }]),
      )
    }
  }
  if (kind === 'product') {
    const found = barcodeAttributes(world).find((code) => left.has(code) && world.shown(values, code).has(''))
    const barcode = found === undefined ? '' : String(world.shown(values, found).get('')).trim()
    if (found !== undefined && isGtin(barcode)) {
      fields['barcode'] = barcode
      left.delete(found)
    }
  }
  const attributes: Record<string, unknown> = {}
  for (const code of left) {
    const value = attributeValue(values, code, world)
    if (value) attributes[code] = value
  }
  fields['attributes'] = attributes
  return fields
}

function priceAttribute({ catalogue }: World): string | undefined {
  const codes = catalogue.attributes
    .filter((row) => row['type'] === 'pim_catalog_price_collection' && row['localizable'] !== '1')
    .map((row) => row['code'] ?? '')
    .sort()
  return codes.find((code) => same(code, 'price')) ?? codes[0]
}

function barcodeAttributes({ catalogue }: World): string[] {
  const words = ['ean', 'gtin', 'upc', 'barcode']
  const codes = catalogue.attributes
    .filter((row) => row['localizable'] !== '1')
    .filter((row) =>
      ['pim_catalog_text', 'pim_catalog_number', 'pim_catalog_identifier'].includes(row['type'] ?? ''),
    )
    .map((row) => row['code'] ?? '')
    .sort()
  const exact = codes.filter((code) => words.includes(code.toLowerCase()))
  return exact.length > 0
    ? exact
    : codes.filter((code) => words.some((word) => code.toLowerCase().endsWith(word)))
}

/** Padded to 14 digits, every other one times three, a multiple of ten altogether. */
function isGtin(text: string): boolean {
  if (!/^(\d{8}|\d{12}|\d{13}|\d{14})$/.test(text)) return false
  const digits = Array.from(text.padStart(14, '0'), Number)
  return digits.reduce((sum, digit, index) => sum + (index % 2 === 0 ? 3 * digit : digit), 0) % 10 === 0
}

function mediaOf(values: Record<string, Entry[]>, family: Row | undefined, world: World): unknown[] {
  const files = (role: string, wanted: (row: Row) => boolean) =>
    Object.keys(values)
      .sort()
      .filter((code) => wanted(world.attribute(code) ?? {}))
      .flatMap((code) => {
        const shown = world.shown(values, code)
        const inOrder = ['', ...world.locales].map((locale) => shown.get(locale))
        return [...new Set(inOrder.filter((data) => typeof data === 'string'))]
      })
      .map((data) => ({ role, fileName: fileName(data) }))
  const main = family?.['attribute_as_image']
  const isMain = (row: Row) => Boolean(main) && same(row['code'], main)
  return [
    ...files('main', (row) => isMain(row) && hubTypes[row['type'] ?? ''] === 'file'),
    ...files('gallery', (row) => row['type'] === 'pim_catalog_image' && !isMain(row)),
    ...files('manual', (row) => row['type'] === 'pim_catalog_file' && !isMain(row)),
  ]
}

/** Akeneo keeps the name of an uploaded file behind its hash, with other characters than these replaced. */
const fileName = (path: string): string =>
  path
    .slice(path.lastIndexOf('/') + 1)
    .replace(/^[0-9a-f]{40}_/, '')
    .replace(/[^A-Za-z0-9.]/g, '_')

function attributeValue(
  values: Record<string, Entry[]>,
  code: string,
  world: World,
): Record<string, unknown> | null {
  const row = world.attribute(code) ?? {}
  const type = hubTypes[row['type'] ?? '']
  if (type === undefined || type === 'file') return null
  const shown = world.shown(values, code)
  const read = new Map<string, unknown>()
  for (const [locale, data] of shown) {
    const value = plainValue(data, type, row, world)
    if (value !== null) read.set(locale, value)
  }
  if (read.size === 0) return null
  return row['localizable'] === '1'
    ? { type, values: Object.fromEntries(read) }
    : { type, value: read.get('') }
}

function plainValue(data: unknown, type: string, row: Row, world: World): unknown {
  if (type === 'number') return decimal(data, row)
  if (type === 'date') return String(data).slice(0, 10)
  if (type === 'measure') {
    const { amount, unit } = data as { amount: unknown; unit: string }
    return { amount: decimal(amount, row), unit }
  }
  if (type === 'prices') {
    const amounts = currenciesOf(data, world)
    return Object.keys(amounts).length > 0 ? amounts : null
  }
  return data
}

function currenciesOf(data: unknown, world: World): Record<string, string> {
  const prices = (data ?? []) as { amount: unknown; currency: string }[]
  return Object.fromEntries(
    prices
      .filter(({ currency, amount }) => world.currencies.includes(currency) && amount !== null)
      .map(({ currency, amount }) => [currency, decimal(amount)]),
  )
}

/** Without needless zeros; whole where the attribute allows no decimals. */
function decimal(amount: unknown, row: Row = {}): string {
  const text = String(amount).trim()
  const [, sign = '', whole = '', fraction = ''] = /^([+-]?)0*(\d*)\.?(\d*)$/.exec(text) ?? ['', '', text]
  const decimals = row['decimals_allowed'] === '0' ? '' : fraction.replace(/0+$/, '')
  const result = `${whole || '0'}${decimals && `.${decimals}`}`
  return sign === '-' && result !== '0' ? `-${result}` : result
}

/** The first value whose unit Akeneo's family does not have. */
function unknownUnit(values: Record<string, Entry[]>, world: World): string | null {
  for (const code of Object.keys(values)) {
    const row = world.attribute(code) ?? {}
    const units = world.catalogue.units.get(row['metric_family'] ?? '')
    if (row['type'] !== 'pim_catalog_metric' || !units) continue
    for (const data of world.shown(values, code).values()) {
      if (!units.includes((data as { unit: string }).unit)) return code
    }
  }
  return null
}

function axesOf(variant: string, world: World): { attribute: string; level: number }[] {
  const row = world.catalogue.familyVariants.find((candidate) => same(candidate['code'], variant)) ?? {}
  return [1, 2].flatMap((level) =>
    list(row[`variant-axes_${level}`]).map((code) => ({
      attribute: world.attribute(code)?.['code'] ?? code,
      level,
    })),
  )
}

function axisValues(values: Record<string, Entry[]>, variant: string, world: World): Record<string, unknown> {
  const found: Record<string, unknown> = {}
  for (const { attribute } of axesOf(variant, world)) {
    const data = values[attribute]?.[0]?.data
    const row = world.attribute(attribute) ?? {}
    if (data !== undefined) found[attribute] = plainValue(data, hubTypes[row['type'] ?? ''] ?? '', row, world)
  }
  return found
}

function productRecord(product: Product, world: World): OracleRecord {
  const values = world.merged(product)
  const family = world.catalogue.families.find((row) => same(row['code'], product.family))
  const key = product.sku ?? product.uuid ?? ''
  const parent = world.model(product.parent)
  const read = readValues(values, family, key, world, 'product')
  const reasons = [...(product.enabled ? [] : ['disabled']), ...(product.sku === null ? ['no-sku'] : [])]
  const fields: Record<string, unknown> = {
    status: reasons.length > 0 ? 'withheld' : 'active',
    ...(reasons.length > 0 ? { reasons } : {}),
    source: { code: product.sku, mapping: 'default@1', ...(product.uuid ? { uuid: product.uuid } : {}) },
    sku: product.sku,
    type: 'physical',
    trackBy: parent ? 'variant' : 'product',
    ...read,
    categories: categoriesOf(product, world),
    units: [{ code: 'each', conversion: '1', base: true }],
    ...linksOf(product, world),
  }
  if (parent) {
    const root = world.model(parent.parent) ?? parent
    fields['group'] = root.code
    fields['axisValues'] = axisValues(values, parent.familyVariant, world)
    fields['attributes'] = Object.fromEntries(
      Object.entries(read['attributes'] as Record<string, object>).map(([code, value]) => [
        code,
        { ...value, level: levelOf(code, parent.familyVariant, world.catalogue) },
      ]),
    )
  }
  const refused = unknownUnit(values, world)
  return { kind: 'product', key, ...(refused === null ? {} : { rejected: refused }), fields }
}

const isActive = (product: Product, world: World): boolean =>
  product.enabled && product.sku !== null && unknownUnit(world.merged(product), world) === null

function groupRecord(root: Model, world: World): OracleRecord {
  const variants = world.variantsOf(root)
  const row = world.catalogue.familyVariants.find((candidate) => same(candidate['code'], root.familyVariant))
  const family = world.catalogue.families.find((candidate) => same(candidate['code'], row?.['family']))
  const active = variants.filter((variant) => isActive(variant, world))
  const reason = variants.length === 0 ? 'no-variants' : 'no-active-variant'
  const fields: Record<string, unknown> = {
    status: active.length > 0 ? 'active' : 'withheld',
    ...(active.length > 0 ? {} : { reasons: [reason] }),
    source: { code: root.code, mapping: 'default@1' },
    ...readValues(root.values, family, root.code, world, 'group'),
    axes: axesOf(root.familyVariant, world).map(({ attribute, level }) => ({
      attribute,
      level,
      values: inOrder(
        attribute,
        variants.map((variant) => axisValues(world.merged(variant), root.familyVariant, world)[attribute]),
        world,
      ),
    })),
    categories: categoriesOf(root, world),
    ...linksOf(root, world),
  }
  if (row?.['variant-axes_2']) {
    fields['subgroups'] = world.catalogue.models
      .filter(({ parent }) => same(parent, root.code))
      .sort((a, b) => (a.code < b.code ? -1 : 1))
      .map((model) => ({
        code: model.code,
        axisValues: axisValues(world.merged(model), root.familyVariant, world),
        ...readValues(model.values, family, model.code, world, 'subgroup'),
      }))
  }
  const refused = unknownUnit(root.values, world)
  return { kind: 'group', key: root.code, ...(refused === null ? {} : { rejected: refused }), fields }
}

function inOrder(attribute: string, values: unknown[], world: World): unknown[] {
  const places = optionRows(attribute, world).map((row) => row['code'])
  const distinct = [
    ...new Set(values.filter((value) => value !== undefined).map((value) => JSON.stringify(value))),
  ]
  const order = (text: string): (string | number)[] => {
    const value = JSON.parse(text) as unknown
    if (typeof value === 'string') return [places.indexOf(value), value]
    if (typeof value === 'boolean') return [value ? 1 : 0]
    const { amount, unit } = value as { amount: string; unit: string }
    return [unit, Number(amount)]
  }
  return distinct
    .sort((a, b) => {
      const [left, right] = [order(a), order(b)]
      const differing = left.findIndex((part, index) => part !== right[index])
      return (left[differing] ?? 0) < (right[differing] ?? 0) ? -1 : 1
    })
    .map((text) => JSON.parse(text) as unknown)
}

/** Own and inherited, as a set: their order is Akeneo's. */
const categoriesOf = (own: Product | Model, world: World): string[] =>
  [...new Set(world.lineage(own).flatMap(({ categories }) => categories))].sort()

/**
 * Links of plain types. What the hub has under way or withholds may be linked or pending, which is the hub's to decide, so those
 * stand apart in `openLinks`.
 */
function linksOf(own: Product | Model, world: World): { related: unknown[]; openLinks: string[] } {
  const related: unknown[] = []
  const openLinks: string[] = []
  for (const row of [...world.catalogue.associationTypes].sort((a, b) =>
    (a['code'] ?? '') < (b['code'] ?? '') ? -1 : 1,
  )) {
    if (row['is_quantified'] === '1') continue
    const type = row['code'] ?? ''
    const all = (pick: (level: Own) => Record<string, string[]>) => [
      ...new Set(world.lineage(own).flatMap((level) => pick(level)[type] ?? [])),
    ]
    // Akeneo sorts partners by identifier or code.
    const products = all(({ products: links }) => links)
      .map((key) => world.catalogue.products.find(({ sku, uuid }) => same(sku, key) || same(uuid, key)))
      .filter((product) => product !== undefined)
      .sort((a, b) => ((a.sku ?? '') < (b.sku ?? '') ? -1 : 1))
    const groups = all(({ models }) => models)
      .sort()
      .map((code) => world.model(code))
      .filter((model) => model !== undefined)
      .map((model) => world.model(model.parent) ?? model)
    const targets = [
      ...products.map((product) => ({
        kind: 'product',
        code: product.sku ?? product.uuid ?? '',
        open: !isActive(product, world),
      })),
      ...[...new Set(groups)].map((model) => ({
        kind: 'group',
        code: model.code,
        open: !world.variantsOf(model).some((variant) => isActive(variant, world)),
      })),
    ]
    targets.forEach(({ kind, code, open }, index) => {
      if (open) openLinks.push(`${type} ${code}`)
      else related.push({ type, kind, code, position: index + 1 })
    })
  }
  return { related, openLinks: openLinks.sort() }
}
