import { parse } from 'csv-parse/sync'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { all, features, type Texts } from './taxonomy.ts'

type Entry = Record<string, unknown> & { id: string }

const title = (code: string) => code.charAt(0).toUpperCase() + code.slice(1)
const colours: Record<string, string> = {
  white: 'White',
  black: 'Black',
  brass: 'Brass',
  sage: 'Sage',
  coral: 'Coral',
  navy: 'Navy',
}

const catalogue: Record<string, string>[] = parse(
  readFileSync(join(import.meta.dirname, '../../catalog/products.csv')),
  {
    columns: true,
    delimiter: ';',
  },
)
const shop = (sku: string) => {
  const row = catalogue.find((candidate) => candidate['sku'] === sku)
  if (row === undefined) throw new Error(`examples/catalog has no ${sku}`)
  return row
}

const lampTexts = (name: string): { long: Texts; short: Texts } => ({
  long: {
    EN: `<b>${name}</b> brings warm light to your desk.\\n\\n- Adjustable arm\\n- USB-C & no flicker`,
    DE: `<b>${name}</b> bringt warmes Licht an den Schreibtisch.\\n\\n- Verstellbarer Arm\\n- USB-C & flimmerfrei`,
    FR: `<b>${name}</b> apporte une lumière chaude.\\n\\n- Bras orientable\\n- USB-C`,
  },
  short: { EN: `${name}, LED`, DE: `${name}, LED-Leuchte`, FR: `${name}, lampe LED` },
})

function lamp(id: string, sku: string, brandId: string, fields: object = {}): Entry {
  const row = shop(sku)
  const name = row['name'] ?? sku
  const grams =
    row['weight-unit'] === 'KILOGRAM' ? Math.round(Number(row['weight']) * 1000) : Number(row['weight'])
  return {
    id,
    brand: brandId,
    code: row['mpn'] === '' ? sku : (row['mpn'] ?? sku),
    gtins: [row['ean'] ?? ''],
    category: '99010',
    languages: ['EN', 'DE', 'FR'],
    name: { EN: name, DE: name, FR: name },
    ...lampTexts(name),
    bullets: { EN: ['Adjustable arm', 'USB-C'], DE: ['Verstellbarer Arm', 'USB-C'] },
    values: {
      94: String(grams),
      445: row['power'] ?? '5',
      1766: colours[row['main_color'] ?? ''] ?? 'White',
      5001: row['dimmable'] === '1' ? 'Y' : 'N',
      5002: '450',
      5003: '2700',
      2705: 'F',
      49: '140 x 112 x 350',
      5006: '1.5',
    },
    pictures: 2,
    ...fields,
  }
}

/** The invented sheets; lamps and jackets are those of examples/catalog. */
export const products: Entry[] = [
  lamp('900000123', 'NL-DL7-W', '990001', {
    otherCodes: ['NLDL7W'],
    pictures: 4,
    leaflet: true,
    manual: true,
    video: true,
    energyLabel: true,
    warranty: { EN: '2 years', DE: '2 Jahre', FR: '2 ans' },
    disclaimer: { EN: 'Colours may differ.' },
    reasons: { EN: [{ title: 'Warm light', text: 'As warm as a candle.' }] },
    related: ['900000124'],
    bullets: {
      EN: ['Adjustable arm', 'USB-C'],
      DE: ['Verstellbarer Arm', 'USB-C'],
      FR: ['Bras orientable', 'USB-C'],
    },
  }),
  lamp('900000124', 'NL-DL7-B', '990001', { quirks: { emptyAsList: true, numbers: true }, bullets: {} }),
  lamp('900000125', 'NL-DL9-B', '990001', { languages: ['EN'], quirks: { oneGtin: true } }),
  lamp('900000126', 'NL-404', '990001', { values: { 94: '2000', 5009: '0.3', 1766: 'White' }, pictures: 0 }),
  lamp('900000127', 'NL-AC/DC 1', '990001', { quirks: { onlyGtins: true, signsByValue: true } }),
  ...['NL-L007', 'NL-L010', 'NL-L013', 'NL-L016'].map((sku, index) =>
    lamp(String(900000130 + index), sku, '990002', { languages: ['EN', 'DE'] }),
  ),
  ...['NL-L008', 'NL-L011', 'NL-L014', 'NL-L017', 'NL-L020'].map((sku, index) =>
    lamp(String(900000140 + index), sku, '990003'),
  ),
  lamp('900000150', 'NL-L009', '990001', { describedAfterDays: 2 }),
  lamp('900000151', 'NL-L012', '990001', { embargoDays: 3 }),
  lamp('900000152', 'NL-L015', '990001', { removedAfterDays: 2 }),
  lamp('900000153', 'NL-L018', '990001', { describedAt: null }),
]

for (const [index, name] of ['Fell', 'Moor', 'Tarn'].entries()) {
  for (const [place, color] of ['black', 'sage', 'navy'].entries()) {
    const sizes = ['S', 'M', 'L', 'XL'].map((size) =>
      shop(`CAL-${name.toUpperCase()}-${color.toUpperCase()}-${size}`),
    )
    products.push({
      id: String(900000200 + index * 10 + place),
      brand: '990004',
      code: `CAL-${name}-${title(color)}`,
      gtins: sizes.map((row) => row['ean'] ?? ''),
      category: '99020',
      languages: ['EN', 'DE'],
      name: { EN: `${name} jacket ${color}`, DE: `${name}-Jacke ${color}` },
      short: { EN: `A jacket for the ${name.toLowerCase()}`, DE: `Eine Jacke für ${name}` },
      long: {
        EN: `The ${name} jacket keeps wind and rain out.`,
        DE: `Die ${name}-Jacke hält Wind und Regen ab.`,
      },
      values: {
        94: String(600 + index * 40),
        1766: colours[color] ?? 'Black',
        5004: index % 2 === 0 ? 'Wool' : 'Cotton',
        5010: 'Wash at 30 °C.\\nDo not bleach.',
      },
      pictures: 3,
      variants: sizes.map((row, at) => ({
        id: `v${at + 1}`,
        identifiers: [{ type: 'GTIN13', value: row['ean'] ?? '', approved: true }],
      })),
    })
  }
}

