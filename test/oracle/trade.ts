import { levelOf, same, type Catalogue, type Entry, type Model, type Product } from './catalogue.ts'
import { axesOf, axisValues, inOrder, type OracleRecord, optionRows } from './hub.ts'
import { categoriesOf } from './links.ts'
import { brokenPart, kitOf } from './trade-kits.ts'
import { fileName, plainValue } from './values.ts'
import { hubTypes, World } from './world.ts'

/*
 * What `test/properties/trade.hub.yaml` makes of a catalogue, written down line by line instead of read from the file. Shares no code with
 * the product.
 */

type Values = Record<string, Entry[]>

const mapping = 'trade.hub@4'
const chains: Record<string, string[]> = { de_DE: ['de_DE', 'en_US'], fr_FR: ['fr_FR', 'de_DE', 'en_US'] }
const locales = Object.keys(chains)

export function tradeRecords(catalogue: Catalogue): OracleRecord[] {
  const world = new World(catalogue, 'trade')
  return [
    ...catalogue.attributes.map((row): OracleRecord => {
      const type = hubTypes[row['type'] ?? ''] ?? ''
      const options = optionRows(row['code'] ?? '', world).map((option, index) => ({
        code: option['code'],
        labels: labelsIn(option),
        position: index + 1,
      }))
      return {
        kind: 'attribute',
        key: row['code'] ?? '',
        fields: {
          status: 'active',
          source: { code: row['code'], mapping },
          code: row['code'],
          type,
          labels: labelsIn(row),
          ...(type.startsWith('option') ? { options } : {}),
          ...(row['metric_family'] ? { unitFamily: row['metric_family'] } : {}),
        },
      }
    }),
    ...catalogue.categories.map((category): OracleRecord => {
      const path = pathOf(category.code, world)
      const siblings = catalogue.categories.filter(({ parent }) => same(parent, category.parent))
      return {
        kind: 'category',
        key: category.code,
        fields: {
          status: 'active',
          source: { code: category.code, mapping },
          code: category.code,
          parent: path.at(-1) ?? null,
          path,
          ...(path.length > 0 ? { position: siblings.indexOf(category) + 1 } : {}),
          labels: firstIn((locale) => category.labels[locale]),
        },
      }
    }),
    ...catalogue.models.filter((model) => isGroup(model, world)).map((model) => groupRecord(model, world)),
    ...catalogue.products.map((product) => productRecord(product, world)),
  ]
}

/** For each locale what is found first along its chain. */
function firstIn(find: (locale: string) => string | undefined): Record<string, string> {
  const found = locales.map((locale) => [locale, chains[locale]?.map(find).find((text) => text)])
  return Object.fromEntries(found.filter(([, text]) => text)) as Record<string, string>
}

const labelsIn = (row: Record<string, string>) => firstIn((locale) => row[`label-${locale}`])

function pathOf(code: string, world: World): string[] {
  const found = world.catalogue.categories.find((category) => same(category.code, code))
  return found?.parent ? [...pathOf(found.parent, world), found.parent] : []
}

/** Text of a text attribute, read along the chain, from one channel where it differs by channel. */
const textOf = (values: Values, code: string, channel: string | null = null) =>
  firstIn((locale) => {
    const entries = (values[code] ?? []).filter(({ scope }) => scope === channel)
    const data = (entries.find((entry) => entry.locale === locale) ?? { data: undefined }).data
    return typeof data === 'string' ? data : undefined
  })

function nameOf(values: Values, key: string): Record<string, string> {
  const found = { ...textOf(values, 'note'), ...textOf(values, 'name') }
  return Object.keys(found).length > 0
    ? Object.fromEntries(locales.flatMap((locale) => (found[locale] ? [[locale, found[locale]]] : [])))
    : Object.fromEntries(locales.map((locale) => [locale, key]))
}

/** The one value of an attribute without locales and channels. */
const valueOf = (values: Values, code: string): unknown => values[code]?.[0]?.data

function mediaOf(values: Values, familyCode: string | null | undefined, world: World): unknown[] {
  const family = world.catalogue.families.find(({ code }) => same(code, familyCode))
  const image = valueOf(values, 'picture') ?? valueOf(values, family?.['attribute_as_image'] ?? '')
  const manual = valueOf(values, 'leaflet')
  return [
    ...(typeof image === 'string' ? [{ role: 'main', fileName: fileName(image) }] : []),
    ...(typeof manual === 'string' ? [{ role: 'manual', fileName: fileName(manual) }] : []),
  ]
}

