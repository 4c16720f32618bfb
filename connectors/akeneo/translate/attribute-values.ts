import type { AttributeValue, AttributeValues } from '../../../contracts/hub.ts'
import { foldCase } from '../../../domain/text.ts'
import type { AkeneoAttribute } from '../schema.ts'
import type { Held } from './held.ts'
import { isMediaType, kindOf } from './kinds.ts'
import type { Reading } from './reading.ts'
import { recordsOf } from './records.ts'
import type { RecordView } from './record-view.ts'
import { attributeBy } from './rules/evaluate.ts'
import { unitsOf } from './units.ts'

/**
 * All values that no field of its own has taken and the mapping lets through, by what kind of value they are, and those that have a
 * rule of their own. `levelOf` is for variants.
 */
export function attributeValues(view: RecordView, levelOf?: (attribute: string) => number): AttributeValues {
  const { reading, held, taken } = view
  const { includes, named } = reading.output.rules
  const found: [string, AttributeValue][] = []
  const ruled = new Set<string>()
  for (const { code, rule } of named) {
    const value = attributeBy(rule, view)
    // Its condition does not hold: then the attribute, if there is one of that name, goes through as it is.
    if (value === undefined) continue
    ruled.add(code)
    if (value === null) continue
    checkValue(held.get(code)?.attribute, value, reading)
    const named = held.get(code)?.attribute
    const records = named && recordsOf(named, value, reading)
    if (records) value.records = records
    if (levelOf) value.level = Math.max(0, ...rule.codes.map(levelOf))
    found.push([code, value])
  }
  for (const [code, item] of held) {
    if (isMediaType(item.attribute.type) || taken.has(code) || ruled.has(code) || !includes(code)) continue
    const value = attributeValue(item, reading)
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
  checkValue(attribute, value, reading)
  const records = recordsOf(attribute, value, reading)
  if (records) value.records = records
  return value
}

/** Units and options that the structure does not know, for an attribute of Akeneo's that kept its type. */
function checkValue(attribute: AkeneoAttribute | undefined, value: AttributeValue, reading: Reading): void {
  if (!attribute) return
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
}

/** A unit that Akeneo's own family does not know cannot be converted by anyone further on: the record is refused. */
function checkUnits(attribute: AkeneoAttribute, units: string[], reading: Reading) {
  const known = unitsOf(attribute, reading)
  if (!known) return
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
