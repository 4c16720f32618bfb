/*
 * Writes the CSV files beside it: an invented catalogue of 240 products in Akeneo's import format. The same files come
 * out every time; change this script, run `npx tsx examples/catalog/generate.ts`, commit both.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { columnsOf, type CsvRecord, here, write } from './csv-files.ts'
import { COLORS, SIZES, writeStructure } from './structure.ts'

const products: CsvRecord[] = []
const models: CsvRecord[] = []


/** A 13-digit number with its check digit, in the range kept for a company's own use. */
let nextEan = 200_000_012_345
function ean(): string {
  const digits = String(nextEan++)
  const sum = Array.from(digits).reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 1 : 3), 0)
  return digits + String((10 - (sum % 10)) % 10)
}

function texts(name: string, adjective: string): CsvRecord {
  return {
    'description-en_US-ecommerce': `<p>${adjective} light from the ${name}.</p>`,
    'description-de_DE-ecommerce': `<p>Die ${name} für jeden Raum.<br />Einfach schön.</p>`,
    'description-fr_FR-ecommerce': `<p>La ${name}, une lumière douce.</p>`,
    'description-en_US-print': `${name}. ${adjective} light.`,
  }
}

function lamp(sku: string, name: string, number: number, fields: CsvRecord = {}): CsvRecord {
  const grams = 450 + ((number * 137) % 2600)
  return {
    sku,
    family: 'lamps',
    enabled: number % 17 === 0 ? 0 : 1,
    categories: number % 3 === 0 ? 'floor_lamps,sales_lamps' : 'desk_lamps',
    name,
    brand: ['northlamp', 'fjordlys', 'oakline'][number % 3],
    mpn: sku,
    ean: ean(),
    weight: number % 2 === 0 ? grams : (grams / 1000).toFixed(2),
    'weight-unit': number % 2 === 0 ? 'GRAM' : 'KILOGRAM',
    power: 4 + (number % 9),
    'power-unit': 'WATT',
    dimmable: number % 2,
    main_color: Object.keys(COLORS)[number % 6],
    'price-EUR': (19.9 + number).toFixed(2),
    'price-USD': (22 + number).toFixed(2),
    stock_main: (number * 7) % 300,
    release_date: `2025-${String((number % 12) + 1).padStart(2, '0')}-14`,
    ...(number % 4 === 0 ? texts(name, 'Warm') : {}),
    ...fields,
  }
}

// The product that the documentation explains, and its neighbours, which sell each other in a circle.
products.push(
  lamp('NL-DL7-W', 'Northlamp Desk Light 7', 1, {
    categories: 'lamps,sales_lamps',
    enabled: 1,
    brand: 'northlamp',
    weight: '1.3',
    'weight-unit': 'KILOGRAM',
    dimmable: 1,
    main_color: 'white',
    collection: 'winter_2016',
    release_date: '2025-02-14',
    'price-EUR': '49.90',
    'price-USD': '55.00',
    'sale_price-EUR': '39.90',
    stock_main: 240,
    case_quantity: 12,
    case_ean: ean(),
    'case_price-EUR': '539.00',
    'care_note-en_US': 'Dry cloth only',
    'care_note-de_DE': 'Nur trocken abwischen',
    'care_note-fr_FR': 'Chiffon sec',
    image: 'files/NL-DL7-W/dl7.png',
    notice: 'files/NL-DL7-W/dl7.pdf',
    'X_SELL-products': 'NL-DL7-B',
    'X_SELL-product_models': 'fjord_pendant',
    'UPSELL-products': 'DL7-SET',
    ...texts('Northlamp Desk Light 7', 'Warm'),
  }),
  lamp('NL-DL7-B', 'Northlamp Desk Light 7 black', 2, {
    enabled: 1,
    brand: 'northlamp',
    main_color: 'black',
    image: 'files/NL-DL7-B/dl7-black.png',
    'X_SELL-products': 'NL-DL9-B',
    'SUBSTITUTION-products': 'NL-DL7-W',
  }),
  lamp('NL-DL9-B', 'Northlamp Desk Light 9 black', 3, { enabled: 1, brand: 'northlamp', 'X_SELL-products': 'NL-DL7-W' }),
  // No scale in Akeneo weighs in stones: whoever reads this value has to refuse it.
  lamp('NL-404', 'Northlamp Lost Light', 4, { enabled: 1, brand: 'northlamp', weight: 2, 'weight-unit': 'STONE' }),
  lamp('NL-DL3-B', 'Northlamp Desk Light 3', 5, { enabled: 1, brand: 'northlamp', ean: '2000000999990' }),
  lamp('NL-AC/DC 1', 'Northlamp Mains Light', 6, { enabled: 1, brand: 'northlamp' }),
)

const bulb = (sku: string, name: string, price: string): CsvRecord => ({
  sku,
  family: 'accessories',
  enabled: 1,
  categories: 'accessories',
  name,
  brand: 'northlamp',
  ean: ean(),
  'price-EUR': price,
  stock_main: 900,
})
products.push(
  bulb('BULB-E14', 'Bulb E14 warm white', '3.90'),
  bulb('BULB-GU10', 'Bulb GU10 cool white', '4.90'),
  { ...bulb('DL7-SET', 'Desk Light 7 with two bulbs', '59.90'), family: 'kits', 'PACK-products': 'NL-DL7-W,BULB-E14', 'PACK-products-quantity': '1|2' },
  { ...bulb('TRAVEL-SET', 'Two bulbs for the road', '7.90'), family: 'kits', 'PACK-products': 'BULB-E14,BULB-GU10', 'PACK-products-quantity': '1|1', stock_main: undefined },
  { sku: 'SAMPLE-1', enabled: 1, categories: '', name: 'A sample without family or category' },
)

