import type { AkeneoProduct } from '../../connectors/akeneo/schema.ts'
import { matchView } from '../../connectors/akeneo/translate/match-view.ts'
import type { Sql } from '../../connectors/hub/database.ts'
import { addFetched } from '../../connectors/hub/enrichment/meter.ts'
import type { ChosenProduct } from '../../connectors/hub/enrichment/products.ts'
import { nextSourcesOfFamilies, sourcesByKey } from '../../connectors/hub/sources.ts'
import { matchIndex } from '../../connectors/icecat/index/match-index.ts'
import { createWatchList } from '../../connectors/icecat/index/watch-list.ts'
import type {
  CoverageRow,
  EnrichmentPreview,
  IndexCoverage,
  SampleFindings,
} from '../../contracts/enrichment-preview.ts'
import type { Cell } from '../../domain/enrichment/convert/cell.ts'
import { monthOf } from '../../domain/enrichment/fair-use.ts'
import type { WatchedProduct } from '../../domain/enrichment/index-row.ts'
import { ownerOf } from '../../domain/enrichment/lines/owner.ts'
import { IndexTally } from '../../domain/enrichment/match/index-tally.ts'
import { planWrites } from '../../domain/enrichment/plan-writes.ts'
import { fillRates } from '../../domain/enrichment/suggest/coverage.ts'
import type { ConnectionRuntime } from '../dependencies.ts'
import { choose, filteredCategories } from './choose.ts'
import type { EnrichmentContext } from './context.ts'
import { fetchSheet } from './fetch-sheet.ts'
import { ownersOf, previewContext } from './preview-product.ts'
import { keyOrder, watchedProduct } from './read-index.ts'

export interface PreviewOptions {
  /** Sheets are fetched for so many products; they count for fair use. */
  sample: number
  readIndex: boolean
  signal: AbortSignal
  onProgress: (text: string) => void
}

const batchSize = 500

/** Uses the mapping of this disk, whether it was taken over already or not. */
export async function previewEnrichment(
  sql: Sql,
  connection: ConnectionRuntime,
  options: PreviewOptions,
): Promise<EnrichmentPreview> {
  const { signal, onProgress } = options
  onProgress('Icecat’s lists of brands and measures')
  const context = await previewContext(sql, connection, signal)
  onProgress('products of the hub')
  const { chosen, ...counts } = await chosenProducts(sql, context)
  return {
    ...counts,
    leftOut: [...context.leftOut],
    chosen: chosen.length,
    index: options.readIndex ? await indexCoverage(context, chosen, options) : null,
    sample: await askSample(sql, context, chosen, options),
  }
}

async function chosenProducts(sql: Sql, context: EnrichmentContext) {
  const { name } = context.connection
  const categories = await filteredCategories({ sql }, context)
  const chosen: ChosenProduct[] = []
  const problems: Record<string, number> = {}
  let inFamilies = 0
  for (let after: string | null = null; ;) {
    const sources: Awaited<ReturnType<typeof nextSourcesOfFamilies>> = await nextSourcesOfFamilies(
      sql,
      name,
      'products',
      [...context.families],
      after,
      batchSize,
    )
    inFamilies += sources.length
    const found = await choose(sql, context, sources, categories)
    chosen.push(...found.chosen)
    if (sources.length < batchSize) break
    after = sources.at(-1)?.key ?? null
  }
  for (const { problems: own } of chosen)
    for (const { code } of own) problems[code] = (problems[code] ?? 0) + 1
  const withoutIdentifier = chosen.filter(({ identifiers }) => identifiers.length === 0).length
  return { chosen, inFamilies, withoutIdentifier, problems }
}

