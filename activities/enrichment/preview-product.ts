import { matchView } from '../../connectors/akeneo/translate/match-view.ts'
import type { AkeneoProduct, AkeneoProductModel } from '../../connectors/akeneo/schema.ts'
import type { Sql } from '../../connectors/hub/database.ts'
import { stateOf } from '../../connectors/hub/enrichment/state.ts'
import { addFetched } from '../../connectors/hub/enrichment/meter.ts'
import { type LedgerEntry, ledgerOf } from '../../connectors/hub/enrichment/values.ts'
import { idsOf, sourcesByCode, sourcesByKey } from '../../connectors/hub/sources.ts'
import type { PreviewedValue, PreviewVerdict, ProductPreview } from '../../contracts/enrichment-preview.ts'
import type { Cell } from '../../domain/enrichment/convert/cell.ts'
import type { MediaCell } from '../../domain/enrichment/convert/compile-media.ts'
import { placesOf } from '../../domain/enrichment/convert/places.ts'
import { readSource, shownText } from '../../domain/enrichment/convert/source.ts'
import { monthOf } from '../../domain/enrichment/fair-use.ts'
import { identifierText } from '../../domain/enrichment/identifier.ts'
import { placeOf } from '../../domain/enrichment/lines/model-cells.ts'
import { type EnrichedProduct, ownerOf } from '../../domain/enrichment/lines/owner.ts'
import { mappingHash } from '../../domain/enrichment/mapping/meaning.ts'
import { identifiersOf } from '../../domain/enrichment/match/identifiers.ts'
import type { Sheet } from '../../domain/enrichment/sheet.ts'
import { planMedia } from '../../domain/enrichment/plan-media.ts'
import { planWrites, shownAt } from '../../domain/enrichment/plan-writes.ts'
import type { ConnectionRuntime } from '../dependencies.ts'
import { compile, compileTaken, type EnrichmentContext, icecatOf, storedStructure } from './context.ts'
import { type Asked, fetchSheet } from './fetch-sheet.ts'
import { referenceLists } from './lists.ts'
import { mediaLedger, reasons } from './plan-record.ts'

/** By the mapping of this disk: as a run does where it was taken over; where not, all of it must fit. */
export async function previewContext(
  sql: Sql,
  connection: ConnectionRuntime,
  signal: AbortSignal,
): Promise<EnrichmentContext> {
  const icecat = icecatOf(connection)
  const lists = await referenceLists(icecat, icecat.mapping, signal)
  const structure = await storedStructure(sql, connection)
  const taken = (await stateOf(sql, connection.name))?.mapping.hash === mappingHash(icecat.mapping)
  const compiled = taken
    ? compileTaken(icecat.mapping, icecat.file.name, structure, lists)
    : compile(icecat.mapping, structure, lists)
  return { connection, icecat, ...compiled }
}

/** One stored product with its sheet; null when no product has that name. The sheet counts for fair use. */
export async function previewProduct(
  sql: Sql,
  context: EnrichmentContext,
  name: string,
  signal: AbortSignal,
): Promise<ProductPreview | null> {
  const { name: connection } = context.connection
  const known = (await idsOf(sql, connection, 'products', [name])).get(name.toLowerCase())
  const [stored] = known ? await sourcesByKey(sql, connection, 'products', [known.key]) : []
  if (!stored) return null
  // What is stored was held to its schema when it was read.
  const product = stored.source as AkeneoProduct
  const asked = await askFor(sql, context, product, signal)
  const found = { product: name, outcome: asked.outcome, message: asked.message }
  if (asked.outcome !== 'found') return { ...found, sheet: null, values: [] }
  const { sheet, by } = asked
  const { mapping } = context
  const language = [mapping.neutral.text, 'EN'].find((one) => sheet.category?.names[one] !== undefined)
  const category = language === undefined ? sheet.category?.id : sheet.category?.names[language]
  return {
    ...found,
    sheet: { icecatId: sheet.icecatId, matchedBy: identifierText(by), category: category ?? null },
    values: await valuesOf(sql, context, stored.key, product, sheet),
  }
}

/** Asks Icecat for a product by what the mapping says. */
export async function askFor(
  sql: Sql,
  context: EnrichmentContext,
  product: AkeneoProduct,
  signal: AbortSignal,
): Promise<Asked> {
  const { icecat, mapping, lists, structure, identifierAttribute } = context
  const view = matchView(product, structure, identifierAttribute)
  const { identifiers } = identifiersOf(view, mapping.match, lists.brands, null)
  const asked = await icecat.inLane('live', signal, (client) =>
    fetchSheet(client, context, { identifiers, icecatId: null, indexUpdated: null }, view, signal),
  )
  await addFetched(sql, icecat.account, monthOf(new Date()), asked.calls)
  return asked
}

