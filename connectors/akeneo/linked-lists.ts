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

/** How the store keys a record of a list, taken apart; families have letters, digits and `_` only. */
export function listAddress(stream: StreamName, key: string): { key: string; parent?: string } {
  const at = key.indexOf('/')
  if ((stream !== 'assets' && stream !== 'reference-entity-records') || at < 0) return { key }
  return { parent: key.slice(0, at), key: key.slice(at + 1) }
}
