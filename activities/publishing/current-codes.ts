import type { AkeneoProduct } from '../../connectors/akeneo/schema.ts'
import type { Transaction } from '../../connectors/hub/database.ts'
import { requestReading } from '../../connectors/hub/list-readings.ts'
import { setCodes, type StoredSource } from '../../connectors/hub/sources.ts'
import { referrersOf } from '../../connectors/hub/waiting.ts'
import type { PublishingContext } from './context.ts'
import { identifierOf } from './source-input.ts'

/**
 * Stored products under what identifies them by now: when another attribute becomes the main identifier, Akeneo shows each of them as before,
 * so that no reading finds a change. Those whose code is another one are noted.
 */
export async function withCurrentCodes(
  tx: Transaction,
  { connection, identifierAttribute }: PublishingContext,
  products: StoredSource[],
): Promise<StoredSource[]> {
  const current = products.map((product) => ({
    ...product,
    code: identifierOf(product.source as AkeneoProduct, identifierAttribute),
  }))
  const before = new Map(products.map(({ key, code }) => [key, code]))
  const renamed = current.filter(({ key, code }) => code !== before.get(key))
  const left = renamed.flatMap(({ key }) => before.get(key) ?? [])
  await readReferrersAgain(tx, connection, left)
  await setCodes(tx, connection, 'products', renamed)
  return current
}

/**
 * Akeneo names products in the associations of models by their identifier, and dates no model when that changes: they are read again, before
 * the old name finds nobody, or somebody else.
 */
export async function readReferrersAgain(tx: Transaction, connection: string, left: string[]): Promise<void> {
  await requestReading(tx, connection, await referrersOf(tx, connection, 'products', left))
}
