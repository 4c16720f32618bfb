import type { Latency } from '../latency.ts'
import type { ShapeName } from './shapes/shape.ts'

/** What a caller may set; every setting has a default that fits a test. */
export interface AkeneoOptions {
  /** Default: a free one. */
  port?: number
  clientId?: string
  clientSecret?: string
  username?: string
  password?: string
  /** Further connections, each with its own rights. */
  connections?: ConnectionOptions[]
  /** Apps of Akeneo's cloud, which its users connect by authorization code. */
  apps?: AppOptions[]
  /** Folder of Akeneo CSV import files; absent is a PIM that was just installed. */
  catalog?: string
  /** Folder of further import files, loaded over the catalogue: what that has already stays as it is. */
  overlay?: string
  /** A generated catalogue instead: about 5,000, 50,000 or 1,000,000 products. */
  shape?: ShapeName
  /** How many of its products and models were created, and last changed, in the same second; default 20. */
  createdPerSecond?: number
  /** How long lists trail writes, as Akeneo's search index does. */
  searchLagMs?: number
  /** How long variants of a changed model trail that model's write; default is searchLagMs. */
  variantLagMs?: number
  /** Added to every call. */
  latencyMs?: Latency
  /** Added for every item of a list and every line of a collection. */
  itemLatencyMs?: Latency
  /** The zone in which the server reads search dates and prints its own. */
  timezone?: string
  accessTokenSeconds?: number
  refreshTokenSeconds?: number
  /** Show cursors as base64: whoever takes them for uuids is found out. */
  opaqueCursors?: boolean
  /** Enforce Akeneo's documented limits with 429. */
  limits?: boolean
  version?: string
  edition?: string
  /**
   * Show the main identifier among the values of `/products` too, as the public code does since August 2023. 7.0 and
   * before show it there only on `/products-uuid`.
   */
  identifierInValues?: boolean
  /** Answer empty maps as `[]`, as PHP does where Akeneo forgets to say what they are, and empty completenesses as `{}`. */
  emptyMapsAsLists?: boolean
  /** Refuse values with more keys than `locale`, `scope` and `data`, as some builds do; the public code ignores them. */
  refuseExtraValueKeys?: boolean
  /** Keep the lines of collections in the log of requests, for tests that look at who wrote what beside whom. */
  logLines?: boolean
}

/** What a user may do with products, by category: see, change through drafts, change and delete. */
export type CategoryRight = 'none' | 'view' | 'edit' | 'own'
export type Right = 'none' | 'view' | 'edit'

/** Rights of one connection; what is absent is granted. */
export interface Rights {
  /** Overall access to the API. */
  api?: boolean
  /** API permissions by name, e.g. `pim_api_product_edit: false`. */
  acls?: Record<string, boolean>
  /** Enterprise, by category code; a category that is not named has the right of the nearest one above it. */
  categories?: Record<string, CategoryRight>
  /** Enterprise, by attribute group: whether their values are hidden, shown or open to change. */
  attributeGroups?: Record<string, Right>
  /** Enterprise, by locale: the same for localizable values. */
  locales?: Record<string, Right>
}

export interface ConnectionOptions {
  code: string
  clientId: string
  clientSecret: string
  username: string
  password: string
  rights?: Rights
  /** Where the Events API tells this connection of changes to products and models. */
  events?: EventSubscription
  /** Grants the client may use; both by default. */
  grants?: ('password' | 'refresh_token')[]
}

export interface EventSubscription {
  url: string
  /** Signs every request. */
  secret: string
  /** Partners by uuid, and no `identifier`, as `/products-uuid` shows products. */
  usesUuid?: boolean
  /** Every n-th event never arrives, or arrives twice: Akeneo promises neither that it does nor that it does once. */
  loseEvery?: number
  repeatEvery?: number
}

export interface AppOptions {
  clientId: string
  clientSecret: string
  /** Where the PIM sends its user back, with `code` and `state`. */
  callbackUrl: string
  /** Where the PIM sends its user who connects the app, with `pim_url`. */
  activateUrl?: string
}

export type Settings = Required<
  Omit<AkeneoOptions, 'catalog' | 'overlay' | 'shape' | 'createdPerSecond' | 'connections'>
> & {
  catalog: string | undefined
  overlay: string | undefined
  shape: ShapeName | undefined
  createdPerSecond: number | undefined
  connections: ConnectionOptions[]
}

export const DEFAULT_CONNECTION = 'simulator'

/** Akeneo's own cloud, which knows more than releases do; its editions carry names of their own. */
export function isCloud({ edition }: Settings): boolean {
  return edition === 'GE' || edition === 'Serenity'
}

export function settingsOf(options: AkeneoOptions): Settings {
  const first: ConnectionOptions = {
    code: DEFAULT_CONNECTION,
    clientId: options.clientId ?? 'simulator-client',
    clientSecret: options.clientSecret ?? 'simulator-secret',
    username: options.username ?? 'simulator',
    password: options.password ?? 'simulator-password',
  }
  const searchLagMs = options.searchLagMs ?? 0
  return {
    port: options.port ?? 0,
    clientId: first.clientId,
    clientSecret: first.clientSecret,
    username: first.username,
    password: first.password,
    connections: [first, ...(options.connections ?? [])],
    apps: options.apps ?? [],
    catalog: options.catalog,
    overlay: options.overlay,
    shape: options.shape,
    createdPerSecond: options.createdPerSecond,
    searchLagMs,
    variantLagMs: options.variantLagMs ?? searchLagMs,
    latencyMs: options.latencyMs ?? 0,
    itemLatencyMs: options.itemLatencyMs ?? 0,
    timezone: options.timezone ?? 'UTC',
    accessTokenSeconds: options.accessTokenSeconds ?? 3600,
    refreshTokenSeconds: options.refreshTokenSeconds ?? 1_209_600,
    opaqueCursors: options.opaqueCursors ?? false,
    limits: options.limits ?? false,
    version: options.version ?? '7.0.45',
    edition: options.edition ?? 'EE',
    identifierInValues: options.identifierInValues ?? true,
    emptyMapsAsLists: options.emptyMapsAsLists ?? false,
    refuseExtraValueKeys: options.refuseExtraValueKeys ?? false,
    logLines: options.logLines ?? false,
  }
}
