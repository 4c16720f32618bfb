import type { Catalog } from '../catalog/catalog.ts'
import { readinessReader, type ReadinessScore } from '../catalog/readiness.ts'
import { unprocessable } from '../errors.ts'
import { isStringArray, type Json } from '../json.ts'
import { dataExpected, integerExpected } from '../messages.ts'
import { compare } from './amount-matchers.ts'
import type { Criterion } from './criteria.ts'
import type { Predicate } from './predicate.ts'
import { indexedValues, type SearchDocument } from './search-index.ts'

/*
 * Readiness is a beta of Akeneo's cloud: its documentation says what is found, the sentences that refuse are ours.
 */

function reader(catalog: Catalog): (document: SearchDocument) => ReadinessScore[] {
  const read = readinessReader(catalog)
  return (document) => read(document.record, (attribute) => indexedValues(document, attribute))
}

/** By the score of one configuration in one channel, for a locale or a list of them. */
export function readinessFilter(criterion: Criterion, catalog: Catalog): Predicate {
  const { property, operator, value, readinessCode, scope } = criterion
  if (readinessCode === undefined) throw unprocessable(dataExpected(property, 'a "readiness_code"'))
  const configuration = catalog.readiness.get(readinessCode)
  if (configuration === undefined) {
    throw unprocessable(`Readiness with code "${readinessCode}" does not exist`)
  }
  const read = reader(catalog)
  const scoresIn = (document: SearchDocument) =>
    read(document).filter(({ code }) => code === configuration.code)
  if (operator === 'EMPTY') return (document) => scoresIn(document).length === 0
  if (operator === 'NOT EMPTY') return (document) => scoresIn(document).length > 0

  if (scope === undefined) throw unprocessable(dataExpected(property, 'a valid scope'))
  const [, comparison = operator, whichLocales] =
    /^(.+) ON (ALL LOCALES|AT LEAST ONE LOCALE)$/.exec(operator) ?? []
  const locales = wantedLocales(criterion, whichLocales !== undefined)
  const holds = scoreMatcher(property, comparison, value)
  return (document) => {
    const found = scoresIn(document).filter((one) => one.scope === scope && locales.includes(one.locale))
    if (found.length === 0) return false
    return whichLocales === 'ALL LOCALES'
      ? found.length === locales.length && found.every(({ data }) => holds(data))
      : found.some(({ data }) => holds(data))
  }
}

function wantedLocales({ property, locale, locales }: Criterion, several: boolean): readonly string[] {
  if (several) {
    if (!isStringArray(locales))
      throw unprocessable(dataExpected(property, 'an array with the key "locales"'))
    return locales
  }
  const single = locale === undefined ? locales : [locale]
  if (single === undefined) throw unprocessable(dataExpected(property, 'a valid locale'))
  return single
}

const COMPARISONS: Readonly<Record<string, string>> = {
  EQUALS: '=',
  'NOT EQUALS': '!=',
  'LOWER THAN': '<',
  'LOWER OR EQUALS THAN': '<=',
  'GREATER THAN': '>',
  'GREATER OR EQUALS THAN': '>=',
}

function scoreMatcher(property: string, comparison: string, value: Json): (score: number) => boolean {
  if (comparison === 'BETWEEN') {
    const [from, to, ...more] = Array.isArray(value) ? value : []
    if (!Number.isInteger(from) || !Number.isInteger(to) || more.length > 0) {
      throw unprocessable(dataExpected(property, 'an array of two integers'))
    }
    return (score) => score >= Number(from) && score <= Number(to)
  }
  if (!Number.isInteger(value)) throw unprocessable(integerExpected(property, value))
  const operator = COMPARISONS[comparison] ?? comparison
  return (score) => compare(operator, score - Number(value))
}

/** By all configurations of a channel at once: ready is what reaches 100 in every one that it has a score in. */
export function readyFilter({ property, operator, scope, locales }: Criterion, catalog: Catalog): Predicate {
  if (scope === undefined) throw unprocessable(dataExpected(property, 'a valid scope'))
  const read = reader(catalog)
  return (document) => {
    const scores = read(document).filter(
      (one) => one.scope === scope && locales?.includes(one.locale) !== false,
    )
    if (scores.length === 0) return false
    const isReady = scores.every(({ data }) => data === 100)
    return isReady === (operator === 'ALL READY')
  }
}
