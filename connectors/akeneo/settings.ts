import type { Secret } from '../../domain/secret.ts'

/** How fast and how often one Akeneo may be called; design of the lanes: docs/adr/0002-lanes-and-tokens.md. */
export interface ThrottleSettings {
  /** Calls under way at once with this connection. */
  concurrency: number
  /** Calls under way at once with all connections of the same Akeneo. */
  hostConcurrency: number
  /** Calls that may start in a second, with all connections of the same Akeneo. */
  perSecond: number
  optionWritesPerSecond: number
}

export interface RetrySettings {
  /** 0: without an end. */
  maximumAttempts: number
  /** Also how long everybody waits after a 429 that does not say. */
  initialIntervalMs: number
  maximumIntervalMs: number
  backoffCoefficient: number
}

export type ProductIdFormat = 'uuid' | 'identifier' | 'auto'

/** What it takes to call one Akeneo. */
export interface AkeneoSettings {
  /** Without a slash at the end; the API lies below it at `/api/rest/v1`. */
  url: string
  clientId: Secret
  clientSecret: Secret
  username: Secret
  password: Secret
  productIdFormat: ProductIdFormat
  /** One call, from its first byte to its last. */
  timeoutMs: number
  /** Zone in which this Akeneo reads the dates of product searches: its server's own, UTC on SaaS. */
  searchTimeZone: string
  throttle: ThrottleSettings
  retry: RetrySettings
}

export interface AkeneoConnection {
  name: string
  akeneo: AkeneoSettings
}

/** Akeneo's limits hold for a host with all that runs on it, whatever the connection. */
export const hostOf = ({ url }: Pick<AkeneoSettings, 'url'>): string => new URL(url).host
