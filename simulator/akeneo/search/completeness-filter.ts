import type { Catalog } from '../catalog/catalog.ts'
import { completenessRatio } from '../catalog/completeness.ts'
import { fillCounter } from '../catalog/fill-counts.ts'
import { unprocessable } from '../errors.ts'
import { dataExpected, numericExpected } from '../messages.ts'
import type { Criterion } from './criteria.ts'
import { isNumeric, type Predicate } from './predicate.ts'

export function productCompletenessFilter(criterion: Criterion, catalog: Catalog): Predicate {
  const { property, operator, value, scope } = criterion
  if (operator === 'EMPTY') return ({ record }) => record.family === null
  if (!isNumeric(value)) throw unprocessable(numericExpected(property, value))
  if (scope === undefined) throw unprocessable(dataExpected(property, 'a valid scope'))
  const channel = catalog.channels.get(scope)
  if (channel === undefined) throw unprocessable(`Channel with "${scope}" code does not exist`)
  const onAll = operator.endsWith('ON ALL LOCALES')
  if (onAll && criterion.locales === undefined) {
    throw unprocessable(`Property "${property}" expects an array with the key "locales".`)
  }
  const given =
    onAll || operator === 'GREATER OR EQUALS THAN ON AT LEAST ONE LOCALE' ? criterion.locales : undefined
  const locales = given ?? (criterion.locale === undefined ? channel.locales : [criterion.locale])
  const [compared, holds] = comparison(operator, Number(value))
  // A locale that the channel lacks has no completeness, and then neither "all" nor "not equal" can be said.
  const everywhere = onAll || compared === '!='
  const wanted = new Set(locales.map((locale) => locale.toLowerCase())).size
  const count = fillCounter(catalog, { scope: channel.code, locales })
  return ({ record, ancestors }) => {
    if (record.kind !== 'product' || record.family === null) return false
    let known = 0
    let held = 0
    for (const cell of count(record, ancestors)) {
      const ratio = completenessRatio(cell)
      if (ratio === undefined) continue
      known++
      if (holds(ratio)) held++
    }
    if (everywhere && known < wanted) return false
    return onAll ? held === known : held > 0
  }
}

const COMPARISONS: Readonly<Record<string, (ratio: number, bound: number) => boolean>> = {
  '=': (ratio, bound) => ratio === bound,
  '!=': (ratio, bound) => ratio !== bound,
  '<': (ratio, bound) => ratio < bound,
  '<=': (ratio, bound) => ratio <= bound,
  '>': (ratio, bound) => ratio > bound,
  '>=': (ratio, bound) => ratio >= bound,
}

/** Comparisons in words, as filters by completeness and by readiness take them. */
export const SPELLED_OUT: Readonly<Record<string, string>> = {
  EQUALS: '=',
  'NOT EQUALS': '!=',
  'LOWER THAN': '<',
  'LOWER OR EQUALS THAN': '<=',
  'GREATER THAN': '>',
  'GREATER OR EQUALS THAN': '>=',
}

function comparison(operator: string, bound: number): [sign: string, holds: (ratio: number) => boolean] {
  const words = operator.replace(/ ON (ALL LOCALES|AT LEAST ONE LOCALE)$/, '')
  const sign = SPELLED_OUT[words] ?? words
  return [sign, (ratio) => COMPARISONS[sign]?.(ratio, bound) === true]
}

export function modelCompletenessFilter(criterion: Criterion, catalog: Catalog): Predicate {
  const { property, operator, scope } = criterion
  const locales = criterion.locales ?? (criterion.locale === undefined ? [] : [criterion.locale])
  if (locales.length === 0) throw unprocessable(dataExpected(property, 'a valid locale'))
  if (scope === undefined) throw unprocessable(dataExpected(property, 'a valid channel'))
  const count = fillCounter(catalog, { scope, locales })
  return ({ record }) => {
    if (record.kind !== 'product_model') return false
    const complete = catalog
      .variantsBelow(record.code)
      .flatMap((variant) => count(variant))
      .filter(({ requiredOf }) => requiredOf > 0)
      .map(({ required, requiredOf }) => required === requiredOf)
    // A model without variants is neither complete nor incomplete.
    if (complete.length === 0) return false
    if (operator === 'AT LEAST COMPLETE') return complete.some(Boolean)
    if (operator === 'AT LEAST INCOMPLETE') return complete.some((one) => !one)
    if (operator === 'ALL COMPLETE') return complete.every(Boolean)
    return complete.every((one) => !one)
  }
}
