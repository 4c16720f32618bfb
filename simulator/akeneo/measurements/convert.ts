import Big from 'big.js'
import type { ConversionStep, Labels, MeasurementFamily } from '../catalog/records.ts'
import { STANDARD_FAMILIES } from './standard-families.ts'

/** An amount in the family's standard unit: the unit's steps are applied in order. */
export function toStandardUnit(family: MeasurementFamily, amount: string, unit: string): Big {
  const steps = family.units[unit]?.convert_from_standard ?? []
  return steps.reduce((value, step) => {
    const operand = new Big(step.value)
    if (step.operator === 'mul') return value.times(operand)
    if (step.operator === 'div') return operand.eq(0) ? value : value.div(operand)
    return step.operator === 'add' ? value.plus(operand) : value.minus(operand)
  }, new Big(amount))
}

/** The way back: the unit's steps undone, the last one first. */
export function fromStandardUnit(family: MeasurementFamily, amount: Big, unit: string): Big {
  const steps = family.units[unit]?.convert_from_standard ?? []
  return steps.toReversed().reduce((value, step) => {
    const operand = new Big(step.value)
    if (step.operator === 'mul') return operand.eq(0) ? value : value.div(operand)
    if (step.operator === 'div') return value.times(operand)
    return step.operator === 'add' ? value.minus(operand) : value.plus(operand)
  }, amount)
}

const OPERATORS = { '*': 'mul', '/': 'div', '+': 'add', '-': 'sub' } as const

/** The families of a PIM that was just installed. */
export function standardMeasurementFamilies(): MeasurementFamily[] {
  return STANDARD_FAMILIES.map(({ code, standard, units }) => ({
    code,
    labels: label(code, code.replace(/(?<=[a-z])(?=[A-Z])/g, ' ')),
    standard_unit_code: standard,
    units: Object.fromEntries(
      units.map(([unit, symbol, steps]) => [
        unit,
        {
          code: unit,
          labels: label(unit, unit.replaceAll('_', ' ')),
          convert_from_standard: steps.split(' ').map(parseStep),
          symbol,
        },
      ]),
    ),
  }))
}

function parseStep(step: string): ConversionStep {
  return { operator: OPERATORS[step[0] as keyof typeof OPERATORS], value: step.slice(1) }
}

/** Names that Akeneo's installation does not make from the code, with its own spelling. */
const NAMES: Readonly<Record<string, string>> = {
  CaseBox: 'Packaging',
  Resistance: 'Resistence',
  AMPEREHOUR: 'Ampere hour',
  MILLIAMPEREHOUR: 'Milliampere hour',
  JOULE: 'joule',
  KILOJOULE: 'kilojoule',
  CALORIE: 'calorie',
  KILOCALORIE: 'kilocalorie',
  DEKAMPERE: 'Dekaampere',
  HECTOPASCAL: 'hecto Pascal',
  MILLIBAR: 'milli Bar',
  ATM: 'Atmosphere',
  PSI: 'Pound per square inch',
  MMHG: 'millimeter of Mercury',
}

function label(code: string, words: string): Labels {
  return { en_US: NAMES[code] ?? words.slice(0, 1).toUpperCase() + words.slice(1).toLowerCase() }
}
