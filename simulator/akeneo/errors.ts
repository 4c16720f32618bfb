import type { JsonObject } from './json.ts'

/** An answer other than success: status, Akeneo's message and whatever stands beside it in the body. */
export class ApiError extends Error {
  readonly status: number
  readonly extra: JsonObject
  readonly headers: Record<string, string>

  constructor(status: number, message: string, extra: JsonObject = {}, headers: Record<string, string> = {}) {
    super(message)
    this.name = 'ApiError'
    this.status = status
    this.extra = extra
    this.headers = headers
  }

  body(): JsonObject {
    return { code: this.status, message: this.message, ...this.extra }
  }
}

export interface Violation {
  property: string
  /** Where Akeneo finds it, when that says more than `property`; not shown. */
  path?: string
  message: string
  attribute?: string
  locale?: string | null
  scope?: string | null
  currency?: string
}

export const badRequest = (message: string) => new ApiError(400, message)
export const notFound = (message: string) => new ApiError(404, message)
export const forbidden = (message: string) => new ApiError(403, message)
export const unprocessable = (message: string) => new ApiError(422, message)

/** 422 that points at a page of the API documentation, as Akeneo's DocumentedHttpException does. */
export function documented(message: string, href: string): ApiError {
  return new ApiError(422, message, { _links: { documentation: { href } } })
}

const DOCUMENTATION = 'http://api.akeneo.com/'

/** The 422 of a body that does not fit the resource: Akeneo adds its advice and a link to the route's page. */
export function malformed(message: string, anchor: string): ApiError {
  const advice = 'Check the expected format on the API documentation.'
  return documented(`${message} ${advice}`, `${DOCUMENTATION}api-reference.html#${anchor}`)
}

export function tooManyPages(): ApiError {
  return documented(
    'You have reached the maximum number of pages you can retrieve with the "page" pagination type. Please use the search after pagination type instead',
    `${DOCUMENTATION}documentation/pagination.html#the-search-after-method`,
  )
}

export function validationFailed(violations: Violation[]): ApiError {
  const seen = new Set<string>()
  const errors = violations.filter((violation) => {
    // Akeneo lists the same kind of message on the same path once: it compares templates, not what fills them in
    // (ViolationNormalizer), so the second empty axis is not named.
    const key = JSON.stringify({ ...violation, message: violation.message.replace(/"[^"]*"/g, '""') })
    return !seen.has(key) && seen.add(key)
  })
  return new ApiError(422, 'Validation failed.', {
    errors: errors.map(({ path: _path, ...shown }) => shown),
  })
}