// Jackets by colour, then size: values on all three levels.
for (const [index, name] of ['Fell', 'Moor', 'Tarn', 'Beck', 'Scar', 'Dale'].entries()) {
  const root = `jacket_${name.toLowerCase()}`
  models.push({
    code: root,
    family_variant: 'jackets_color_size',
    categories: index % 2 === 0 ? 'jackets,sales_jackets' : 'jackets',
    name: `${name} jacket`,
    brand: 'calorra',
    material: ['wool', 'cotton', 'recycled'][index % 3],
    collection: index < 3 ? 'winter_2016' : 'summer_2017,winter_2016',
    'care_note-en_US': 'Wash at 30 degrees',
    'care_note-de_DE': 'Bei 30 Grad waschen',
    'price-EUR': (89 + index * 10).toFixed(2),
    'price-USD': (99 + index * 10).toFixed(2),
  })
  for (const color of ['black', 'sage', 'navy']) {
    const sub = `${root}_${color}`
    models.push({
      code: sub,
      family_variant: 'jackets_color_size',
      parent: root,
      categories: color === 'sage' ? 'clearance' : '',
      color,
      'variation_name-en_US': `${name} jacket ${color}`,
      'variation_name-de_DE': `${name}-Jacke ${COLORS[color as keyof typeof COLORS]}`,
      variation_image: `files/${sub}/${sub}.png`,
    })
    for (const [position, size] of SIZES.entries()) {
      products.push({
        sku: `CAL-${name.toUpperCase()}-${color.toUpperCase()}-${size.toUpperCase()}`,
        family: 'jackets',
        enabled: 1,
        // Akeneo matches parents whatever their letter case, and real files make use of it.
        parent: position === 3 ? sub.toUpperCase() : sub,
        size,
        ean: ean(),
        weight: 600 + position * 40,
        'weight-unit': 'GRAM',
        stock_main: (index * 31 + position * 17) % 120,
      })
    }
  }
}

// Lamps by colour only; the pendant has exactly five variants.
const pendants: [code: string, name: string, colors: string[]][] = [
  ['fjord_pendant', 'Fjord pendant', ['white', 'black', 'brass', 'sage', 'coral']],
  ...['Skog', 'Vann', 'Lyng', 'Berg', 'Elv', 'Hav'].map((name): [string, string, string[]] => [
    `${name.toLowerCase()}_pendant`,
    `${name} pendant`,
    ['white', 'black', 'brass', 'navy'],
  ]),
]
for (const [index, [code, name, colors]] of pendants.entries()) {
  models.push({
    code,
    family_variant: 'lamps_color',
    categories: 'pendant_lights,sales_lamps',
    name,
    brand: 'fjordlys',
    power: 9 + index,
    'power-unit': 'WATT',
    dimmable: 1,
    'price-EUR': (129 + index * 20).toFixed(2),
    'price-USD': (139 + index * 20).toFixed(2),
    ...texts(name, 'Soft'),
  })
  for (const color of colors) {
    products.push({
      sku: `FJ-${code.split('_')[0]?.toUpperCase() ?? ''}-${color.toUpperCase()}`,
      family: 'lamps',
      enabled: 1,
      parent: code,
      main_color: color,
      ean: ean(),
      weight: '2.4',
      'weight-unit': 'KILOGRAM',
      stock_main: 12 + index,
    })
  }
}

// Furniture lights by length: an axis that is a measure.
for (const [index, name] of ['Shelf', 'Mirror', 'Cabinet'].entries()) {
  const code = `${name.toLowerCase()}_light`
  models.push({
    code,
    family_variant: 'furniture_lights_length',
    categories: 'furniture_lights',
    name: `${name} light`,
    brand: 'oakline',
    power: 6 + index,
    'power-unit': 'WATT',
  })
  for (const length of [30, 60, 90]) {
    products.push({
      sku: `OAK-${name.toUpperCase()}-${length}`,
      family: 'furniture_lights',
      enabled: 1,
      parent: code,
      length,
      'length-unit': 'CENTIMETER',
      ean: ean(),
      weight: length * 9,
      'weight-unit': 'GRAM',
      'price-EUR': (19 + length / 3).toFixed(2),
      stock_main: 40,
    })
  }
}

for (let number = 7; products.length < 240; number++) {
  products.push(lamp(`NL-L${String(number).padStart(3, '0')}`, `Northlamp Light ${number}`, number))
}

write('product_models.csv', columnsOf(['code', 'family_variant', 'parent', 'categories'], models), models)
write('products.csv', columnsOf(['sku', 'family', 'parent', 'enabled', 'categories', 'groups'], products), products)

writeStructure()

// The smallest picture and document that programs accept as such.
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=='
const PAGE = '%PDF-1.1\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n'
for (const [path, content] of [
  ['files/NL-DL7-W/dl7.png', Buffer.from(PIXEL, 'base64')],
  ['files/NL-DL7-W/dl7.pdf', Buffer.from(PAGE)],
] as const) {
  mkdirSync(dirname(join(here, path)), { recursive: true })
  writeFileSync(join(here, path), content)
}
