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
  /** Starts in a second; Icecat publishes no figure, 300 ms between two is what a careful client was seen to use. */
  perSecond: number
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
  throttle: { concurrency: 2, perSecond: 3 },
} as const

/** What a configuration says of an account; what it leaves out is null or Icecat's own. */
export interface IcecatAccount {
  username: string
  password?: Secret | undefined
  apiToken?: Secret | undefined
  appKey?: Secret | undefined
  contentToken?: Secret | undefined
  subscription: 'open' | 'full'
  /** All doors at one address. */
  url?: string | undefined
  assetDomains: readonly string[]
  timeoutMs: number
  throttle: IcecatThrottle
}

export function icecatSettings(account: IcecatAccount): IcecatSettings {
  const { url, password, apiToken, appKey, contentToken, subscription } = account
  const { liveUrl, dataUrl, boUrl, profileUrl } = icecatDefaults
  const doors = url === undefined ? { liveUrl, dataUrl, boUrl, profileUrl } : oneAddress(url)
  return {
    ...doors,
    username: account.username,
    password: password ?? null,
    apiToken: apiToken ?? null,
    // An Open account has none, and is refused with one.
    appKey: subscription === 'full' ? (appKey ?? null) : null,
    contentToken: contentToken ?? null,
    subscription,
    assetDomains: account.assetDomains,
    timeoutMs: account.timeoutMs,
    throttle: account.throttle,
  }
}

const oneAddress = (url: string) => ({ liveUrl: url, dataUrl: url, boUrl: url, profileUrl: url })
