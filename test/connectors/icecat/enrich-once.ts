import { byOwner } from '../../../activities/enrichment/owned-cells.ts'
import { buildStructure } from '../../../connectors/akeneo/translate/index.ts'
import type { AkeneoProduct, AkeneoProductModel } from '../../../connectors/akeneo/schema.ts'
import type { IcecatClient } from '../../../connectors/icecat/client.ts'
import { all } from './helpers.ts'
import {
  type CompiledEnrichment,
  compileEnrichment,
} from '../../../domain/enrichment/convert/compile-enrichment.ts'
import type { Identifier } from '../../../domain/enrichment/identifier.ts'
import { buildLines } from '../../../domain/enrichment/lines/build-lines.ts'
import { placeOf, sharedCells } from '../../../domain/enrichment/lines/model-cells.ts'
import type { EnrichedProduct, Owner } from '../../../domain/enrichment/lines/owner.ts'
import type { IcecatMapping } from '../../../domain/enrichment/mapping/document.ts'
import { createBrandBook, type BrandBook } from '../../../domain/enrichment/match/brand-book.ts'
import { guardMatch } from '../../../domain/enrichment/match/guard.ts'
import { identifiersOf, type MatchView } from '../../../domain/enrichment/match/identifiers.ts'
import type { LedgerValue } from '../../../domain/enrichment/ownership/judge.ts'
import { sameValue } from '../../../domain/enrichment/ownership/same-value.ts'
import { planWrites, type RecordPlan, shownAt } from '../../../domain/enrichment/plan-writes.ts'
import { mergeSheets, type Sheet } from '../../../domain/enrichment/sheet.ts'
import type { Cell } from '../../../domain/enrichment/convert/cell.ts'
import { type Api, type Item, itemOf, items } from '../../simulator/api.ts'

/** What a run does, without Temporal and without a database: both ends are real servers, the rules are the product's own. */
export interface Run {
  lines: number
  refused: string[]
  plans: Map<string, RecordPlan>
  outcomes: Record<string, number>
}

type Structure = ReturnType<typeof buildStructure>

/** Where values are from is not looked at here. */
const source = { icecatId: '', sheetUpdated: null, fetchedAt: '' }

export async function readStructure(api: Api): Promise<Structure> {
  const records: Parameters<typeof buildStructure>[0] = []
  for (const stream of ['channels', 'attributes', 'families'] as const) {
    for (const source of await everything(api, `/${stream}?limit=100`)) records.push({ stream, source })
  }
  const measures = await api.get('/measurement-families')
  // Answers of the simulator, in the shape of the list that was asked for; here and below.
  for (const source of measures.body as unknown as object[])
    records.push({ stream: 'measurement-families', source })
  for (const { source } of [...records]) {
    const { code, type } = source as { code: string; type?: string }
    if (type?.endsWith('select') !== true) continue
    for (const option of await everything(api, `/attributes/${code}/options?limit=100`)) {
      records.push({ stream: 'attribute-options', source: option })
    }
  }
  for (const { source } of [...records]) {
    const { code, attribute_as_label: isFamily } = source as { code: string; attribute_as_label?: string }
    if (isFamily === undefined) continue
    for (const variant of await everything(api, `/families/${code}/variants?limit=100`)) {
      records.push({ stream: 'family-variants', source: variant })
    }
  }
  return buildStructure(records)
}

async function everything(api: Api, path: string): Promise<Item[]> {
  const found: Item[] = []
  let next: string | undefined = path
  while (next !== undefined) {
    const page: Awaited<ReturnType<Api['get']>> = await api.get(next)
    if (page.status !== 200) throw new Error(`${next} answered ${page.status}`)
    found.push(...items(page))
    next = page.body._links?.['next']?.href
  }
  return found
}

export async function readBrands(client: IcecatClient): Promise<BrandBook> {
  return createBrandBook(
    await all(client.references('suppliers')),
    await all(client.references('supplierAliases')),
  )
}

