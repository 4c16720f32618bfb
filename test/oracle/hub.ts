import {
  type Catalogue,
  labelsOf,
  levelOf,
  list,
  readCatalogue,
  same,
  type Entry,
  type Model,
  type Product,
  type Row,
} from './catalogue.ts'
import { applyEdits, type Edit } from './edits.ts'
import { categoriesOf, isActive, linksOf } from './links.ts'
import { plainValue, readValues, unknownUnit } from './values.ts'
import { hubTypes, World } from './world.ts'

/**
 * A hub record as the defaults of the mapping make it, without ids and versions: links are by code, media without what only a
 * download tells. `rejected` is one that must not be in the hub.
 */
export interface OracleRecord {
  kind: 'attribute' | 'category' | 'group' | 'product'
  /** Code, SKU, or uuid of a product without SKU. */
  key: string
  rejected?: string
  /** Rejected, but what the hub held of it before may still be there. */
  kept?: true
  /** Fields of which nothing is said: they depend on what the hub held of a neighbour before. */
  undecided?: string[]
  fields: Record<string, unknown>
}

/** What the hub should hold once a catalogue, and edits after it, have been carried. */
export function oracleFromCsv(dir: string, edits: Edit[] = [], overlay?: string): OracleRecord[] {
  const catalogue = readCatalogue(dir, overlay)
  applyEdits(catalogue, edits)
  return recordsOf(catalogue)
}

export function recordsOf(catalogue: Catalogue): OracleRecord[] {
  const world = new World(catalogue)
  return [
    ...catalogue.attributes.map((row) => attributeRecord(row, world)),
    ...categoryRecords(world),
    ...catalogue.models.filter(({ parent }) => !parent).map((model) => groupRecord(model, world)),
    ...catalogue.products.map((product) => productRecord(product, world)),
  ]
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

export function optionRows(attribute: string, { catalogue }: World): Row[] {
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

export function axesOf(variant: string, world: World): { attribute: string; level: number }[] {
  const row = world.catalogue.familyVariants.find((candidate) => same(candidate['code'], variant)) ?? {}
  return [1, 2].flatMap((level) =>
    list(row[`variant-axes_${level}`]).map((code) => ({
      attribute: world.attribute(code)?.['code'] ?? code,
      level,
    })),
  )
}

export function axisValues(
  values: Record<string, Entry[]>,
  variant: string,
  world: World,
): Record<string, unknown> {
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

function groupRecord(root: Model, world: World): OracleRecord {
  const variants = world.variantsOf(root)
  const row = world.catalogue.familyVariants.find((candidate) => same(candidate['code'], root.familyVariant))
  const family = world.catalogue.families.find((candidate) => same(candidate['code'], row?.['family']))
  const active = variants.filter((variant) => isActive(variant, world))
  const there = variants.filter((variant) => unknownUnit(world.merged(variant), world) === null)
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
        there.map((variant) => axisValues(world.merged(variant), root.familyVariant, world)[attribute]),
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

export function inOrder(attribute: string, values: unknown[], world: World): unknown[] {
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
