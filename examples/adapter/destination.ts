/**
 * What your destination must be able to do. Write yours as `folder-destination.ts` is written, and name it in `main.ts`; everything
 * else here stays as it is.
 */
export interface Destination {
  /**
   * Creates or overwrites what the destination has of this record, found by the record's id or by `externalId`; twice does what once does.
   * Throws TooBusy to be asked later; any other error lets pimflow try again.
   */
  upsert(record: HubRecord, externalId: string | undefined): Promise<{ externalId: string } | Refusal>
  /** The record is sold no more, or is gone. What is not there need not be removed. */
  remove(record: HubRecord, externalId: string | undefined): Promise<Refusal | undefined>
}

/** This record alone cannot be taken: a sentence for whoever reads it at pimflow's side. The others go on. */
export interface Refusal {
  refused: string
}

/** The destination asks for less: pimflow comes again after that time and skips nothing. */
export class TooBusy extends Error {
  readonly retryAfterSeconds: number

  constructor(retryAfterSeconds: number) {
    super(`The destination asks to come again in ${retryAfterSeconds} s`)
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** Only what the adapter looks at; a record has all fields of its kind (docs/delivery.md), and new ones may come. */
export interface HubRecord {
  kind: string
  /** The hub's own: survives a new SKU. */
  id: string
  /** Grows with each change. */
  version: number
  status: string
  externalIds?: Record<string, string>
  [field: string]: unknown
}
