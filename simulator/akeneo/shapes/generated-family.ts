import type { FillRuleEntry, Value } from '../catalog/records.ts'
import type { GenerationRule } from './generated-values.ts'
import {
  attributeCode,
  AXIS,
  familyAttributes,
  kindOf,
  mix,
  optionCode,
  type Kind,
  type Shape,
} from './shape.ts'
import { COVERAGE, plain, valuesOfKind } from './value-kinds.ts'

/** How the values of a family's products and models are made. */
export interface GeneratedFamily {
  simple: GenerationRule
  variant: GenerationRule
  model: GenerationRule
}

const NOTHING = ruleOf([])
export const NO_FAMILY: GeneratedFamily = { simple: NOTHING, variant: NOTHING, model: NOTHING }

/** Every fourth attribute of a family is common to all variants of a model. */
export function isCommon(position: number): boolean {
  return position % 4 === 0
}

export function generatedFamily(shape: Shape, family: number): GeneratedFamily {
  const attributes = familyAttributes(shape, family).map((number, position) => ({
    number,
    code: attributeCode(number),
    kind: kindOf(number),
    isCommon: isCommon(position),
  }))
  const { variantsPerModel } = shape
  return {
    simple: ruleOf(attributes.map(ofProduct)),
    variant: ruleOf([
      {
        code: AXIS,
        coverage: COVERAGE.select,
        draw: null,
        make: (index) => plain(optionCode(index % variantsPerModel)),
      },
      ...attributes.filter((attribute) => !attribute.isCommon).map(ofProduct),
    ]),
    model: ruleOf(attributes.filter((attribute) => attribute.isCommon).map(ofModel)),
  }
}

interface GeneratedAttribute {
  number: number
  code: string
  kind: Kind
}

interface RuledAttribute extends FillRuleEntry {
  code: string
  make: (seed: number) => Value[] | undefined
}

const isLeftOut = (chance: number) => chance % 16 === 0

/** One product in sixteen has no value of an attribute. */
function ofProduct({ number, code, kind }: GeneratedAttribute): RuledAttribute {
  return {
    code,
    coverage: COVERAGE[kind],
    draw: number,
    make: (index) => {
      const chance = mix(index, number)
      return isLeftOut(chance) ? undefined : valuesOfKind(kind, chance)
    },
  }
}

function ofModel({ number, code, kind }: GeneratedAttribute): RuledAttribute {
  const make = (model: number) => valuesOfKind(kind, mix(model ^ 0x5bd1e995, number))
  return { code, coverage: COVERAGE[kind], draw: null, make }
}

function ruleOf(attributes: readonly RuledAttribute[]): GenerationRule {
  const byCode = new Map(attributes.map((attribute) => [attribute.code, attribute]))
  return {
    codes: [...byCode.keys()],
    entry: (code) => byCode.get(code),
    holds: (seed, draw) => !isLeftOut(mix(seed, draw)),
    make: (code, seed) => byCode.get(code)?.make(seed),
  }
}
