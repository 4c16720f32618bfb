import { hash } from 'node:crypto'
import type { AkeneoProduct } from '../../connectors/akeneo/schema.ts'
import type { Transaction } from '../../connectors/hub/database.ts'
import { type LedgerEntry, ledgerOf } from '../../connectors/hub/enrichment/values.ts'
import { type StoredSource } from '../../connectors/hub/sources.ts'
import { canonicalJson } from '../../domain/canonical.ts'
import { partsOfPlace, placeOf } from '../../domain/enrichment/lines/model-cells.ts'
import { ownerOf } from '../../domain/enrichment/lines/owner.ts'
import { isEmptyValue, sameValue } from '../../domain/enrichment/ownership/same-value.ts'
import type { ShownValues } from '../../domain/enrichment/plan-writes.ts'
import { foldCase } from '../../domain/text.ts'
import type { EnrichmentContext } from './context.ts'
import { enrichedProduct, type ModelSource } from './convert-sheet.ts'

/**
 * A hash, in hex, of what others have made of the mapped places of each product, its models' included: values that are not ours, and ours
 * that are gone. What we write ourselves is no news, here or by way of a variant that shares the model. `pending`: places that are about to
 * be ours, by product.
 */
export async function judgedState(
  tx: Transaction,
  context: EnrichmentContext,
  sources: readonly StoredSource[],
  models: ReadonlyMap<string, ModelSource>,
  pending: ReadonlyMap<string, ReadonlySet<string>> = new Map(),
): Promise<Map<string, string>> {
  const { name } = context.connection
  const keys = sources.map(({ key }) => key)
  const modelsByKey = new Map([...models.values()].map((model) => [model.key, model]))
  const products = await ledgerOf(tx, name, 'products', keys)
  const ofModels = await ledgerOf(tx, name, 'product-models', [...modelsByKey.keys()])
  return new Map(
    sources.map((source) => {
      const product = enrichedProduct(context, source, models)
      // A variant shows what its models have as it was when the variant was read; the models themselves may have been read since.
      const records = [
        { ...source, ledger: products.get(source.key) },
        ...product.models.flatMap((key) => {
          const model = modelsByKey.get(key)
          return model === undefined ? [] : [{ ...model, ledger: ofModels.get(key) }]
        }),
      ]
      const places = records.flatMap((record) => {
        const isOwn = (code: string) =>
          context.mapped.has(foldCase(code)) && ownerOf(code, product)?.key === record.key
        return othersDoing(context, (record.source as AkeneoProduct).values, record.ledger, isOwn)
      })
      const isPending = (place: string) => pending.get(source.key)?.has(place) ?? false
      const text = places
        .filter(({ place }) => !isPending(place))
        .map(({ place, is }) => `${place}=${is}`)
        .sort()
        .join('\n')
      return [source.key, hash('sha1', text, 'hex')]
    }),
  )
}

/** What stands in a record's own places and is not ours, and which of ours are gone. */
function othersDoing(
  { structure }: EnrichmentContext,
  values: ShownValues,
  ledger: ReadonlyMap<string, LedgerEntry> = new Map(),
  isOwn: (code: string) => boolean,
): { place: string; is: string }[] {
  const shown = Object.entries(values).flatMap(([code, own]) =>
    isOwn(code)
      ? own.flatMap((value) =>
          isEmptyValue(value.data) ? [] : [{ ...value, code, place: placeOf({ ...value, attribute: code }) }],
        )
      : [],
  )
  const filled = new Set(shown.map(({ place }) => place))
  const others = shown.filter(({ code, place, data }) => {
    const entry = ledger.get(place)
    const attribute = structure.attributes.get(code) ?? { type: '' }
    return entry === undefined || !sameValue(attribute, data, baseOf(entry), structure.measurementFamilies)
  })
  // A file that has not come yet is no news; who puts another in its place is seen.
  const gone = [...ledger].filter(
    ([place, entry]) =>
      !filled.has(place) &&
      entry.assetKey === null &&
      !isEmptyValue(baseOf(entry)) &&
      isOwn(partsOfPlace(place).attribute),
  )
  return [
    ...others.map(({ place, data }) => ({ place, is: canonicalJson(data) })),
    ...gone.map(([place]) => ({ place, is: 'gone' })),
  ]
}

const baseOf = ({ isUnread, sent, echoed }: LedgerEntry): unknown => (isUnread ? sent : echoed)
