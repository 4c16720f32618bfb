import { badRequest, unprocessable } from '../../errors.ts'
import { isObject, phpType, type JsonObject } from '../../json.ts'
import { decodeSearch } from '../../search/criteria.ts'

/** Locales and currencies take one filter, in the shape of the products' ones. */
export function enabledSearch(text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined
  const search = decodeSearch(text, () => badRequest('Search query parameter should be valid JSON.'))
  let wanted: boolean | undefined
  for (const [property, criteria] of Object.entries(search)) {
    if (!Array.isArray(criteria) || criteria.length === 0) {
      throw unprocessable(
        `Structure of filter "${property}" should respect this structure: {"${property}":[{"operator": "my_operator", "value": "my_value"}]}`,
      )
    }
    for (const criterion of criteria)
      wanted = enabledCriterion(property, isObject(criterion) ? criterion : {})
  }
  return wanted
}

function enabledCriterion(property: string, criterion: JsonObject): boolean {
  const operator = criterion['operator'] ?? null
  if (operator === null) throw unprocessable(`Operator is missing for the property "${property}".`)
  if (typeof operator !== 'string') {
    throw unprocessable(`Operator has to be a string, "${phpType(operator)}" given.`)
  }
  if (property !== 'enabled' || operator !== '=') {
    throw unprocessable(
      `Filter on property "${property}" is not supported or does not support operator "${operator}".`,
    )
  }
  const value = criterion['value'] ?? null
  if (value === null) throw unprocessable(`Value is missing for the property "${property}".`)
  if (typeof value !== 'boolean') {
    throw unprocessable(`Filter "${property}" with operator "${operator}" expects a boolean value.`)
  }
  return value
}
