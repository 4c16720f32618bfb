import { CodeMap } from '../codes.ts'
import type { Attribute, AttributeOption } from '../catalog/records.ts'
import { installConstants, newAttribute } from '../install/empty-pim.ts'
import type { Pim } from '../pim.ts'
import { isCommon } from './generated-family.ts'
import { GeneratedProducts } from './generated-products.ts'
import {
  attributeCode,
  AXIS,
  categoryCode,
  CHANNELS,
  CURRENCIES,
  familyAttributes,
  familyCode,
  kindOf,
  LOCALES,
  modelCode,
  optionCode,
  OPTIONS_PER_SELECT,
  shapeOf,
  type Kind,
  type Shape,
  type ShapeName,
} from './shape.ts'

const BEGAN = Date.parse('2026-01-05T08:00:00Z')
const NONE = new Map<string, never>()
const STAMP = { created: BEGAN, updated: BEGAN }

/** Fills a PIM with a generated catalogue: the structure and the models are stored, products are made when asked for. */
export function installShape(pim: Pim, name: ShapeName, createdPerSecond?: number): void {
  const shape = shapeOf(name)
  installConstants(pim)
  installStructure(pim, shape)
  const products = new GeneratedProducts(shape, createdPerSecond)
  for (let model = 0; model < products.models; model++) {
    pim.catalog.setModel({
      kind: 'product_model',
      code: modelCode(model),
      family: familyCode(model % shape.families),
      family_variant: `${familyCode(model % shape.families)}_variant`,
      parent: null,
      categories: products.modelCategories(model),
      // Made when read: thirty thousand models of the large shape would fill the memory.
      get values() {
        return products.modelValues(model)
      },
      associations: NONE,
      quantified: NONE,
      created: products.modelCreatedAt(model),
      updated: products.modelCreatedAt(model),
    })
  }
  pim.catalog.products.generated = products
}

function installStructure({ catalog }: Pim, shape: Shape): void {
  for (const code of CURRENCIES) catalog.currencies.set(code, { code, enabled: true })
  for (let category = 0; category < shape.categories; category++) {
    const parent = category === 0 ? null : categoryCode(Math.floor((category - 1) / 12))
    catalog.categories.set({
      code: categoryCode(category),
      parent,
      labels: { en_US: `Category ${category}`, de_DE: `Kategorie ${category}` },
      ...STAMP,
    })
  }
  for (const code of CHANNELS) {
    catalog.channels.set(code, {
      code,
      locales: LOCALES.slice(0, code === 'print' ? 2 : 3),
      currencies: [...CURRENCIES],
      category_tree: 'master',
      conversion_units: {},
      labels: { en_US: code },
    })
  }
  catalog.attributeGroups.set('other', {
    code: 'other',
    sort_order: 100,
    labels: { en_US: 'Other' },
    ...STAMP,
  })
  catalog.attributes.set('sku', {
    ...newAttribute('sku', 'pim_catalog_identifier', 'other'),
    unique: true,
    useable_as_grid_filter: true,
    is_main_identifier: true,
    ...STAMP,
  })
  installSelect(catalog, AXIS)
  for (let attribute = 0; attribute < shape.attributes; attribute++) {
    installAttribute(catalog, attributeCode(attribute), kindOf(attribute))
  }
  for (let family = 0; family < shape.families; family++) installFamily(catalog, shape, family)
  for (const code of ['X_SELL', 'UPSELL']) {
    catalog.associationTypes.set(code, {
      code,
      labels: { en_US: code },
      is_quantified: false,
      is_two_way: false,
    })
  }
  catalog.associationTypes.set('PACK', { code: 'PACK', labels: {}, is_quantified: true, is_two_way: false })
}

function installSelect(catalog: Pim['catalog'], code: string, type = 'pim_catalog_simpleselect'): void {
  catalog.attributes.set(code, { ...newAttribute(code, type, 'other'), labels: { en_US: code }, ...STAMP })
  const options = new CodeMap<AttributeOption>()
  for (let option = 0; option < OPTIONS_PER_SELECT; option++) {
    options.set(optionCode(option), {
      code: optionCode(option),
      attribute: code,
      sort_order: option,
      labels: { en_US: `Option ${option}`, de_DE: `Auswahl ${option}`, fr_FR: `Choix ${option}` },
    })
  }
  catalog.options.set(code, options)
}

function installAttribute(catalog: Pim['catalog'], code: string, kind: Kind): void {
  if (kind === 'select' || kind === 'multiselect') {
    installSelect(catalog, code, TYPES[kind])
    return
  }
  const rest: Partial<Attribute> = KIND_PROPERTIES[kind]
  catalog.attributes.set(code, {
    ...newAttribute(code, TYPES[kind], 'other'),
    labels: { en_US: code.replace('_', ' ') },
    ...STAMP,
    ...rest,
  })
}

const TYPES: Readonly<Record<Kind, string>> = {
  text: 'pim_catalog_text',
  localized: 'pim_catalog_text',
  scoped: 'pim_catalog_textarea',
  select: 'pim_catalog_simpleselect',
  multiselect: 'pim_catalog_multiselect',
  number: 'pim_catalog_number',
  metric: 'pim_catalog_metric',
  boolean: 'pim_catalog_boolean',
  date: 'pim_catalog_date',
  price: 'pim_catalog_price_collection',
}

const KIND_PROPERTIES: Readonly<Record<Kind, Partial<Attribute>>> = {
  text: {},
  localized: { localizable: true },
  scoped: { localizable: true, scopable: true },
  select: {},
  multiselect: {},
  number: { decimals_allowed: true, negative_allowed: false },
  metric: {
    metric_family: 'Weight',
    default_metric_unit: 'KILOGRAM',
    decimals_allowed: true,
    negative_allowed: false,
  },
  boolean: {},
  date: {},
  price: { decimals_allowed: true },
}

function installFamily(catalog: Pim['catalog'], shape: Shape, family: number): void {
  const code = familyCode(family)
  const own = familyAttributes(shape, family).map(attributeCode)
  const required = ['sku', ...own.slice(0, 12)]
  catalog.families.set(code, {
    code,
    attributes: ['sku', AXIS, ...own],
    attribute_as_label: own.find((one) => catalog.attributes.get(one)?.type === 'pim_catalog_text') ?? 'sku',
    attribute_as_image: null,
    attribute_requirements: Object.fromEntries(CHANNELS.map((channel) => [channel, required])),
    labels: { en_US: `Family ${family}` },
    ...STAMP,
  })
  catalog.familyVariants.set(`${code}_variant`, {
    code: `${code}_variant`,
    family: code,
    labels: {},
    variant_attribute_sets: [
      {
        level: 1,
        axes: [AXIS],
        attributes: [AXIS, 'sku', ...own.filter((_, position) => !isCommon(position))],
      },
    ],
  })
}
