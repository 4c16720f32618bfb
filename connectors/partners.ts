import {
  type FindRecord,
  kitPartners,
  type Links,
  type OutputSettings,
  type RecordName,
  recordNames,
  references,
  type Structure,
} from './akeneo/translate/index.ts'
import type { AkeneoProduct, AkeneoProductModel } from './akeneo/schema.ts'
import type { Queryable } from './hub/database.ts'
import { publishedStatuses } from './hub/records.ts'
import { rejectedKeys } from './hub/rejections.ts'
import { categoryPlaces } from './hub/source-relations.ts'
import { idsOf, type KnownRecord, sourcesByKey } from './hub/sources.ts'
import { LinkedStream } from '../contracts/streams.ts'
import type { StoredRecord } from '../domain/records.ts'

export interface References {
  products: string[]
  models: string[]
  /** Reference entity records and assets whose labels and pictures are shown. */
  records: RecordName[]
}

/** The partners that records name, looked up once for all outputs. */
export interface Partners {
  linksIn(output: OutputSettings): Promise<OutputLinks>
}

export interface MissingPartner {
  name: string
  stream: 'products' | 'product-models'
  /** Stored; it may come once it has what it waits for. */
  read: boolean
  /** It does not come until somebody has mended it. */
  rejected: boolean
}

/** What an output holds of the partners: enough to link to those that are published, and to wait for the rest. */
export interface OutputLinks extends Links {
  /** Of these partners, those that the output does not hold. */
  missing(references: Omit<References, 'records'>): MissingPartner[]
}

/** Partners of a record in any output. */
export function referencesOf(
  source: AkeneoProduct | AkeneoProductModel,
  { structure, outputs }: { structure: Structure; outputs: readonly OutputSettings[] },
): References {
  const all = outputs.map((output) => references(source, structure, output))
  const records = recordNames(source.values, structure)
  if (all.length === 1 && all[0]) return { ...all[0], records }
  return {
    products: [...new Set(all.flatMap(({ products }) => products))],
    models: [...new Set(all.flatMap(({ models }) => models))],
    records,
  }
}

/** What a record is put together from in one output. */
export function partsOf(source: AkeneoProduct | AkeneoProductModel, output: OutputSettings): References {
  const parts = kitPartners(source, output)
  const keys = (wanted: 'product' | 'group') =>
    parts.filter(({ kind }) => kind === wanted).map(({ key }) => key)
  return { products: keys('product'), models: keys('group'), records: [] }
}

export const isKit = (source: AkeneoProduct, output: OutputSettings): boolean =>
  kitPartners(source, output).length > 0

export const namedPartners = (missing: MissingPartner[]): References => ({
  products: missing.filter(({ stream }) => stream === 'products').map(({ name }) => name),
  models: missing.filter(({ stream }) => stream === 'product-models').map(({ name }) => name),
  records: [],
})

export const targetsOf = ({ products, models, records }: References) => [
  ...products.map((name) => ({ stream: 'products' as const, name })),
  ...models.map((name) => ({ stream: 'product-models' as const, name })),
  ...records.map(({ stream, key }) => ({ stream, name: key })),
]

/** `categories` are those of the records, for outputs that publish only what is within some. */
export async function prefetchPartners(
  db: Queryable,
  { connection, outputs }: { connection: string; outputs: readonly OutputSettings[] },
  all: References[],
  categories: string[],
): Promise<Partners> {
  const productNames = [...new Set(all.flatMap(({ products }) => products))]
  const modelCodes = [...new Set(all.flatMap(({ models }) => models))]
  const products = await idsOf(db, connection, 'products', productNames)
  const models = await idsOf(db, connection, 'product-models', modelCodes)
  const roots = await idsOf(
    db,
    connection,
    'product-models',
    [...models.values()].flatMap(({ parent }) => (parent === null ? [] : [parent])),
  )
  const rejectedProducts = await rejectedKeys(db, connection, 'products', productNames)
  const rejectedModels = await rejectedKeys(db, connection, 'product-models', modelCodes)
  const record = await findRecords(db, connection, all)
  const known = [...products.values(), ...models.values(), ...roots.values()]
  const ids = [...new Set(known.map(({ id }) => id))]
  const paths = outputs.some(({ rules }) => rules.document.publish.within.length > 0)
    ? await categoryPlaces(db, connection, categories)
    : []
  const ancestors = new Map(paths.map(({ code, path }) => [code.toLowerCase(), path ?? []]))

  const ownModel = (code: string) => models.get(code.toLowerCase()) ?? roots.get(code.toLowerCase())
  const rootOf = (code: string): KnownRecord | undefined => {
    const model = ownModel(code)
    return model?.parent == null ? model : roots.get(model.parent.toLowerCase())
  }
  return {
    async linksIn(output) {
      const published = await publishedStatuses(db, connection, output.name, ids)
      const groupAt = output.rules.document.groupAt === 'lowest' ? ownModel : rootOf
      const linkTo = (record: KnownRecord | undefined) =>
        record && published.has(record.id) ? { id: record.id } : undefined
      const product = (name: string) => linkTo(products.get(name.toLowerCase()))
      const group = (code: string) => linkTo(groupAt(code))
      return {
        product,
        group,
        record,
        ancestors: (category) => ancestors.get(category.toLowerCase()),
        missing: (references) => [
          ...references.products
            .filter((name) => !product(name))
            .map((name) => ({
              name,
              stream: 'products' as const,
              read: products.has(name.toLowerCase()),
              rejected: rejectedProducts.has(name.toLowerCase()),
            })),
          ...references.models
            .filter((code) => !group(code))
            .map((code) => ({
              name: code,
              stream: 'product-models' as const,
              read: groupAt(code) !== undefined,
              rejected: rejectedModels.has(code.toLowerCase()),
            })),
        ],
      }
    },
  }
}

async function findRecords(db: Queryable, connection: string, all: References[]): Promise<FindRecord> {
  const found = new Map<string, StoredRecord>()
  for (const stream of LinkedStream.options) {
    const keys = new Set(
      all.flatMap(({ records }) => records.filter((name) => name.stream === stream).map(({ key }) => key)),
    )
    // What the store holds of these streams is what `storedRecord` made.
    for (const { key, source } of await sourcesByKey(db, connection, stream, [...keys]))
      found.set(`${stream} ${key}`, source as StoredRecord)
  }
  return (stream, key) => found.get(`${stream} ${key}`)
}
