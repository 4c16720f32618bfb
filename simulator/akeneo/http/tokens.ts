import { randomBytes } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { Apps } from '../apps/apps.ts'
import type { Clock } from '../../clock.ts'
import { ApiError, unprocessable } from '../errors.ts'
import { isObject, type Json } from '../json.ts'
import type { ConnectionOptions, Settings } from '../options.ts'
import { ok, type ApiResponse } from './request.ts'

const MAX_BODY_BYTES = 300

const MESSAGES = {
  client: 'Parameter "client_id" is missing or does not match any client, or secret is invalid',
  passwordRequest: 'Parameter "grant_type", "username" or "password" is missing, empty or invalid',
  passwordGrant: 'No user found for the given username and password',
  refreshRequest: 'Parameter "grant_type" or "refresh_token" is missing or empty',
  refreshGrant: 'Refresh token is invalid or has expired',
  grantNotAllowed: 'This grant type is not authorized for this client',
}

// Grants that the OAuth2 library knows: another word is a malformed request, one of these merely not allowed.
const KNOWN_GRANT =
  /^(authorization_code|token|password|client_credentials|refresh_token|https?:\/\/.+|urn:.+)$/

interface Token {
  connection: string
  expiresMs: number
}

export interface Tokens {
  grant(headers: IncomingHttpHeaders, body: string): ApiResponse
  /** The connection a bearer token belongs to; throws Akeneo's 401 otherwise. */
  connectionOf(headers: IncomingHttpHeaders): string
  revokeAll(): void
  /** A new secret or password for a connection, whose tokens end; undefined when there is no such connection. */
  regenerate(connection: string, what: 'secret' | 'password'): string | undefined
}

/** The OAuth2 token endpoint: password and refresh grants, refresh tokens that work once. */
export function createTokens(settings: Settings, clock: Clock, apps: Apps): Tokens {
  const access = new Map<string, Token>()
  const refresh = new Map<string, Token>()
  const connections = settings.connections.map((connection) => ({ ...connection }))

  function issue(connection: ConnectionOptions): ApiResponse {
    const nowMs = clock.now().getTime()
    const accessToken = opaqueToken()
    const refreshToken = opaqueToken()
    access.set(accessToken, {
      connection: connection.code,
      expiresMs: nowMs + settings.accessTokenSeconds * 1000,
    })
    refresh.set(refreshToken, {
      connection: connection.code,
      expiresMs: nowMs + settings.refreshTokenSeconds * 1000,
    })
    const answer = ok({
      access_token: accessToken,
      expires_in: settings.accessTokenSeconds,
      token_type: 'bearer',
      scope: null,
      refresh_token: refreshToken,
    })
    return { ...answer, headers: { 'cache-control': 'no-store, private', pragma: 'no-cache' } }
  }

  return {
    grant(headers, body) {
      if (Buffer.byteLength(body) > MAX_BODY_BYTES) {
        throw new ApiError(
          413,
          `Request content exceeded the maximum allowed size of ${MAX_BODY_BYTES} bytes`,
        )
      }
      const fields = readFields(headers, body)
      const grantType = fields.get('grant_type') ?? ''
      const isRefresh = grantType === 'refresh_token'
      if (!KNOWN_GRANT.test(grantType)) throw unprocessable(MESSAGES.passwordRequest)

      const client = clientOf(headers, fields)
      const connection = connections.find(
        (one) => one.clientId === client?.id && one.clientSecret === client.secret,
      )
      if (connection === undefined) throw unprocessable(MESSAGES.client)
      const allowed: readonly string[] = connection.grants ?? ['password', 'refresh_token']
      if (!allowed.includes(grantType)) throw unprocessable(MESSAGES.grantNotAllowed)

      if (isRefresh) {
        const presented = fields.get('refresh_token') ?? ''
        if (presented === '') throw unprocessable(MESSAGES.refreshRequest)
        const known = refresh.get(presented)
        if (known?.connection !== connection.code || known.expiresMs < clock.now().getTime()) {
          throw unprocessable(MESSAGES.refreshGrant)
        }
        refresh.delete(presented)
        return issue(connection)
      }

      const username = fields.get('username') ?? ''
      const password = fields.get('password') ?? ''
      if (username === '' || password === '') throw unprocessable(MESSAGES.passwordRequest)
      if (username !== connection.username || password !== connection.password) {
        throw unprocessable(MESSAGES.passwordGrant)
      }
      return issue(connection)
    },

    connectionOf(headers) {
      const match = /^Bearer\s+(\S+)$/i.exec(headers.authorization ?? '')
      if (match === null) throw unauthorized('Authentication is required')
      const token = access.get(match[1] ?? '')
      const app = apps.connectionOf(match[1] ?? '')
      if (app !== undefined) return app
      if (token === undefined) throw unauthorized('The access token provided is invalid.')
      if (token.expiresMs <= clock.now().getTime())
        throw unauthorized('The access token provided has expired.')
      return token.connection
    },

    revokeAll() {
      access.clear()
      refresh.clear()
    },

    regenerate(code, what) {
      const connection = connections.find((one) => one.code === code)
      if (connection === undefined) return undefined
      const fresh = randomBytes(18).toString('hex')
      connection[what === 'secret' ? 'clientSecret' : 'password'] = fresh
      for (const tokens of [access, refresh]) {
        for (const [token, { connection: owner }] of tokens) if (owner === code) tokens.delete(token)
      }
      return fresh
    },
  }
}

function unauthorized(message: string): ApiError {
  return new ApiError(401, message, {}, { 'www-authenticate': 'Bearer realm="Service"' })
}

function opaqueToken(): string {
  return Buffer.from(randomBytes(43).toString('hex')).toString('base64').replaceAll('=', '')
}

function readFields(headers: IncomingHttpHeaders, body: string): Map<string, string> {
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim() ?? ''
  const allowed = '"application/json" or "application/x-www-form-urlencoded"'
  if (type === '') {
    throw new ApiError(415, `The "Content-Type" header is missing. ${allowed} has to be specified as value.`)
  }
  if (type === 'application/x-www-form-urlencoded') return new Map(new URLSearchParams(body))
  if (type !== 'application/json') {
    throw new ApiError(415, `"${type}" in "Content-Type" header is not valid. Only ${allowed} are allowed.`)
  }
  let decoded: Json
  try {
    decoded = body === '' ? {} : (JSON.parse(body) as Json)
  } catch {
    throw new ApiError(400, 'Invalid json message received')
  }
  const fields = isObject(decoded) ? Object.entries(decoded) : []
  return new Map(fields.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])))
}

/** From the Basic header; Akeneo's library also takes them in the body. */
function clientOf(headers: IncomingHttpHeaders, fields: Map<string, string>) {
  const match = /^Basic\s+(\S+)$/i.exec(headers.authorization ?? '')
  if (match === null) {
    const id = fields.get('client_id')
    return id === undefined ? undefined : { id, secret: fields.get('client_secret') ?? '' }
  }
  const text = Buffer.from(match[1] ?? '', 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon < 0 ? undefined : { id: text.slice(0, colon), secret: text.slice(colon + 1) }
}
