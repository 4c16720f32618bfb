import type { Transaction } from '../../connectors/hub/database.ts'
import { addCounted, type Counted } from '../../connectors/hub/enrichment/counts.ts'
import { fileName, putFiles } from '../../connectors/hub/enrichment/files.ts'
import {
  type EnrichmentFinding,
  productOf,
  replaceFindings,
} from '../../connectors/hub/enrichment/findings.ts'
import { putLines } from '../../connectors/hub/enrichment/lines.ts'
import { addFetched } from '../../connectors/hub/enrichment/meter.ts'
import { wantOptions } from '../../connectors/hub/enrichment/options.ts'
import { dropProducts, settleProducts } from '../../connectors/hub/enrichment/products.ts'
import { nameOf } from '../../connectors/hub/enrichment/record.ts'
import {
  noteRequests,
  type RequestOutcome,
  requestsCounted,
} from '../../connectors/hub/enrichment/requests.ts'
import { keepValues } from '../../connectors/hub/enrichment/values.ts'
import { watermarkOf } from '../../connectors/hub/runs.ts'
import { sourcesByKey } from '../../connectors/hub/sources.ts'
import { monthOf } from '../../domain/enrichment/fair-use.ts'
import type { EnrichmentContext } from './context.ts'
import { type AskedGroup, convertSheet, type FoundProduct, modelsOf } from './convert-sheet.ts'
import { type Planned, planGroup } from './plan-group.ts'
import { settleGroup, type Written } from './settle-group.ts'

/** Somebody else has taken these products over: nothing of this judgement counts. */
export class LostHoldError extends Error {}

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
  const found = sources.map((source) => convertSheet(context, source, models, group.asked.get(source.key)))
  const planned = await planGroup(tx, context, { group, found, models, knownUntil })
  const unchecked = found.flatMap(uncheckedFinding)
  const outcomes = await write(tx, context, run, planned, unchecked)
  const settled = await settleGroup(tx, context, { group, found, models, planned, outcomes })

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
  await addCounted(
    tx,
    name,
    run,
    [
      ...settled.flatMap(({ product, outcome }) => outcomeCounted(product, outcome)),
      ...[...planned.flatMap(({ plan }) => plan.findings), ...unchecked].map(findingCounted),
      ...requestsCounted(requests),
    ],
    { sheets: [...calls.values()].reduce((sum, n) => sum + n, 0) },
  )
}

/** What reports call a product that came to this. */
const outcomeNames: Readonly<Record<string, string>> = {
  enriched: 'enriched',
  unchanged: 'unchanged',
  'not-found': 'notFound',
  restricted: 'restricted',
  embargoed: 'restricted',
}

function outcomeCounted(product: string, outcome: string): Counted[] {
  const name = outcomeNames[outcome]
  return name === undefined ? [] : [{ name, product }]
}

const findingCounted = ({ kind, code, ...finding }: EnrichmentFinding): Counted => ({
  name: kind === 'problem' ? 'problems' : kind === 'unchecked' ? kind : 'kept',
  place: finding.place,
  product: productOf(finding),
  reason: code,
})

async function write(
  tx: Transaction,
  { connection, mapping }: EnrichmentContext,
  run: bigint,
  planned: readonly Planned[],
  unchecked: readonly EnrichmentFinding[],
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
    ['kept', 'flagged', 'problem', 'unchecked'],
    [...plans.flatMap(({ findings }) => findings), ...unchecked],
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

function uncheckedFinding({ source: { key }, asked }: FoundProduct): EnrichmentFinding[] {
  if (asked.outcome !== 'found' || asked.unchecked === null) return []
  const code = 'nothing-to-compare'
  return [{ stream: 'products', key, place: '', kind: 'unchecked', code, message: asked.unchecked }]
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
