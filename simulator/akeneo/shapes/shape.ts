/** How big a generated catalogue is, after the catalogues that Akeneo audited: small, medium and large customers. */
export interface Shape {
  products: number
  attributes: number
  families: number
  categories: number
  /** Attributes of each family: they decide how many values a product has, about 74. */
  attributesPerFamily: number
  /** Share of products that are variants, and how many stand below one model. */
  variantShare: number
  variantsPerModel: number
}

type ShapeSize = 'small' | 'medium' | 'large'

/** `medium`, or `medium:8000` for so many products with the structure of that size. */
export type ShapeName = ShapeSize | `${ShapeSize}:${number}`

const SHAPES: Readonly<Record<ShapeSize, Shape>> = {
  small: {
    products: 5_000,
    attributes: 100,
    families: 20,
    categories: 500,
    attributesPerFamily: 55,
    variantShare: 0.3,
    variantsPerModel: 5,
  },
  medium: {
    products: 50_000,
    attributes: 400,
    families: 50,
    categories: 2_000,
    attributesPerFamily: 55,
    variantShare: 0.3,
    variantsPerModel: 5,
  },
  large: {
    products: 1_000_000,
    attributes: 1_000,
    families: 400,
    categories: 4_000,
    attributesPerFamily: 55,
    variantShare: 0.3,
    variantsPerModel: 10,
  },
}

const SHAPE_NAME = /^(small|medium|large)(?::([1-9]\d{2,7}))?$/

export const isShapeName = (text: string): text is ShapeName => SHAPE_NAME.test(text)

export function shapeOf(name: ShapeName): Shape {
  const [, size, products] = SHAPE_NAME.exec(name) ?? []
  if (size === undefined)
    throw new RangeError(
      `There is no shape ${name}: say small, medium or large, or with a number of products of at least 100, such as medium:8000`,
    )
  const shape = SHAPES[size as ShapeSize]
  return products === undefined ? shape : { ...shape, products: Number(products) }
}

export const LOCALES = ['en_US', 'de_DE', 'fr_FR'] as const
export const CHANNELS = ['ecommerce', 'print'] as const
export const CURRENCIES = ['EUR', 'USD'] as const
export const OPTIONS_PER_SELECT = 20
export const AXIS = 'axis'

/** A number that looks random and always comes out the same (a 32-bit finalizer). */
export function mix(a: number, b: number): number {
  let hash = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b ^ 0x7f4a7c15, 0xc2b2ae35)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** What the attribute with this number is; the mix is fixed, so families resemble each other. */
export type Kind =
  | 'text'
  | 'localized'
  | 'scoped'
  | 'select'
  | 'multiselect'
  | 'number'
  | 'metric'
  | 'boolean'
  | 'date'
  | 'price'

export const KINDS: readonly Kind[] = [
  'text',
  'select',
  'localized',
  'number',
  'select',
  'metric',
  'text',
  'boolean',
  'select',
  'text',
  'multiselect',
  'date',
  'text',
  'select',
  'metric',
  'text',
  'number',
  'localized',
  'scoped',
  'price',
]

export function kindOf(attribute: number): Kind {
  return KINDS[attribute % KINDS.length] ?? 'text'
}

export const attributeCode = (attribute: number) => `attribute_${String(attribute).padStart(4, '0')}`
export const familyCode = (family: number) => `family_${String(family).padStart(3, '0')}`
export const categoryCode = (category: number) =>
  category === 0 ? 'master' : `category_${String(category).padStart(4, '0')}`
export const modelCode = (model: number) => `M${String(model).padStart(6, '0')}`
export const optionCode = (option: number) => `option_${String(option).padStart(2, '0')}`

/** Attributes of a family: a run through the numbers that begins elsewhere for each family. */
export function familyAttributes(shape: Shape, family: number): number[] {
  const first = (family * 17) % shape.attributes
  return Array.from(
    { length: Math.min(shape.attributesPerFamily, shape.attributes) },
    (_, index) => (first + index) % shape.attributes,
  )
}

/** Phrases in several scripts: what a client breaks on is rarely Latin. */
export const PHRASES: Readonly<Record<string, readonly string[]>> = {
  en_US: [
    'Quiet and bright',
    'Made to last',
    'Brushed steel housing',
    'For every room & season',
    'Ø 20 mm — “classic”',
  ],
  de_DE: [
    'Leise und hell',
    'Für lange Jahre gemacht',
    'Gehäuse aus gebürstetem Stahl',
    'Größe nach Maß',
    'Überall zuhause',
  ],
  fr_FR: [
    'Discret et lumineux',
    'Fait pour durer',
    'Boîtier en acier brossé',
    'À l’aise partout',
    'Été comme hiver',
  ],
  other: [
    '静かで明るい',
    'сделано надолго',
    'صنع ليدوم',
    'टिकाऊ और हल्का',
    'φτιαγμένο για να διαρκεί',
    '조용하고 밝은',
    '🔧 tool-free',
  ],
}
