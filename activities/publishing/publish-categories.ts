import type { AkeneoCategory } from '../../connectors/akeneo/schema.ts'
import { translateCategory } from '../../connectors/akeneo/translate/index.ts'
import type { Transaction } from '../../connectors/hub/database.ts'
import { publishedCodes, publishRecords } from '../../connectors/hub/records.ts'
import { clearRejections, reject, rejectedKeys } from '../../connectors/hub/rejections.ts'
import { categoryPlaces, idsOf, sourcesByKey } from '../../connectors/hub/sources.ts'
import type { Rejection } from '../../contracts/streams.ts'
import { type PublishingContext, rejectionOf } from './context.ts'

export interface CategoryOutcomes {
  published: string[]
  /** Those whose content differed from what the hub held. */
  changed: string[]
  /** Rejected, with why. */
  refused: Rejection[]
  /** Their parent is known but not in the hub yet: they stay in the queue. */
  blocked: string[]
}

/** Publishes stored categories, parents before children; one whose parent nobody knows is rejected, not guessed at. */
export async function publishCategories(
  tx: Transaction,
  context: PublishingContext,
  codes: string[],
): Promise<CategoryOutcomes> {
  const { connection, run, output } = context
  const sources = await sourcesByKey(tx, connection, 'categories', codes, { lock: true })
  const places = new Map((await categoryPlaces(tx, connection, codes)).map(({ code, path }) => [code, path]))
  const parents = sources.flatMap(({ parent }) => (parent === null ? [] : [parent]))
  const inHub = await publishedCodes(tx, connection, output.name, 'category', parents)
  const stored = await idsOf(tx, connection, 'categories', parents)
  const rejectedParents = await rejectedKeys(tx, connection, 'categories', parents)
  const refused: Rejection[] = []
  const blocked: string[] = []
  const records = []
  for (const category of byDepth(sources, places)) {
    const { key, code, parent } = category
    const path = places.get(key) ?? null
    const mayCome =
      parent !== null && stored.has(parent.toLowerCase()) && !rejectedParents.has(parent.toLowerCase())
    if (path === null || (parent !== null && !inHub.has(parent.toLowerCase()))) {
      if (path !== null && mayCome) blocked.push(key)
      else refused.push(rejectionOf('categories', key, code, parentMissing(key, parent)))
      continue
    }
    const source = category.source as AkeneoCategory & { position?: number }
    const translation = translateCategory(source, { path, position: source.position ?? 1 }, output)
    if (translation.outcome === 'rejected') {
      refused.push(rejectionOf('categories', key, code, translation.problem))
      continue
    }
    inHub.add(key.toLowerCase())
    records.push({ id: category.id, key, record: translation.record })
  }
  const published = records.map(({ key }) => key)
  await clearRejections(tx, connection, 'categories', published)
  await reject(tx, connection, refused)
  const changed = await publishRecords(tx, { connection, output: output.name, run }, records)
  const changedIds = new Set(changed.map(({ id }) => id))
  return {
    published,
    changed: records.filter(({ id }) => changedIds.has(id)).map(({ key }) => key),
    refused,
    blocked,
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
