import type { Cell, CellData, CellProblem } from './convert/cell.ts'
import type { WrittenValue } from './lines/build-lines.ts'
import { placeOf } from './lines/model-cells.ts'
import type { OwnershipCase, OwnershipPolicy } from './mapping/document.ts'
import { judge, type LedgerValue } from './ownership/judge.ts'
import { type ComparedAttribute, sameValue } from './ownership/same-value.ts'
import type { TargetUnitFamily } from './target.ts'

/** Values as Akeneo's API shows them. */
export type ShownValues = Readonly<
  Record<string, readonly { locale: string | null; scope: string | null; data?: unknown }[]>
>

/** One record with what Icecat has for it, what stands there, and what was written once. */
export interface RecordQuestion {
  cells: readonly Cell[]
  current: ShownValues
  /** By place, see `placeOf`. */
  ledger: ReadonlyMap<string, LedgerValue>
  /** Places that a person gave back. */
  released?: ReadonlySet<string>
}

export interface RecordPlan {
  /** What a line carries. */
  writes: WrittenValue[]
  /** Ours from now on without a write. */
  adopted: { place: string; data: CellData }[]
  /** As it should be. */
  unchanged: number
  /** What stays as it is, and why. */
  kept: { place: string; case: OwnershipCase; isFlagged: boolean }[]
  problems: { place: string; problem: CellProblem }[]
  /** To be read back before anything can be said. */
  unread: string[]
}

export interface PlanSettings {
  policy: OwnershipPolicy
  attributes: ReadonlyMap<string, ComparedAttribute>
  measurementFamilies: ReadonlyMap<string, TargetUnitFamily>
}

/** What one record gets. Pure: the same question always has the same plan, and after the plan was carried out it is empty. */
export function planWrites(
  { cells, current, ledger, released = new Set() }: RecordQuestion,
  { policy, attributes, measurementFamilies }: PlanSettings,
): RecordPlan {
  const plan: RecordPlan = { writes: [], adopted: [], unchanged: 0, kept: [], problems: [], unread: [] }
  for (const cell of cells) {
    const { attribute, locale, scope, result } = cell
    const place = placeOf(cell)
    if (result.kind === 'problem') {
      plan.problems.push({ place, problem: result })
      continue
    }
    const compared = attributes.get(attribute) ?? { type: 'pim_catalog_text' }
    const judgement = judge({
      wanted: result,
      current: shownAt(current, cell),
      ledger: ledger.get(place) ?? null,
      isReleased: released.has(place),
      policy,
      same: (a, b) => sameValue(compared, a, b, measurementFamilies),
    })
    switch (judgement.action) {
      case 'write':
        plan.writes.push({ attribute, locale, scope, data: judgement.data })
        break
      case 'clear':
        plan.writes.push({
          attribute,
          locale,
          scope,
          data: compared.type === 'pim_catalog_multiselect' ? [] : null,
        })
        break
      case 'adopt':
        plan.adopted.push({ place, data: judgement.data })
        break
      case 'keep':
      case 'flag':
        if (judgement.case !== null) {
          plan.kept.push({ place, case: judgement.case, isFlagged: judgement.action === 'flag' })
        }
        break
      case 'read-back':
        plan.unread.push(place)
        break
      case 'none':
        plan.unchanged++
    }
  }
  return plan
}

/** What stands at a place; undefined where nothing does. */
export function shownAt(
  values: ShownValues,
  { attribute, locale, scope }: Pick<Cell, 'attribute' | 'locale' | 'scope'>,
) {
  return values[attribute]?.find((value) => value.locale === locale && value.scope === scope)?.data
}
