import {
  list,
  mainIdentifier,
  same,
  type Catalogue,
  type Entry,
  type Model,
  type Product,
  type Row,
} from './catalogue.ts'

/** The catalogue with the questions that are asked of it, for a channel: the one of the defaults, if none is named. */
export class World {
  readonly catalogue: Catalogue
  readonly channel: string
  readonly locales: string[]
  readonly currencies: string[]
  readonly identifier: string

  constructor(catalogue: Catalogue, channel?: string) {
    this.catalogue = catalogue
    const inOrder = [...catalogue.channels].sort((a, b) => ((a['code'] ?? '') < (b['code'] ?? '') ? -1 : 1))
    const first = inOrder.find(({ code }) => channel === undefined || code === channel) ?? {}
    this.channel = first['code'] ?? ''
    this.locales = list(first['locales'])
    this.currencies = list(first['currencies'])
    this.identifier = mainIdentifier(catalogue.attributes)
  }

  attribute(code: string | undefined): Row | undefined {
    return this.catalogue.attributes.find((row) => same(row['code'], code))
  }

  model(code: string | null): Model | undefined {
    return code === null ? undefined : this.catalogue.models.find((model) => same(model.code, code))
  }

  /** From the root down, itself last. */
  lineage(own: Product | Model): (Product | Model)[] {
    const parent = this.model(own.parent)
    return parent ? [...this.lineage(parent), own] : [own]
  }

  /** What Akeneo shows of it: its own values with those of its ancestors. */
  merged(own: Product | Model): Record<string, Entry[]> {
    return Object.assign({}, ...this.lineage(own).map(({ values }) => values)) as Record<string, Entry[]>
  }

  variantsOf(root: Model): Product[] {
    return this.catalogue.products.filter(({ parent }) => {
      const model = this.model(parent)
      return model !== undefined && (model === root || this.model(model.parent) === root)
    })
  }

  /** Entries of an attribute in the output: by locale, or one under ''. */
  shown(values: Record<string, Entry[]>, code: string): Map<string, unknown> {
    const attribute = this.attribute(code)
    const found = new Map<string, unknown>()
    for (const { locale, scope, data } of values[attribute?.['code'] ?? code] ?? []) {
      if (attribute?.['scopable'] === '1' && scope !== this.channel) continue
      if (locale !== null && !this.locales.includes(locale)) continue
      found.set(locale ?? '', data)
    }
    return found
  }

  byLocale(values: Record<string, Entry[]>, code: string): Record<string, string> {
    const shown = this.shown(values, code)
    const texts: Record<string, string> = {}
    for (const locale of this.locales) {
      const text = shown.get('') ?? shown.get(locale)
      if (typeof text === 'string') texts[locale] = text
    }
    return texts
  }
}

/** The hub's name for each of Akeneo's types. */
export const hubTypes: Record<string, string> = {
  pim_catalog_identifier: 'identifier',
  pim_catalog_text: 'text',
  pim_catalog_textarea: 'text',
  pim_catalog_number: 'number',
  pim_catalog_metric: 'measure',
  pim_catalog_boolean: 'boolean',
  pim_catalog_date: 'date',
  pim_catalog_simpleselect: 'option',
  pim_catalog_multiselect: 'options',
  pim_catalog_price_collection: 'prices',
  pim_reference_data_simpleselect: 'entity',
  pim_reference_data_multiselect: 'entities',
  akeneo_reference_entity: 'entity',
  akeneo_reference_entity_collection: 'entities',
  pim_catalog_asset_collection: 'assets',
  pim_catalog_table: 'table',
  pim_catalog_image: 'file',
  pim_catalog_file: 'file',
}
