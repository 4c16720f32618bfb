import type { Queryable, Transaction } from '../../connectors/hub/database.ts'
import type { Finding } from '../../connectors/hub/findings.ts'
import { factsOf, noteUses } from '../../connectors/hub/media-files.ts'
import type { TranslatedRecord } from '../../contracts/hub.ts'
import type { StreamName } from '../../contracts/streams.ts'
import {
  type FileFacts,
  fileKey,
  type FileName,
  filesIn,
  type KnownFiles,
  withFacts,
} from '../../domain/media-files.ts'
import type { PublishingContext } from './context.ts'

/** What one output made, of which stored records. */
interface MadeRecords {
  records: { key: string; record: TranslatedRecord }[]
  findings: Finding[]
}

/**
 * Gives records what is known of the files that they name, and takes out those that cannot be had. Where files are collected, notes
 * who names which. Comes after the queue's rows and before published records in the order in which publishers lock.
 */
export async function publishFiles<M extends MadeRecords>(
  tx: Transaction,
  { connection, collectsMedia }: PublishingContext,
  stream: StreamName,
  made: M[],
): Promise<M[]> {
  if (collectsMedia) {
    const named = new Map<string, Map<string, FileName>>()
    for (const { key, record } of made.flatMap(({ records }) => records)) {
      const files = named.get(key) ?? new Map<string, FileName>()
      for (const file of filesIn(record)) files.set(fileKey(file), file)
      named.set(key, files)
    }
    const records = [...named].map(([key, files]) => ({ key, files: [...files.values()] }))
    await noteUses(tx, connection, stream, records)
  }
  const known = await knownFiles(tx, connection, made, { hold: collectsMedia })
  return made.map((one) => {
    const findings = [...one.findings]
    const records = one.records.map((published) => {
      const { record, missing } = withFacts(published.record, known)
      findings.push(...missing.map((file) => ({ key: published.key, ...fileFinding(file) })))
      return { ...published, record }
    })
    return { ...one, records, findings }
  })
}

/** What is known of all files that these records name. */
export async function knownFiles(
  db: Queryable,
  connection: string,
  made: { records: { record: TranslatedRecord }[] }[],
  { hold }: { hold: boolean },
): Promise<KnownFiles> {
  const files = new Map<string, FileName>()
  for (const { record } of made.flatMap(({ records }) => records))
    for (const file of filesIn(record)) files.set(fileKey(file), file)
  return factsOf(db, connection, [...files.values()], { hold })
}

const fileFinding = ({ code, reason, message }: FileFacts): Omit<Finding, 'key'> => ({
  code: reason ?? '',
  field: 'media',
  text: `the file ${code} could not be had: ${message ?? 'no reason is known'}`,
  remedy:
    'Put it into Akeneo again; it is asked for by itself from time to time, and at once by: pimflow sync media',
})
