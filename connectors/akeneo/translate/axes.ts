import type { AxisValue, HubGroup } from '../../../contracts/hub.ts'
import { canonicalJson } from '../../../domain/canonical.ts'
import { compareMeasures } from '../../../domain/measure.ts'
import { byCode, foldCase } from '../../../domain/text.ts'
import type { AkeneoFamilyVariant, AkeneoValues } from '../schema.ts'
import { readBoolean, readMeasure, readText } from './kinds.ts'
import { catalogPlan, variantPlan } from './plan.ts'
import type { Structure } from './structure.ts'

/**
 * What tells a record from its siblings, for the axes that it has a value of: a variant shows both levels', a sub-model the
 * first. Never converted, since Akeneo tells siblings apart by exactly this: an option's code, a measure, a boolean.
 */
export function axisValuesOf(
  source: { values: AkeneoValues },
  familyVariant: AkeneoFamilyVariant,
  structure: Structure,
): Record<string, AxisValue> {
  return Object.fromEntries(
    variantPlan(familyVariant).axes.flatMap(({ attribute: code }) => {
      const attribute = structure.attributes.get(code)
      // Axes are neither localizable nor scopable, so there is one value.
      const data = source.values[attribute?.code ?? code]?.[0]?.data
      const value = readBoolean(data) ?? readText(data) ?? readMeasure(data)
      return value === undefined || value === null ? [] : [[attribute?.code ?? code, value] as const]
    }),
  )
}

/** The axes of a group with the values that its variants have, each once, in the order in which a shop lists them. */
export function axesOf(
  familyVariant: AkeneoFamilyVariant,
  variants: readonly { axisValues: Record<string, AxisValue> }[],
  structure: Structure,
): HubGroup['axes'] {
  return variantPlan(familyVariant).axes.map(({ attribute: code, level }) => {
    const attribute = structure.attributes.get(code)?.code ?? code
    const distinct = new Map<string, AxisValue>()
    for (const { axisValues } of variants) {
      const value = Object.hasOwn(axisValues, attribute) ? axisValues[attribute] : undefined
      if (value !== undefined) distinct.set(canonicalJson(value), value)
    }
    const places = catalogPlan(structure).optionPlaces(attribute)
    return { attribute, level, values: [...distinct.values()].sort(inOrderOf(places)) }
  })
}

/** Options as Akeneo orders them, unknown ones after them by code; false before true; measures by unit and size. */
const inOrderOf = (places: ReadonlyMap<string, number>) => (a: AxisValue, b: AxisValue) => {
  if (typeof a === 'string' && typeof b === 'string') {
    return placeOf(a) - placeOf(b) || byCode(a, b)
  }
  if (typeof a === 'object' && typeof b === 'object') return compareMeasures(a, b)
  return byCode(canonicalJson(a), canonicalJson(b))

  function placeOf(code: string) {
    return places.get(foldCase(code)) ?? Number.MAX_SAFE_INTEGER
  }
}
