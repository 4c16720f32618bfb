import { neededResources } from '../../connectors/akeneo/rights.ts'
import { absenceIn, absenceOf, namedFamilies } from '../../connectors/hub/absence.ts'
import type { Transaction } from '../../connectors/hub/database.ts'
import {
  acceptedRights,
  acceptRights,
  type Plan,
  planById,
  storedRights,
} from '../../connectors/hub/plans.ts'
import { holdPlan, planAbsent, reconcileOf } from '../../connectors/hub/reconcile.ts'
import { unseenLists } from '../../connectors/hub/rejections.ts'
import { rightsFingerprint } from '../../domain/check-report.ts'
import { type Absence, holdReasons } from '../../domain/guards.ts'
import type { ConnectionRuntime } from '../dependencies.ts'
import { publishingContext } from '../publishing/context.ts'

/**
 * Makes the plan of what a reconcile found absent and judges it; null where nothing is. `rightsAfter` is what Akeneo's user may see after the
 * last list was read.
 */
export async function judgeAbsent(
  tx: Transaction,
  connection: ConnectionRuntime,
  run: bigint,
  rightsAfter: string,
): Promise<Plan | null> {
  const { name, config } = connection
  const reconcile = await reconcileOf(tx, run)
  const unseen = await unseenLists(tx, name, run)
  const plan = await planAbsent(tx, name, { ...reconcile, rights: rightsAfter })
  if (plan === null) {
    // Nothing is missing under these rights, as far as was seen: from here on they are what is compared with.
    if (reconcile.rights === rightsAfter && unseen.length === 0) await acceptRights(tx, name, rightsAfter)
    return null
  }
  const absence = await absenceOf(tx, name, plan)
  const guarded = await guardedOutputs(tx, connection, plan)
  const rights = { accepted: await rightsBefore(tx, name), before: reconcile.rights, after: rightsAfter }
  const families = await namedFamilies(tx, name, plan)
  const reasons = holdReasons({ ...absence, ...guarded, namedFamilies: families, rights }, config.guards)
  if (reasons.length > 0) await holdPlan(tx, plan, reasons)
  return planById(tx, name, plan)
}

/** What the rights of this night are compared with: those of the last that was let through, before the first those of what was read. */
async function rightsBefore(tx: Transaction, connection: string): Promise<string> {
  const accepted = await acceptedRights(tx, connection)
  if (accepted !== null) return accepted
  return rightsFingerprint({ resources: neededResources, ...(await storedRights(tx, connection)) })
}

/** What each output that has its own guard would lose. */
async function guardedOutputs(
  tx: Transaction,
  connection: ConnectionRuntime,
  plan: bigint,
): Promise<Pick<Absence, 'outputs' | 'eachOutputGuarded'>> {
  const all = (await publishingContext(tx, connection, null))?.outputs ?? []
  const outputs: Absence['outputs'] = []
  for (const { name, rules } of all) {
    const guard = rules.document.guards.retired
    if (guard === null) continue
    outputs.push({ output: name, guard, kinds: await absenceIn(tx, connection.name, plan, name) })
  }
  return { outputs, eachOutputGuarded: all.length > 0 && outputs.length === all.length }
}
