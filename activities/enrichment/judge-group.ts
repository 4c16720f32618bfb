import type { AkeneoProduct, AkeneoProductModel } from '../../connectors/akeneo/schema.ts'
import { matchView } from '../../connectors/akeneo/translate/match-view.ts'
import type { Transaction } from '../../connectors/hub/database.ts'
import { addCounts } from '../../connectors/hub/enrichment/counts.ts'
import { fileName, putFiles } from '../../connectors/hub/enrichment/files.ts'
import { refusedValues, replaceFindings } from '../../connectors/hub/enrichment/findings.ts'
import { putLines } from '../../connectors/hub/enrichment/lines.ts'
import { addFetched } from '../../connectors/hub/enrichment/meter.ts'
import { wantOptions } from '../../connectors/hub/enrichment/options.ts'
import {
  type DueReason,
  dropProducts,
  type KnownProduct,
  type SettledProduct,
  settleProducts,
} from '../../connectors/hub/enrichment/products.ts'
import { nameOf, type RecordName } from '../../connectors/hub/enrichment/record.ts'
import { noteRequests, type RequestOutcome } from '../../connectors/hub/enrichment/requests.ts'
import { keepValues, ledgerOf } from '../../connectors/hub/enrichment/values.ts'
import { watermarkOf } from '../../connectors/hub/runs.ts'
import { parentsOfModels } from '../../connectors/hub/source-relations.ts'
import { sourcesByKey, type StoredSource } from '../../connectors/hub/sources.ts'
import { monthOf } from '../../domain/enrichment/fair-use.ts'
import type { EnrichedProduct } from '../../domain/enrichment/lines/owner.ts'
import { sameValue } from '../../domain/enrichment/ownership/same-value.ts'
import { foldCase } from '../../domain/text.ts'
import type { EnrichmentContext } from './context.ts'
import type { Asked } from './fetch-sheet.ts'
import { judgedState } from './judged-state.ts'
import { byOwner, type Cells, forModel, type ModelCells } from './owned-cells.ts'
import { type PlannedRecord, planRecord } from './plan-record.ts'

/** Products that share a root, or one that has none, with what Icecat said of those that are due. */
export interface AskedGroup {
  members: readonly KnownProduct[]
  asked: ReadonlyMap<string, Asked & { at: Date }>
}

/** Somebody else has taken these products over: nothing of this judgement counts. */
export class LostHoldError extends Error {}

const hourMs = 3_600_000

/** How long a line that is under way is waited for, a value that was not read back, an answer that nobody knows, another subscription. */
const againInMs = { held: 60_000, 'read-back': 2000, unclear: 20 * hourMs, restricted: 30 * 24 * hourMs }

/**
 * Judges a group by what is stored now, in one transaction: lines, files, findings, what products came to, and the counts of it. Throws
 * a LostHoldError, which undoes all of it, where `holder` has the products no longer.
 */
export async function judgeGroup(
  tx: Transaction,
  context: EnrichmentContext,
  { run, holder, group }: { run: bigint; holder: string; group: AskedGroup },
): Promise<void> {
  const { name } = context.connection
  // Before anything is read: what people edited up to then is in what is read.
  const knownUntil = (await watermarkOf(tx, name))?.at ?? new Date(0)
  const keys = [...group.asked.keys()]
  const sources = await sourcesByKey(tx, name, 'products', keys)
  const models = await modelsOf(tx, name, sources)
  const found = sources.map((source) => readSheet(context, source, models, group.asked.get(source.key)))
  const planned = await planAll(tx, context, { group, found, models, knownUntil })
  const outcomes = await write(tx, context, run, planned)
  const settled = await settle(tx, context, { group, found, planned, outcomes })

  await dropProducts(
    tx,
    name,
    keys.filter((key) => !sources.some((source) => source.key === key)),
  )
  if (!(await settleProducts(tx, name, run, holder, settled))) throw new LostHoldError()
  const { config, account } = context.icecat
  const now = new Date()
  const requests = await noteRequests(tx, name, found.flatMap(requestOutcome), config.requests, now)
  const calls = sumOf([...group.asked.values()].map(({ calls }) => calls))
  await addFetched(tx, account, monthOf(now), calls)
  const plans = planned.map(({ plan }) => plan)
  const of = (outcome: string) => settled.filter((product) => product.outcome === outcome).length
  await addCounts(tx, run, {
    enriched: of('enriched'),
    unchanged: of('unchanged'),
    notFound: of('not-found'),
    restricted: of('restricted') + of('embargoed'),
    kept: plans.reduce((sum, { kept }) => sum + kept, 0),
    problems: plans.reduce((sum, { problems }) => sum + problems, 0),
    sheets: [...calls.values()].reduce((sum, n) => sum + n, 0),
    ...requests,
  })
}

