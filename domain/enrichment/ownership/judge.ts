import type { CellData, CellResult } from '../convert/cell.ts'
import type { OwnershipCase, OwnershipPolicy } from '../mapping/document.ts'
import { isEmptyValue } from './same-value.ts'

/** What was written once. `echoed` is what Akeneo showed when it was read back; undefined until then. */
export interface LedgerValue {
  sent: CellData | null
  echoed: unknown
  /** Not read back yet. */
  isUnread?: boolean
  /** Its attribute or an option of it was gone since: whether it still stands there is not known, and nobody emptied it. */
  wasGone?: boolean
  /** What Akeneo left of it then; nothing where it is not given. */
  remained?: unknown
}

export interface Question {
  /** What Icecat has for this place now. */
  wanted: CellResult
  /** What stands in Akeneo now; null or undefined: nothing. */
  current: unknown
  /** Null: never ours. */
  ledger: LedgerValue | null
  /** A person gave this value back to us with `release`. */
  isReleased?: boolean
  policy: OwnershipPolicy
  same: (a: unknown, b: unknown) => boolean
}

export type Judgement = {
  /** Null: none of the six; ours and as it should be, or nothing to say. */
  case: OwnershipCase | null
} & (
  | { action: 'write'; data: CellData }
  | { action: 'clear' }
  /** Ours from now on, without a write. */
  | { action: 'adopt'; data: CellData }
  /** Left as it is, and shown to a person. */
  | { action: 'flag' }
  /** Left as it is. */
  | { action: 'keep' }
  /** Nothing to do: as it should be. */
  | { action: 'none' }
  /** Whether a person changed it cannot be told before it was read back. */
  | { action: 'read-back' }
)

/** What to do with one value; a person's edit is never written over unless the policy or a release says so. */
export function judge(question: Question): Judgement {
  const { wanted, ledger } = question
  // What cannot be converted today says nothing about what stands there.
  if (wanted.kind === 'problem') return { case: null, action: 'keep' }
  return ledger === null ? judgeForeign(question) : judgeOurs(question, ledger)
}

function judgeForeign({ wanted, current, policy, isReleased = false, same }: Question): Judgement {
  if (wanted.kind !== 'value') return { case: null, action: 'none' }
  const { data } = wanted
  if (isEmptyValue(current))
    return policy.empty === 'fill' ? { case: 'empty', action: 'write', data } : kept('empty')
  if (same(current, data))
    return policy.same === 'adopt' ? { case: 'same', action: 'adopt', data } : kept('same')
  return contested('foreign', isReleased ? 'overwrite' : policy.foreign, data)
}

function judgeOurs(
  question: Question,
  { sent, echoed, isUnread = false, wasGone = false, remained }: LedgerValue,
): Judgement {
  const { wanted, current, policy, isReleased = false, same } = question
  const data = wanted.kind === 'value' ? wanted.data : null
  const base = isUnread ? sent : echoed
  const isAs = (value: unknown) => same(current, value) || (isEmptyValue(current) && isEmptyValue(value))
  const isUntouched = isAs(base)
  if (wasGone && data !== null && (isUntouched || isAs(remained)))
    return { case: 'empty', action: 'write', data }
  if (!isUntouched) {
    if (isUnread) return { case: null, action: 'read-back' }
    if (data !== null && same(current, data)) return { case: 'same', action: 'adopt', data }
    const kind = isEmptyValue(current) ? 'cleared' : 'edited'
    // Nothing to write, and nothing of ours left that could be withdrawn.
    if (data === null) return kept(kind)
    return contested(kind, isReleased ? 'overwrite' : policy[kind], data)
  }
  if (data === null) {
    if (isEmptyValue(current)) return { case: null, action: 'none' }
    return policy.withdrawn === 'clear'
      ? { case: 'withdrawn', action: 'clear' }
      : { case: 'withdrawn', action: policy.withdrawn }
  }
  // Compared with what was sent, not with what Akeneo made of it: else cleaned HTML would be sent every day.
  return sent !== null && same(sent, data)
    ? { case: null, action: 'none' }
    : { case: null, action: 'write', data }
}

const kept = (kind: OwnershipCase): Judgement => ({ case: kind, action: 'keep' })

const contested = (kind: OwnershipCase, policy: 'keep' | 'flag' | 'overwrite', data: CellData): Judgement =>
  policy === 'overwrite' ? { case: kind, action: 'write', data } : { case: kind, action: policy }

/** What became of a value that was read back; Akeneo's doing is never taken for a person's. */
export function echoOf(
  sent: CellData | null,
  shown: unknown,
  same: (a: unknown, b: unknown) => boolean,
): 'as-sent' | 'changed-by-akeneo' | 'dropped' {
  if (same(sent, shown) || (isEmptyValue(sent) && isEmptyValue(shown))) return 'as-sent'
  return isEmptyValue(shown) ? 'dropped' : 'changed-by-akeneo'
}
