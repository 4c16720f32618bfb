import type { LoggedRequest } from './support/simulator.ts'

/** What Akeneo's side saw of a load. */
export interface ReadWindow {
  /** Instants of the wall clock, unit ms: the first product page asked for, the last one answered. */
  firstMs: number
  lastMs: number
  productPages: number
  /** All other calls: structure, samples, models, tokens. */
  otherRequests: number
  /** How long a product page took on average. */
  answerMs: number
  /** Calls under way on average between the 5th and the 95th percentile of the product pages. */
  underWay: number
}

const list = '/api/rest/v1/products-uuid'

const isList = ({ method, path }: LoggedRequest) => method === 'GET' && path === list

/** The sample by which a load is cut is the last that is asked before its pages; what precedes it looks for the search time zone. */
const isSample = (request: LoggedRequest) => isList(request) && request.query.includes('with_count=true')

export function readWindow(requests: LoggedRequest[]): ReadWindow {
  const plannedMs = Math.max(...requests.filter(isSample).map(({ startedAt }) => startedAt))
  const pages = requests
    .filter((request) => isList(request) && request.startedAt > plannedMs)
    .toSorted((a, b) => a.startedAt - b.startedAt)
  const firstMs = pages[0]?.startedAt ?? 0
  const lastMs = Math.max(firstMs, ...pages.map(({ finishedAt }) => finishedAt))
  return {
    firstMs,
    lastMs,
    productPages: pages.length,
    otherRequests: requests.length - pages.length,
    answerMs:
      pages.reduce((sum, { startedAt, finishedAt }) => sum + finishedAt - startedAt, 0) /
      Math.max(1, pages.length),
    underWay: underWayBetween(
      pages,
      firstMs + (lastMs - firstMs) * 0.05,
      firstMs + (lastMs - firstMs) * 0.95,
    ),
  }
}

function underWayBetween(pages: LoggedRequest[], fromMs: number, toMs: number): number {
  if (toMs <= fromMs) return 0
  const within = pages.map(({ startedAt, finishedAt }) =>
    Math.max(0, Math.min(finishedAt, toMs) - Math.max(startedAt, fromMs)),
  )
  return within.reduce((sum, ms) => sum + ms, 0) / (toMs - fromMs)
}
