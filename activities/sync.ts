import { cancellationSignal } from '@temporalio/activity'
import type { AkeneoCalls, OneRecord } from '../connectors/akeneo/client.ts'
import type { AkeneoProduct, AkeneoProductModel } from '../connectors/akeneo/schema.ts'
import { childrenOf, type Search } from '../connectors/akeneo/search.ts'
import { RefusedError, TransientError } from '../connectors/errors.ts'
import { reject, rejectedKeys, rejectedNow } from '../connectors/hub/rejections.ts'
import { sourcesByParent } from '../connectors/hub/source-relations.ts'
import { idsOf } from '../connectors/hub/sources.ts'
import type { SyncReport } from '../contracts/reports.ts'
import type { Rejection, StreamName } from '../contracts/streams.ts'
import { afterFailure, afterSuccess, wholePage } from '../domain/page-size.ts'
import type { ConnectionRuntime, Dependencies } from './dependencies.ts'
import { destinationsBehind } from './destinations.ts'
import { findProduct, findUnanswered, type FoundProduct } from './reading/find-product.ts'
import { ownFault, unanswered } from './reading/own-fault.ts'
import { publishingContext } from './publishing/context.ts'
import { referencesOf } from '../connectors/partners.ts'
import { type ReadPage, storePage } from './publishing/store-page.ts'
import { readTransferPage, type TransferPage } from './reading/read-page.ts'
import { lastingFault } from './reading/set-list-aside.ts'
import { settleWaiting } from './settle.ts'
import { type Found, syncReport } from './sync-report.ts'

/** A person waits: what is left to publish after this long follows with the next poll; unit ms. */
const patienceMs = 30_000

export const createSyncActivities = (deps: Dependencies) => ({
  /** Reads one product, variant or model now, with what must exist before it, and publishes it. */
  async syncRecord(input: {
    connection: string
    id: string
  }): Promise<SyncReport & { destinations?: string[] }> {
    const connection = deps.connection(input.connection)
    if ((await publishingContext(deps.sql, connection, null)) === null) {
      return {
        outcome: 'waiting',
        text: `Nothing of ${connection.name} is in the hub yet. First: pimflow sync categories, then pimflow sync products --full`,
        published: [],
      }
    }
    const touched = new Set<string>()
    const found = await connection.akeneo.inLane('live', cancellationSignal(), (calls) =>
      readWithPrerequisites({ deps, connection, calls, touched }, input.id),
    )
    if (found.length === 0) {
      return {
        outcome: 'not found',
        text: `Akeneo knows no product or model ${input.id}, or this user may not see it`,
        published: [],
      }
    }
    await settleWaiting(deps, connection, null, {
      streams: ['attributes', 'categories', 'product-models', 'products'],
      until: Date.now() + patienceMs,
      only: [...touched],
    })
    const destinations = await destinationsBehind(deps.sql, connection.config)
    return { ...(await syncReport(deps, connection, input.id, found)), destinations }
  },
})

interface Sync {
  deps: Dependencies
  connection: ConnectionRuntime
  calls: AkeneoCalls
  /** Keys of what was stored: only these are published now, so that a running load keeps its own order. */
  touched: Set<string>
}

/** Told apart by looking: a uuid or SKU of a product, and the code of a model; both where both have it. */
async function readWithPrerequisites(sync: Sync, id: string): Promise<Found[]> {
  const found: Found[] = []
  const product = await readAskedProduct(sync, id)
  if (product !== null) {
    if (product.item !== null) await readPartners(sync, product.item)
    found.push({ stream: 'products', key: product.key })
  }
  const model = await readAskedModel(sync, id, { hasProduct: product !== null })
  if (model !== null) {
    if (model.item !== null) await readBelow(sync, model.key)
    found.push({ stream: 'product-models', key: model.key })
  }
  return found
}

/** Null where Akeneo has none of that name; `item` is null where nobody can read it: then it is rejected. */
type Read<Item> = { key: string; item: Item | null } | null

interface Answer extends Omit<OneRecord, 'date'> {
  /** Akeneo has it and cannot show it. */
  refused?: Rejection | undefined
}

