import { ApiError } from './errors.ts'

/** When a fault strikes, and what it does. All conditions given must hold. */
export interface FaultRule {
  // Where
  method?: string
  /** Exact path, or a pattern in which `*` stands for anything: `/api/rest/v1/products-uuid*`. */
  path?: string
  connection?: string
  /** Text that the decoded query must contain, e.g. `search_after=`. */
  query?: string
  // When
  /** Let this many matching calls pass first. */
  after?: number
  /** Strike at most this often; absent is always. */
  count?: number
  /** Strike every n-th matching call. */
  every?: number
  /** Between 0 and 1, drawn from a generator with a fixed seed. */
  probability?: number
  /** ISO instants on the simulator's clock. */
  from?: string
  until?: string
  // What
  status?: number
  /** Seconds, or an ISO instant that becomes an HTTP date. */
  retryAfter?: number | string
  body?: 'json' | 'empty' | 'html'
  message?: string
  /** Destroy the socket before anything is answered. */
  reset?: boolean
  /** Wait before the headers. */
  delayMs?: number
  /** Headers at once, then the body in pieces with this pause between them. */
  slowBodyMs?: number
  /** Destroy the socket after this many bytes of the body. */
  cutAfterBytes?: number
  /** End a collection's answer after this many lines. */
  cutAfterLine?: number
  /** Answer text that is no JSON. */
  malformed?: boolean
  /** Forget every token before the call is looked at. */
  revokeTokens?: boolean
  /** 403 for bodies above this size by their Content-Length, as some platforms answer; one sent in chunks has none. */
  maxBodyBytes?: number
  /** Show the last item of a page again, or leave its first one out, as data moving under a cursor does. */
  page?: 'duplicate' | 'missing'
  /** Do all work, then reset: the client does not learn what happened. */
  resetAfterWork?: boolean
}

interface ArmedRule {
  rule: FaultRule
  matched: number
  struck: number
}

export interface FaultCall {
  method: string
  path: string
  query: string
  connection: string | null
  nowMs: number
}

export class Faults {
  #rules: ArmedRule[] = []
  readonly #random = mulberry32(20_260_105)

  add(rule: FaultRule): void {
    this.#rules.push({ rule, matched: 0, struck: 0 })
  }

  clear(): void {
    this.#rules = []
  }

  /** Rules with how often each has struck. */
  state(): { rule: FaultRule; matched: number; struck: number }[] {
    return this.#rules.map((armed) => ({ ...armed }))
  }

  /** The rules that strike this call. */
  strike(call: FaultCall): FaultRule[] {
    return this.#rules.filter((armed) => this.#strikes(armed, call)).map(({ rule }) => rule)
  }

  #strikes(armed: ArmedRule, call: FaultCall): boolean {
    const { rule } = armed
    if (!matches(rule, call)) return false
    armed.matched++
    if (armed.matched <= (rule.after ?? 0)) return false
    if (rule.count !== undefined && armed.struck >= rule.count) return false
    if (rule.every !== undefined && (armed.matched - (rule.after ?? 0)) % rule.every !== 0) return false
    if (rule.probability !== undefined && this.#random() >= rule.probability) return false
    armed.struck++
    return true
  }
}

function matches(rule: FaultRule, call: FaultCall): boolean {
  if (rule.method !== undefined && rule.method.toUpperCase() !== call.method) return false
  if (rule.path !== undefined && !wildcard(rule.path).test(call.path)) return false
  if (rule.connection !== undefined && rule.connection !== call.connection) return false
  if (rule.query !== undefined && !call.query.includes(rule.query)) return false
  if (rule.from !== undefined && call.nowMs < Date.parse(rule.from)) return false
  return rule.until === undefined || call.nowMs < Date.parse(rule.until)
}

function wildcard(pattern: string): RegExp {
  const source = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, String.raw`\$&`))
  return new RegExp(`^${source.join('.*')}$`)
}

/** The answer that a rule with a status makes. */
export function faultAnswer(rule: FaultRule, status: number) {
  const headers: Record<string, string> = {}
  if (rule.retryAfter !== undefined) {
    headers['retry-after'] =
      typeof rule.retryAfter === 'number' ? String(rule.retryAfter) : new Date(rule.retryAfter).toUTCString()
  }
  const message = rule.message ?? MESSAGES[status] ?? 'Something went wrong.'
  if (rule.body === 'empty') return { status, headers, text: '' }
  if (rule.body === 'html') {
    const text = `<html><head><title>${status}</title></head><body><h1>${message}</h1></body></html>`
    return { status, headers: { ...headers, 'content-type': 'text/html' }, text }
  }
  return { status, headers, json: new ApiError(status, message).body() }
}

const MESSAGES: Readonly<Record<number, string>> = {
  408: 'Request Timeout',
  429: 'You have exceeded the limit of API requests per second.',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
}

/** A small seeded generator: faults by probability repeat from run to run. */
export function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
