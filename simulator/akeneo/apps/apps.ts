import { createHash, randomBytes } from 'node:crypto'
import type { Clock } from '../../clock.ts'
import { ApiError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import { isCloud, type AppOptions, type Settings } from '../options.ts'
import { isScope, permissionsOf, SCOPED_PERMISSIONS, withoutImplied } from './scopes.ts'

/** How long an authorization code waits to be exchanged. */
const CODE_LIFE_MS = 30_000

interface Code {
  clientId: string
  expiresMs: number
}

interface Connected {
  scopes: readonly string[]
  token: string | undefined
}

/** Apps of Akeneo's cloud: the OAuth2 authorization code grant, with scopes instead of a user's rights. */
export class Apps {
  readonly #apps: readonly AppOptions[]
  readonly #clock: Clock
  readonly #codes = new Map<string, Code>()
  readonly #connected = new Map<string, Connected>()
  readonly #tokens = new Map<string, string>()
  /** Tokens of apps that were disconnected, which the PIM tells apart from unknown ones. */
  readonly #revoked = new Set<string>()

  constructor(settings: Settings, clock: Clock) {
    this.#apps = isCloud(settings) ? settings.apps : []
    this.#clock = clock
  }

  find(clientId: string): AppOptions | undefined {
    return this.#apps.find((app) => app.clientId === clientId)
  }

  /** What the PIM's user grants: everything that is asked for, at once. The answer is a code. */
  authorize(clientId: string, scope: string): string {
    const scopes = withoutImplied(scope.split(' ').filter(isScope))
    const before = this.#connected.get(clientId)
    this.#connected.set(clientId, { scopes, token: before?.token })
    const code = randomBytes(30).toString('hex')
    this.#codes.set(code, { clientId, expiresMs: this.#clock.now().getTime() + CODE_LIFE_MS })
    return code
  }

  /** Exchanges a code for a token without end; an app that asks again with the same scopes gets the same one. */
  token(fields: ReadonlyMap<string, string>): { status: number; json: JsonObject } {
    const refused = this.#refusal(fields)
    if (refused !== undefined) {
      const [error, description] = refused
      return {
        status: 400,
        json: { error, ...(description !== undefined && { error_description: description }) },
      }
    }
    const clientId = fields.get('client_id') ?? ''
    this.#codes.delete(fields.get('code') ?? '')
    const { scopes, token: before } = this.#connected.get(clientId) ?? { scopes: [], token: undefined }
    const known = before === undefined ? undefined : this.#tokens.get(before)
    const key = `${clientId} ${scopes.join(' ')}`
    const token = before !== undefined && known === key ? before : randomBytes(43).toString('base64url')
    if (before !== undefined && before !== token) this.#tokens.delete(before)
    this.#tokens.set(token, key)
    this.#connected.set(clientId, { scopes, token })
    return { status: 200, json: { access_token: token, token_type: 'bearer', scope: scopes.join(' ') } }
  }

  /** In the order in which the PIM validates; only the first complaint is told. */
  #refusal(fields: ReadonlyMap<string, string>): [error: string, description?: string] | undefined {
    const field = (name: string) => fields.get(name) ?? ''
    const [clientId, identifier, challenge] = [
      field('client_id'),
      field('code_identifier'),
      field('code_challenge'),
    ]
    const app = this.find(clientId)
    if (clientId !== '' && identifier !== '' && challenge !== '') {
      const expected = createHash('sha256')
        .update(`${identifier}${app?.clientSecret ?? ''}`)
        .digest('hex')
      if (app === undefined || challenge !== expected) return ['invalid_client']
    }
    if (clientId === '') return ['invalid_request']
    if (app === undefined) return ['invalid_client']
    if (field('code') === '') return ['invalid_request']
    const code = this.#codes.get(field('code'))
    if (code?.clientId !== clientId) return ['invalid_grant', 'Code is not valid']
    if (code.expiresMs < this.#clock.now().getTime()) return ['invalid_grant', 'Code has expired']
    if (field('grant_type') !== 'authorization_code') return ['unsupported_grant_type']
    if (identifier === '' || challenge === '') return ['invalid_request']
    return undefined
  }

  /** The app's name among connections when the token is one of an app's. */
  connectionOf(token: string): string | undefined {
    if (this.#revoked.has(token)) {
      throw new ApiError(
        401,
        'The access token provided is invalid. Your app has been disconnected from that PIM.',
        {},
        { 'www-authenticate': 'Bearer realm="Service"' },
      )
    }
    const clientId = this.#tokens.get(token)?.split(' ')[0]
    return clientId === undefined ? undefined : connectionName(clientId)
  }

  isApp(connection: string): boolean {
    return this.#apps.some(({ clientId }) => connectionName(clientId) === connection)
  }

  /** Whether an app's scopes hold a permission. */
  mayDo(connection: string, permission: string): boolean {
    const app = this.#apps.find(({ clientId }) => connectionName(clientId) === connection)
    if (app === undefined || !SCOPED_PERMISSIONS.has(permission)) return true
    return permissionsOf(this.#connected.get(app.clientId)?.scopes ?? []).has(permission)
  }

  /** What the PIM's user may do at any moment; false when the app is not connected. */
  disconnect(clientId: string): boolean {
    const token = this.#connected.get(clientId)?.token
    if (token !== undefined) {
      this.#tokens.delete(token)
      this.#revoked.add(token)
    }
    return this.#connected.delete(clientId)
  }
}

const connectionName = (clientId: string) => `app:${clientId}`