/** What no other line of the file takes. */
function attributesOf(values: Values, taken: string[], world: World): Record<string, object> {
  const found: Record<string, object> = {}
  for (const code of Object.keys(values)) {
    const row = world.attribute(code) ?? {}
    const type = hubTypes[row['type'] ?? ''] ?? ''
    const data = valueOf(values, code)
    if (data === undefined || type === 'file' || ['note', ...taken].includes(code)) continue
    if (code === 'weight') found[code] = { type, value: inGrams(data as Measure) }
    else {
      const value = plainValue(data, type, row, world)
      if (value !== null) found[code] = { type, value }
    }
  }
  return found
}

interface Measure {
  amount: unknown
  unit: string
}

/** To one decimal. */
function inGrams({ amount, unit }: Measure): { amount: string; unit: string } {
  const tenths = Number(amount) * (unit === 'KILOGRAM' ? 10_000 : 10)
  return { amount: String(Math.floor(tenths + 0.5) / 10), unit: 'GRAM' }
}

function pricesOf(values: Values, world: World): Record<string, { list: string }> | undefined {
  const amounts = plainValue(valueOf(values, 'price') ?? [], 'prices', {}, world) as Record<
    string,
    string
  > | null
  if (amounts === null) return undefined
  return Object.fromEntries(Object.entries(amounts).map(([currency, list]) => [currency, { list }]))
}

/** Why it may not go out, kits aside. */
function reasonsOf(product: Product, world: World): string[] {
  const values = world.merged(product)
  const within = categoriesOf(product, world).some((code) =>
    [code, ...pathOf(code, world)].some((above) => above === 'sales' || above === 'lamps'),
  )
  const named = Object.keys({ ...textOf(values, 'note'), ...textOf(values, 'name') }).length > 0
  return [
    ...(product.enabled ? [] : ['disabled']),
    ...(product.sku === null ? ['no-sku'] : []),
    ...(within ? [] : ['outside-tree']),
    ...(named ? [] : ['required-missing']),
  ]
}

const descriptionOf = (values: Values) => ({
  ...textOf(values, 'description', 'shop'),
  ...textOf(values, 'description', 'trade'),
})

function productRecord(product: Product, world: World): OracleRecord {
  const values = world.merged(product)
  const key = product.sku ?? product.uuid ?? ''
  const parent = world.model(product.parent)
  const color = valueOf(values, 'color')
  const option = optionRows('color', world).find(({ code }) => code === color)
  const stock = valueOf(values, 'stock')
  const prices = pricesOf(values, world)
  const description = descriptionOf(values)
  const kit = kitOf(product, world, (model) => isGroup(model, world))
  const reasons = [...reasonsOf(product, world), ...(kit?.missing ?? [])]
  const attributes = attributesOf(values, ['name', 'description', 'color', 'price', 'stock'], world)
  const refused = brokenPart(product, world)
  return {
    kind: 'product',
    key,
    ...(refused === null ? {} : { rejected: refused, kept: true }),
    ...(kit?.undecided ? { undecided: ['status', 'reasons', 'kit'] } : {}),
    fields: {
      status: reasons.length > 0 ? 'withheld' : 'active',
      ...(reasons.length > 0 ? { reasons } : {}),
      source: { code: product.sku, mapping, ...(product.uuid ? { uuid: product.uuid } : {}) },
      sku: product.sku,
      type: 'physical',
      trackBy: parent ? 'variant' : 'product',
      name: nameOf(values, key),
      ...(Object.keys(description).length > 0 ? { description } : {}),
      ...(typeof color === 'string'
        ? {
            brand: Object.fromEntries(
              locales.map((locale) => [locale, (option && labelsIn(option)[locale]) ?? color]),
            ),
          }
        : {}),
      taxClass: product.family === 'lamps' ? 'reduced' : 'standard',
      categories: categoriesOf(product, world),
      ...(prices ? { prices } : {}),
      attributes: parent
        ? Object.fromEntries(
            Object.entries(attributes).map(([code, value]) => [
              code,
              { ...value, level: levelOf(code, parent.familyVariant, world.catalogue) },
            ]),
          )
        : attributes,
      media: mediaOf(values, product.family, world),
      units: [
        { code: 'each', conversion: '1', base: true },
        ...(Number(stock ?? 0) > 0
          ? [{ code: 'case', conversion: String(Number(stock)), ...(prices ? { prices } : {}) }]
          : []),
      ],
      ...(stock === undefined
        ? {}
        : { inventory: [{ location: 'main', unit: 'each', quantity: String(Number(stock)) }] }),
      ...(parent ? { group: parent.code, axisValues: axisValues(values, parent.familyVariant, world) } : {}),
      ...(kit ? { kit: kit.kit } : {}),
      ...linksOf(product, world),
    },
  }
}

