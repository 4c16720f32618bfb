import type { StreamName } from '../../contracts/streams.ts'
import { linkedBy } from './translate/records.ts'
import type { AkeneoAttribute } from './schema.ts'

/** Streams that are read only where an attribute names their records: other editions of Akeneo do not have them. */
export const onlyWhereNamed: readonly StreamName[] = ['asset-families', 'reference-entity-records', 'assets']

/** The lists of records, and of their family, that an attribute's values name. */
export function linkedLists(attribute: AkeneoAttribute): { stream: StreamName; parent: string }[] {
  const linked = linkedBy(attribute)
  if (linked === null) return []
  const { stream, family: parent } = linked
  // The family first: it says which file of an asset is the picture.
  return stream === 'assets'
    ? [
        { stream: 'asset-families', parent },
        { stream, parent },
      ]
    : [{ stream, parent }]
}

/** Each belongs to another record, below whose address it is listed. */
const listedBelow: readonly StreamName[] = [
  'attribute-options',
  'family-variants',
  'reference-entity-records',
  'assets',
]

/** How a record of a list is known with what the list belongs to: its code may stand in several lists. */
export const keyInList = (stream: StreamName, parent: string | undefined, code: string): string =>
  parent === undefined || !listedBelow.includes(stream) ? code : `${parent}/${code}`

/** That, taken apart; attributes and families have letters, digits and `_` only. Null: nothing says which list it is of. */
export function listAddress(stream: StreamName, key: string): { key: string; parent?: string } | null {
  if (!listedBelow.includes(stream)) return { key }
  const at = key.indexOf('/')
  return at < 0 ? null : { parent: key.slice(0, at), key: key.slice(at + 1) }
}
