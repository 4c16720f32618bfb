import type { AkeneoProduct, AkeneoProductModel } from '../../connectors/akeneo/schema.ts'
import { partsOfVariants } from '../../connectors/counted-variants.ts'
import type { Transaction } from '../../connectors/hub/database.ts'
import { emptiedRecords } from '../../connectors/hub/emptied-values.ts'
import { replaceFindings } from '../../connectors/hub/findings.ts'
import { requestStructure } from '../../connectors/hub/list-readings.ts'
import { publishedStatuses, publishRecords, retireRecords } from '../../connectors/hub/records.ts'
import { clearRejections, reject } from '../../connectors/hub/rejections.ts'
import { type ModelPlace, modelsWithin, rootModelsOf } from '../../connectors/hub/source-relations.ts'
import { enqueue, type Queued, referrersOf, requeue, writeLinks } from '../../connectors/hub/waiting.ts'
import type { Rejection } from '../../contracts/streams.ts'
import type { PublishingContext } from './context.ts'
import { publishFiles } from './files.ts'
import { frozenFindings } from './frozen-findings.ts'
import { prefetchPartners, referencesOf, targetsOf } from '../../connectors/partners.ts'
import {
  groupModels,
  type GroupsOfOutput,
  type ModelFamily,
  readModelFamilies,
  translateGroups,
} from './translate-groups.ts'

/**
 * Publishes groups from what is stored of their models and variants, and takes `codes` out of the queue. Done when transfers are through, so
 * that a group appears once, with all its axis values, before its variants; returns the root codes that are published. Groups of models that
 * lost a value wait, as products do.
 *
 * The queue's rows go before variants are looked at, and with them come those who name what is about to appear: a page that changes a variant
 * meanwhile puts its group into the queue again.
 */
export async function publishGroups(
  tx: Transaction,
  context: PublishingContext,
  codes: string[],
): Promise<string[]> {
  const { connection, run, outputs } = context
  // Some name a sub-model, which is a group of its own where the mapping groups at the lowest level; all groups of a root are made at once.
  const roots = await rootModelsOf(tx, connection, codes)
  const models = await modelsWithin(tx, connection, roots)
  await requeue(tx, connection, 'product-models', codes, await referrersOfNew(tx, context, models))
  const stored = await readModelFamilies(tx, context, roots)
  const emptied = await emptiedRecords(tx, connection, 'product-models', keysOf(stored))
  const known = new Set(models.map(({ key }) => key))
  // A model that has come since the look at who names it has its turn next.
  const isOpen = (family: ModelFamily) =>
    keysOf([family]).some((key) => emptied.get(key)?.open === true || !known.has(key))
  const families = stored.filter((family) => !isOpen(family))
  const open = new Set(keysOf(stored.filter(isOpen)))
  await enqueue(
    tx,
    connection,
    codes
      .filter((code) => open.has(code))
      .map((key) => ({ stream: 'product-models', key, reason: 'emptied' })),
  )
  const references = families.map((family) => ({
    key: family.root.key,
    all: [...new Set(outputs.flatMap((output) => groupModels(family, output)))].map(({ source }) =>
      referencesOf(source as AkeneoProductModel, context),
    ),
  }))
  const partners = await prefetchPartners(
    tx,
    context,
    [
      ...references.flatMap(({ all }) => all),
      ...families.flatMap(({ variants }) => partsOfVariants(variants, outputs)),
    ],
    families.flatMap(({ variants }) =>
      variants.flatMap(({ source }) => (source as AkeneoProduct).categories ?? []),
    ),
  )
  const refused = new Map<string, Rejection>()
  const made: (GroupsOfOutput & { output: string; left: string[] })[] = []
  for (const output of outputs) {
    const links = await partners.linksIn(output)
    const isHeld = (family: ModelFamily) =>
      keysOf([family]).some((key) => emptied.get(key)?.heldIn.has(output.name) === true)
    const free = families.filter((family) => !isHeld(family))
    const models = free.flatMap(modelsIn)
    const statuses = await publishedStatuses(
      tx,
      connection,
      output.name,
      free.flatMap(({ variants }) => variants.map(({ id }) => id)),
    )
    const groups = await translateGroups(tx, context, output, free, links, statuses)
    const { records, rejected } = groups
    for (const rejection of rejected) refused.set(rejection.key, rejection)
    const wanted = new Set(records.map(({ id }) => id))
    const known = await publishedStatuses(
      tx,
      connection,
      output.name,
      models.map(({ id }) => id),
    )
    // Of another level: from before the mapping grouped where it groups now.
    const left = models.filter(({ id, key }) => known.has(id) && !wanted.has(id) && !refused.has(key))
    made.push({ ...groups, output: output.name, left: left.map(({ id }) => id) })
  }
  const published = keysOf(families).filter((key) => !refused.has(key))
  await writeLinks(
    tx,
    connection,
    'product-models',
    references.map(({ key, all }) => ({
      key,
      targets: [...all.flatMap(targetsOf), ...missingCategories(made, key)],
    })),
  )
  await clearRejections(tx, connection, 'product-models', published, 'carried')
  await reject(tx, connection, [...refused.values()])
  await requestStructure(
    tx,
    connection,
    context.version,
    made.flatMap(({ unknownStructure }) => unknownStructure),
  )
  const complete = await publishFiles(tx, context, 'product-models', made)
  for (const { output, records, findings } of complete) {
    const keys = records.map(({ key }) => key)
    const frozen = frozenFindings(keys, emptied)
    await replaceFindings(tx, { connection, output }, 'product-models', keys, [...findings, ...frozen])
  }
  for (const { output, records, left } of complete) {
    await publishRecords(tx, { connection, output, run }, records)
    await retireRecords(tx, { connection, output, run }, left, groupedOtherwise)
  }
  return families.map(({ root }) => root.key).filter((key) => !refused.has(key))
}

const missingCategories = (made: Pick<GroupsOfOutput, 'uncategorized'>[], key: string) =>
  made
    .flatMap(({ uncategorized }) => uncategorized)
    .filter(({ root }) => root === key)
    .flatMap(({ categories }) => categories.map((name) => ({ stream: 'categories' as const, name })))

const modelsIn = ({ root, subModels }: ModelFamily) => [root, ...subModels]
const keysOf = (families: ModelFamily[]) => families.flatMap(modelsIn).map(({ key }) => key)

const groupedOtherwise = {
  code: 'grouped-otherwise',
  text: 'the mapping makes groups at another level',
  remedy: 'See variants.groupAt in the mapping',
}

/** Whoever names a group that is about to appear gets its link then, by whichever of its models it is named. */
async function referrersOfNew(
  tx: Transaction,
  { connection, outputs }: PublishingContext,
  models: ModelPlace[],
): Promise<Queued[]> {
  const fresh = new Set<string>()
  for (const { name, rules } of outputs) {
    const heads = models.filter((model) =>
      rules.document.groupAt === 'lowest' ? model.isLowest : model.isRoot,
    )
    const ids = heads.map(({ id }) => id)
    const known = await publishedStatuses(tx, connection, name, ids)
    for (const { id, root } of heads) if (!known.has(id)) fresh.add(root)
  }
  const names = models.filter(({ root }) => fresh.has(root)).map(({ key }) => key)
  const referrers = await referrersOf(tx, connection, 'product-models', names)
  return referrers.map((referrer) => ({ ...referrer, reason: 'link' }))
}