interface ModelSource extends StoredSource {
  /** Codes and keys of the models from the root down to this one, itself included. */
  chain: { key: string; code: string }[]
}

/** The models above these products, by code in lower case. */
async function modelsOf(
  tx: Transaction,
  connection: string,
  products: readonly StoredSource[],
): Promise<Map<string, ModelSource>> {
  const parents = await parentsOfModels(tx, connection, [
    ...new Set(products.flatMap(({ parent }) => parent ?? [])),
  ])
  const keys = [...parents.values()].map(({ key }) => key)
  const sources = new Map(
    (await sourcesByKey(tx, connection, 'product-models', keys)).map((one) => [one.key, one]),
  )
  const chainOf = (code: string): ModelSource['chain'] => {
    const model = parents.get(code)
    const source = model && sources.get(model.key)
    if (source === undefined) return []
    const above = source.parent === null ? [] : chainOf(foldCase(source.parent))
    return [...above, { key: source.key, code: (source.source as AkeneoProductModel).code }]
  }
  return new Map(
    [...parents].flatMap(([code, { key }]): [string, ModelSource][] => {
      const source = sources.get(key)
      return source === undefined ? [] : [[code, { ...source, chain: chainOf(code) }]]
    }),
  )
}

interface FoundProduct {
  source: StoredSource
  asked: Asked & { at: Date }
  /** Keys of the models above it. */
  chain: string[]
  own: Cells
  models: ModelCells
}

/** Converts one product's sheet, and says which record each cell belongs to. */
function readSheet(
  { structure, enrichment, identifierAttribute }: EnrichmentContext,
  source: StoredSource,
  models: ReadonlyMap<string, ModelSource>,
  asked: (Asked & { at: Date }) | undefined,
): FoundProduct {
  if (asked === undefined) throw new Error(`Icecat was not asked for ${source.key}`)
  const chain = source.parent === null ? [] : (models.get(foldCase(source.parent))?.chain ?? [])
  const nothing = {
    source,
    asked,
    chain: chain.map(({ key }) => key),
    own: { cells: [], media: [] },
    models: {},
  }
  if (asked.outcome !== 'found') return nothing
  const product = source.source as AkeneoProduct
  const view = matchView(product, structure, identifierAttribute)
  const root = chain[0] && (models.get(foldCase(chain[0].code))?.source as AkeneoProductModel | undefined)
  const enriched: EnrichedProduct = {
    key: source.key,
    models: chain.map(({ key }) => key),
    variant: root === undefined ? null : (structure.familyVariants.get(root.family_variant) ?? null),
  }
  const { sheet } = asked
  const cells = { cells: enrichment.cells(sheet, view), media: enrichment.media(sheet, view) }
  const provenance = {
    product: source.key,
    icecatId: sheet.icecatId,
    sheetUpdated: asked.sheetUpdated,
    fetchedAt: asked.at.toISOString(),
  }
  return { ...nothing, ...byOwner(cells, enriched, provenance) }
}

interface Planned extends RecordName {
  plan: PlannedRecord
}

