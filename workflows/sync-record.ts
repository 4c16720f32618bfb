import type { SyncRecordInput } from '../contracts/processes.ts'
import type { SyncReport } from '../contracts/reports.ts'
import { live } from './activities.ts'
import { startDeliveries } from './deliver-changes.ts'
import { input } from './input.ts'
import { markRun, runControls } from './run-controls.ts'

/** Brings one product, variant or model into the hub now, with what must exist before it. */
export async function syncRecord(given: SyncRecordInput): Promise<SyncReport> {
  const { connection, id } = input(given, 'syncRecord', '{"connection":"acme","id":"NL-DL7-W"}')
  const controls = runControls(`${id} of ${connection}`)
  markRun(connection, 'sync')
  const { destinations, ...report } = await live().syncRecord.executeWithOptions({ summary: `sync ${id}` }, [
    { connection, id },
  ])
  controls.show({ outcome: report.outcome, '': report.text })
  await startDeliveries(connection, destinations)
  return report
}
