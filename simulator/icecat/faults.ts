import type { FaultRule } from '../akeneo/faults.ts'

/** Akeneo's faults, and what Icecat's files and formats can suffer besides. */
export interface IcecatFault extends FaultRule {
  /** The body ends in the middle of its gzip stream, and the answer says it is whole. */
  truncatedGzip?: boolean
  /** XML with a document type whose entities name files and grow without end. */
  entities?: boolean
  /** The answer's `Content-Type`, whatever it is. */
  contentType?: string
  /** This status of the table, as the doors answer it. */
  icecatStatus?: number
}

/** What a reader must never expand. */
export const ENTITY_PAYLOAD = `<?xml version="1.0"?>
<!DOCTYPE ICECAT-interface [
  <!ENTITY a "aaaaaaaaaaaaaaaaaaaa">
  <!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
  <!ENTITY file SYSTEM "file:///etc/passwd">
]>
<ICECAT-interface><Product Code="1" ID="1" Name="&b;" Prod_id="X">&file;</Product></ICECAT-interface>
`