async function planAll(
  tx: Transaction,
  context: EnrichmentContext,
  {
    group,
    found,
    models,
    knownUntil,
  }: {
    group: AskedGroup
    found: readonly FoundProduct[]
    models: ReadonlyMap<string, ModelSource>
    knownUntil: Date
  },
): Promise<Planned[]> {
  const { structure, mapping, connection } = context
  const { name } = connection
  const same = (attribute: string, a: unknown, b: unknown) =>
    sameValue(structure.attributes.get(attribute) ?? { type: '' }, a, b, structure.measurementFamilies)
  const judged = found.filter(({ asked }) => asked.outcome === 'found')
  const fresh = new Set(group.asked.keys())
  const siblings = group.members.flatMap(({ product, modelCells }) =>
    fresh.has(product) || modelCells === null ? [] : [{ variant: product, models: modelCells as ModelCells }],
  )
  const voices = [
    ...judged.map(({ source, models: own }) => ({ variant: source.key, models: own })),
    ...siblings,
  ]
  const modelKeys = [...new Set(judged.flatMap(({ models: own }) => Object.keys(own)))].sort()
  const modelSources = new Map([...models.values()].map((model) => [model.key, model]))
  const records = [
    ...modelKeys.map((key) => {
      const heard = voices.flatMap(({ variant, models: own }) => (own[key] ? [{ variant, ...own[key] }] : []))
      const cells = forModel(heard, same, mapping.variants.disagree)
      return { stream: 'product-models' as const, key, source: modelSources.get(key)?.source, ...cells }
    }),
    ...judged.map(({ source, own }) => ({
      stream: 'products' as const,
      key: source.key,
      source: source.source,
      ...own,
    })),
  ]
  const ofStream = async <Found>(
    read: (stream: RecordName['stream'], keys: string[]) => Promise<Map<string, Found>>,
  ): Promise<Map<string, Found>> => {
    const all = new Map<string, Found>()
    for (const stream of ['product-models', 'products'] as const) {
      const keys = records.flatMap((record) => (record.stream === stream ? [record.key] : []))
      for (const [key, one] of await read(stream, keys)) all.set(nameOf({ stream, key }), one)
    }
    return all
  }
  const ledgers = await ofStream((stream, keys) => ledgerOf(tx, name, stream, keys))
  const refusals = await ofStream((stream, keys) => refusedValues(tx, name, stream, keys))
  return records.flatMap(({ stream, key, source, cells, media }): Planned[] => {
    if (source === undefined) return []
    const { values, created } = source as AkeneoProduct
    const ledger = ledgers.get(nameOf({ stream, key })) ?? new Map()
    const refused = refusals.get(nameOf({ stream, key })) ?? new Map()
    const record = { stream, key, created, current: values, cells, media, ledger, refused }
    return [{ stream, key, plan: planRecord(context, record, knownUntil) }]
  })
}

/** What became of a record's part: whether it brings something, and whether it must be judged once more. */
interface Written {
  isNews: boolean
  isHeld: boolean
}

async function write(
  tx: Transaction,
  { connection, mapping }: EnrichmentContext,
  run: bigint,
  planned: readonly Planned[],
): Promise<Map<string, Written>> {
  const { name } = connection
  const plans = planned.map(({ plan }) => plan)
  const lines = await putLines(
    tx,
    name,
    run,
    plans.map(({ line }) => line),
  )
  const wanted = plans.flatMap(({ files }) => files)
  const files = await putFiles(tx, name, run, wanted)
  await keepValues(
    tx,
    name,
    run,
    new Date(),
    plans.flatMap(({ adopted }) => adopted),
  )
  await replaceFindings(
    tx,
    name,
    run,
    planned,
    ['kept', 'flagged', 'problem'],
    plans.flatMap(({ findings }) => findings),
  )
  const { create } = mapping.options
  if (create !== 'never')
    await wantOptions(
      tx,
      name,
      run,
      create,
      plans.flatMap(({ missing }) => missing),
    )
  return new Map(
    planned.map(({ stream, key, plan }) => {
      const line = lines.get(nameOf({ stream, key }))
      const own = plan.files.map((file) => files.get(fileName(file)))
      const isNews = (line === 'put' && plan.line.values.length > 0) || own.includes('put')
      return [nameOf({ stream, key }), { isNews, isHeld: line === 'held' || own.includes('held') }]
    }),
  )
}

