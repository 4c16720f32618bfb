import type { Catalog } from '../catalog/catalog.ts'
import { readinessReader } from '../catalog/readiness.ts'
import { unprocessable } from '../errors.ts'
import { isStringArray, type Json } from '../json.ts'
import { dataExpected, integerExpected } from '../messages.ts'
import { compare } from './amount-matchers.ts'
import { SPELLED_OUT } from './completeness-filter.ts'
import type { Criterion } from './criteria.ts'
import type { Predicate } from './predicate.ts'

/*
 * Readiness is a beta of Akeneo's cloud: its documentation says what is found, the sentences that refuse are ours.
 */

/** By the score of one configuration in one channel, for a locale or a list of them. */
export function readinessFilter(criterion: Criterion, catalog: Catalog): Predicate {
  const { property, operator, value, readinessCode, scope } = criterion
  if (readinessCode === undefined) throw unprocessable(dataExpected(property, 'a "readiness_code"'))
  const configuration = catalog.readiness.get(readinessCode)
  if (configuration === undefined) {
    throw unprocessable(`Readiness with code "${readinessCode}" does not exist`)
  }
  if (operator.endsWith('EMPTY')) {
    const read = readinessReader(catalog, { code: configuration.code })
    return ({ record, ancestors }) => read(record, ancestors).length > 0 === (operator === 'NOT EMPTY')
  }

  if (scope === undefined) throw unprocessable(dataExpected(property, 'a valid scope'))
  const [, comparison = operator, whichLocales] =
    /^(.+) ON (ALL LOCALES|AT LEAST ONE LOCALE)$/.exec(operator) ?? []
  const locales = wantedLocales(criterion, whichLocales !== undefined)
  const holds = scoreMatcher(property, comparison, value)
  const read = readinessReader(catalog, { code: configuration.code, scope, locales })
  return ({ record, ancestors }) => {
    const found = read(record, ancestors)
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

function scoreMatcher(property: string, comparison: string, value: Json): (score: number) => boolean {
  if (comparison === 'BETWEEN') {
    const [from, to, ...more] = Array.isArray(value) ? value : []
    if (!Number.isInteger(from) || !Number.isInteger(to) || more.length > 0) {
      throw unprocessable(dataExpected(property, 'an array of two integers'))
    }
    return (score) => score >= Number(from) && score <= Number(to)
  }
  if (!Number.isInteger(value)) throw unprocessable(integerExpected(property, value))
  const operator = SPELLED_OUT[comparison] ?? comparison
  return (score) => compare(operator, score - Number(value))
}

/** By all configurations of a channel at once: ready is what reaches 100 in every one that it has a score in. */
export function readyFilter({ property, operator, scope, locales }: Criterion, catalog: Catalog): Predicate {
  if (scope === undefined) throw unprocessable(dataExpected(property, 'a valid scope'))
  const read = readinessReader(catalog, { scope, locales })
  return ({ record, ancestors }) => {
    const scores = read(record, ancestors)
    if (scores.length === 0) return false
    const isReady = scores.every(({ data }) => data === 100)
    return isReady === (operator === 'ALL READY')
  }
}