export interface Enricher {
  run(): Promise<Run>
  ledger: Map<string, LedgerValue>
}

/** Everything that is remembered between runs is the ledger, by record and place. */
export async function createEnricher(
  api: Api,
  client: IcecatClient,
  mapping: IcecatMapping,
): Promise<Enricher> {
  const structure = await readStructure(api)
  const { enrichment, problems }: CompiledEnrichment = compileEnrichment(mapping, structure)
  if (enrichment === null)
    throw new Error(problems.map(({ path, message }) => `${path}: ${message}`).join('\n'))
  const brands = await readBrands(client)
  const ledger = new Map<string, LedgerValue>()
  /** Lines that Akeneo has refused: they wait until there is something else to say. */
  const parked = new Set<string>()
  const families = mapping.products.family?.map(({ text }) => text)
  const languages = [
    ...new Set([
      mapping.neutral.text,
      ...mapping.languages.flatMap(({ chain }) => chain.map(({ text }) => text)),
    ]),
  ]

  return { ledger, run }

  async function run(): Promise<Run> {
    const products = (await everything(
      api,
      '/products-uuid?limit=100&pagination_type=search_after',
    )) as unknown as AkeneoProduct[]
    const models = new Map(
      (
        (await everything(
          api,
          '/product-models?limit=100&pagination_type=search_after',
        )) as unknown as AkeneoProductModel[]
      ).map((model) => [model.code.toLowerCase(), model]),
    )
    const outcomes: Record<string, number> = {}
    const judged = new Map<string, { owner: Owner; variants: { variant: string; cells: Cell[] }[] }>()
    for (const product of products) {
      if (families && !families.includes(product.family ?? '')) continue
      const chain = modelsOf(product, models)
      const view = viewOf(product, chain, structure)
      const { identifiers } = identifiersOf(view, mapping.match, brands, null)
      const { outcome, sheet } = await fetchSheet(identifiers)
      const guard = sheet && guardMatch(sheet, view, mapping.match, brands, mapping.guard.brand).kind
      const counted = guard === 'disagrees' ? 'other-brand' : outcome
      outcomes[counted] = (outcomes[counted] ?? 0) + 1
      if (sheet === undefined || guard === 'disagrees') continue
      const enriched: EnrichedProduct = {
        key: product.uuid ?? '',
        models: chain.map(({ code }) => code),
        variant: chain[0] ? (structure.familyVariants.get(chain[0].family_variant) ?? null) : null,
      }
      const { own, models: ofModels } = byOwner(
        { cells: enrichment?.cells(sheet, view) ?? [], media: [] },
        enriched,
        { ...source, product: enriched.key },
      )
      const owned: [Owner, Cell[]][] = [
        [{ kind: 'product', key: enriched.key }, own.cells],
        ...Object.entries(ofModels).map(([key, { cells }]): [Owner, Cell[]] => [
          { kind: 'product-model', key },
          cells,
        ]),
      ]
      for (const [owner, cells] of owned) {
        if (cells.length === 0) continue
        const key = `${owner.kind} ${owner.key}`
        const known = judged.get(key) ?? { owner, variants: [] }
        known.variants.push({ variant: enriched.key, cells })
        judged.set(key, known)
      }
    }
    const plans = new Map<string, RecordPlan>()
    const same = (attribute: string, a: unknown, b: unknown) =>
      sameValue(structure.attributes.get(attribute) ?? { type: '' }, a, b, structure.measurementFamilies)
    for (const [key, { owner, variants }] of judged) {
      const cells = sharedCells(variants, same, mapping.variants.disagree).map(({ cell }) => cell)
      const record =
        owner.kind === 'product'
          ? products.find(({ uuid }) => uuid === owner.key)
          : models.get(owner.key.toLowerCase())
      const own = new Map(
        [...ledger]
          .filter(([place]) => place.startsWith(`${key}|`))
          .map(([place, entry]) => [place.slice(key.length + 1), entry]),
      )
      const plan = planWrites(
        { cells, current: record?.values ?? {}, ledger: own },
        {
          policy: mapping.ownership,
          attributes: structure.attributes,
          measurementFamilies: structure.measurementFamilies,
        },
      )
      for (const { place, data } of plan.adopted) ledger.set(`${key}|${place}`, { sent: data, echoed: data })
      plans.set(key, plan)
    }
    const { lines, refused } = await send(judged, plans)
    return { lines, refused, plans, outcomes }
  }

  async function fetchSheet(identifiers: Identifier[]): Promise<{ outcome: string; sheet?: Sheet }> {
    let outcome = 'no-identifier'
    for (const identifier of identifiers) {
      const sheets: Sheet[] = []
      for (const language of languages) {
        const answer = await client.sheet(identifier, language)
        if ('sheet' in answer) sheets.push(answer.sheet)
        else outcome = answer.outcome
        // What one language lacks altogether, no other has.
        if (!('sheet' in answer)) break
      }
      const sheet = mergeSheets(sheets)
      if (sheet !== null) return { outcome: 'found', sheet }
    }
    return { outcome }
  }

  async function send(judged: Map<string, { owner: Owner }>, plans: Map<string, RecordPlan>) {
    const { batches } = buildLines(
      [...plans].map(([key, { writes }]) => ({
        owner: judged.get(key)?.owner ?? { kind: 'product', key: '' },
        values: writes,
      })),
      'uuid',
    )
    const refused: string[] = []
    let lines = 0
    for (const { kind, lines: all } of batches) {
      const batch = { kind, lines: all.filter(({ json }) => !parked.has(json)) }
      if (batch.lines.length === 0) continue
      lines += batch.lines.length
      const path = batch.kind === 'product' ? '/products-uuid' : '/product-models'
      const answer = await api.patchLines(
        path,
        batch.lines.map(({ json }) => json),
      )
      for (const [index, line] of answer.lines.entries()) {
        const sent = batch.lines[index]
        const { status_code: status } = line as { status_code?: number }
        if (status !== 204) {
          refused.push(JSON.stringify((line as { errors?: unknown }).errors))
          parked.add(sent?.json ?? '')
          continue
        }
        const record = await api.get(`${path}/${encodeURIComponent(sent?.owner.key ?? '')}`)
        for (const value of sent?.values ?? []) {
          const echoed = shownAt(itemOf(record).values, value)
          ledger.set(`${batch.kind} ${sent?.owner.key ?? ''}|${placeOf(value)}`, {
            sent: value.data as never,
            echoed,
          })
        }
      }
    }
    return { lines, refused }
  }
}

function modelsOf(product: AkeneoProduct, models: Map<string, AkeneoProductModel>): AkeneoProductModel[] {
  const chain: AkeneoProductModel[] = []
  let code = product.parent
  while (code != null) {
    const model = models.get(code.toLowerCase())
    if (model === undefined) break
    chain.unshift(model)
    code = model.parent
  }
  return chain
}

/** Akeneo shows a variant with all it inherits. */
function viewOf(product: AkeneoProduct, _chain: AkeneoProductModel[], structure: Structure): MatchView {
  const textOf = (code: string) => {
    const data = product.values[code]?.[0]?.data
    return typeof data === 'string' ? data : null
  }
  return {
    family: product.family ?? null,
    isFilled: (code) => product.values[code] !== undefined,
    text: (address) =>
      address.base === 'attribute'
        ? textOf(address.code)
        : address.base === 'identifier'
          ? textOf('sku')
          : null,
    label: (address, locale) => {
      const code = address.base === 'attribute' ? textOf(address.code) : null
      const options = address.base === 'attribute' ? structure.options.get(address.code) : undefined
      return options?.find((option) => option.code === code)?.labels?.[locale] ?? null
    },
  }
}
