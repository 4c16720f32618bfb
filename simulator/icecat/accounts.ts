import type { IncomingHttpHeaders } from 'node:http'
import { failures } from './errors.ts'
import type { Product } from './model.ts'
import type { Account, Settings } from './options.ts'
import type { World } from './world.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

export interface Caller {
  account: Account
  /** Content that the account pays for, and showed the key of. */
  full: boolean
  /** To be put behind the addresses of assets. */
  contentToken: string | null
}

export interface Credentials {
  headers: IncomingHttpHeaders
  /** From the query, where a door takes it there. */
  user?: string | null
  appKey?: string | null
  address: string
}

export interface Accounts {
  /** Whoever calls the JSON door; throws an IcecatError. */
  byToken(credentials: Credentials): Caller
  /** Whoever calls with Basic or a token; throws an IcecatError. */
  byPassword(credentials: Credentials): Caller
  byName(name: string): Account
  acceptsContentToken(token: string | null): boolean
  session(login: string, password: string): string | undefined
  bySession(id: string): Account | undefined
  revokeTokens(): void
}

export function createAccounts({ accounts }: Settings): Accounts {
  const revoked = new Set<string>()
  const sessions = new Map<string, Account>()
  const withToken = (token: string) =>
    revoked.has(token) ? undefined : accounts.find(({ apiTokens }) => apiTokens.includes(token))

  /** Undefined without a token; throws for one that does not hold. */
  function tokenAccount(headers: IncomingHttpHeaders): Account | undefined {
    const token = headers['api-token']
    if (typeof token !== 'string') return undefined
    if (!UUID.test(token)) throw failures.tokenMalformed()
    const account = withToken(token)
    if (account === undefined) throw failures.badCredentials()
    return account
  }

  function contentToken(headers: IncomingHttpHeaders, account: Account): string | null {
    const token = headers['content-token']
    // It counts only beside an API token.
    if (typeof token !== 'string' || headers['api-token'] === undefined) return null
    return account.contentTokens.includes(token) && !revoked.has(token) ? token : null
  }

  const checkAddress = (account: Account, token: Account | undefined, address: string) => {
    if (token === undefined && account.addresses !== null && !account.addresses.includes(address)) {
      throw failures.addressNotAllowed()
    }
  }

  return {
    byToken({ headers, user, appKey, address }) {
      const token = tokenAccount(headers)
      const account = accounts.find(({ name }) => name === user)
      if (account === undefined) throw failures.userUnknown()
      if (token !== undefined && token !== account) throw failures.badCredentials()
      checkAddress(account, token, address)
      if (!account.shopKey) throw failures.noShopKey()
      if (appKey !== null && appKey !== undefined && appKey !== account.appKey) {
        throw accounts.some((other) => other.appKey === appKey)
          ? failures.appKeyOfAnother()
          : failures.appKeyUnknown()
      }
      const keyShown = appKey === account.appKey || token !== undefined
      return {
        account,
        full: account.subscription === 'full' && account.appKey !== null && keyShown,
        contentToken: contentToken(headers, account),
      }
    },
    byPassword({ headers, address }) {
      const token = tokenAccount(headers)
      const account = token ?? basicAccount(headers.authorization)
      if (account === undefined) throw failures.badCredentials()
      checkAddress(account, token, address)
      return {
        account,
        full: account.subscription === 'full',
        contentToken: contentToken(headers, account),
      }
    },
    byName(name) {
      const account = accounts.find((known) => known.name === name)
      if (account === undefined) throw new Error(`there is no account ${name}`)
      return account
    },
    acceptsContentToken: (token) =>
      token !== null &&
      !revoked.has(token) &&
      accounts.some(({ contentTokens }) => contentTokens.includes(token)),
    session(login, password) {
      const account = accounts.find((known) => known.name === login && known.password === password)
      if (account === undefined) return undefined
      const id = `session-${sessions.size + 1}`
      sessions.set(id, account)
      return id
    },
    bySession: (id) => sessions.get(id),
    revokeTokens() {
      for (const { apiTokens, contentTokens } of accounts) {
        for (const token of [...apiTokens, ...contentTokens]) revoked.add(token)
      }
    },
  }

  function basicAccount(authorization: string | undefined): Account | undefined {
    const [, encoded] = /^Basic (.+)$/i.exec(authorization ?? '') ?? []
    if (encoded === undefined) return undefined
    const [name, ...rest] = Buffer.from(encoded, 'base64').toString('utf8').split(':')
    return accounts.find((account) => account.name === name && account.password === rest.join(':'))
  }
}

/** Throws where this caller may not have the sheet, in the order in which Icecat looks. */
export function checkAccess(world: World, caller: Caller, product: Product): void {
  const now = world.clock.now()
  if (world.stage(product, now) !== 'described') throw failures.noSheet()
  if (product.embargoUntil !== null && Date.parse(product.embargoUntil) > now.getTime()) {
    throw failures.embargoed()
  }
  const sponsor = world.catalogue.brands.get(product.brandId)?.sponsor ?? false
  if (!caller.full && !sponsor) throw failures.fullOnly()
  const { verticals, authorisedBrands } = caller.account
  const vertical = world.catalogue.categories.get(product.categoryId)?.vertical ?? ''
  if (!sponsor && verticals !== null && !verticals.includes(vertical)) throw failures.otherVertical()
  const brandAsked = product.needsAuthorisation || product.limited
  if (brandAsked && !authorisedBrands.includes(product.brandId)) throw failures.brandRestricted()
}
