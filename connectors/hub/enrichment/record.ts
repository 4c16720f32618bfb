import type { PatchedStream } from '../../akeneo/patch.ts'
import type { Transaction } from '../database.ts'

/** A product or model, named as source_record names it. */
export interface RecordName {
  stream: PatchedStream
  key: string
}

export const nameOf = ({ stream, key }: RecordName): string => `${stream} ${key}`

/**
 * Whoever takes lines or files to work on looks first who else has their record. One at a time for each connection, until the
 * transaction ends: two that look together would both find it free.
 */
export async function lockTaking(tx: Transaction, connection: string): Promise<void> {
  await tx`select pg_advisory_xact_lock(hashtextextended(${`enrichment ${connection}`}, 0))`
}

/** Milliseconds as PostgreSQL reads them. */
export const interval = (ms: number): string => `${Math.round(ms)} milliseconds`
