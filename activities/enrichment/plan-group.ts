import type { AkeneoProduct } from '../../connectors/akeneo/schema.ts'
import type { Transaction } from '../../connectors/hub/database.ts'
import { refusedValues } from '../../connectors/hub/enrichment/findings.ts'
import { nameOf, type RecordName } from '../../connectors/hub/enrichment/record.ts'
import { ledgerOf } from '../../connectors/hub/enrichment/values.ts'
import { sameValue } from '../../domain/enrichment/ownership/same-value.ts'
import type { EnrichmentContext } from './context.ts'
import { forModel, type ModelCells } from './owned-cells.ts'
import { type PlannedRecord, planRecord } from './plan-record.ts'
import type { AskedGroup, FoundProduct, ModelSource } from './convert-sheet.ts'

export interface Planned extends RecordName {
  plan: PlannedRecord
}

/** Plans the records that own what was found: models from what all their variants say, then the products themselves. */
export async function planGroup(
  tx: Transaction,
  context: EnrichmentContext,
  {
    group,
    found,
    models,
    knownUntil,
  }: {
    group: AskedGroup
    found: readonly FoundProduct[]
    models: ReadonlyMap<string, ModelSource>
    knownUntil: Date
  },
): Promise<Planned[]> {
  const { structure, mapping, connection } = context
  const { name } = connection
  const same = (attribute: string, a: unknown, b: unknown) =>
    sameValue(structure.attributes.get(attribute) ?? { type: '' }, a, b, structure.measurementFamilies)
  const judged = found.filter(({ asked }) => asked.outcome === 'found')
  const fresh = new Set(group.asked.keys())
  const siblings = group.members.flatMap(({ product, modelCells }) =>
    fresh.has(product) || modelCells === null ? [] : [{ variant: product, models: modelCells as ModelCells }],
  )
  const voices = [
    ...judged.map(({ source, models: own }) => ({ variant: source.key, models: own })),
    ...siblings,
  ]
  const modelKeys = [...new Set(judged.flatMap(({ models: own }) => Object.keys(own)))].sort()
  const modelSources = new Map([...models.values()].map((model) => [model.key, model]))
  const records = [
    ...modelKeys.map((key) => {
      const heard = voices.flatMap(({ variant, models: own }) => (own[key] ? [{ variant, ...own[key] }] : []))
      const cells = forModel(heard, same, mapping.variants.disagree)
      return { stream: 'product-models' as const, key, source: modelSources.get(key)?.source, ...cells }
    }),
    ...judged.map(({ source, own }) => ({
      stream: 'products' as const,
      key: source.key,
      source: source.source,
      ...own,
    })),
  ]
  const ofStream = async <Found>(
    read: (stream: RecordName['stream'], keys: string[]) => Promise<Map<string, Found>>,
  ): Promise<Map<string, Found>> => {
    const all = new Map<string, Found>()
    for (const stream of ['product-models', 'products'] as const) {
      const keys = records.flatMap((record) => (record.stream === stream ? [record.key] : []))
      for (const [key, one] of await read(stream, keys)) all.set(nameOf({ stream, key }), one)
    }
    return all
  }
  const ledgers = await ofStream((stream, keys) => ledgerOf(tx, name, stream, keys))
  const refusals = await ofStream((stream, keys) => refusedValues(tx, name, stream, keys))
  return records.flatMap(({ stream, key, source, cells, media }): Planned[] => {
    if (source === undefined) return []
    const { values, created } = source as AkeneoProduct
    const ledger = ledgers.get(nameOf({ stream, key })) ?? new Map()
    const refused = refusals.get(nameOf({ stream, key })) ?? new Map()
    const record = { stream, key, created, current: values, cells, media, ledger, refused }
    return [{ stream, key, plan: planRecord(context, record, knownUntil) }]
  })
}
