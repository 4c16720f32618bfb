import type { AkeneoCalls } from '../../connectors/akeneo/client.ts'
import { checkRights } from '../../connectors/akeneo/rights.ts'
import { RefusedError } from '../../connectors/errors.ts'
import { rightsFingerprint, unknownRights } from '../../domain/check-report.ts'
import type { ConnectionRuntime } from '../dependencies.ts'
import { lastingFault } from '../reading/set-list-aside.ts'

/**
 * Fingerprint of what Akeneo's user may see. Fails where a resource is forbidden: its records would look deleted. One that only breaks Akeneo is
 * passed over: a reconcile reads its list, too, and says no, or sets it aside.
 */
export async function visibleRights({ name }: ConnectionRuntime, calls: AkeneoCalls): Promise<string> {
  const { line, rights, unanswered } = await checkRights(calls, (error) => lastingFault(calls, error))
  if (rights !== null) return unanswered.length > 0 ? unknownRights : rightsFingerprint(rights)
  throw new RefusedError({
    code: 'forbidden',
    asked: `what the user of ${name} may see`,
    came: line.text,
    remedy: line.remedy ?? 'Give the user of the connection these rights in Akeneo.',
  })
}
