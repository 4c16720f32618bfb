import type { AttributeValue, AttributeValues } from '../../../contracts/hub.ts'
import { foldCase } from '../../../domain/text.ts'
import type { AkeneoAttribute } from '../schema.ts'
import type { Held, HeldValues } from './held.ts'
import { isMediaType, kindOf } from './kinds.ts'
import type { Reading } from './reading.ts'

/** All values that no field of its own has taken, by what kind of value they are. `levelOf` is for variants. */
export function attributeValues(
  held: HeldValues,
  reading: Reading,
  levelOf?: (attribute: string) => number,
): AttributeValues {
  const found: [string, AttributeValue][] = []
  for (const [code, item] of held) {
    const value = isMediaType(item.attribute.type) ? undefined : attributeValue(item, reading)
    if (!value) continue
    if (levelOf) value.level = levelOf(code)
    found.push([code, value])
  }
  // Not by assignment: `__proto__` is a code that Akeneo allows.
  return Object.fromEntries(found)
}

function attributeValue({ attribute, entries }: Held, reading: Reading): AttributeValue | undefined {
  const kind = kindOf(attribute.type)
  if (!kind) {
    reading.findings.warn({
      code: 'attribute-type-unknown',
      field: attribute.code,
      text: `attributes of type "${attribute.type}" are not carried`,
      remedy: 'Leave it, or ask for the type to be supported',
    })
    return undefined
  }
  const { currencies } = reading.output
  const value = attribute.localizable
    ? kind.byLocale(
        entries.map(({ locale, data }) => [locale ?? '', data] as const),
        currencies,
      )
    : kind.one(entries[0]?.data, currencies)
  if (value === undefined) reading.findings.unreadable(attribute, kind.expected)
  if (!value) return undefined
  if (value.type === 'measure') {
    const measures = 'value' in value ? [value.value] : Object.values(value.values)
    checkUnits(
      attribute,
      measures.map(({ unit }) => unit),
      reading,
    )
  }
  if (value.type === 'option' || value.type === 'options') {
    const codes = 'value' in value ? [value.value] : Object.values<string | string[]>(value.values)
    checkOptions(attribute, codes.flat(), reading)
  }
  return value
}

/** A unit that Akeneo's own family does not know cannot be converted by anyone further on: the record is refused. */
function checkUnits(attribute: AkeneoAttribute, units: string[], reading: Reading) {
  const family = attribute.metric_family ?? ''
  const known = reading.structure.measurementFamilies.get(family)
  if (!known) {
    reading.findings.lack(
      { stream: 'measurement-families', code: family },
      {
        code: 'measurement-family-unknown',
        field: attribute.code,
        text: `measurement family "${family}" is not in the stored structure, so its unit was not checked`,
      },
    )
    return
  }
  for (const unit of units) {
    if (Object.hasOwn(known.units, unit)) continue
    reading.findings.refuse({
      code: 'unit-unknown',
      field: attribute.code,
      text: `unit "${unit}" is not in ${known.code}`,
      remedy: 'Fix it in Akeneo, then: pimflow rejections retry',
    })
  }
}

/** A new option is no fault of the product: its code goes out, and the dictionary is read again. */
function checkOptions(attribute: AkeneoAttribute, codes: string[], reading: Reading) {
  const known = reading.plan.optionPlaces(attribute.code)
  const unknown = codes.find((code) => !known.has(foldCase(code)))
  if (unknown === undefined) return
  reading.findings.lack(
    { stream: 'attribute-options', code: attribute.code },
    {
      code: 'option-unknown',
      field: attribute.code,
      text: `option "${unknown}" of ${attribute.code} is not in the stored structure`,
    },
  )
}
