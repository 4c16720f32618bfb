import { hash } from 'node:crypto'
import { matchView } from '../../connectors/akeneo/translate/match-view.ts'
import type { AkeneoProduct } from '../../connectors/akeneo/schema.ts'
import type { Queryable, Transaction } from '../../connectors/hub/database.ts'
import {
  type ChangedSource,
  forgetAllChanged,
  forgetChanged,
  nextChanged,
} from '../../connectors/hub/enrichment/changed.ts'
import { judgeAgain } from '../../connectors/hub/enrichment/due.ts'
import {
  type ChosenProduct,
  dropOthers,
  dropProducts,
  keepChosen,
  makeDue,
  productKeysOfRoots,
  productsByKey,
} from '../../connectors/hub/enrichment/products.ts'
import { mendedRecords } from '../../connectors/hub/enrichment/lines.ts'
import { findAgain, setChosen, setFoundBy, stateOf } from '../../connectors/hub/enrichment/state.ts'
import { withSheet } from '../../connectors/hub/enrichment/with-sheet.ts'
import { categoriesBelow, parentsOfModels, rootModelsOf } from '../../connectors/hub/source-relations.ts'
import { nextSourcesOfFamilies, sourcesByKey, type StoredSource } from '../../connectors/hub/sources.ts'
import { foundBy } from '../../domain/enrichment/found-by.ts'
import { isChosen } from '../../domain/enrichment/is-chosen.ts'
import { brandOf, identifiersOf } from '../../domain/enrichment/match/identifiers.ts'
import { foldCase } from '../../domain/text.ts'
import type { Dependencies } from '../dependencies.ts'
import { type EnrichmentContext, enrichmentContext } from './context.ts'
import { modelsOf } from './convert-sheet.ts'
import { followStructure } from './follow-structure.ts'
import { judgedState } from './judged-state.ts'

/** Documents that are held in memory at once. */
const batchSize = 500

/** How long one call works before it lets the workflow ask again; unit ms. */
const chunkMs = 50_000

export const createChooseActivities = (deps: Dependencies) => ({
  /**
   * Keeps the list of chosen products current: by what polls have changed since, and what that means for those that were judged; all stored
   * products once, after the mapping changed, or what they are found by.
   */
  async chooseProducts(input: { connection: string }): Promise<{ more: boolean }> {
    const context = await enrichmentContext(deps, deps.connection(input.connection))
    const until = Date.now() + chunkMs
    await followStructure(deps, context)
    const categories = await filteredCategories(deps, context)
    const found = hash('sha1', foundBy(context.mapping, context.structure, categories), 'hex')
    await findAgain(deps.sql, input.connection, found)
    for (;;) {
      const more = (await isWhole(deps, context))
        ? await lookAtChanged(deps, context, categories)
        : await lookAtNext(deps, context, categories, found)
      if (!more) return { more: false }
      if (Date.now() > until) return { more: true }
    }
  },
})

const isWhole = async ({ sql }: Dependencies, { connection }: EnrichmentContext): Promise<boolean> =>
  (await stateOf(sql, connection.name))?.isChosen ?? false

/** The next stretch of all products; false when nothing is left to do. */
async function lookAtNext(
  { sql }: Dependencies,
  context: EnrichmentContext,
  categories: ReadonlySet<string> | null,
  found: string,
): Promise<boolean> {
  const { name } = context.connection
  const { chosenAfter: after = null, isFinding = false } = (await stateOf(sql, name)) ?? {}
  // What changes from here on is looked at once more, after the end.
  if (after === null && !isFinding)
    await sql.begin(async (tx) => {
      await forgetAllChanged(tx, name)
      await setFoundBy(tx, name, found)
    })
  const sources = await nextSourcesOfFamilies(sql, name, 'products', [...context.families], after, batchSize)
  const last = sources.length < batchSize ? null : (sources.at(-1)?.key ?? null)
  const { chosen } = await choose(sql, context, sources, categories)
  await sql.begin(async (tx) => {
    await keepChosen(tx, name, chosen, { allDue: !isFinding })
    await dropOthers(tx, name, { after, last, chosen: chosen.map(({ product }) => product) })
    await setChosen(tx, name, { after: last, isChosen: last === null })
  })
  return true
}

/** What polls have changed; false when nothing is left to do. */
async function lookAtChanged(
  { sql }: Dependencies,
  context: EnrichmentContext,
  categories: ReadonlySet<string> | null,
): Promise<boolean> {
  const { name } = context.connection
  const changed = await nextChanged(sql, name, batchSize)
  if (changed.length === 0) return false
  const keys = await productsBehind(sql, name, changed)
  const sources = await sourcesByKey(sql, name, 'products', keys)
  const { chosen, others } = await choose(sql, context, sources, categories)
  const gone = keys.filter((key) => !sources.some((source) => source.key === key))
  await sql.begin(async (tx) => {
    await keepChosen(tx, name, chosen, { allDue: false })
    await dropProducts(tx, name, [...others, ...gone])
    await makeDue(tx, name, 'edited', await otherThanJudged(tx, context, sources))
    const changedByNow = [...changed, ...sources.map(({ key }) => ({ stream: 'products' as const, key }))]
    await judgeAgain(tx, name, 'edited', await mendedRecords(tx, name, changedByNow))
    await forgetChanged(tx, name, changed)
  })
  return true
}

