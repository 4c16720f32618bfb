import { startAkeneo, type AkeneoOptions, type AkeneoSimulator } from '../../simulator/akeneo/index.ts'

/** What tests look at; fields are there or not, as in any JSON. */
export interface Body {
  [key: string]: unknown
  code?: number
  message?: string
  errors?: {
    property: string
    message: string
    attribute?: string
    locale?: string | null
    scope?: string | null
  }[]
  items_count?: number
  current_page?: number
  _links?: Record<string, { href: string }>
  _embedded?: { items: Item[] }
}

export interface Item {
  [key: string]: unknown
  code?: string
  uuid?: string
  identifier?: string
  parent?: string | null
  updated?: string
  values: Record<string, { locale: string | null; scope: string | null; data: unknown }[]>
  labels: Record<string, string>
}

export interface Answer {
  status: number
  headers: Headers
  text: string
  body: Body
  lines: Body[]
}

export interface Api {
  simulator: AkeneoSimulator
  get(path: string, headers?: Record<string, string>): Promise<Answer>
  post(path: string, body: unknown): Promise<Answer>
  patch(path: string, body: unknown): Promise<Answer>
  /** Lines of a collection: objects are encoded, text is sent as it is. */
  patchLines(path: string, lines: (object | string)[]): Promise<Answer>
  delete(path: string): Promise<Answer>
  send(path: string, init: RequestInit): Promise<Answer>
  token(): Promise<string>
}

export const COLLECTION = 'application/vnd.akeneo.collection+json'

/** The API as a client sees it; by default the one that may do everything. */
export async function apiOf(simulator: AkeneoSimulator, credentials = simulator.credentials): Promise<Api> {
  const { clientId, clientSecret, username, password } = credentials
  const token = async () => {
    const response = await fetch(`${simulator.url}/api/oauth/v1/token`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
      },
      body: JSON.stringify({ grant_type: 'password', username, password }),
    })
    const { access_token } = (await response.json()) as { access_token: string }
    return access_token
  }
  const bearer = await token()
  const send = async (path: string, init: RequestInit): Promise<Answer> => {
    const url = path.startsWith('http') ? path : `${simulator.url}/api/rest/v1${path}`
    const headers = { authorization: `Bearer ${bearer}`, ...(init.headers as Record<string, string>) }
    const response = await fetch(url, { ...init, headers })
    const text = await response.text()
    const parse = (json: string): Body => {
      try {
        return JSON.parse(json) as Body
      } catch {
        return {}
      }
    }
    const isLines = response.headers.get('content-type') === COLLECTION
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: isLines ? {} : parse(text),
      lines: isLines ? text.split('\n').map(parse) : [],
    }
  }
  const json = (method: string) => (path: string, body: unknown) =>
    send(path, {
      method,
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  return {
    simulator,
    send,
    token,
    get: (path, headers = {}) => send(path, { headers }),
    post: json('POST'),
    patch: json('PATCH'),
    patchLines: (path, lines) =>
      send(path, {
        method: 'PATCH',
        headers: { 'content-type': COLLECTION },
        body: lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'),
      }),
    delete: (path) => send(path, { method: 'DELETE' }),
  }
}

/** Starts a simulator for one test and stops it whatever happens. */
export async function withAkeneo(options: AkeneoOptions, test: (api: Api) => Promise<void>): Promise<void> {
  const simulator = await startAkeneo(options)
  try {
    await test(await apiOf(simulator))
  } finally {
    await simulator.close()
  }
}

export const INVENTED = new URL('../../examples/catalog', import.meta.url).pathname

export const search = (criteria: Record<string, unknown[]>) =>
  `search=${encodeURIComponent(JSON.stringify(criteria))}`

export const items = (answer: Answer): Item[] => answer.body._embedded?.items ?? []

/** The record that was read. An answer's body may be anything; a test knows what it asked for, and a refusal is none. */
export const itemOf = (answer: Answer): Item => read(answer) as Item

/** The list that an answer is where it is no page: measurement families, outcomes of writes. */
export const listOf = (answer: Answer): Item[] => read(answer) as Item[]

function read({ status, text }: Answer): unknown {
  if (status !== 200) throw new Error(`A record was expected, the answer was ${status}: ${text}`)
  return JSON.parse(text)
}