/** A number of the range kept for a company's own use, with its check digit. */
const gtin = (number: number): string => {
  const digits = `2${String(99_000_000_000 + number)}`
  const sum = Array.from(digits).reduce(
    (total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 1 : 3),
    0,
  )
  return digits + String((10 - (sum % 10)) % 10)
}

const other = (
  id: number,
  brandId: string,
  code: string,
  category: string,
  name: string,
  values: Record<number, string>,
  fields: object = {},
): Entry => ({
  id: String(id),
  brand: brandId,
  code,
  gtins: [gtin(id % 1000)],
  category,
  languages: ['EN', 'DE', 'FR'],
  name: { EN: name },
  long: { EN: `${name} in detail.`, DE: `${name} im Einzelnen.`, FR: `${name} en détail.` },
  values,
  pictures: 1,
  ...fields,
})

products.push(
  other(
    900000301,
    '990005',
    'PW-27Q',
    '99030',
    'Pixelwerk 27Q',
    {
      944: '27',
      1585: '2560 x 1440',
      1516: '4',
      4963: 'N',
      39: '16:9',
      94: '5400',
      2705: 'E',
      6087: '12000000:1',
    },
    { languages: all, energyLabel: true },
  ),
  other(900000302, '990005', 'PW-39', '99030', 'Pixelwerk 39 and a half', {
    944: '39.5',
    1585: '3840 x 2160',
    1516: '3',
    24847: '16.78 million colours',
    94: '12200',
  }),
  other(
    900000303,
    '990005',
    'PW-24',
    '99030',
    'Pixelwerk 24',
    { 944: '23.8', 94: '3900' },
    { gtins: [], quirks: { sparse: true } },
  ),
  other(900000304, '990007', 'VT 9+1', '99030', 'Vistano 9+1', { 944: '49', 94: '11000' }, { limited: true }),
  other(
    900000305,
    '990007',
    'VT-32',
    '99030',
    'Vistano 32',
    { 944: '31.5', 94: '7000' },
    { needsAuthorisation: true },
  ),
  other(
    900000306,
    '990006',
    'L&S 100%',
    '99010',
    'Lumera 100%',
    { 94: '900', 5001: 'Y' },
    { otherCodes: ['LS100', 'LUM-100'] },
  ),
  other(
    900000307,
    '990006',
    'L&S #2',
    '99010',
    'Lumera #2',
    { 94: '950' },
    { quirks: { reasonObjects: true }, reasons: { EN: [{ title: 'Made by hand', text: 'In one piece.' }] } },
  ),
  other(
    900000308,
    '990008',
    'KM-Z10',
    '99040',
    'Kamaro Z10',
    { 1574: 'CMOS', 1618: '1/2.3', 74: '10', 730: 'SD,SDHC,SDXC', 94: '210', 5008: 'Optional' },
    { leaflet: true },
  ),
  other(
    900000309,
    '990008',
    'KM-Z20',
    '99040',
    'Kamaro Z20',
    { 1574: 'CCD', 1618: '1/2.6', 74: '20', 94: '230', 5007: '2024-05-01' },
    { unapprovedGtins: [gtin(909)] },
  ),
  other(900000310, '990008', 'KM-OLD', '99040', 'Kamaro Old', { 74: '3' }, { replacedBy: '900000308' }),
  other(
    900000311,
    '990009',
    'TV-5',
    '99050',
    'Telavi 5',
    { 944: '5.1', 7061: '850,900', 5005: 'Dust resistant,Water resistant', 94: '152', 1112: '-15 - 35' },
    { gtins: [gtin(311), gtin(911), gtin(912)] },
  ),
  other(900000312, '990009', 'TV-6', '99050', 'Telavi 6', { 944: '6.1', 94: '170' }, { languages: ['EN'] }),
  other(900000313, '990010', 'C#-1', '99050', 'C# Labs One', { 944: '5.8' }),
  other(
    900000314,
    '990011',
    'BW-E14',
    '99060',
    'Brightwell E14',
    { 445: '4', 5002: '470', 2705: 'D' },
    { energyLabel: true, gtins: ['2000000123523'] },
  ),
  other(
    900000315,
    '990011',
    'BW-GU10',
    '99060',
    'Brightwell GU10',
    { 445: '5' },
    { gtins: ['2000000123530'] },
  ),
  other(
    900000316,
    '990012',
    'Z+1',
    '99060',
    'Zero+ One',
    { 445: '3', 5002: '300' },
    { languages: ['EN', 'NL'] },
  ),
  other(
    900000317,
    '990012',
    'Z+2',
    '99060',
    'Zero+ Two',
    Object.fromEntries(
      features.filter(({ group }) => group === '99').map(({ id }, index) => [id, `Value ${index + 1}`]),
    ),
  ),
  other(
    900000318,
    '990012',
    'Z+3',
    '99060',
    'Zero+ Three',
    { 445: '6' },
    { gtins: [], long: {}, pictures: 0, quirks: { sparse: true, emptyAsList: true } },
  ),
)
