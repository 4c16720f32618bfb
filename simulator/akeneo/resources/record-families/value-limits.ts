import Big from 'big.js'
import { isDecimal } from '../../catalog/numbers.ts'
import type { MediaFile } from '../../catalog/records.ts'
import { phpString, type Json, type JsonObject } from '../../json.ts'
import { followsRule, megabytesOf } from '../../write/validate-values.ts'

/**
 * Which limit of its attribute a value breaks, where it has the attribute's type. The limits are those of the documentation of the API
 * (reference entity attributes, asset attributes), the sentences ours. `fileOf`: an uploaded file; one that is not known breaks none.
 */
export function limitProblem(
  attribute: JsonObject,
  data: Json,
  fileOf: (code: string) => MediaFile | undefined,
): string | undefined {
  switch (attribute['type']) {
    case 'text':
      return textProblem(attribute, phpString(data))
    case 'number':
      return numberProblem(attribute, phpString(data))
    case 'image':
    case 'media_file':
      return fileProblem(attribute, fileOf(phpString(data)))
    case 'date':
      return isDay(phpString(data)) ? undefined : `A date is expected, "${phpString(data)}" given.`
    default:
      return undefined
  }
}

function textProblem(attribute: JsonObject, text: string): string | undefined {
  const most = attribute['max_characters'] ?? null
  if (most !== null && Array.from(text).length > Number(most))
    return `This value is too long. It should have ${phpString(most)} characters or less.`
  const rule = phpString(attribute['validation_rule'] ?? null)
  const regexp = attribute['validation_regexp']
  if (followsRule(text, rule, typeof regexp === 'string' ? regexp : null)) return undefined
  return `"${text}" does not follow the validation rule "${rule}".`
}

function numberProblem(attribute: JsonObject, text: string): string | undefined {
  const value = amountOf(text)
  if (attribute['decimals_allowed'] !== true && !value.round(0, Big.roundDown).eq(value))
    return `A number without decimals is expected, "${text}" given.`
  const { min_value: least = null, max_value: most = null } = attribute
  if (isDecimal(least) && value.lt(amountOf(least)))
    return `This value should be ${phpString(least)} or more.`
  if (isDecimal(most) && value.gt(amountOf(most))) return `This value should be ${phpString(most)} or less.`
  return undefined
}

const amountOf = (amount: Json) => new Big(phpString(amount).trim().replace(/^\+/, ''))

function fileProblem(attribute: JsonObject, file: MediaFile | undefined): string | undefined {
  if (file === undefined) return undefined
  const allowed = attribute['allowed_extensions']
  if (Array.isArray(allowed) && allowed.length > 0 && !allowed.includes(file.extension))
    return `Files of the extension "${file.extension}" are not allowed, only ${allowed.map(phpString).join(', ')}.`
  const most = attribute['max_file_size'] ?? null
  return most !== null && megabytesOf(file) > Number(most)
    ? `The file is too large: ${phpString(most)} MB are allowed.`
    : undefined
}

function isDay(text: string): boolean {
  const day = /^\d{4}-\d{2}-\d{2}(?=T|$)/.exec(text)?.[0]
  const at = new Date(`${day ?? ''}T00:00:00Z`)
  return day !== undefined && !Number.isNaN(Number(at)) && at.toISOString().startsWith(day)
}
