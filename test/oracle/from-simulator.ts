import type { Catalog } from '../../simulator/akeneo/catalog/catalog.ts'
import type {
  Product as StoredProduct,
  ProductModel,
  Values,
} from '../../simulator/akeneo/catalog/records.ts'
import type { Catalogue, Category, Entry, Own, Row } from './catalogue.ts'
import { type OracleRecord, recordsOf } from './hub.ts'
import { tradeRecords } from './trade.ts'

/*
 * The simulator's state as the plain reading of its files would have it: what the hub should hold is told from it without one call of
 * the API. Shares no code with the product.
 */

export const oracleFromState = (catalog: Catalog): OracleRecord[] => recordsOf(catalogueOf(catalog))

/** In the output of `test/properties/trade.hub.yaml`. */
export const tradeFromState = (catalog: Catalog): OracleRecord[] => tradeRecords(catalogueOf(catalog))

export function catalogueOf(catalog: Catalog): Catalogue {
  return {
    attributes: [...catalog.attributes.values()].map((attribute) => ({
      code: attribute.code,
      type: attribute.type,
      localizable: flag(attribute.localizable),
      scopable: flag(attribute.scopable),
      unique: flag(attribute.unique),
      is_main_identifier: flag(attribute.is_main_identifier),
      metric_family: attribute.metric_family ?? '',
      decimals_allowed: attribute.decimals_allowed === null ? '' : flag(attribute.decimals_allowed),
      ...labels(attribute.labels),
    })),
    options: [...catalog.options.values()].flatMap((options) =>
      [...options.values()].map((option) => ({
        code: option.code,
        attribute: option.attribute,
        sort_order: String(option.sort_order),
        ...labels(option.labels),
      })),
    ),
    families: [...catalog.families.values()].map((family) => ({
      code: family.code,
      attributes: family.attributes.join(','),
      attribute_as_label: family.attribute_as_label,
      attribute_as_image: family.attribute_as_image ?? '',
    })),
    familyVariants: [...catalog.familyVariants.values()].map((variant) => ({
      code: variant.code,
      family: variant.family,
      ...Object.fromEntries<string>(
        variant.variant_attribute_sets.flatMap(({ level, axes, attributes }) => [
          [`variant-axes_${level}`, axes.join(',')],
          [`variant-attributes_${level}`, attributes.join(',')],
        ]),
      ),
    })),
    channels: [...catalog.channels.values()].map(({ code, locales, currencies }) => ({
      code,
      locales: locales.join(','),
      currencies: currencies.join(','),
    })),
    associationTypes: [...catalog.associationTypes.values()].map((type) => ({
      code: type.code,
      is_quantified: flag(type.is_quantified),
    })),
    units: new Map(
      [...catalog.measurementFamilies.values()].map(({ code, units }) => [code, Object.keys(units)]),
    ),
    categories: catalog.categories
      .inOrder()
      .map(({ code, parent, labels: all }): Category => ({ code, parent, labels: { ...all } })),
    // Of reference entities: the scenarios have none.
    records: new Map(),
    models: catalog.modelsInOrder().map((model) => ({
      code: model.code,
      familyVariant: model.family_variant,
      parent: model.parent,
      ...ownOf(model),
    })),
    products: [...catalog.products.afterUuid(undefined)].map((product) => ({
      sku: product.identifier,
      uuid: product.uuid,
      enabled: product.enabled,
      family: product.family,
      parent: product.parent,
      // There is no file that it was read from.
      cells: {},
      ...ownOf(product),
    })),
  }
}

const flag = (value: boolean) => (value ? '1' : '0')

const labels = (all: Readonly<Record<string, string>>): Row =>
  Object.fromEntries(Object.entries(all).map(([locale, label]) => [`label-${locale}`, label]))

function ownOf({ categories, values, associations, quantified }: StoredProduct | ProductModel): Own {
  return {
    values: entriesOf(values),
    categories: [...categories],
    products: Object.fromEntries([...associations].map(([type, { products }]) => [type, [...products]])),
    models: Object.fromEntries(
      [...associations].map(([type, { product_models }]) => [type, [...product_models]]),
    ),
    parts: Object.fromEntries(
      [...quantified].map(([type, { products, product_models }]) => [
        type,
        [
          ...products.map((link) => ({ kind: 'product' as const, ...link })),
          ...product_models.map((link) => ({ kind: 'group' as const, ...link })),
        ],
      ]),
    ),
  }
}

const entriesOf = (values: Values): Record<string, Entry[]> =>
  Object.fromEntries([...values].map(([code, entries]) => [code, entries.map((entry) => ({ ...entry }))]))
