import { translateAttribute } from '../../connectors/akeneo/translate/index.ts'
import type { Transaction } from '../../connectors/hub/database.ts'
import { publishRecords } from '../../connectors/hub/records.ts'
import { clearRejections, reject } from '../../connectors/hub/rejections.ts'
import { sourcesByKey } from '../../connectors/hub/sources.ts'
import type { Rejection } from '../../contracts/streams.ts'
import { type PublishingContext, rejectionOf } from './context.ts'

/** Publishes dictionary entries: an attribute with its options, so that a new label does not rewrite products. */
export async function publishAttributes(
  tx: Transaction,
  context: PublishingContext,
  codes: string[],
): Promise<void> {
  const { connection, run, structure, outputs } = context
  const sources = await sourcesByKey(tx, connection, 'attributes', codes, { lock: true })
  const refused: Rejection[] = []
  const made = outputs.map((output) => ({
    output: output.name,
    records: sources.flatMap(({ key, id, code }) => {
      const attribute = structure.attributes.get(key)
      if (!attribute) return []
      const translation = translateAttribute(attribute, structure, output)
      if (translation.outcome === 'record') return [{ id, record: translation.record }]
      refused.push(rejectionOf('attributes', key, code, translation.problem))
      return []
    }),
  }))
  const published = sources.map(({ key }) => key).filter((key) => !refused.some((one) => one.key === key))
  await clearRejections(tx, connection, 'attributes', published, 'carried')
  await reject(tx, connection, refused)
  for (const { output, records } of made) await publishRecords(tx, { connection, output, run }, records)
}
