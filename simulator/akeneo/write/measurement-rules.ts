import type { Labels, MeasurementFamily, MeasurementUnit } from '../catalog/records.ts'
import type { Violation } from '../errors.ts'
import { sameJson } from '../json.ts'
import type { Pim } from '../pim.ts'

const MAX_FAMILIES = 100
const MAX_UNITS = 50
const MAX_STEPS = 5
const BLANK = 'This value should not be blank.'

type Add = (property: string, message: string) => void

/** Units stand under their own codes; nothing else is looked at while they do not. */
export function indexErrors({ units }: MeasurementFamily): Violation[] {
  return Object.entries(units)
    .filter(([key, unit]) => unit.code !== key)
    .map(([key]) => ({ property: `[units][${key}]`, message: 'The index does not match the unit code.' }))
}

/** Akeneo's two groups of rules: the second is asked only when the first found nothing. */
export function businessErrors(
  pim: Pim,
  family: MeasurementFamily,
  existing: MeasurementFamily | undefined,
): Violation[] {
  const ofItself = collect((add) => ownRules(family, add))
  return ofItself.length > 0 ? ofItself : collect((add) => rulesAmongOthers(pim, family, existing, add))
}

function collect(find: (add: Add) => void): Violation[] {
  const violations: Violation[] = []
  find((property, message) => violations.push({ property, message }))
  return violations
}

function ownRules(family: MeasurementFamily, add: Add): void {
  const units = Object.values(family.units)
  codeRules('code', family.code, add)
  labelRules('labels', family.labels, add)
  if (units.length > MAX_UNITS)
    add('units', `You’ve reached the limit of ${MAX_UNITS} conversion operations per unit.`)
  if (units.length < 1) add('units', 'There should be at least 1 unit in the measurement family.')
  if (new Set(units.map(({ code }) => code)).size < units.length) {
    add(
      'units',
      'We found some duplicated units in the measurement family. The measurement family requires unique units.',
    )
  }
  for (const [index, unit] of units.entries()) unitRules(`units[${index}]`, unit, add)
  const { standard_unit_code: standard } = family
  if (standard === '' || standard === '0') add('standard_unit_code', 'The standard unit is required.')
  else if (!units.some(({ code }) => code === standard)) {
    add(
      'standard_unit_code',
      `The "${standard}" standard unit code does not exist in the list of units for the "${family.code}" measurement family.`,
    )
  }
}

function codeRules(path: string, code: string, add: Add): void {
  if (code === '') add(path, BLANK)
  else if (!/^[a-zA-Z0-9_]+$/.test(code)) {
    add(path, 'This field can only contain letters, numbers, and underscores.')
  }
  lengthRule(path, code, 100, add)
}

function labelRules(path: string, labels: Labels, add: Add): void {
  for (const [locale, label] of Object.entries(labels)) lengthRule(`${path}[${locale}]`, label, 100, add)
}

function lengthRule(path: string, text: string, most: number, add: Add): void {
  if (Array.from(text).length > most)
    add(path, `This value is too long. It should have ${most} characters or less.`)
}

function unitRules(path: string, unit: MeasurementUnit, add: Add): void {
  codeRules(`${path}[code]`, unit.code, add)
  labelRules(`${path}[labels]`, unit.labels, add)
  lengthRule(`${path}[symbol]`, unit.symbol, 255, add)
  const steps = `${path}[convert_from_standard]`
  const { convert_from_standard: list } = unit
  if (list.length > MAX_STEPS)
    add(steps, `You’ve reached the limit of ${MAX_STEPS} conversion operations per unit.`)
  if (list.length < 1) add(steps, 'A minimum of one conversion operation per unit is required.')
  for (const [index, { operator, value }] of list.entries()) {
    if ((operator as string) === '') add(`${steps}[${index}][operator]`, BLANK)
    if (!['mul', 'div', 'add', 'sub'].includes(operator)) {
      add(
        `${steps}[${index}][operator]`,
        `The "${operator}" operator is invalid, please use "mul", "div", "add", "sub" instead.`,
      )
    }
    if (value === '') add(`${steps}[${index}][value]`, BLANK)
    else if (!/^\d*\.?\d+$/.test(value))
      add(`${steps}[${index}][value]`, 'The operation value should be a valid number')
  }
}

function rulesAmongOthers(
  { catalog }: Pim,
  family: MeasurementFamily,
  existing: MeasurementFamily | undefined,
  add: Add,
): void {
  const { code } = family
  if (existing !== undefined && existing.standard_unit_code !== family.standard_unit_code) {
    add('standard_unit_code', `The standard unit code of the "${code}" measurement family cannot be changed`)
  }
  const steps = family.units[family.standard_unit_code]?.convert_from_standard ?? []
  if (steps.length === 1 && !sameJson(steps, [{ operator: 'mul', value: '1' }])) {
    add(
      'units[0][convert_from_standard]',
      `The standard unit code of the "${code}" measurement family should be a multiply-by-1 operation`,
    )
  }
  const isUsed = [...catalog.attributes.values()].some((one) => one.metric_family === code)
  if (existing !== undefined && isUsed) lockedRules(existing, family, add)
  const others = catalog.measurementFamilies.size - (existing === undefined ? 0 : 1)
  if (others >= MAX_FAMILIES) add('', `You’ve reached the limit of ${MAX_FAMILIES} measurement families.`)
}

/** The units of a family in use stay as they are; their labels and symbols may change. */
function lockedRules(before: MeasurementFamily, after: MeasurementFamily, add: Add): void {
  const locked =
    'A product attribute is linked to this measurement family. You can only edit the translated labels and symbol of a unit'
  const units = Object.keys(before.units)
  if (units.some((unit) => after.units[unit] === undefined)) add('units', `${locked}.`)
  const steps = (family: MeasurementFamily, unit: string) => family.units[unit]?.convert_from_standard
  if (
    units.some(
      (unit) => after.units[unit] !== undefined && !sameJson(steps(before, unit), steps(after, unit)),
    )
  )
    add('', locked)
}
