import { onTestFinished } from 'vitest'
import { findRecords } from '../../connectors/hub/records.ts'
import type { HubProduct } from '../../contracts/hub.ts'
import { openPipeline, type Pipeline, type PipelineOptions } from '../support/pipeline.ts'

/** The whole catalogue in the hub, until the test has ended. */
export async function loaded(options: PipelineOptions = {}): Promise<Pipeline> {
  const pipeline = await openPipeline(options)
  onTestFinished(() => pipeline.close())
  await pipeline.initializeCategories()
  await pipeline.load()
  return pipeline
}

/** The product as one output holds it. */
export async function record(
  { database, connection }: Pipeline,
  sku: string,
  output = 'ecommerce',
): Promise<HubProduct> {
  const found = (await findRecords(database.sql, connection, sku)).find(
    (one) => one.output === output && one.kind === 'product',
  )
  if (found?.kind !== 'product') throw new Error(`${sku} is not in ${output}`)
  return found
}

/** Simple products, in an order of their own. */
export const simple = ({ akeneo }: Pick<Pipeline, 'akeneo'>): string[] =>
  [...akeneo.pim.catalog.products.afterUuid(undefined)]
    .filter(
      ({ parent, identifier, enabled, values }) =>
        parent === null && enabled && identifier !== 'NL-404' && values.has('name'),
    )
    .flatMap(({ identifier }) => identifier ?? [])