/** Keeps these products current in the list, for whoever does not wait for the queue. */
export async function chooseThese(
  deps: Dependencies,
  context: EnrichmentContext,
  keys: readonly string[],
): Promise<void> {
  const { sql } = deps
  const { name } = context.connection
  const sources = await sourcesByKey(sql, name, 'products', [...keys])
  const categories = await filteredCategories(deps, context)
  const { chosen, others } = await choose(sql, context, sources, categories)
  await sql.begin(async (tx) => {
    await keepChosen(tx, name, chosen, { allDue: false })
    await dropProducts(tx, name, others)
  })
}

/** Changed products, and those of changed models that were chosen before. */
async function productsBehind(
  db: Dependencies['sql'],
  connection: string,
  changed: readonly ChangedSource[],
): Promise<string[]> {
  const of = (stream: ChangedSource['stream']) =>
    changed.flatMap((one) => (one.stream === stream ? [one.key] : []))
  const roots = (await rootModelsOf(db, connection, of('product-models'))).map(foldCase)
  return [...new Set([...of('products'), ...(await productKeysOfRoots(db, connection, roots))])]
}

/** Products where something else stands at a mapped place than their last judgement left there. */
async function otherThanJudged(
  tx: Transaction,
  context: EnrichmentContext,
  sources: readonly StoredSource[],
): Promise<string[]> {
  const { name } = context.connection
  const known = await productsByKey(
    tx,
    name,
    sources.map(({ key }) => key),
  )
  const judged = known.filter((product) => product.judged !== null && product.due === null)
  if (judged.length === 0) return []
  const byKey = new Map(sources.map((source) => [source.key, source]))
  const toCompare = judged.flatMap(({ product }) => byKey.get(product) ?? [])
  const states = await judgedState(tx, context, toCompare, await modelsOf(tx, name, toCompare))
  return judged
    .filter(({ product, judged: before }) => states.get(product) !== before?.toString('hex'))
    .map(({ product }) => product)
}

type Models = Awaited<ReturnType<typeof parentsOfModels>>

/** Which of these products the mapping chooses, and what Icecat is asked by. */
export async function choose(
  db: Queryable,
  context: EnrichmentContext,
  sources: readonly StoredSource[],
  categories: ReadonlySet<string> | null,
): Promise<{ chosen: ChosenProduct[]; others: string[] }> {
  const { connection, mapping, families } = context
  const { name } = connection
  const enriched =
    mapping.products.complete === null
      ? new Set<string>()
      : await withSheet(
          db,
          name,
          sources.map(({ key }) => key),
        )
  const fits = sources.filter(({ key, source }) =>
    isChosen(source as AkeneoProduct, mapping.products, {
      families,
      categories,
      isEnriched: enriched.has(key),
    }),
  )
  const parents = [...new Set(fits.flatMap(({ parent }) => parent ?? []))]
  const models = await parentsOfModels(db, name, parents)
  const chosen = fits.map((source) => chosenProduct(context, source, models))
  const keys = new Set(chosen.map(({ product }) => product))
  return { chosen, others: sources.flatMap(({ key }) => (keys.has(key) ? [] : [key])) }
}

function chosenProduct(
  { mapping, structure, lists, identifierAttribute }: EnrichmentContext,
  { key, parent, source }: StoredSource,
  models: Models,
): ChosenProduct {
  const product = source as AkeneoProduct
  const view = matchView(product, structure, identifierAttribute)
  const { identifiers, problems } = identifiersOf(view, mapping.match, lists.brands, null)
  const [brand] = mapping.match.flatMap((rule) => (rule.by === 'code' ? (brandOf(rule, view) ?? []) : []))
  const root = parent === null ? null : foldCase(models.get(foldCase(parent))?.parent ?? parent)
  return { product: key, root, identifiers, problems, brand: brand ?? null, family: product.family ?? null }
}

/** The categories that the filter names, with all below them; null: it names none. */
export async function filteredCategories(
  { sql }: Pick<Dependencies, 'sql'>,
  { connection, mapping }: EnrichmentContext,
): Promise<ReadonlySet<string> | null> {
  const named = mapping.products.categories?.map(({ text }) => text)
  if (named === undefined) return null
  return new Set([...named, ...(await categoriesBelow(sql, connection.name, named))])
}
