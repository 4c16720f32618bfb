import { matchView } from '../../connectors/akeneo/translate/match-view.ts'
import type { AkeneoProduct } from '../../connectors/akeneo/schema.ts'
import type { Sql } from '../../connectors/hub/database.ts'
import { sampleWithSheet } from '../../connectors/hub/enrichment/with-sheet.ts'
import { sourcesByKey } from '../../connectors/hub/sources.ts'
import type { MappingComparison } from '../../contracts/enrichment-preview.ts'
import type { Cell } from '../../domain/enrichment/convert/cell.ts'
import { placeOf } from '../../domain/enrichment/lines/model-cells.ts'
import type { IcecatMapping } from '../../domain/enrichment/mapping/document.ts'
import { sameValue } from '../../domain/enrichment/ownership/same-value.ts'
import { foldCase } from '../../domain/text.ts'
import { compileTaken, type EnrichmentContext } from './context.ts'
import { askFor } from './preview-product.ts'

const mostExamples = 10

/**
 * What the mapping of this disk makes otherwise of the sheets of some enriched products than `before` does: of each family one first. The
 * sheets are fetched once for both; they count for fair use.
 */
export async function compareMappings(
  sql: Sql,
  context: EnrichmentContext,
  before: IcecatMapping,
  { sample, signal }: { sample: number; signal: AbortSignal },
): Promise<MappingComparison> {
  const { connection, mapping, structure, lists } = context
  const { enrichment: old } = compileTaken(before, before.name, structure, lists)
  // In the languages of both: what one of them no longer reads is a difference, too.
  const both = { ...context, mapping: { ...mapping, languages: [...mapping.languages, ...before.languages] } }
  const found: MappingComparison = { products: 0, values: 0, changed: 0, byAttribute: [], examples: [] }
  const changes = new Map<string, number>()
  for (const key of await sampleWithSheet(sql, connection.name, sample)) {
    const [stored] = await sourcesByKey(sql, connection.name, 'products', [key])
    if (stored === undefined) continue
    // What is stored was held to its schema when it was read.
    const product = stored.source as AkeneoProduct
    const asked = await askFor(sql, both, product, signal)
    if (asked.outcome !== 'found') continue
    found.products++
    const view = matchView(product, structure, context.identifierAttribute)
    const [was, is] = [old, context.enrichment].map((enrichment) =>
      byPlace(enrichment.cells(asked.sheet, view)),
    )
    for (const place of new Set([...(was?.keys() ?? []), ...(is?.keys() ?? [])])) {
      found.values++
      const cell = is?.get(place) ?? was?.get(place)
      const [a, b] = [dataOf(was?.get(place)), dataOf(is?.get(place))]
      if (cell === undefined) continue
      const { attribute, locale, scope } = cell
      const type = structure.attributes.get(attribute) ?? { type: '' }
      if (a === b || (a !== null && b !== null && sameValue(type, a, b, structure.measurementFamilies)))
        continue
      found.changed++
      changes.set(attribute, (changes.get(attribute) ?? 0) + 1)
      if (found.examples.length < mostExamples)
        found.examples.push({ product: stored.code ?? key, attribute, locale, scope, before: a, after: b })
    }
  }
  found.byAttribute = [...changes]
    .map(([attribute, values]) => ({ attribute, values }))
    .toSorted((a, b) => b.values - a.values || (foldCase(a.attribute) < foldCase(b.attribute) ? -1 : 1))
  return found
}

const byPlace = (cells: readonly Cell[]): Map<string, Cell> =>
  new Map(cells.map((cell) => [placeOf(cell), cell]))

const dataOf = (cell: Cell | undefined) => (cell?.result.kind === 'value' ? cell.result.data : null)
