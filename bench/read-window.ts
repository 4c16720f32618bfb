import { gapsBetween, meanMs, quantile, spanOf, underWayInTheMiddle } from './support/request-log.ts'
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
  /** From an answer to the call that takes its place, median. */
  gapMs: number
}

const list = '/api/rest/v1/products-uuid'

const isList = ({ method, path }: LoggedRequest) => method === 'GET' && path === list

/** A page of a slice, not of a sample. */
export const isProductPage = (request: LoggedRequest): boolean =>
  isList(request) && request.query.includes('search_after')

/** The sample by which a load is cut is the last that is asked before its pages, by number; what precedes it looks for the search time zone. */
const isSample = (request: LoggedRequest) => isList(request) && !isProductPage(request)

export function readWindow(requests: LoggedRequest[]): ReadWindow {
  const plannedMs = Math.max(...requests.filter(isSample).map(({ startedAt }) => startedAt))
  const pages = requests.filter((request) => isList(request) && request.startedAt > plannedMs)
  return {
    ...spanOf(pages),
    productPages: pages.length,
    otherRequests: requests.length - pages.length,
    answerMs: meanMs(pages),
    underWay: underWayInTheMiddle(pages),
    gapMs: quantile(gapsBetween(pages), 0.5),
  }
}
