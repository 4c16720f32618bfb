import type { RecordFamily } from '../catalog/record-family.ts'
import { unprocessable } from '../errors.ts'
import { phpString } from '../json.ts'
import { arrayExpected } from '../messages.ts'
import type { Criterion } from './criteria.ts'
import { dateFilter } from './date-filter.ts'
import { operatorsOf } from './field-operators.ts'
import { unsupported, type Predicate, type SearchContext } from './predicate.ts'
import { indexedUpdate, indexedValues, type SearchDocument } from './search-index.ts'

const TYPES = ['asset', 'reference_entity_record']

/** Which linked entities count: those that the companion filter names, or all. */
export function linkedTypes(criteria: readonly Criterion[]): readonly string[] {
  const named = criteria.find(({ property }) => property === 'updated_including_linked_type')
  if (named === undefined) return TYPES
  if (!criteria.some(({ property }) => property === 'updated_including_linked_entities')) {
    throw unprocessable(
      'Filter on property "updated_including_linked_type" cannot be used without "updated_including_linked_entities".',
    )
  }
  if (!Array.isArray(named.value)) throw unprocessable(arrayExpected(named.property, named.value))
  const types = named.value.map(phpString)
  const unknown = types.find((type) => !TYPES.includes(type))
  if (unknown === undefined) return types
  throw unprocessable(
    `Property "${named.property}" expects values among "${TYPES.join('", "')}", "${unknown}" given.`,
  )
}

/** `updated` of a record or of the assets and reference entity records that its values name, whichever is latest. */
export function linkedUpdateFilter(
  kind: 'product' | 'product_model',
  criterion: Criterion,
  types: readonly string[],
  context: SearchContext,
): Predicate {
  const { property, operator } = criterion
  if (!operatorsOf(kind, property, context.cloud).includes(operator)) throw unsupported(property, operator)
  const links = linkingAttributes(types, context)
  return dateFilter(criterion, context, (document) => latestUpdate(document, links))
}

interface Link {
  attribute: string
  family: RecordFamily
}

function linkingAttributes(types: readonly string[], { catalog }: SearchContext): Link[] {
  return [...catalog.attributes.values()].flatMap(({ code, type, reference_data_name: name }): Link[] => {
    const isAsset = type === 'pim_catalog_asset_collection'
    if (!isAsset && !type.startsWith('akeneo_reference_entity')) return []
    if (!types.includes(isAsset ? 'asset' : 'reference_entity_record')) return []
    const family = (isAsset ? catalog.assetFamilies : catalog.referenceEntities).get(name ?? '')
    return family === undefined ? [] : [{ attribute: code, family }]
  })
}

function latestUpdate(document: SearchDocument, links: readonly Link[]): number {
  let latest = indexedUpdate(document)
  for (const { attribute, family } of links) {
    for (const { data } of indexedValues(document, attribute)) {
      for (const code of Array.isArray(data) ? data : [data]) {
        latest = Math.max(latest, family.records.get(phpString(code))?.updated ?? 0)
      }
    }
  }
  return latest
}
