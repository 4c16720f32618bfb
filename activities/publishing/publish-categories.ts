import type { AkeneoCategory } from '../../connectors/akeneo/schema.ts'
import { translateCategory } from '../../connectors/akeneo/translate/index.ts'
import type { Transaction } from '../../connectors/hub/database.ts'
import { type Finding, replaceFindings } from '../../connectors/hub/findings.ts'
import { publishedCodes, publishedStatuses, publishRecords } from '../../connectors/hub/records.ts'
import { clearRejections, reject, rejectedKeys } from '../../connectors/hub/rejections.ts'
import { categoryPlaces } from '../../connectors/hub/source-relations.ts'
import { idsOf, sourcesByKey } from '../../connectors/hub/sources.ts'
import { referrersOf, requeue } from '../../connectors/hub/waiting.ts'
import type { Rejection } from '../../contracts/streams.ts'
import { type PublishingContext, rejectionOf } from './context.ts'
import { publishFiles } from './files.ts'

export interface CategoryOutcomes {
  published: string[]
  /** Those whose content differed from what the hub held. */
  changed: string[]
  /** Rejected, with why. */
  refused: Rejection[]
  /** Their parent is known but not in the hub yet: they stay in the queue. */
  blocked: string[]
}

/**
 * Publishes stored categories, parents before children; one whose parent nobody knows is rejected, not guessed at. All but the blocked ones
 * leave the queue. Records that went out without one follow. The caller has the lock of links: nobody publishes such a record meanwhile.
 */
export async function publishCategories(
  tx: Transaction,
  context: PublishingContext,
  codes: string[],
): Promise<CategoryOutcomes> {
  const { connection, run, outputs } = context
  const sources = await sourcesByKey(tx, connection, 'categories', codes, { lock: true })
  const places = new Map((await categoryPlaces(tx, connection, codes)).map(({ code, path }) => [code, path]))
  const parents = sources.flatMap(({ parent }) => (parent === null ? [] : [parent]))
  const stored = await idsOf(tx, connection, 'categories', parents)
  const rejectedParents = await rejectedKeys(tx, connection, 'categories', parents)
  const refused = new Map<string, Rejection>()
  const blocked = new Set<string>()
  const fresh = new Set<string>()
  const made = []
  for (const output of outputs) {
    const inHub = await publishedCodes(tx, connection, output.name, 'category', parents)
    const records = []
    const findings: Finding[] = []
    for (const category of byDepth(sources, places)) {
      const { key, code, parent } = category
      const path = places.get(key) ?? null
      const mayCome =
        parent !== null && stored.has(parent.toLowerCase()) && !rejectedParents.has(parent.toLowerCase())
      if (path === null || (parent !== null && !inHub.has(parent.toLowerCase()))) {
        if (path !== null && mayCome) blocked.add(key)
        else refused.set(key, rejectionOf('categories', key, code, parentMissing(key, parent)))
        continue
      }
      const source = category.source as AkeneoCategory & { position?: number }
      const translation = translateCategory(source, { path, position: source.position ?? 1 }, output)
      if (translation.outcome === 'rejected') {
        refused.set(key, rejectionOf('categories', key, code, translation.problem))
        continue
      }
      inHub.add(key.toLowerCase())
      findings.push(...translation.warnings.map((warning) => ({ key, ...warning })))
      records.push({ id: category.id, key, record: translation.record })
    }
    const ids = records.map(({ id }) => id)
    const known = await publishedStatuses(tx, connection, output.name, ids)
    for (const { id, key } of records) if (!known.has(id)) fresh.add(key)
    made.push({ output: output.name, records, findings })
  }
  // Published is what stands in every output.
  const published = sources.map(({ key }) => key).filter((key) => !refused.has(key) && !blocked.has(key))
  await clearRejections(tx, connection, 'categories', published, 'carried')
  await reject(tx, connection, [...refused.values()])
  const referrers = await referrersOf(tx, connection, 'categories', [...fresh])
  await requeue(
    tx,
    connection,
    'categories',
    codes.filter((code) => !blocked.has(code) || refused.has(code)),
    referrers.map((referrer) => ({ ...referrer, reason: 'category' as const })),
  )
  const changedIds = new Set<string>()
  for (const { output, records, findings } of await publishFiles(tx, context, 'categories', made)) {
    const keys = records.map(({ key }) => key)
    await replaceFindings(tx, { connection, output }, 'categories', keys, findings)
    for (const { id } of await publishRecords(tx, { connection, output, run }, records)) changedIds.add(id)
  }
  return {
    published,
    changed: sources.filter(({ id }) => changedIds.has(id)).map(({ key }) => key),
    refused: [...refused.values()],
    blocked: [...blocked].filter((key) => !refused.has(key)),
  }
}

const byDepth = <S extends { key: string }>(sources: S[], places: Map<string, string[] | null>): S[] =>
  [...sources].sort((a, b) => (places.get(a.key)?.length ?? 0) - (places.get(b.key)?.length ?? 0))

const parentMissing = (code: string, parent: string | null) => ({
  code: 'parent-missing',
  field: 'parent',
  text: `Category ${code} names the parent ${parent ?? '(none)'}, which is not in the hub`,
  remedy: `Check in Akeneo that ${parent ?? 'its parent'} exists and that this user may see it, then: pimflow rejections retry`,
})