/** What a person asked for and Akeneo goes on failing to show is rejected, so that it is tried again by itself. */
async function readAskedProduct(sync: Sync, name: string): Promise<Read<AkeneoProduct>> {
  const { deps, connection, calls } = sync
  const product = await findProduct(deps, connection, calls, name).catch(async (error: unknown) =>
    findUnanswered(deps, connection, calls, name, await lastingFault(calls, error)),
  )
  return storeProduct(sync, name, product)
}

async function readAskedModel(
  sync: Sync,
  code: string,
  { hasProduct }: { hasProduct: boolean },
): Promise<Read<AkeneoProductModel>> {
  const { calls } = sync
  const stream = 'product-models'
  const none = { item: null, broken: null, ticket: 0n }
  const model = await calls.readOne(stream, code).catch(async (error: unknown): Promise<Answer> => {
    // A SKU may be what no model could be asked for by.
    if (hasProduct && error instanceof RefusedError && error.code === 'no-address') return none
    const refused = unanswered({ stream, key: code, code }, await lastingFault(calls, error))
    return { ...none, refused }
  })
  return storeModel(sync, model)
}

const readProduct = async (sync: Sync, name: string) =>
  storeProduct(sync, name, await findProduct(sync.deps, sync.connection, sync.calls, name))

/** A model and those above it: stored root first, so that a group never lacks its root. */
const readModel = async (sync: Sync, code: string) =>
  storeModel(sync, await sync.calls.readOne('product-models', code))

async function storeProduct(
  sync: Sync,
  name: string,
  product: FoundProduct | null,
): Promise<Read<AkeneoProduct>> {
  if (product === null) return null
  const { item, ticket } = product
  if (item === null) return { key: (await rejectUnread(sync, 'products', product)) ?? name, item }
  await readParent(sync, item.parent)
  await readCategories(sync, item.categories ?? [])
  await store(sync, 'products', { items: [item], ticket })
  return { key: item.uuid ?? item.identifier ?? name, item }
}

/** A person waits: what names more partners than this gets the rest with the next poll. */
const partnersPerSync = 20

/** Partners that nobody has read yet, since they would hold this product up; theirs follow with the next poll. Rejected ones hold up nobody. */
async function readPartners(sync: Sync, item: AkeneoProduct): Promise<void> {
  const { deps, connection } = sync
  const context = await publishingContext(deps.sql, connection, null)
  if (context === null) return
  const { products, models } = referencesOf(item, context)
  const knownProducts = await idsOf(deps.sql, connection.name, 'products', products)
  const knownModels = await idsOf(deps.sql, connection.name, 'product-models', models)
  const rejectedProducts = await rejectedKeys(deps.sql, connection.name, 'products', products)
  const rejectedModels = await rejectedKeys(deps.sql, connection.name, 'product-models', models)
  const unread = (names: string[], known: Map<string, unknown>, rejected: Set<string>) =>
    names
      .filter((name) => !known.has(name.toLowerCase()) && !rejected.has(name.toLowerCase()))
      .slice(0, partnersPerSync)
  for (const name of unread(products, knownProducts, rejectedProducts))
    await besides(sync, 'products', name, () => readProduct(sync, name))
  for (const code of unread(models, knownModels, rejectedModels)) {
    await besides(sync, 'product-models', code, async () => {
      if ((await readModel(sync, code))?.item != null) await readBelow(sync, code)
    })
  }
}

/** Reads what the record in hand only names: when that breaks Akeneo, it is rejected, and the record in hand goes on. */
async function besides(
  { deps, connection, calls }: Sync,
  stream: StreamName,
  name: string,
  read: () => Promise<unknown>,
): Promise<void> {
  try {
    await read()
  } catch (error) {
    const fault = await ownFault(calls, error)
    const rejection = unanswered({ stream, key: name, code: name }, fault)
    await deps.sql.begin((tx) => reject(tx, connection.name, [rejection]))
  }
}

async function readParent(sync: Sync, parent: string | null | undefined): Promise<void> {
  if (parent != null) await besides(sync, 'product-models', parent, () => readModel(sync, parent))
}

