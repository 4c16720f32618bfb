import { onTestFinished } from 'vitest'
import { workflowId, workflowTypes } from '../../contracts/names.ts'
import type { DeliverChangesInput } from '../../contracts/processes.ts'
import type { DeliveryReport } from '../../contracts/reports.ts'
import { startDestination, type TestDestination } from './destination.ts'
import { openPipeline, type Pipeline } from './pipeline.ts'
import { publish } from './published.ts'

/** So that what is tried again is tried at once. */
export const retry = { initialIntervalMs: 20, maximumIntervalMs: 100 }

export interface Delivering {
  pipeline: Pipeline
  shop: TestDestination
  publish: (records: Parameters<typeof publish>[2]) => Promise<string[]>
  start: (input?: Partial<DeliverChangesInput>) => ReturnType<Pipeline['client']['workflow']['start']>
  deliver: (input?: Partial<DeliverChangesInput>) => Promise<DeliveryReport>
}

/** A connection with one destination, over real servers. */
export async function delivering(
  settings: Record<string, unknown> = {},
  { worker = true, ...destination }: Record<string, unknown> & { worker?: boolean } = {},
): Promise<Delivering> {
  const shop = await startDestination(destination)
  const pipeline = await openPipeline({
    worker,
    settings: { destinations: [shop.settings], akeneo: { retry }, ...settings },
  })
  onTestFinished(async () => {
    await pipeline.close()
    await shop.close()
  })
  const { client, connection, taskQueue, database } = pipeline
  const start: Delivering['start'] = (input = {}) =>
    client.workflow.start(workflowTypes.deliverChanges, {
      workflowId: workflowId(connection, 'deliver', 'shop'),
      taskQueue,
      args: [{ connection, destination: 'shop', ...input }],
    })
  return {
    pipeline,
    shop,
    publish: (records) => publish(database.sql, connection, records),
    start,
    deliver: async (input) => (await (await start(input)).result()) as DeliveryReport,
  }
}

/** Seqs that the receiver answered to, in the order in which they came. */
export const seqsOf = ({ requests }: TestDestination) =>
  requests.filter(({ status }) => status === 200).flatMap(({ entries }) => entries.map(({ seq }) => seq))

export const upTo = (last: number, first = 1) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index)

export const nameOf = (shop: TestDestination, id: string | undefined) =>
  shop.receiver().shop.items.get(id ?? '')?.record['name']
