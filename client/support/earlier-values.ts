import { buildStructure, type Structure } from '../../connectors/akeneo/translate/index.ts'
import type { AkeneoProduct, AkeneoProductModel } from '../../connectors/akeneo/schema.ts'
import type { Queryable, Sql } from '../../connectors/hub/database.ts'
import { adoptEarlier, type EarlierValue } from '../../connectors/hub/enrichment/adopt.ts'
import { ledgerOf } from '../../connectors/hub/enrichment/values.ts'
import { parentsOfModels } from '../../connectors/hub/source-relations.ts'
import { sourcesByKey, type StoredSource } from '../../connectors/hub/sources.ts'
import { structureCompleteAt, structureRecords } from '../../connectors/hub/structure.ts'
import type { EnrichedProduct } from '../../domain/enrichment/lines/owner.ts'
import { placeOf } from '../../domain/enrichment/lines/model-cells.ts'
import type { IcecatMapping } from '../../domain/enrichment/mapping/document.ts'
import type { ShownValues } from '../../domain/enrichment/plan-writes.ts'
import { foldCase } from '../../domain/text.ts'
import { UsageError } from './errors.ts'

/** What was taken over of an earlier connector, or would be. */
export interface AdoptedValues {
  /** Places, by attribute. */
  attributes: Record<string, number>
  records: number
  /** In the ledger already. */
  known: number
  /** Of a file: what stands in Akeneo now is something else, so that it is a person's. */
  edited: number
  refused: { line: number; reason: string }[]
}

export interface AdoptWork {
  sql: Sql
  connection: string
  mapping: IcecatMapping
  /** Counts only. */
  isPreview: boolean
}

/** Records, or lines of a file, in one transaction. */
export const batch = 500

export interface Adopting extends AdoptWork {
  structure: Structure
  total: AdoptedValues
  seen: Set<string>
}

export async function begin(given: AdoptWork): Promise<Adopting> {
  const { sql, connection } = given
  if ((await structureCompleteAt(sql, connection)) === null)
    throw new UsageError(`Nothing of ${connection} is loaded yet: pimflow sync products --full`)
  return {
    ...given,
    structure: buildStructure(await structureRecords(sql, connection)),
    total: { attributes: {}, records: 0, known: 0, edited: 0, refused: [] },
    seen: new Set(),
  }
}

/** As the mapping writes it; null: what no rule writes would never be looked at again. */
export const mappedCode = ({ attributes, media }: IcecatMapping, code: string): string | null =>
  [...attributes, ...media].find((one) => foldCase(one.code) === foldCase(code))?.code ?? null

export async function keep(
  { sql, connection, isPreview, total, seen }: Adopting,
  values: readonly EarlierValue[],
): Promise<void> {
  const unknown = await withoutKnown(sql, connection, values)
  total.known += values.length - unknown.length
  if (!isPreview) await sql.begin((tx) => adoptEarlier(tx, connection, unknown))
  for (const { stream, key, attribute } of unknown) {
    total.attributes[attribute] = (total.attributes[attribute] ?? 0) + 1
    seen.add(`${stream} ${key}`)
  }
  total.records = seen.size
}

/** Those that the ledger does not have, each place once. */
async function withoutKnown(
  db: Queryable,
  connection: string,
  values: readonly EarlierValue[],
): Promise<EarlierValue[]> {
  const unknown = new Map<string, EarlierValue>()
  for (const stream of ['product-models', 'products'] as const) {
    const own = values.filter((value) => value.stream === stream)
    const ledger = await ledgerOf(db, connection, stream, [...new Set(own.map(({ key }) => key))])
    for (const value of own)
      if (ledger.get(value.key)?.has(placeOf(value)) !== true)
        unknown.set(`${stream} ${value.key} ${placeOf(value)}`, value)
  }
  return [...unknown.values()]
}

/** A stored record with the models above it, root first, itself included where it is one. */
export interface Placed extends EnrichedProduct {
  stream: EarlierValue['stream']
  values: ShownValues
}

export async function placed(
  { sql, connection, structure }: Adopting,
  sources: readonly StoredSource[],
): Promise<Map<string, Placed>> {
  const parents = [...new Set(sources.flatMap(({ parent }) => parent ?? []))]
  const above = await parentsOfModels(sql, connection, parents)
  const chainOf = (parent: string | null): string[] => {
    const model = parent === null ? undefined : above.get(foldCase(parent))
    return model === undefined ? [] : [...chainOf(model.parent), model.key]
  }
  const chains = new Map(
    sources.map(({ stream, key, parent }) => [
      key,
      [...chainOf(parent), ...(stream === 'products' ? [] : [key])],
    ]),
  )
  const roots = [...new Set([...chains.values()].flatMap(([root]) => root ?? []))]
  const variants = new Map(
    (await sourcesByKey(sql, connection, 'product-models', roots)).map(({ key, source }) => [
      key,
      structure.familyVariants.get((source as AkeneoProductModel).family_variant) ?? null,
    ]),
  )
  return new Map(
    sources.map(({ stream, key, source }) => {
      const models = chains.get(key) ?? []
      const { values } = source as AkeneoProduct
      const variant = (models[0] === undefined ? null : variants.get(models[0])) ?? null
      return [
        key,
        { stream: stream === 'products' ? 'products' : 'product-models', key, models, variant, values },
      ]
    }),
  )
}

export const isFile = ({ attributes }: Structure, code: string): boolean =>
  ['pim_catalog_image', 'pim_catalog_file'].includes(attributes.get(code)?.type ?? '')