async function settle(
  tx: Transaction,
  context: EnrichmentContext,
  {
    group,
    found,
    planned,
    outcomes,
  }: {
    group: AskedGroup
    found: readonly FoundProduct[]
    planned: readonly Planned[]
    outcomes: ReadonlyMap<string, Written>
  },
): Promise<SettledProduct[]> {
  const plans = new Map(planned.map(({ stream, key, plan }) => [nameOf({ stream, key }), plan]))
  const namesOf = ({ source, chain }: FoundProduct) => [
    nameOf({ stream: 'products', key: source.key }),
    ...chain.map((key) => nameOf({ stream: 'product-models', key })),
  ]
  const pending = new Map(
    found.map((product) => [
      product.source.key,
      new Set(namesOf(product).flatMap((name) => plans.get(name)?.places ?? [])),
    ]),
  )
  const states = await judgedState(
    tx,
    context,
    found.map(({ source }) => source),
    pending,
  )
  const taken = new Map(group.members.map((member) => [member.product, member]))
  return found.map((product): SettledProduct => {
    const { source, asked, models } = product
    const known = taken.get(source.key)
    const names = namesOf(product)
    const isFound = asked.outcome === 'found'
    const due = dueAfter(
      asked,
      names.flatMap((name) => outcomes.get(name) ?? []),
      names.flatMap((name) => plans.get(name) ?? []),
    )
    return {
      product: source.key,
      dueAt: known?.dueAt ?? null,
      outcome: isFound
        ? names.some((name) => outcomes.get(name)?.isNews)
          ? 'enriched'
          : 'unchanged'
        : asked.outcome,
      message: asked.message,
      icecatId: isFound ? asked.sheet.icecatId : (known?.icecatId ?? null),
      matchedBy: isFound ? asked.by.by : (known?.matchedBy ?? null),
      fetchedAt: isFound ? asked.at.toISOString() : null,
      askedUpdated: known?.indexUpdated ?? null,
      category: isFound ? (asked.sheet.category?.id ?? null) : null,
      modelCells: Object.keys(models).length > 0 ? models : null,
      judged: states.get(source.key) ?? null,
      due,
      dueInMs: due === null ? 0 : againInMs[due],
    }
  })
}

function dueAfter(
  { outcome }: Asked,
  written: readonly Written[],
  plans: readonly PlannedRecord[],
): (DueReason & keyof typeof againInMs) | null {
  if (outcome === 'unclear' || outcome === 'restricted') return outcome
  if (written.some(({ isHeld }) => isHeld)) return 'held'
  return plans.some(({ isUnread }) => isUnread) ? 'read-back' : null
}

function requestOutcome({ source, asked }: FoundProduct): RequestOutcome[] {
  const { key: product } = source
  switch (asked.outcome) {
    case 'found':
      return [{ product, outcome: { kind: 'found' } }]
    case 'not-found':
      return [{ product, outcome: { kind: asked.isKnown ? 'known' : 'not-found' } }]
    case 'embargoed':
      return [{ product, outcome: { kind: 'embargoed', until: null } }]
    case 'restricted':
      return [{ product, outcome: { kind: 'restricted', reason: asked.message ?? '' } }]
    default:
      return []
  }
}

function sumOf(all: readonly ReadonlyMap<string, number>[]): Map<string, number> {
  const sum = new Map<string, number>()
  for (const one of all) for (const [name, n] of one) sum.set(name, (sum.get(name) ?? 0) + n)
  return sum
}
