import { translateAttribute } from '../../connectors/akeneo/translate/index.ts'
import type { Transaction } from '../../connectors/hub/database.ts'
import { publishRecords } from '../../connectors/hub/records.ts'
import { reject } from '../../connectors/hub/rejections.ts'
import { sourcesByKey } from '../../connectors/hub/sources.ts'
import type { Rejection } from '../../contracts/streams.ts'
import { type PublishingContext, rejectionOf } from './context.ts'

/** Publishes dictionary entries: an attribute with its options, so that a new label does not rewrite products. */
export async function publishAttributes(
  tx: Transaction,
  context: PublishingContext,
  codes: string[],
): Promise<void> {
  const { connection, run, structure, output } = context
  const refused: Rejection[] = []
  const records = []
  for (const { key, id, code } of await sourcesByKey(tx, connection, 'attributes', codes, { lock: true })) {
    const attribute = structure.attributes.get(key.toLowerCase())
    if (!attribute) continue
    const translation = translateAttribute(attribute, structure, output)
    if (translation.outcome === 'record') records.push({ id, record: translation.record })
    else refused.push(rejectionOf('attributes', key, code, translation.problem))
  }
  await reject(tx, connection, refused)
  await publishRecords(tx, { connection, output: output.name, run }, records)
}
