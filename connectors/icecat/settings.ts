import type { Secret } from '../../domain/secret.ts'

/** What it takes to call Icecat with one account. */
export interface IcecatSettings {
  /** Address of the JSON door, without a path: https://live.icecat.biz */
  liveUrl: string
  /** Address of the XML door and of files: https://data.icecat.biz */
  dataUrl: string
  /** Where sessions are opened, and where what an account may see is told: https://bo.icecat.biz, https://icecat.biz */
  boUrl: string
  profileUrl: string
  /** Domains, besides those two, that assets may come from; subdomains included. */
  assetDomains: readonly string[]
  username: string
  /** For the XML door and files, where no API token is given. */
  password: Secret | null
  apiToken: Secret | null
  /** Full accounts only. */
  appKey: Secret | null
  /** For pictures and documents; counts only beside an API token. */
  contentToken: Secret | null
  subscription: 'open' | 'full'
  timeoutMs: number
  throttle: IcecatThrottle
}

export interface IcecatThrottle {
  /** Calls under way at once. */
  concurrency: number
  /** Between two starts; Icecat publishes no figure, 300 ms is what a careful client was seen to use. */
  spacingMs: number
}

export interface IcecatConnection {
  name: string
  icecat: IcecatSettings
}

export const icecatDefaults = {
  liveUrl: 'https://live.icecat.biz',
  dataUrl: 'https://data.icecat.biz',
  boUrl: 'https://bo.icecat.biz',
  profileUrl: 'https://icecat.biz',
  assetDomains: ['icecat.biz'],
  timeoutMs: 60_000,
  throttle: { concurrency: 2, spacingMs: 300 },
} as const
