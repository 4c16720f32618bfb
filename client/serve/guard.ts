import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { isLoopback } from './hosts.ts'

export interface GuardOptions {
  /** Where the server listens. */
  host: string
  /** Names that it is called by from elsewhere. */
  names: readonly string[]
  /** Undefined: only this machine may ask. */
  token: string | undefined
}

export interface Guard {
  /** Goes into each form. */
  formSecret: string
  /** Why a request is answered with this status and nothing else; null: it may go on. */
  refusal(request: FastifyRequest): { status: 401 | 403; text: string } | null
  /** Whether the words of a form may be acted on: they come from a page of ours, shown by us. */
  mayAct(request: FastifyRequest, secret: unknown): boolean
  /** Of a person who has shown the token; null: it is another one. */
  cookieFor(token: unknown): string | null
}

const cookieName = 'pimflow'

export function createGuard({ host, names, token }: GuardOptions): Guard {
  const key = randomBytes(32)
  const formSecret = randomBytes(24).toString('base64url')
  const session = createHmac('sha256', key).update('session').digest('base64url')
  const ours = new Set([host, ...names].map((name) => name.toLowerCase()))

  return { formSecret, refusal, mayAct, cookieFor }

  function refusal({ headers, url }: FastifyRequest) {
    // A page elsewhere can be given a name that leads here (DNS rebinding); it cannot hide that name.
    const name = hostName(headers.host)
    if (!isLoopback(name) && (token === undefined || !isKnown(name)))
      return {
        status: 403 as const,
        text:
          token === undefined
            ? 'Without a token only this machine may ask, by its own name.'
            : `This page is not called ${name}: start it with --name ${name} if it is.`,
      }
    if (token === undefined || url === '/login') return null
    const bearer = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1]
    if (bearer !== undefined && same(bearer, token)) return null
    return same(cookieOf(headers.cookie), session)
      ? null
      : { status: 401 as const, text: 'Show the token first.' }
  }

  /** An address of numbers can belong to nobody's page but ours. */
  function isKnown(name: string): boolean {
    return ours.has(name) || /^(\d{1,3}\.){3}\d{1,3}$|^\[[0-9a-f:.]+\]$/.test(name)
  }

  function mayAct({ headers }: FastifyRequest, secret: unknown): boolean {
    const site = headers['sec-fetch-site']
    if (site !== undefined && site !== 'same-origin') return false
    if (headers.origin !== undefined && hostOf(headers.origin) !== headers.host) return false
    return typeof secret === 'string' && same(secret, formSecret)
  }

  function cookieFor(given: unknown): string | null {
    if (token === undefined || typeof given !== 'string' || !same(given, token)) return null
    return `${cookieName}=${session}; HttpOnly; SameSite=Strict; Path=/`
  }
}

const hostName = (host = '') => host.replace(/:\d+$/, '').toLowerCase()

const hostOf = (origin: string): string | null => (URL.canParse(origin) ? new URL(origin).host : null)

const cookieOf = (header = ''): string =>
  header
    .split(';')
    .map((part) => part.trim().split('='))
    .find(([name]) => name === cookieName)?.[1] ?? ''

const digest = (text: string) => createHash('sha256').update(text).digest()
const same = (given: string, expected: string) => timingSafeEqual(digest(given), digest(expected))
