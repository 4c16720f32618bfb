import type { Transaction } from '../../connectors/hub/database.ts'
import type { DueReason, SettledProduct } from '../../connectors/hub/enrichment/products.ts'
import { nameOf } from '../../connectors/hub/enrichment/record.ts'
import type { EnrichmentContext } from './context.ts'
import type { Asked } from './fetch-sheet.ts'
import { judgedState } from './judged-state.ts'
import type { Planned } from './plan-group.ts'
import type { PlannedRecord } from './plan-record.ts'
import type { AskedGroup, FoundProduct, ModelSource } from './convert-sheet.ts'

const hourMs = 3_600_000

/** How long a line that is under way is waited for, a value that was not read back, an answer that nobody knows, another subscription. */
const againInMs = { held: 60_000, 'read-back': 2000, unclear: 20 * hourMs, restricted: 30 * 24 * hourMs }

/** What became of a record's part: whether it brings something, and whether it must be judged once more. */
export interface Written {
  isNews: boolean
  isHeld: boolean
}

/** What each product came to, and when it is due once more. */
export async function settleGroup(
  tx: Transaction,
  context: EnrichmentContext,
  {
    group,
    found,
    models,
    planned,
    outcomes,
  }: {
    group: AskedGroup
    found: readonly FoundProduct[]
    models: ReadonlyMap<string, ModelSource>
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
    models,
    pending,
  )
  const taken = new Map(group.members.map((member) => [member.product, member]))
  return found.map((product): SettledProduct => {
    const { source, asked, models: modelCells } = product
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
      modelCells: Object.keys(modelCells).length > 0 ? modelCells : null,
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
