import type { Catalog } from '../catalog/catalog.ts'
import type { Attribute } from '../catalog/records.ts'
import { isObject, phpString, type Json, type JsonObject } from '../json.ts'
import { channelMeasures } from '../measurements/channel-units.ts'
import { shareLinks } from './record-families/share-links.ts'
import type { Projection } from './render-product.ts'

/** Rewrites the shown values of one attribute as Akeneo's cloud shows them. */
export type CloudValues = (code: string, entries: readonly JsonObject[], projection: Projection) => Json[]

/** Every value names the type of its attribute; measures carry their symbol, linked entities their family. */
export function cloudValues(catalog: Catalog, origin: string): CloudValues {
  return (code, entries, projection) => {
    const attribute = catalog.attributes.get(code)
    if (attribute === undefined) return [...entries]
    const { type, reference_data_name: family } = attribute
    const shown =
      type === 'pim_catalog_metric' && projection.convertMeasurements === true
        ? channelMeasures(catalog, attribute, entries, projection)
        : entries
    return shown.map((entry) => ({
      ...entry,
      data: withSymbol(catalog, attribute, entry['data'] ?? null),
      ...(type === 'pim_catalog_asset_collection' &&
        projection.withAssetShareLinks === true && {
          linked_data: assetLinks(catalog, attribute, entry['data'] ?? null, origin),
        }),
      attribute_type: type,
      ...(LINKED.has(type) && family !== null && { reference_data_name: family }),
    }))
  }
}

const LINKED = new Set([
  'akeneo_reference_entity',
  'akeneo_reference_entity_collection',
  'pim_catalog_asset_collection',
])

function withSymbol(catalog: Catalog, attribute: Attribute, data: Json): Json {
  if (attribute.type !== 'pim_catalog_metric' || !isObject(data)) return data
  const units = catalog.measurementFamilies.get(attribute.metric_family ?? '')?.units
  return { ...data, symbol: units?.[phpString(data['unit'])]?.symbol ?? '' }
}

function assetLinks(catalog: Catalog, attribute: Attribute, data: Json, origin: string): JsonObject {
  const family = catalog.assetFamilies.get(attribute.reference_data_name ?? '')
  const codes = Array.isArray(data) ? data.map(phpString) : []
  const links = codes.map((code): [string, Json] => [
    code,
    { share_links: family === undefined ? [] : shareLinks(catalog, family, code, origin) },
  ])
  return Object.fromEntries(links)
}
