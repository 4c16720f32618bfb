import { attributeCode, kindOf, shapeOf, type ShapeName } from '../simulator/akeneo/shapes/shape.ts'
import { featureId, inventedText, inventedValues } from './support/invented-icecat.ts'
import type { SimulatedAkeneo } from './support/simulator.ts'

/** Languages of the sheets, and the locales of the generated catalogue that they feed. */
export const languages = { en_US: 'EN', de_DE: 'DE', fr_FR: 'FR' } as const

/** As the simulator names the products of its shapes. */
export const productCode = (n: number): string => `P${String(n).padStart(7, '0')}`

/** Of the product with this number; SQL makes the same of its code (day-fill.ts). */
export const icecatIdOf = (n: number): string => String(910_000_000 + n)

export function eanOf(n: number): string {
  const body = `20${String(n).padStart(10, '0')}`
  const sum = Array.from(body).reduce(
    (all, digit, place) => all + Number(digit) * (place % 2 === 0 ? 1 : 3),
    0,
  )
  return `${body}${(10 - (sum % 10)) % 10}`
}

export const numberOf = (code: string): number => Number(code.slice(1))

/** So many of them, evenly over the catalogue; the second kind lies half-way between those of the first. */
export const spread = (products: number, count: number, offset: 0 | 0.5): number[] =>
  Array.from({ length: count }, (_, n) => Math.floor(((n + offset) * products) / count))

/** These products, each variant with all of its model: they are judged together. */
export function withSiblings(shape: string, products: number, numbers: readonly number[]): number[] {
  const { variantShare, variantsPerModel } = shapeOf(shape as ShapeName)
  const variants = Math.floor((products * variantShare) / variantsPerModel) * variantsPerModel
  const all = numbers.flatMap((n) => {
    if (n >= variants) return [n]
    const first = n - (n % variantsPerModel)
    return Array.from({ length: variantsPerModel }, (_, place) => first + place)
  })
  return [...new Set(all)]
}

/** Attributes of a shape that the mapping writes: texts, texts by locale, amounts and flags, some two to three of each in a family. */
function mappedAttributes(shape: string): { code: string; rule: string }[] {
  const { attributes } = shapeOf(shape as ShapeName)
  return Array.from({ length: attributes }, (_, number) => number).flatMap((number) => {
    const rule = ruleOf(number)
    return rule === null ? [] : [{ code: attributeCode(number), rule }]
  })
}

export const mappedCodes = (shape: string): string[] => mappedAttributes(shape).map(({ code }) => code)

/** One in twenty of the generated attributes is of each of these kinds. */
function ruleOf(number: number): string | null {
  const index = 3 * (Math.floor(number / 20) % 50)
  const isFirst = (kind: string, place: number) => number % 20 === place && kindOf(number) === kind
  if (isFirst('metric', 5)) return `{ from: feature/${featureId(index)}, unit: GRAM, decimals: 4 }`
  if (isFirst('text', 0)) return `feature/${featureId(index + 1)}`
  if (isFirst('boolean', 7)) return `feature/${featureId(index + 2)}`
  if (isFirst('localized', 2) && number % 40 === 2) return '{ from: title, max: 255, cut: word }'
  return null
}

/** What is there before is made Icecat's on the first day: so each product has values of ours. */
export const mappingText = (shape: string): string => `version: 1
match: [{ gtin: [ean] }]
languages: { ${Object.entries(languages)
  .map(([locale, language]) => `${locale}: [${language}]`)
  .join(', ')} }
neutral: EN
channels: [ecommerce, print]
ownership: { foreign: overwrite }
attributes:
${mappedAttributes(shape)
  .map(({ code, rule }) => `  ${code}: ${rule}`)
  .join('\n')}
`

/** The sheet of a product as it was yesterday. */
export const sheetOf = (n: number) => ({
  id: icecatIdOf(n),
  brand: '990001',
  code: productCode(n),
  gtins: [eanOf(n)],
  category: '99010',
  languages: Object.values(languages),
  name: inLanguages(() => `Thing ${n}`),
  long: inLanguages(() => inventedText),
  values: inventedValues(n % 400),
  pictures: 5,
})

/** What editors at Icecat have changed since: the title, and an amount. */
export const editOf = (n: number) => ({
  id: icecatIdOf(n),
  titles: inLanguages((language) => `Northlamp Thing ${n}, new edition (${language})`),
  values: Object.fromEntries(
    Array.from({ length: 20 }, (_, k) => [featureId(3 * k), String(1000 + ((n + k) % 8000))]),
  ),
})

const inLanguages = (text: (language: string) => string): Record<string, string> =>
  Object.fromEntries(Object.values(languages).map((language) => [language, text(language)]))

/** Akeneo gets an attribute that Icecat is asked by, in all families, on the products themselves. */
export async function addEan(akeneo: SimulatedAkeneo): Promise<void> {
  await akeneo.patch('/attributes/ean', { code: 'ean', type: 'pim_catalog_text', group: 'other' })
  for await (const families of akeneo.list('/families?limit=100')) {
    for (const { code, attributes } of families as { code: string; attributes: string[] }[]) {
      await akeneo.patch(`/families/${code}`, { attributes: [...attributes, 'ean'] })
      for await (const variants of akeneo.list(`/families/${code}/variants?limit=100`)) {
        for (const variant of variants as FamilyVariant[])
          await akeneo.patch(`/families/${code}/variants/${variant.code}`, {
            variant_attribute_sets: variant.variant_attribute_sets.map((set, index, all) =>
              index === all.length - 1 ? { ...set, attributes: [...set.attributes, 'ean'] } : set,
            ),
          })
      }
    }
  }
}

interface FamilyVariant {
  code: string
  variant_attribute_sets: { level: number; axes: string[]; attributes: string[] }[]
}

export const eanEdit = (n: number): object => ({
  resource: 'product',
  code: productCode(n),
  patch: { values: { ean: eanValue(n) } },
})

export const eanValue = (n: number) => [{ locale: null, scope: null, data: eanOf(n) }]
