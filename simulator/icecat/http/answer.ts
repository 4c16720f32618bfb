import type { IncomingHttpHeaders } from 'node:http'

/** A request as the doors see it. */
export interface Call {
  method: string
  path: string
  /** Parameters by lower-case name: published clients spell them in both ways. */
  query: Map<string, string>
  headers: IncomingHttpHeaders
  origin: string
  address: string
  body: string
}

export interface Answer {
  status: number
  type: string
  headers?: Record<string, string>
  body: string | Buffer | Iterable<string>
}

export const json = (body: unknown, status = 200): Answer => ({
  status,
  type: 'application/json; charset=utf-8',
  body: JSON.stringify(body),
})

export const xml = (body: string | Iterable<string>, status = 200): Answer => ({
  status,
  type: 'text/xml; charset=utf-8',
  body,
})

/** `a=1&b=2`, and `a=1;b=2` where a door takes it. */
export function readQuery(text: string, semicolons: boolean): Map<string, string> {
  const query = new Map<string, string>()
  const joined = semicolons ? text.replace(/;/g, '&') : text
  for (const [name, value] of new URLSearchParams(joined)) query.set(name.toLowerCase(), value)
  return query
}

/** Parameters whose values nobody may read in a log. */
const SECRETS = /((?:app_key|content_token|accesskey|password)=)[^&;]*/gi

export const withoutSecrets = (query: string): string => query.replace(SECRETS, '$1…')