async function valuesOf(
  sql: Sql,
  context: EnrichmentContext,
  key: string,
  product: AkeneoProduct,
  sheet: Sheet,
): Promise<PreviewedValue[]> {
  const { enrichment, structure, identifierAttribute } = context
  const view = matchView(product, structure, identifierAttribute)
  const owners = await ownersOf(sql, context, key, product)
  const texts = sheetTexts(context, sheet)
  const about = (cell: Cell | MediaCell) => {
    const owner = ownerOf(cell.attribute, owners.product)
    return {
      attribute: cell.attribute,
      locale: cell.locale,
      scope: cell.scope,
      model: owner?.kind === 'product-model' ? owner.key : null,
      // A variant shows all that it inherits, so its own document says what stands at its models' places.
      current: shownAt(product.values, cell) ?? null,
      isAxis: owner === null,
    }
  }
  const values = enrichment.cells(sheet, view).map((cell): PreviewedValue => {
    const { isAxis, ...place } = about(cell)
    const { result } = cell
    const text = texts.get(placeOf(cell))
    const read = {
      from: result.kind === 'value' ? result.from : (text?.from ?? null),
      language: result.kind === 'value' ? result.language : (text?.language ?? null),
      icecat: text?.text ?? null,
      converted: result.kind === 'value' ? result.data : null,
    }
    return { ...place, ...read, ...(isAxis ? axis : judgedValue(context, cell, product, owners.ledger)) }
  })
  const files = enrichment.media(sheet, view).map((cell): PreviewedValue => {
    const { isAxis, ...place } = about(cell)
    const { result } = cell
    const asset = result.kind === 'asset' ? result.asset : null
    const read = {
      from: result.kind === 'asset' ? result.from : null,
      language: asset?.language ?? null,
      icecat: asset?.url ?? null,
      converted: asset?.url ?? null,
    }
    return { ...place, ...read, ...(isAxis ? axis : judgedFile(context, cell, product, owners.ledger)) }
  })
  return [...values, ...files]
}

type Judged = Pick<PreviewedValue, 'verdict' | 'reason'>

const axis: Judged = { verdict: 'axis', reason: 'it makes the variant what it is, and is never written' }

/** By the plan that a run would make of this one value. */
function judgedValue(
  { mapping, structure }: EnrichmentContext,
  cell: Cell,
  { values: current }: AkeneoProduct,
  ledger: ReadonlyMap<string, LedgerEntry>,
): Judged {
  const { attributes, measurementFamilies } = structure
  const plan = planWrites(
    { cells: [cell], current, ledger, released: releasedIn(ledger) },
    { policy: mapping.ownership, attributes, measurementFamilies },
  )
  const [write] = plan.writes
  if (write) return { verdict: isNothing(write.data) ? 'clear' : 'write', reason: null }
  if (plan.adopted.length > 0) return { verdict: 'adopt', reason: null }
  if (plan.unread.length > 0) return { verdict: 'unread', reason: null }
  return stays(plan)
}

function judgedFile(
  { mapping }: EnrichmentContext,
  cell: MediaCell,
  { values: current }: AkeneoProduct,
  ledger: ReadonlyMap<string, LedgerEntry>,
): Judged {
  const plan = planMedia([cell], current, mediaLedger(ledger), mapping.ownership, releasedIn(ledger))
  if (plan.uploads.length > 0) return { verdict: 'write', reason: null }
  if (plan.clears.length > 0) return { verdict: 'clear', reason: null }
  return stays(plan)
}

function stays({ kept, problems }: Pick<ReturnType<typeof planMedia>, 'kept' | 'problems'>): Judged {
  const [problem] = problems
  if (problem) return { verdict: 'problem', reason: problem.problem.message }
  const [one] = kept
  if (one) return { verdict: one.isFlagged ? 'flag' : 'keep', reason: reasons[one.case] }
  const verdict: PreviewVerdict = 'unchanged'
  return { verdict, reason: null }
}

const isNothing = (data: unknown): boolean => data === null || (Array.isArray(data) && data.length === 0)

const releasedIn = (ledger: ReadonlyMap<string, LedgerEntry>): Set<string> =>
  new Set([...ledger].flatMap(([place, { isReleased }]) => (isReleased ? [place] : [])))

/** What the sheet itself has for each place: the first address of the rule that has something. */
function sheetTexts(
  { mapping, structure }: EnrichmentContext,
  sheet: Sheet,
): Map<string, { text: string; from: string; language: string | null }> {
  const texts = new Map<string, { text: string; from: string; language: string | null }>()
  for (const { code, rule } of mapping.attributes) {
    const attribute = structure.attributes.get(code)
    if (attribute === undefined || rule.source.kind === 'const') continue
    const addresses =
      rule.source.kind === 'from'
        ? rule.source.addresses
        : rule.source.parts.filter((part) => typeof part !== 'string')
    for (const { locale, scope, chain } of placesOf(attribute, mapping, structure)) {
      for (const address of addresses) {
        const value = readSource(address, sheet, chain)
        if (value === undefined) continue
        const place = placeOf({ attribute: attribute.code, locale, scope })
        texts.set(place, { text: shownText(value), from: address.text, language: value.language })
        break
      }
    }
  }
  return texts
}

/** The models above a product, and what was written once to all of them. */
export async function ownersOf(
  sql: Sql,
  { connection: { name }, structure }: EnrichmentContext,
  key: string,
  { parent }: AkeneoProduct,
): Promise<{ ledger: Map<string, LedgerEntry>; product: EnrichedProduct }> {
  const above: AkeneoProductModel[] = []
  for (let code = parent ?? null; code !== null;) {
    const [model] = await sourcesByCode(sql, name, 'product-models', [code])
    if (model === undefined) break
    const source = model.source as AkeneoProductModel
    above.unshift(source)
    code = source.parent ?? null
  }
  const [root] = above
  const ledger = new Map<string, LedgerEntry>()
  const add = (entries: ReadonlyMap<string, LedgerEntry> | undefined) => {
    for (const [place, entry] of entries ?? []) ledger.set(place, entry)
  }
  const models = above.map(({ code }) => code)
  for (const entries of (await ledgerOf(sql, name, 'product-models', models)).values()) add(entries)
  add((await ledgerOf(sql, name, 'products', [key])).get(key))
  const variant = root === undefined ? null : (structure.familyVariants.get(root.family_variant) ?? null)
  return { ledger, product: { key, models, variant } }
}
