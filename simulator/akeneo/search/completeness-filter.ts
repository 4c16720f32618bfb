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
  const locales = criterion.locales ?? (criterion.locale === undefined ? channel.locales : [criterion.locale])
  const holds = comparison(operator, Number(value))
  const count = fillCounter(catalog, { scope: channel.code, locales })
  return ({ record, ancestors }) => {
    if (record.kind !== 'product' || record.family === null) return false
    let some = false
    let all = true
    for (const cell of count(record, ancestors)) {
      const ratio = completenessRatio(cell)
      if (ratio === undefined) continue
      if (holds(ratio)) some = true
      else all = false
    }
    return onAll ? some && all : some
  }
}

function comparison(operator: string, bound: number): (ratio: number) => boolean {
  switch (operator) {
    case '=':
      return (ratio) => ratio === bound
    case '!=':
      return (ratio) => ratio !== bound
    case '<':
    case 'LOWER THAN ON ALL LOCALES':
      return (ratio) => ratio < bound
    case '<=':
    case 'LOWER OR EQUALS THAN ON ALL LOCALES':
      return (ratio) => ratio <= bound
    case '>':
    case 'GREATER THAN ON ALL LOCALES':
      return (ratio) => ratio > bound
    default:
      return (ratio) => ratio >= bound
  }
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
