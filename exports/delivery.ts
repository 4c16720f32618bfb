/** `pimflow/delivery`: what a receiver checks and answers, the client that brings entries to one, and the suite that tries one. */
export {
  createDestinationClient,
  type Delivered,
  type DeliveryRequest,
  type DestinationClient,
  type EntryOutcome,
} from '../connectors/delivery/client.ts'
export {
  checkConformance,
  type ConformanceLine,
  type ConformanceReport,
} from '../connectors/delivery/conformance/suite.ts'
export { type ConformanceTarget, Standing } from '../connectors/delivery/conformance/stage.ts'
export { DeliveryAnswer, DeliveryBody, EntryResult } from '../connectors/delivery/schema.ts'
export type { DestinationSettings } from '../connectors/delivery/settings.ts'
export { FeedEntry } from '../contracts/hub.ts'
export { Secret } from '../domain/secret.ts'
export {
  replayWindowSeconds,
  signatureHeaders,
  signatureOf,
  type SignedRequest,
  type Verdict,
  verifySignature,
} from '../domain/signature.ts'
