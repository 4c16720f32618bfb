import { z } from 'zod'
import { RefusedError } from '../errors.ts'
import type { HttpAnswer, HttpClient } from '../http.ts'
import type { Grant, GrantedToken } from '../hub/tokens.ts'
import { add } from '../telemetry/metrics.ts'
import { akeneoMessage, failureOf, jsonOf, offContract } from './answers.ts'
import type { AkeneoConnection } from './settings.ts'

const tokenPath = '/api/oauth/v1/token'

const TokenAnswer = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1),
  expires_in: z.number().positive(),
})

/** Asks Akeneo for tokens: refresh first, and the password when the refresh token has been used or has expired (422). */
export const createGrant =
  (http: HttpClient, connection: AkeneoConnection, backOffMs: () => number): Grant =>
  async (refreshToken, until) => {
    const { username, password } = connection.akeneo
    if (refreshToken !== null) {
      const answer = await ask({ grant_type: 'refresh_token', refresh_token: refreshToken })
      if (answer.status !== 422) return granted(answer)
    }
    return granted(
      await ask({ grant_type: 'password', username: username.reveal(), password: password.reveal() }),
    )

    async function ask(body: Record<'grant_type', string> & Record<string, string>): Promise<HttpAnswer> {
      const { url, clientId, clientSecret, timeoutMs } = connection.akeneo
      const credentials = Buffer.from(`${clientId.reveal()}:${clientSecret.reveal()}`).toString('base64')
      const answer = await http.send({
        method: 'POST',
        url: new URL(`${url}${tokenPath}`),
        headers: { authorization: `Basic ${credentials}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
        // Others wait for the token's row meanwhile. 1 ms: a client without any time left fails as one that took too long.
        timeoutMs: Math.max(1, Math.min(timeoutMs, until - performance.now())),
        asked: asked(connection),
      })
      const { status } = answer
      add('tokenGrants', { connection: connection.name, grant: body.grant_type, status: String(status) })
      return answer
    }

    function granted(answer: HttpAnswer): GrantedToken {
      if (answer.status !== 200) throw refusedGrant(answer, connection, backOffMs)
      const parsed = TokenAnswer.safeParse(tokenJson(answer, connection))
      if (!parsed.success) throw offContract(asked(connection), '200 without a pair of tokens')
      const { access_token, refresh_token, expires_in } = parsed.data
      return { accessToken: access_token, refreshToken: refresh_token, expiresInSeconds: expires_in }
    }
  }

const asked = ({ name }: AkeneoConnection) => `POST ${tokenPath} of ${name}`

function tokenJson(answer: HttpAnswer, connection: AkeneoConnection): unknown {
  const type = String(answer.headers['content-type'])
  if (type.includes('json')) return jsonOf(answer, asked(connection))
  throw notAkeneo(asked(connection), `200 with ${type}`)
}

/** By what Akeneo's message begins with, in all its versions; each says which setting to look at. */
const refusals = [
  {
    begins: 'Parameter "client_id"',
    code: 'client-refused',
    remedy:
      'Akeneo does not know this client: check akeneo.clientId and akeneo.clientSecret against the connection in Akeneo.',
  },
  {
    begins: 'No user found',
    code: 'user-refused',
    remedy: 'Akeneo does not know this user with this password: check akeneo.username and akeneo.password.',
  },
  {
    begins: 'This grant type',
    code: 'grant-refused',
    remedy:
      'This client may not log in by password: make a connection in Akeneo (Connect, Connection settings) and take its client.',
  },
]

function refusedGrant(answer: HttpAnswer, connection: AkeneoConnection, backOffMs: () => number): Error {
  const { status, body } = answer
  const said = akeneoMessage(body)
  if (status === 429 || status === 408 || status >= 500)
    return failureOf(answer, asked(connection), backOffMs)
  if (said === null) return notAkeneo(asked(connection), `${status} without a message of Akeneo`)
  const refusal = refusals.find(({ begins }) => said.startsWith(begins)) ?? {
    code: 'login-refused',
    remedy: 'Akeneo refuses to log this connection in: check its four credentials in the configuration.',
  }
  return new RefusedError({
    code: refusal.code,
    asked: asked(connection),
    came: `${status} "${said}"`,
    remedy: refusal.remedy,
  })
}

/** The address answers, but as something else. */
export const notAkeneo = (asked: string, came: string) =>
  new RefusedError({
    code: 'not-akeneo',
    asked,
    came,
    remedy: 'There is no Akeneo at this address: check akeneo.url, which ends before /api.',
  })
