/*
 * Writes the CSV files beside it: an invented catalogue of 240 products in Akeneo's import format. The same files come
 * out every time; change this script, run `npx tsx examples/catalog/generate.ts`, commit both.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

type Cell = string | number | undefined
type CsvRecord = Record<string, Cell>

const here = import.meta.dirname
const products: CsvRecord[] = []
const models: CsvRecord[] = []

const COLORS = { white: 'Weiß', black: 'Schwarz', brass: 'Messing', sage: 'Salbei', coral: 'Koralle', navy: 'Marine' }
const SIZES = ['s', 'm', 'l', 'xl']

/** A 13-digit number with its check digit, in the range kept for a company's own use. */
let nextEan = 200_000_012_345
function ean(): string {
  const digits = String(nextEan++)
  const sum = Array.from(digits).reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 1 : 3), 0)
  return digits + String((10 - (sum % 10)) % 10)
}

const title = (code: string) => code.charAt(0).toUpperCase() + code.slice(1)

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

function write(file: string, columns: string[], records: CsvRecord[]): void {
  const quote = (cell: Cell) => {
    const text = cell === undefined ? '' : String(cell)
    return /[;"\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  }
  const lines = [columns, ...records.map((record) => columns.map((column) => record[column]))]
  writeFileSync(join(here, file), lines.map((line) => line.map(quote).join(';')).join('\n') + '\n')
}

function table(file: string, header: string, rows: string[]): void {
  writeFileSync(join(here, file), [header, ...rows].join('\n') + '\n')
}

const columnsOf = (first: string[], records: CsvRecord[]) => [
  ...first,
  ...[...new Set(records.flatMap((record) => Object.keys(record)))].filter((name) => !first.includes(name)).sort(),
]
write('product_models.csv', columnsOf(['code', 'family_variant', 'parent', 'categories'], models), models)
write('products.csv', columnsOf(['sku', 'family', 'parent', 'enabled', 'categories', 'groups'], products), products)

const LABELS = 'label-en_US;label-de_DE;label-fr_FR'
table('locales.csv', 'code', ['en_US', 'de_DE', 'fr_FR', 'en_GB'])
table('currencies.csv', 'code;activated', ['EUR;1', 'USD;1', 'GBP;0'])
table('categories.csv', `code;parent;${LABELS}`, [
  'master;;Master catalogue;Hauptkatalog;Catalogue principal',
  'lamps;master;Lamps;Leuchten;Lampes',
  'desk_lamps;lamps;Desk lamps;Tischleuchten;Lampes de bureau',
  'floor_lamps;lamps;Floor lamps;Stehleuchten;Lampadaires',
  'pendant_lights;lamps;Pendant lights;Pendelleuchten;Suspensions',
  'furniture_lights;master;Furniture lights;Möbelleuchten;Éclairage de meubles',
  'jackets;master;Jackets;Jacken;Vestes',
  'accessories;master;Accessories;Zubehör;Accessoires',
  'sales;;Sales catalogue;Verkaufskatalog;Catalogue de vente',
  'sales_lamps;sales;Lamps;Leuchten;Lampes',
  'sales_jackets;sales;Jackets;Jacken;Vestes',
  'clearance;sales;Clearance;Restposten;Déstockage',
])
table('channels.csv', `code;${LABELS};locales;currencies;tree`, [
  'ecommerce;Ecommerce;Onlineshop;Boutique;en_US,de_DE,fr_FR;EUR,USD;master',
  'print;Print;Druck;Impression;en_US,de_DE;EUR;master',
])
table('attribute_groups.csv', `code;sort_order;${LABELS}`, [
  'marketing;1;Marketing;Marketing;Marketing',
  'technical;2;Technical;Technik;Technique',
  'trade;3;Trade;Handel;Commerce',
  'media;4;Media;Medien;Médias',
  'other;100;Other;Sonstige;Autre',
])
const FLAGS = 'localizable;scopable;unique;useable_as_grid_filter;sort_order'
const SPECIALS = 'decimals_allowed;negative_allowed;metric_family;default_metric_unit;allowed_extensions;wysiwyg_enabled'
table('attributes.csv', `code;type;group;${LABELS};${FLAGS};${SPECIALS}`, [
  'sku;pim_catalog_identifier;trade;SKU;Artikelnummer;Référence;0;0;1;1;1;;;;;;',
  'name;pim_catalog_text;marketing;Name;Name;Nom;0;0;0;1;1;;;;;;',
  'description;pim_catalog_textarea;marketing;Description;Beschreibung;Description;1;1;0;0;2;;;;;;1',
  'brand;pim_catalog_simpleselect;marketing;Brand;Marke;Marque;0;0;0;1;3;;;;;;',
  'collection;pim_catalog_multiselect;marketing;Collection;Kollektion;Collection;0;0;0;0;4;;;;;;',
  'care_note;pim_catalog_text;marketing;Care;Pflege;Entretien;1;0;0;0;5;;;;;;',
  'variation_name;pim_catalog_text;marketing;Variant name;Variantenname;Nom de variante;1;0;0;0;6;;;;;;',
  'release_date;pim_catalog_date;marketing;Released;Erscheint am;Sortie;0;0;0;0;7;;;;;;',
  'weight;pim_catalog_metric;technical;Weight;Gewicht;Poids;0;0;0;1;1;1;0;Weight;KILOGRAM;;',
  'power;pim_catalog_metric;technical;Power;Leistung;Puissance;0;0;0;0;2;0;0;Power;WATT;;',
  'length;pim_catalog_metric;technical;Length;Länge;Longueur;0;0;0;0;3;1;0;Length;CENTIMETER;;',
  'dimmable;pim_catalog_boolean;technical;Dimmable;Dimmbar;Variateur;0;0;0;1;4;;;;;;',
  'main_color;pim_catalog_simpleselect;technical;Main colour;Hauptfarbe;Couleur principale;0;0;0;1;5;;;;;;',
  'color;pim_catalog_simpleselect;technical;Colour;Farbe;Couleur;0;0;0;1;6;;;;;;',
  'size;pim_catalog_simpleselect;technical;Size;Größe;Taille;0;0;0;1;7;;;;;;',
  'material;pim_catalog_simpleselect;technical;Material;Material;Matière;0;0;0;0;8;;;;;;',
  'ean;pim_catalog_text;trade;EAN;EAN;EAN;0;0;1;1;2;;;;;;',
  'mpn;pim_catalog_text;trade;MPN;Herstellernummer;Référence fabricant;0;0;0;0;3;;;;;;',
  'price;pim_catalog_price_collection;trade;Price;Preis;Prix;0;0;0;0;4;1;;;;;',
  'sale_price;pim_catalog_price_collection;trade;Sale price;Aktionspreis;Prix promotionnel;0;0;0;0;5;1;;;;;',
  'stock_main;pim_catalog_number;trade;Stock;Bestand;Stock;0;0;0;0;6;0;0;;;;',
  'case_quantity;pim_catalog_number;trade;Case of;Karton zu;Carton de;0;0;0;0;7;0;0;;;;',
  'case_ean;pim_catalog_text;trade;Case EAN;Karton-EAN;EAN du carton;0;0;0;0;8;;;;;;',
  'case_price;pim_catalog_price_collection;trade;Case price;Kartonpreis;Prix du carton;0;0;0;0;9;1;;;;;',
  'image;pim_catalog_image;media;Image;Bild;Image;0;0;0;0;1;;;;;jpg,jpeg,png;',
  'variation_image;pim_catalog_image;media;Variant image;Variantenbild;Image de variante;0;0;0;0;2;;;;;jpg,jpeg,png;',
  'notice;pim_catalog_file;media;Manual;Anleitung;Notice;0;0;0;0;3;;;;;pdf;',
])
const option = (attribute: string, code: string, position: number, labels: string) =>
  `${code};${attribute};${position};${labels}`
const colors = (attribute: string) =>
  Object.entries(COLORS).map(([code, german], index) => option(attribute, code, index + 1, `${title(code)};${german};${title(code)}`))
table('attribute_options.csv', `code;attribute;sort_order;${LABELS}`, [
  ...['northlamp', 'fjordlys', 'oakline', 'calorra'].map((code, index) =>
    option('brand', code, index + 1, `${title(code)};${title(code)};${title(code)}`),
  ),
  ...colors('main_color'),
  ...colors('color'),
  ...SIZES.map((size, index) => option('size', size, index + 1, `${size.toUpperCase()};${size.toUpperCase()};${size.toUpperCase()}`)),
  option('material', 'wool', 1, 'Wool;Wolle;Laine'),
  option('material', 'cotton', 2, 'Cotton;Baumwolle;Coton'),
  option('material', 'recycled', 3, 'Recycled fibre;Recyclingfaser;Fibre recyclée'),
  option('collection', 'winter_2016', 1, 'Winter 2016;Winter 2016;Hiver 2016'),
  option('collection', 'summer_2017', 2, 'Summer 2017;Sommer 2017;Été 2017'),
])
const COMMON = 'sku,name,description,brand,ean,mpn,price,sale_price,stock_main,case_quantity,case_ean,case_price,image'
table('families.csv', `code;${LABELS};attributes;attribute_as_label;attribute_as_image;requirements-ecommerce;requirements-print`, [
  `lamps;Lamps;Leuchten;Lampes;${COMMON},notice,weight,power,dimmable,main_color,care_note,release_date,collection;name;image;sku,name,description,price,weight;sku,name`,
  `furniture_lights;Furniture lights;Möbelleuchten;Éclairage de meubles;${COMMON},weight,power,length;name;image;sku,name,price;sku,name`,
  `jackets;Jackets;Jacken;Vestes;${COMMON},weight,color,size,material,care_note,collection,variation_name,variation_image;name;image;sku,name,price,color,size;sku,name`,
  `accessories;Accessories;Zubehör;Accessoires;${COMMON};name;image;sku,name,price;sku`,
  `kits;Kits;Sets;Lots;${COMMON};name;image;sku,name,price;sku`,
])
table('family_variants.csv', `code;family;${LABELS};variant-axes_1;variant-attributes_1;variant-axes_2;variant-attributes_2`, [
  'jackets_color_size;jackets;By colour and size;Nach Farbe und Größe;Par couleur et taille;color;color,variation_name,variation_image;size;size,sku,ean,weight,stock_main',
  'lamps_color;lamps;By colour;Nach Farbe;Par couleur;main_color;main_color,sku,ean,weight,stock_main,image;;',
  'furniture_lights_length;furniture_lights;By length;Nach Länge;Par longueur;length;length,sku,ean,weight,price,stock_main;;',
])
table('association_types.csv', `code;${LABELS};is_quantified;is_two_way`, [
  'X_SELL;Cross sell;Cross-Selling;Vente croisée;0;0',
  'UPSELL;Upsell;Upselling;Montée en gamme;0;0',
  'SUBSTITUTION;Substitution;Ersatz;Remplacement;0;0',
  'PACK;Pack;Set;Lot;1;0',
])
table('group_types.csv', 'code', ['RELATED'])
table('groups.csv', `code;type;${LABELS}`, ['promotion;RELATED;Promotion;Aktion;Promotion'])

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
