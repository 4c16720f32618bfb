import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connectionConfig, type ConnectionConfig } from '../../../config.ts'
import { type AkeneoCalls, type AkeneoClient, createAkeneoClient } from '../../../connectors/akeneo/client.ts'
import type { Sql } from '../../../connectors/hub/database.ts'
import { createLanes } from '../../../connectors/hub/lanes.ts'
import { Secret } from '../../../domain/secret.ts'
import { createTokenStore, generateTokenKey } from '../../../connectors/hub/tokens.ts'

export const someCredentials = {
  clientId: 'client',
  clientSecret: 'canary-secret',
  username: 'user',
  password: 'canary-password',
}

/** A connection to an Akeneo at this address. */
export const connectionTo = (
  url: string,
  {
    credentials = someCredentials,
    name = 'acme',
    ...akeneo
  }: Record<string, unknown> & { name?: string; credentials?: typeof someCredentials } = {},
): ConnectionConfig => connectionConfig({ name, akeneo: { url, ...credentials, ...akeneo } })

/** `tokenKey`: shared by workers that share tokens; absent is one of this client's own. */
export const clientOf = (sql: Sql, connection: ConnectionConfig, tokenKey?: string): AkeneoClient =>
  createAkeneoClient({
    connection,
    lanes: createLanes(sql),
    tokens: createTokenStore(sql, [tokenKey === undefined ? generateTokenKey() : new Secret(tokenKey)]),
  })

/** One call in a lane of its own. */
export const once = <T>(client: AkeneoClient, work: (calls: AkeneoCalls) => Promise<T>) =>
  client.inLane('bulk', new AbortController().signal, work)

export interface StandIn {
  url: string
  /** Method, path and query of each request, tokens left out. */
  asked: string[]
  close(): Promise<void>
}

export type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void

/** Grants tokens and answers everything else as told: for answers that the simulator does not give. */
export async function standIn(answer: Answer, grant: Answer = grantTokens): Promise<StandIn> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8')
      if (request.url === '/api/oauth/v1/token') {
        grant(request, response, body)
        return
      }
      asked.push(`${request.method ?? ''} ${request.url ?? ''}`)
      answer(request, response, body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

let grants = 0

export const grantTokens: Answer = (_request, response) => {
  grants++
  json(response, 200, {
    access_token: `access-${grants}`,
    refresh_token: `refresh-${grants}`,
    expires_in: 3600,
    token_type: 'bearer',
  })
}

export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(body))
}

/** What a promise fails with; fails itself when it does not. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('This should have failed')
}

/** The calls that a test of a decision answers by itself; the code in it asks Akeneo for nothing else, and would fail if it did. */
export const onlyCalls = (calls: Record<string, unknown>) => calls as unknown as AkeneoCalls
