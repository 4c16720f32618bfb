import { CodeMap } from '../codes.ts'
import type { AttributeOption, Values } from '../catalog/records.ts'
import type { Violation } from '../errors.ts'
import type { ApiRequest } from '../http/request.ts'
import { phpString } from '../json.ts'
import { isCloud } from '../options.ts'
import type { Pim } from '../pim.ts'

/** The cloud makes options that a product names when the call asks for it; releases do not know the parameter. */
export function createsMissingOptions({ settings }: Pim, { query }: ApiRequest): boolean {
  const given = query.get('create_missing_options')
  return isCloud(settings) && given !== null && given !== 'false'
}

/**
 * Validates with the options that the values name and their attributes lack, as far as those allow it. They stay when
 * nothing was found, and go again with a record that is refused.
 */
export function withMissingOptions(pim: Pim, values: Values, validate: () => Violation[]): Violation[] {
  const made = missingOptions(pim, values)
  for (const option of made) {
    const options = pim.catalog.options.get(option.attribute) ?? new CodeMap<AttributeOption>()
    options.set(option.code, option)
    pim.catalog.options.set(option.attribute, options)
  }
  const violations = validate()
  if (violations.length > 0) {
    for (const { attribute, code } of made) pim.catalog.options.get(attribute)?.delete(code)
  }
  return violations
}

function missingOptions({ catalog }: Pim, values: Values): AttributeOption[] {
  return [...values].flatMap(([code, entries]) => {
    const attribute = catalog.attributes.get(code)
    if (attribute?.enable_option_creation_during_import !== true) return []
    const known = catalog.options.get(code)
    const named = entries.flatMap(({ data }) => (Array.isArray(data) ? data : [data])).map(phpString)
    const missing = [...new Set(named)].filter(
      (one) => /^[a-zA-Z0-9_]+$/.test(one) && known?.has(one) !== true,
    )
    return missing.map((one, index) => ({
      code: one,
      attribute: attribute.code,
      sort_order: (known?.size ?? 0) + index + 1,
      labels: {},
    }))
  })
}
