import type { Secret } from '../../domain/secret.ts'

/** What it takes to bring changes to one destination. */
export interface DestinationSettings {
  name: string
  /** Takes POSTs of entries. */
  url: string
  /** Whose feed it gets; absent: that of the only output. */
  output?: string | undefined
  /** Signs each request. */
  secret: Secret
  /** Most entries in one request. */
  batchSize: number
  /** One request, from its first byte to its last. */
  timeoutMs: number
}