const depthOf = (model: Model, world: World) =>
  Math.max(...axesOf(model.familyVariant, world).map(({ level }) => level))

/** The models whose direct children are variants. */
const isGroup = (model: Model, world: World): boolean => depthOf(model, world) === (model.parent ? 2 : 1)

function groupRecord(model: Model, world: World): OracleRecord {
  const values = world.merged(model)
  const variants = world.catalogue.products.filter(({ parent }) => same(parent, model.code))
  const there = variants.filter((variant) => brokenPart(variant, world) === null)
  const kitIn = (variant: Product) => kitOf(variant, world, (one) => isGroup(one, world))
  const good = there.filter((variant) => reasonsOf(variant, world).length === 0)
  const complete = good.filter((variant) => !kitIn(variant)?.missing.length)
  const active = complete.length > 0
  const isSure = complete.some((variant) => !kitIn(variant)?.undecided)
  const isRefused = there.length < variants.length
  const variantRow = world.catalogue.familyVariants.find(({ code }) => same(code, model.familyVariant))
  const description = descriptionOf(values)
  return {
    kind: 'group',
    key: model.code,
    // A variant that is refused, or has a part that is, counts as the hub has it from before.
    undecided: [
      ...(isRefused ? ['axes'] : []),
      ...(!isSure && (isRefused || good.some((variant) => kitIn(variant)?.undecided))
        ? ['status', 'reasons']
        : []),
    ],
    fields: {
      status: active ? 'active' : 'withheld',
      ...(active ? {} : { reasons: [variants.length === 0 ? 'no-variants' : 'no-active-variant'] }),
      source: { code: model.code, mapping },
      name: nameOf(values, model.code),
      ...(Object.keys(description).length > 0 ? { description } : {}),
      axes: axesOf(model.familyVariant, world)
        .filter(({ level }) => level === depthOf(model, world))
        .map(({ attribute, level }) => ({
          attribute,
          level,
          values: inOrder(
            attribute,
            there.map((variant) => axisValues(world.merged(variant), model.familyVariant, world)[attribute]),
            world,
          ),
        })),
      categories: categoriesOf(model, world),
      attributes: attributesOf(values, ['name', 'description', 'price'], world),
      media: mediaOf(values, variantRow?.['family'], world),
      ...linksOf(model, world),
    },
  }
}

const relations: [association: string, type: string][] = [
  ['UPSELL', 'upSell'],
  ['X_SELL', 'crossSell'],
]

/** A partner that is withheld may be linked or not, as in `links.ts`; a model that is no group never is. */
function linksOf(own: Product | Model, world: World): { related: unknown[]; openLinks: string[] } {
  const related: unknown[] = []
  const openLinks: string[] = []
  for (const [association, type] of relations) {
    const levels = world.lineage(own)
    const skus = [...new Set(levels.flatMap(({ products }) => products[association] ?? []))]
      .flatMap(
        (key) => world.catalogue.products.find(({ sku, uuid }) => same(sku, key) || same(uuid, key)) ?? [],
      )
      .sort((a, b) => ((a.sku ?? '') < (b.sku ?? '') ? -1 : 1))
    const models = [...new Set(levels.flatMap((level) => level.models[association] ?? []))]
      .sort()
      .flatMap((code) => world.model(code) ?? [])
    const targets = [
      ...skus.map((product) => ({
        kind: 'product',
        code: product.sku ?? product.uuid ?? '',
        open: reasonsOf(product, world).length > 0 || brokenPart(product, world) !== null,
      })),
      ...models.map((model) => ({
        kind: 'group',
        code: model.code,
        open:
          !isGroup(model, world) ||
          !world.catalogue.products.some(
            (variant) => same(variant.parent, model.code) && reasonsOf(variant, world).length === 0,
          ),
      })),
    ]
    targets.forEach(({ kind, code, open }, index) => {
      if (open) openLinks.push(`${type} ${code}`)
      else related.push({ type, kind, code, position: index + 1 })
    })
  }
  return { related, openLinks: openLinks.sort() }
}
