import { same, type Entry, type Row } from './catalogue.ts'
import { hubTypes, type World } from './world.ts'

/** Fills `fields` from values: the fields of their own, then the rest as attributes. */
export function readValues(
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
export const fileName = (path: string): string =>
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
  const named = [...read.values()].flat() as string[]
  return {
    type,
    ...(row['localizable'] === '1' ? { values: Object.fromEntries(read) } : { value: read.get('') }),
    ...(row['reference_data_name']
      ? { records: named.map((one) => shownRecord(row['reference_data_name'] ?? '', one, world)) }
      : {}),
  }
}

export function shownRecord(family: string, code: string, world: World): Record<string, unknown> {
  const record = world.catalogue.records.get(`${family}/${code}`)
  const labels = Object.entries(record?.labels ?? {}).filter(([locale]) => world.locales.includes(locale))
  return {
    code,
    labels: Object.fromEntries(labels),
    ...(record?.image ? { image: { fileName: fileName(record.image) } } : {}),
  }
}

export function plainValue(data: unknown, type: string, row: Row, world: World): unknown {
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
export function unknownUnit(values: Record<string, Entry[]>, world: World): string | null {
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