/** Answers by which key; null where there is nothing to reject. */
async function rejectUnread(
  sync: Sync,
  stream: StreamName,
  { broken, refused, ticket }: Answer,
): Promise<string | null> {
  const key = refused?.key ?? broken?.key ?? null
  if (key !== null) {
    const page = { broken: broken === null ? [] : [broken], refused: refused === undefined ? [] : [refused] }
    await store(sync, stream, { items: [], ...page, ticket })
  }
  return key
}

async function storeModel(sync: Sync, found: Answer): Promise<Read<AkeneoProductModel>> {
  const { item, ticket } = found
  if (item === null) {
    const key = await rejectUnread(sync, 'product-models', found)
    return key === null ? null : { key, item }
  }
  const model = item as AkeneoProductModel
  await readParent(sync, model.parent)
  await readCategories(sync, model.categories ?? [])
  await store(sync, 'product-models', { items: [model], ticket })
  return { key: model.code, item: model }
}

/** Categories that the hub lacks, with those above them. Those that nobody could read are asked for again by themselves, and hold up nobody. */
async function readCategories(sync: Sync, codes: string[]): Promise<void> {
  const { deps, connection } = sync
  const known = await idsOf(deps.sql, connection.name, 'categories', codes)
  const rejected = await rejectedNow(deps.sql, connection.name, 'categories', codes)
  for (const code of codes.filter((name) => !known.has(name.toLowerCase()) && !rejected.has(name)))
    await besides(sync, 'categories', code, () => readCategory(sync, code))
}

async function readCategory(sync: Sync, code: string): Promise<void> {
  const answer = await sync.calls.readOne('categories', code)
  const { item, ticket } = answer
  if (item === null) {
    await rejectUnread(sync, 'categories', answer)
    return
  }
  const { parent } = item as { parent?: string | null }
  if (parent != null) await readCategories(sync, [parent])
  await store(sync, 'categories', { items: [item], ticket })
}

/** The sub-models and variants below a model. */
async function readBelow(sync: Sync, model: string): Promise<void> {
  const { deps, connection } = sync
  await readAll(sync, 'product-models', childrenOf('product-models', [model], connection.config))
  const subModels = await sourcesByParent(deps.sql, connection.name, 'product-models', [model])
  await readAll(
    sync,
    'products',
    childrenOf('products', [model, ...subModels.map(({ key }) => key)], connection.config),
  )
}

/** A page that Akeneo cannot answer is cut at once: the next attempt of a whole sync would be no better. */
async function readAll(sync: Sync, stream: StreamName, searches: Search[]): Promise<void> {
  const { deps, connection, calls } = sync
  const attribute = (await publishingContext(deps.sql, connection, null))?.identifierAttribute
  for (const search of searches) {
    let cursor: string | null = null
    let pageSize = wholePage
    let isOver = false
    while (!isOver) {
      const asked = { stream, slice: { search }, pageSize }
      const reading = readTransferPage(calls, asked, cursor, attribute)
      const page: TransferPage | TransientError = await reading.catch((error: unknown) =>
        ownFault(calls, error),
      )
      if (page instanceof TransientError) {
        if (pageSize.limit === 0) throw page
        pageSize = afterFailure(pageSize)
        continue
      }
      await store(sync, stream, page)
      pageSize = afterSuccess(pageSize)
      cursor = page.next
      isOver = cursor === null
    }
  }
}

/** The next poll finds a model that is stored here unchanged, so its other variants are looked at from here on: the search shows them late. */
async function store(
  { deps, connection, touched }: Sync,
  stream: StreamName,
  page: Pick<ReadPage, 'items' | 'refused' | 'ticket'> & Partial<Pick<ReadPage, 'broken'>>,
): Promise<void> {
  const context = await publishingContext(deps.sql, connection, null)
  await deps.sql.begin((tx) =>
    storePage(tx, connection.name, context, { broken: [], ...page, stream }, { sweepVariants: true }),
  )
  for (const item of page.items as {
    uuid?: string
    identifier?: string
    code?: string
    parent?: string | null
  }[]) {
    for (const name of [item.uuid, item.identifier, item.code, item.parent])
      if (name != null) touched.add(name)
  }
}