async function indexCoverage(
  { icecat, mapping, lists, connection }: EnrichmentContext,
  chosen: readonly ChosenProduct[],
  { signal, onProgress }: PreviewOptions,
): Promise<IndexCoverage> {
  const watched = chosen.map(({ identifiers }): WatchedProduct =>
    watchedProduct(identifiers, null, lists.brands),
  )
  const tally = new IndexTally(watched.length, keyOrder(mapping.match))
  const categories = new Map<number, string>()
  const names = new Map<string, string>()
  await icecat.inLane('bulk', signal, async (client) => {
    onProgress('Icecat’s index')
    const language = mapping.neutral.text
    const pieces = await client.openIndex('files', language, signal)
    const asked = `the files index for ${connection.name}`
    for await (const { matches } of matchIndex(pieces, createWatchList(watched), asked)) {
      for (const match of matches) {
        tally.add(match)
        categories.set(match.watched, match.row.categoryId)
      }
    }
    const wanted = new Set(categories.values())
    for await (const category of client.references('categories', signal)) {
      if (wanted.has(category.id)) names.set(category.id, category.names[language] ?? category.id)
    }
  })
  const coverage: IndexCoverage = {
    products: { described: 0, known: 0, removed: 0, ambiguous: 0, unknown: 0 },
    byBrand: [],
    byCategory: [],
  }
  const brands = new Map<string, CoverageRow>()
  const perCategory = new Map<string, number>()
  for (const [place, { brand }] of chosen.entries()) {
    const state = states[tally.verdict(place).kind]
    coverage.products[state]++
    const row = brands.get(brand ?? '') ?? { name: brand ?? '', products: 0, described: 0 }
    row.products++
    brands.set(row.name, row)
    if (state !== 'described') continue
    row.described++
    const category = categories.get(place) ?? ''
    perCategory.set(category, (perCategory.get(category) ?? 0) + 1)
  }
  coverage.byBrand = [...brands.values()].toSorted((a, b) => b.products - a.products)
  coverage.byCategory = [...perCategory]
    .map(([id, products]) => ({ id, name: names.get(id) ?? id, products }))
    .toSorted((a, b) => b.products - a.products)
  return coverage
}

const states = {
  found: 'described',
  nobody: 'known',
  removed: 'removed',
  ambiguous: 'ambiguous',
  none: 'unknown',
} as const

/** One of each family and brand first: ten lamps say less than a lamp, a jacket and a kit. */
function varied(chosen: readonly ChosenProduct[], most: number): ChosenProduct[] {
  const askable = chosen.filter(({ identifiers }) => identifiers.length > 0)
  const seen = new Set<string>()
  const first = askable.filter(({ family, brand }) => {
    const kind = `${family ?? ''} ${brand ?? ''}`
    return !seen.has(kind) && seen.add(kind)
  })
  const taken = new Set(first)
  return [...first, ...askable.filter((product) => !taken.has(product))].slice(0, most)
}

async function askSample(
  sql: Sql,
  context: EnrichmentContext,
  chosen: readonly ChosenProduct[],
  { sample, signal, onProgress }: PreviewOptions,
): Promise<SampleFindings> {
  const { connection, icecat } = context
  const found: SampleFindings = {
    asked: 0,
    outcomes: {},
    writes: 0,
    unchanged: 0,
    kept: {},
    problems: [],
    fillRates: [],
  }
  const problems = new Map<string, SampleFindings['problems'][number]>()
  const allCells: Cell[][] = []
  for (const product of varied(chosen, sample)) {
    onProgress(`sheet ${++found.asked}`)
    const [source] = await sourcesByKey(sql, connection.name, 'products', [product.product])
    if (source === undefined) continue
    // What is stored was held to its schema when it was read.
    const shown = source.source as AkeneoProduct
    const view = matchView(shown, context.structure, context.identifierAttribute)
    const asked = await icecat.inLane('bulk', signal, (client) =>
      fetchSheet(client, context, { ...product, icecatId: null, indexUpdated: null }, view, signal),
    )
    await addFetched(sql, icecat.account, monthOf(new Date()), asked.calls)
    found.outcomes[asked.outcome] = (found.outcomes[asked.outcome] ?? 0) + 1
    if (asked.outcome !== 'found') continue
    const cells = context.enrichment.cells(asked.sheet, view)
    allCells.push(cells)
    const owners = await ownersOf(sql, context, product.product, shown)
    const plan = planWrites(
      {
        // A variant shows all that it inherits, so its own document says what stands at its models' places.
        cells: cells.filter(({ attribute }) => ownerOf(attribute, owners.product) !== null),
        current: shown.values,
        ledger: owners.ledger,
      },
      {
        policy: context.mapping.ownership,
        attributes: context.structure.attributes,
        measurementFamilies: context.structure.measurementFamilies,
      },
    )
    found.writes += plan.writes.length
    found.unchanged += plan.unchanged + plan.adopted.length
    for (const { case: reason } of plan.kept) found.kept[reason] = (found.kept[reason] ?? 0) + 1
    for (const { problem } of plan.problems) {
      const known = problems.get(problem.code)
      if (known) known.values++
      else problems.set(problem.code, { code: problem.code, values: 1, example: problem.message })
    }
  }
  found.problems = [...problems.values()].toSorted((a, b) => b.values - a.values)
  found.fillRates = fillRates(allCells)
  return found
}
