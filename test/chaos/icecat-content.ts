import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/*
 * Icecat's side of the world: which products have a sheet, what stands in it, and how it is mapped. A sheet's content is told by its
 * number and its version, so that whoever reads a value in Akeneo knows which content it is.
 */

/** Number of Icecat's sheet for a line of the catalogue's products, and for one that was made. */
export const sheetOfLine = (line: number): string => String(7_100_000 + line)
export const sheetOfMade = (place: number): string => String(7_200_000 + place)

/** Products that were made and have a number, and how many of these have a sheet: the others are asked for. */
export const madeWithNumber = 40
export const madeWithSheet = 32

/** Variants of one root say the same of what their root owns. */
const roots: Record<string, string[]> = { bulb: ['5', '6'], polo: ['7', '8', '9'] }

/** All sheets of the one's root; those of a simple product are one. */
export function together(sheet: string): string[] {
  const root = rootOf(sheet)
  return root === null ? [sheet] : (roots[root] ?? []).map((line) => sheetOfLine(Number(line)))
}

const rootOf = (sheet: string): string | null =>
  Object.keys(roots).find((root) => roots[root]?.some((line) => sheetOfLine(Number(line)) === sheet)) ?? null

export interface Content {
  titles: Record<string, string>
  names: Record<string, string>
  long: Record<string, string>
  /** By feature: 94 is the weight; unit g. */
  values: Record<string, string>
  /** By their place in the sheet. */
  pictures: Record<number, { url: string }>
}

export const codeOf = (sheet: string): string => `IC-${rootOf(sheet) ?? sheet}`

export function contentOf(sheet: string, version: number): Content {
  const about = `${codeOf(sheet)} v${version}`
  const names = { EN: `Short ${about}`, DE: `Kurz ${about}` }
  return {
    // As the simulator makes them of a name, before they are edited.
    titles: { EN: `Northlamp ${names.EN}`, DE: `Northlamp ${names.DE}` },
    names,
    long: { EN: `All about ${about}`, DE: `Alles über ${about}` },
    values: { 94: String(1000 + version) },
    // Their bytes, as the simulator makes them, tell their address.
    pictures: Object.fromEntries(
      pictured.map(([, no]) => [
        no - 1,
        { url: `https://images.icecat.biz/img/gallery/${codeOf(sheet)}-v${version}-${no}.jpg` },
      ]),
    ),
  }
}

/** What a file's bytes say of it: which of the pictures of which content it is; null: it is none of Icecat's. */
export function pictureIn(bytes: Buffer): string | null {
  const found = /gallery\/(IC-\S+)-v(\d+)-(\d)\.jpg/.exec(bytes.toString('latin1'))
  const [, code, version, no] = found ?? []
  return code === undefined || version === undefined || no === undefined
    ? null
    : `Picture ${no} ${code} v${version}`
}

/** What the mapping makes of a content, by place: `attribute locale scope`. */
export function mappedContent(sheet: string, version: number): Map<string, string> {
  const { titles, names, long, values } = contentOf(sheet, version)
  const languages = { en_US: 'EN', de_DE: 'DE', fr_FR: 'EN' }
  const scopes = { en_US: ['shop'], de_DE: ['shop', 'trade'], fr_FR: ['trade'] }
  return new Map([
    ...Object.entries(languages).flatMap(([locale, language]): [string, string][] => [
      [`name ${locale} `, titles[language] ?? ''],
      [`note ${locale} `, names[language] ?? ''],
      ...scopes[locale as keyof typeof scopes].map((scope): [string, string] => [
        `description ${locale} ${scope}`,
        long[language] ?? '',
      ]),
    ]),
    ['weight  ', `${values[94] ?? ''} g`],
    ['secret  ', codeOf(sheet)],
    ...pictured.map(([attribute, no]): [string, string] => [
      `${attribute}  `,
      `Picture ${no} ${codeOf(sheet)} v${version}`,
    ]),
  ])
}

/** Whether a value is content of Icecat's, whichever: a person may have written the same. */
export const isIcecats = (data: string): boolean => versionOf(data) !== null || data.startsWith('IC-')

/** The version that a value tells of; null: it is no content of Icecat's, or one of all versions. */
export const versionOf = (data: string | null): number | null => {
  const found = /^(?:.* IC-\S+ v(\d+)|1(\d{3}) g)$/.exec(data ?? '')
  const version = found?.[1] ?? found?.[2]
  return version === undefined ? null : Number(version)
}

/** Which sheet's a text is; weights do not say it. */
export const aboutOf = (data: string | null): string | undefined => /IC-\S+/.exec(data ?? '')?.[0]

/** A root's photo is its variants' alike; each has a picture of its own. */
const pictured: [attribute: string, no: number][] = [
  ['picture', 1],
  ['photo', 2],
]

export const mappedAttributes = [
  'name',
  'note',
  'description',
  'weight',
  'secret',
  ...pictured.map(([attribute]) => attribute),
]

export const mappingText = `version: 1
products: { family: [lamps, shirts] }
match: [{ icecatId: icecat_id }]
guard: { brand: ignore }
languages: { en_US: [EN], de_DE: [DE], fr_FR: [EN] }
neutral: EN
channels: [shop, trade]
options: { match: [code], create: never }
attributes:
  name: title
  note: name
  description: description.long
  weight: { from: feature/94, unit: GRAM }
  secret: code
media:
${pictured.map(([attribute, no]) => `  ${attribute}: image/${no}`).join('\n')}
`

const linesOfCatalogue = 12

export const sheets: readonly string[] = [
  ...Array.from({ length: linesOfCatalogue }, (_, line) => sheetOfLine(line)),
  ...Array.from({ length: madeWithSheet }, (_, place) => sheetOfMade(place)),
]

/** Icecat's catalogue as its simulator reads it. */
export async function writeIcecatCatalogue(folder: string): Promise<void> {
  await mkdir(folder)
  await cp('examples/icecat/taxonomy.json', join(folder, 'taxonomy.json'))
  const products = sheets.map((id) => {
    const { names, long, values } = contentOf(id, 0)
    const fixed = {
      brand: '990001',
      gtins: [],
      category: '99010',
      languages: ['EN', 'DE'],
      pictures: pictured.length,
    }
    return { ...fixed, id, code: codeOf(id), name: names, long, values }
  })
  await writeFile(join(folder, 'products.json'), JSON.stringify(products))
}

/** The properties' catalogue in Akeneo, with Icecat's number at each product. */
export async function writeAkeneoCatalogue(folder: string): Promise<void> {
  await cp('test/properties/catalog', folder, { recursive: true })
  const change = async (name: string, lines: (line: string, index: number) => string) => {
    const text = await readFile(join(folder, name), 'utf8')
    await writeFile(join(folder, name), `${text.trimEnd().split('\n').map(lines).join('\n')}\n`)
  }
  const last = (line: string) => line.replaceAll('picture,leaflet;', 'picture,leaflet,icecat_id;')
  await change('families.csv', last)
  // Each variant has its own.
  await change('family_variants.csv', (line) => line.replace('stock,picture', 'stock,picture,icecat_id'))
  await change('attributes.csv', (line) =>
    line.startsWith('leaflet;') ? `${line}\nicecat_id;pim_catalog_text;trade;Icecat;;0;0;0;17;;;;` : line,
  )
  await change(
    'products.csv',
    (line, index) => `${line};${index === 0 ? 'icecat_id' : sheetOfLine(index - 1)}`,
  )
}
