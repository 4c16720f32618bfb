import { ApiError } from '../errors.ts'
import type { Handler } from './request.ts'

export const JSON_TYPE = 'application/json'
export const COLLECTION_TYPE = 'application/vnd.akeneo.collection+json'
export const MULTIPART_TYPE = 'multipart/form-data'

export interface Route {
  method: string
  /** `{code}` stands for one segment, `{code+}` for one or more: product and media codes may contain `/`. */
  template: string
  handler: Handler
  /** Allowed content types of the body; application/json for POST and PATCH unless stated. */
  contentTypes?: readonly string[]
  /** Akeneo's name of the right that the call needs. */
  acl?: string
  /** No token needed. */
  open?: boolean
  /** Any Accept header is fine: the answer is a file. */
  anyAccept?: boolean
  /** Akeneo's route name, as the root listing shows it. */
  name?: string
}

interface CompiledRoute {
  route: Route
  pattern: RegExp
  names: string[]
}

export interface Router {
  match(method: string, rawPath: string, origin: string): { route: Route; params: Record<string, string> }
  routes(): Route[]
}

export function createRouter(routes: Route[]): Router {
  const compiled = routes.map(compile)
  return {
    routes: () => routes,
    match(method, rawPath, origin) {
      // A web server in front of Akeneo refuses an encoded slash before the application sees it.
      const path = /%2f/i.test(rawPath) ? undefined : decode(rawPath)
      const routesAt = (sought: string) => compiled.filter(({ pattern }) => pattern.test(sought))
      const readMethod = method === 'HEAD' ? 'GET' : method
      const found = path === undefined ? [] : routesAt(path)
      const wanted = `${method} ${origin}${rawPath}`
      if (path === undefined || found.length === 0) {
        // Symfony sends whoever reads with a slash too many to the path without it.
        const elsewhere = path?.endsWith('/') === true ? routesAt(path.replace(/\/+$/, '')) : []
        const meant = elsewhere.find(({ route }) => route.method === 'GET' && readMethod === 'GET')
        if (meant === undefined) throw new ApiError(404, `No route found for "${wanted}"`)
        return { route: { ...meant.route, handler: movedTo(rawPath.replace(/\/+$/, '')) }, params: {} }
      }
      const match = found.find(({ route }) => route.method === readMethod)
      if (match === undefined) {
        const allowed = [...new Set(found.map(({ route }) => route.method))].join(', ')
        throw new ApiError(
          405,
          `No route found for "${wanted}": Method Not Allowed (Allow: ${allowed})`,
          {},
          { allow: allowed },
        )
      }
      const values = match.pattern.exec(path)?.slice(1) ?? []
      return {
        route: match.route,
        params: Object.fromEntries(match.names.map((name, index) => [name, values[index] ?? ''])),
      }
    },
  }
}

const movedTo =
  (path: string): Handler =>
  ({ origin, query }) => {
    const location = `${origin}${path}${query.size === 0 ? '' : `?${query.toString()}`}`
    const headers = { location, 'content-type': 'text/html; charset=UTF-8' }
    return { status: 301, headers, text: `Redirecting to ${location}` }
  }

function compile(route: Route): CompiledRoute {
  const names: string[] = []
  const source = route.template.replace(/\{(\w+)(\+?)\}/g, (_, name: string, many: string) => {
    names.push(name)
    return many === '' ? '([^/]+)' : '(.+)'
  })
  return { route, pattern: new RegExp(`^${source}$`, 's'), names }
}

function decode(path: string): string | undefined {
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined
  }
}
