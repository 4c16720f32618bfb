import type { Transaction } from '../../connectors/hub/database.ts'
import { emptiedRecords } from '../../connectors/hub/emptied-values.ts'
import { replaceFindings } from '../../connectors/hub/findings.ts'
import { requestStructure } from '../../connectors/hub/list-readings.ts'
import { holdShownRecords, lockLinks } from '../../connectors/hub/publication-locks.ts'
import { publishRecords } from '../../connectors/hub/records.ts'
import { clearRejections, reject, rejectedNow } from '../../connectors/hub/rejections.ts'
import {
  type Queued,
  referrersOf,
  requeue,
  type WaitingReason,
  writeLinks,
} from '../../connectors/hub/waiting.ts'
import type { Rejection } from '../../contracts/streams.ts'
import { lookUpCategories } from './categories-of.ts'
import type { PublishingContext } from './context.ts'
import { publishFiles } from './files.ts'
import { groupsOf } from './follow.ts'
import { frozenFindings } from './frozen-findings.ts'
import { optionsOutside } from './options-outside.ts'
import { namedPartners, prefetchPartners, referencesOf, targetsOf } from '../../connectors/partners.ts'
import {
  modelsOf,
  type ProductsOfOutput,
  type ProductToPublish,
  translateProducts,
  type Unlinked,
  type Waits,
} from './translate-products.ts'

export interface ProductsBesides {
  waits?: Exclude<Waits, 'never'>
  /** Models whose variants changed: their groups are made anew. */
  changed?: string[]
  /** Keys of products in the queue that are not stored any more. */
  gone?: string[]
  /** What else is to come into the queue, which one transaction writes once. */
  again?: Queued[]
}

export interface ProductOutcomes {
  /** In every output as it now is. */
  published: string[]
  /** Those that came into an output for the first time: they may let others go on, also while another output still waits. */
  fresh: string[]
  waiting: string[]
  rejected: Rejection[]
}

/**
 * Publishes stored products in every output where they have all they need. Those that an output still waits with are put into the
 * queue with the reason. Holds true to parents-first: a variant never precedes its group. Products that lost a value wait until the end
 * of the run has judged it (activities/judge-emptied.ts); an output that holds one keeps what it has.
 */
export async function publishProducts(
  tx: Transaction,
  context: PublishingContext,
  stored: ProductToPublish[],
  { waits = 'all', changed = [], gone = [], again = [] }: ProductsBesides = {},
): Promise<ProductOutcomes> {
  const { connection, run, outputs } = context
  const keys = stored.map(({ key }) => key)
  const emptied = await emptiedRecords(tx, connection, 'products', keys)
  const products = stored.filter(({ key }) => emptied.get(key)?.open !== true)
  const unjudged = keys.filter((key) => emptied.get(key)?.open === true)
  const models = await modelsOf(tx, connection, products)
  const outside = optionsOutside(context)
  const references = products.map(({ key, source }) => ({
    key,
    names: referencesOf(source, context),
    options: outside(source),
  }))
  if (references.some(({ names }) => names.records.length > 0)) await holdShownRecords(tx, connection)
  const parents = [...models.values()].map(({ parent }) => parent.key)
  const partners = await prefetchPartners(
    tx,
    context,
    [...references.map(({ names }) => names), { products: [], models: parents, records: [] }],
    [...new Set(products.flatMap(({ source }) => source.categories ?? []))],
  )
  const made: ProductsOfOutput[] = []
  for (const output of outputs) {
    const free = products.filter(({ key }) => emptied.get(key)?.heldIn.has(output.name) !== true)
    made.push(await translateProducts(tx, context, output, free, models, partners, waits))
  }

  const waiting = new Map<string, WaitingReason>([
    ...made.flatMap((one) => [...one.waiting]),
    ...unjudged.map((key) => [key, 'emptied'] as const),
  ])
  const rejected = made.flatMap((one) => one.rejected)
  const refused = new Set(rejected.map(({ key }) => key))
  const fresh = new Set(made.flatMap((one) => one.fresh))
  const published = products.map(({ key }) => key).filter((key) => !waiting.has(key) && !refused.has(key))
  await writeLinks(
    tx,
    connection,
    'products',
    references.map(({ key, names, options }) => ({
      key,
      targets: [...targetsOf(names), ...missingCategories(made, key), ...options],
    })),
  )
  if (fresh.size + gone.length > 0 || made.some(({ unlinked }) => unlinked.length > 0))
    await lockLinks(tx, connection)
  const linked = await linkedMeanwhile(tx, context, made)
  const referrers = await referrersOf(
    tx,
    connection,
    'products',
    products
      .filter(({ key }) => fresh.has(key))
      .flatMap(({ key, code }) => (code === null ? [key] : [key, code])),
  )
  const before = await rejectedNow(tx, connection, 'products', keys)
  await clearRejections(tx, connection, 'products', published, 'carried')
  await reject(tx, connection, rejected)
  await requestStructure(
    tx,
    connection,
    context.version,
    made.flatMap((one) => one.unknownStructure),
  )
  const groups = await groupsOf(tx, connection, [
    ...changed,
    // Made before it was known.
    ...made.flatMap(({ turned }) => turned),
    ...products
      .filter(({ key }) => refused.has(key) || before.has(key))
      .flatMap(({ source }) => source.parent ?? []),
  ])
  const leaving = [...published, ...[...refused].filter((key) => !waiting.has(key)), ...gone]
  await requeue(tx, connection, 'products', leaving, [
    ...groups,
    ...[...waiting].map(([key, reason]) => ({ stream: 'products' as const, key, reason })),
    ...[...referrers, ...linked].map((record) => ({ ...record, reason: 'link' as const })),
    ...again,
  ])
  const complete = await publishFiles(tx, context, 'products', made)
  for (const { output, records, findings } of complete) {
    const published = records.map(({ key }) => key)
    const frozen = frozenFindings(published, emptied)
    await replaceFindings(tx, { connection, output }, 'products', published, [...findings, ...frozen])
  }
  for (const { output, records } of complete) await publishRecords(tx, { connection, output, run }, records)
  return { published, fresh: [...fresh], waiting: [...waiting.keys()], rejected }
}

/** Categories that a record goes out without in some output. */
const missingCategories = (made: { unlinked: Unlinked[] }[], key: string) =>
  made
    .flatMap(({ unlinked }) => unlinked)
    .filter((one) => one.key === key)
    .flatMap(({ categories }) => categories.map((name) => ({ stream: 'categories' as const, name })))

/** Products without something that another transaction has published since this one looked. */
async function linkedMeanwhile(
  tx: Transaction,
  context: PublishingContext,
  made: ProductsOfOutput[],
): Promise<{ stream: 'products'; key: string }[]> {
  const unlinked = made.flatMap((one) => one.unlinked)
  if (unlinked.length === 0) return []
  const partners = await prefetchPartners(
    tx,
    context,
    unlinked.map(({ missing }) => namedPartners(missing)),
    [],
  )
  const linked = new Set<string>()
  for (const output of context.outputs) {
    const open = made.find((one) => one.output === output.name)?.unlinked ?? []
    const links = await partners.linksIn(output)
    const categories = await lookUpCategories(tx, context, output, open)
    for (const one of open) {
      const hasPartner = links.missing(namedPartners(one.missing)).length < one.missing.length
      if (hasPartner || categories.missingOf(one).length < one.categories.length) linked.add(one.key)
    }
  }
  return [...linked].map((key) => ({ stream: 'products', key }))
}
