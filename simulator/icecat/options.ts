import type { Latency } from '../latency.ts'

/** One customer of Icecat. */
export interface Account {
  name: string
  password: string
  subscription: 'open' | 'full'
  /** Full accounts may ask without it, and are answered as Open ones then. */
  appKey: string | null
  apiTokens: string[]
  contentTokens: string[]
  /** Null: any product of a Full subscription; else only these verticals of the taxonomy. */
  verticals: string[] | null
  /** Null: any address; else calls without a token come from one of these. */
  addresses: string[] | null
  /** Brands that need authorisation and gave it. */
  authorisedBrands: string[]
  /** False: nobody made a key for this shop yet (status 6). */
  shopKey: boolean
}

/** What a caller may set; every setting has a default that fits a test. */
export interface IcecatOptions {
  /** Default: a free one. */
  port?: number
  /** Folder of an invented catalogue: `taxonomy.json` and `products.json`. */
  catalogue?: string
  /** Folder of recorded answers in XML (`product-*.xml`), served beside or instead of the catalogue. */
  sheets?: string
  accounts?: (Partial<Account> & { name: string })[]
  latencyMs?: Latency
  /** Hour (UTC, on the simulator's clock) at which the indexes of the night are made. */
  nightlyHour?: number
  /** Rows that are made up and added to `files.index`, to rehearse its size. */
  indexRows?: number
  /** The same in `daily.index`, as products of others that changed. */
  dailyRows?: number
  /** Asset addresses answer only with a content token. */
  assetsNeedToken?: boolean
  /** Errors as older servers wrote them: `statusCode` and `message`. */
  legacyErrors?: boolean
}

export type Settings = Required<Omit<IcecatOptions, 'catalogue' | 'sheets' | 'accounts'>> & {
  catalogue: string | undefined
  sheets: string | undefined
  accounts: Account[]
}

export const FULL_API_TOKEN = '3d2f8c1a-5b4e-4c6d-9e7f-0a1b2c3d4e5f'
export const FULL_CONTENT_TOKEN = '9a8b7c6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d'
export const OPEN_API_TOKEN = '11111111-2222-4333-8444-555555555555'

/** One of each kind; their secrets are the same in every simulator. */
const DEFAULT_ACCOUNTS: (Partial<Account> & { name: string })[] = [
  {
    name: 'open-shop',
    subscription: 'open',
    apiTokens: [OPEN_API_TOKEN],
  },
  {
    name: 'full-shop',
    subscription: 'full',
    appKey: 'full-app-key',
    apiTokens: [FULL_API_TOKEN],
    contentTokens: [FULL_CONTENT_TOKEN],
  },
]

export function settingsOf(options: IcecatOptions): Settings {
  return {
    port: options.port ?? 0,
    catalogue: options.catalogue,
    sheets: options.sheets,
    accounts: (options.accounts ?? DEFAULT_ACCOUNTS).map(accountOf),
    latencyMs: options.latencyMs ?? 0,
    nightlyHour: options.nightlyHour ?? 1,
    indexRows: options.indexRows ?? 0,
    dailyRows: options.dailyRows ?? 0,
    assetsNeedToken: options.assetsNeedToken ?? false,
    legacyErrors: options.legacyErrors ?? false,
  }
}

const accountOf = (account: Partial<Account> & { name: string }): Account => ({
  password: `${account.name}-password`,
  subscription: 'open',
  appKey: null,
  apiTokens: [],
  contentTokens: [],
  verticals: null,
  addresses: null,
  authorisedBrands: [],
  shopKey: true,
  ...account,
})
