import { hash } from 'node:crypto'
import type { AkeneoProduct } from '../../connectors/akeneo/schema.ts'
import type { Queryable } from '../../connectors/hub/database.ts'
import { type LedgerEntry, ledgerOf } from '../../connectors/hub/enrichment/values.ts'
import { parentsOfModels } from '../../connectors/hub/source-relations.ts'
import { type StoredSource } from '../../connectors/hub/sources.ts'
import { canonicalJson } from '../../domain/canonical.ts'
import { placeOf } from '../../domain/enrichment/lines/model-cells.ts'
import { sameValue } from '../../domain/enrichment/ownership/same-value.ts'
import { foldCase } from '../../domain/text.ts'
import type { EnrichmentContext } from './context.ts'

/**
 * A hash, in hex, of what stands at the mapped places of each product, its models' included: values of ours count as such, whatever
 * they are, so that what we write ourselves is no news. `pending`: places that are about to be ours, by product.
 */
export async function judgedState(
  db: Queryable,
  context: EnrichmentContext,
  sources: readonly StoredSource[],
  pending: ReadonlyMap<string, ReadonlySet<string>> = new Map(),
): Promise<Map<string, string>> {
  const { name } = context.connection
  const chains = await modelsAbove(db, name, sources)
  const ledgers = {
    products: await ledgerOf(
      db,
      name,
      'products',
      sources.map(({ key }) => key),
    ),
    models: await ledgerOf(db, name, 'product-models', [...new Set([...chains.values()].flat())]),
  }
  return new Map(
    sources.map(({ key, source }) => {
      const own = [
        ledgers.products.get(key),
        ...(chains.get(key) ?? []).map((model) => ledgers.models.get(model)),
      ]
      const ours = (place: string) => own.flatMap((ledger) => ledger?.get(place) ?? [])[0]
      return [key, stateOf(context, source as AkeneoProduct, ours, pending.get(key))]
    }),
  )
}

function stateOf(
  { mapped, structure }: EnrichmentContext,
  { values }: AkeneoProduct,
  ledgerAt: (place: string) => LedgerEntry | undefined,
  pending: ReadonlySet<string> | undefined,
): string {
  const places = new Map<string, string>()
  for (const [code, own] of Object.entries(values)) {
    if (!mapped.has(foldCase(code))) continue
    const attribute = structure.attributes.get(code) ?? { type: '' }
    for (const { locale, scope, data } of own) {
      const place = placeOf({ attribute: code, locale, scope })
      const entry = ledgerAt(place)
      const base = entry === undefined ? undefined : entry.isUnread ? entry.sent : entry.echoed
      const isOurs = entry !== undefined && sameValue(attribute, data, base, structure.measurementFamilies)
      // A file that is about to come, and one that has come, are no news either: who puts another in its place is seen.
      if (isOurs && isFile(attribute.type)) continue
      places.set(place, isOurs ? 'ours' : canonicalJson(data))
    }
  }
  for (const place of pending ?? []) places.set(place, 'ours')
  const text = [...places].sort(([a], [b]) => (a < b ? -1 : 1)).map(([place, value]) => `${place}=${value}`)
  return hash('sha1', text.join('\n'), 'hex')
}

const isFile = (type: string): boolean => type === 'pim_catalog_image' || type === 'pim_catalog_file'

/** Keys of the models above each product, root first. */
async function modelsAbove(
  db: Queryable,
  connection: string,
  sources: readonly StoredSource[],
): Promise<Map<string, string[]>> {
  const parents = await parentsOfModels(db, connection, [
    ...new Set(sources.flatMap(({ parent }) => parent ?? [])),
  ])
  return new Map(
    sources.map(({ key, parent }) => {
      const chain: string[] = []
      for (let code = parent; code !== null;) {
        const model = parents.get(foldCase(code))
        if (model === undefined) break
        chain.unshift(model.key)
        code = model.parent
      }
      return [key, chain]
    }),
  )
}
