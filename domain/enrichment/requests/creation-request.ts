import { csvText } from '../../csv.ts'

/** Content that Icecat was asked to make, from the day it was missed to the day it came or was given up. */
export interface CreationRequest {
  /** The product in Akeneo. */
  product: string
  state: RequestState
  /** Instants in ISO. */
  askedAt: string
  checkedAt: string | null
  /** Not before. */
  nextCheckAt: string
  checks: number
  /** Why it is where it is, for people. */
  note: string
}

export const requestStates = [
  'asked',
  'in-preparation',
  'embargoed',
  'restricted',
  'delivered',
  'given-up',
] as const
export type RequestState = (typeof requestStates)[number]

/** What a check found. */
export type CheckOutcome =
  | { kind: 'found' }
  /** In the list of what is known and not described. */
  | { kind: 'known' }
  | { kind: 'not-found' }
  | { kind: 'embargoed'; until: string | null }
  | { kind: 'restricted'; reason: string }

export interface RequestPolicy {
  /** Days between the first two checks; doubles from check to check. */
  firstDelayDays: number
  longestDelayDays: number
  giveUpAfterDays: number
}

export const defaultRequestPolicy: RequestPolicy = {
  firstDelayDays: 1,
  longestDelayDays: 30,
  giveUpAfterDays: 365,
}

const DAY_MS = 86_400_000

export const newRequest = (product: string, now: Date, policy: RequestPolicy): CreationRequest => ({
  product,
  state: 'asked',
  askedAt: now.toISOString(),
  checkedAt: null,
  nextCheckAt: inDays(now, policy.firstDelayDays),
  checks: 0,
  note: 'Icecat has no sheet of this product',
})

/** The request after a check. Delivered ones stay so; a given-up one that is found after all is delivered. */
export function afterCheck(
  request: CreationRequest,
  outcome: CheckOutcome,
  now: Date,
  policy: RequestPolicy,
): CreationRequest {
  if (request.state === 'delivered') return request
  const checks = request.checks + 1
  const delayDays = Math.min(policy.longestDelayDays, policy.firstDelayDays * 2 ** Math.min(checks, 20))
  const next = { ...request, checks, checkedAt: now.toISOString(), nextCheckAt: inDays(now, delayDays) }
  if (outcome.kind === 'found') return { ...next, state: 'delivered', note: 'the sheet is there' }
  const age = now.getTime() - Date.parse(request.askedAt)
  if (age >= policy.giveUpAfterDays * DAY_MS) {
    return { ...next, state: 'given-up', note: `not delivered within ${policy.giveUpAfterDays} days` }
  }
  switch (outcome.kind) {
    case 'known':
      return { ...next, state: 'in-preparation', note: 'Icecat knows the product and is to describe it' }
    case 'not-found':
      // Seen once among what is to be described, it was not forgotten by a day on which it is not listed.
      return request.state === 'in-preparation' ? next : { ...next, state: 'asked' }
    case 'embargoed':
      return {
        ...next,
        state: 'embargoed',
        nextCheckAt: laterOf(outcome.until, now) ?? next.nextCheckAt,
        note: outcome.until === null ? 'released later' : `released on ${outcome.until.slice(0, 10)}`,
      }
    case 'restricted':
      return { ...next, state: 'restricted', note: outcome.reason }
  }
}

export const isDue = ({ state, nextCheckAt }: CreationRequest, now: Date): boolean =>
  state !== 'delivered' && state !== 'given-up' && Date.parse(nextCheckAt) <= now.getTime()

const inDays = (now: Date, days: number): string => new Date(now.getTime() + days * DAY_MS).toISOString()

const laterOf = (until: string | null, now: Date): string | null =>
  until !== null && Date.parse(until) > now.getTime() ? until : null

/** Whether those who make content can do anything about it. */
export const isTold = (state: RequestState): boolean => toldStates.includes(state)

export const toldStates: readonly RequestState[] = ['asked', 'in-preparation', 'embargoed']

/** One line of the file that Icecat's editors are sent, and of what a webhook is told. */
export interface RequestLine {
  product: string
  brand: string
  code: string
  gtins: readonly string[]
  name: string
  askedAt: string
}

/** With a header. */
export const requestFile = (lines: readonly RequestLine[]): string =>
  csvText([
    ['product', 'brand', 'product_code', 'gtin', 'name', 'asked_on'],
    ...lines.map(({ product, brand, code, gtins, name, askedAt }) => [
      product,
      brand,
      code,
      gtins.join(','),
      name,
      askedAt.slice(0, 10),
    ]),
  ])
