import type { Decimal } from '../../contracts/hub.ts'
import type { Address } from './address.ts'
import type { TemplatePart } from './template.ts'

/** A value that stands in the file itself. */
export type Constant =
  { type: 'text'; value: string } | { type: 'number'; value: Decimal } | { type: 'boolean'; value: boolean }

export type RuleSource =
  | { kind: 'from'; addresses: Address[] }
  | { kind: 'const'; constant: Constant }
  | { kind: 'template'; parts: TemplatePart[] }
  | { kind: 'expr'; expression: string }

/** All that is named must hold. */
export interface Condition {
  /** Codes of families, one of which the record has. */
  family: string[] | null
  filled: Address[]
  empty: Address[]
  line: number
}

export const roundings = ['half-up', 'half-even', 'up', 'down', 'refuse'] as const
export type Rounding = (typeof roundings)[number]

/** In the order in which they run. */
export const stepNames = ['map', 'as', 'unit', 'decimals', 'html', 'join', 'max'] as const
export type StepName = (typeof stepNames)[number]

export interface Steps {
  /** By folded code. */
  map: ReadonlyMap<string, Constant> | null
  as: 'label' | 'gtin' | null
  unit: string | null
  decimals: { places: number; rounding: Rounding } | null
  html: 'clean' | 'strip' | 'keep' | null
  join: string | null
  max: { length: number; cut: 'word' | 'character' | 'refuse' } | null
}

/** How one target gets its value. */
export interface Rule {
  /** Such as `product.name` or `attributes.weight`. */
  target: string
  line: number
  /** As it stands in the file. */
  text: string
  source: RuleSource
  when: Condition | null
  steps: Steps
  default: Constant | null
  required: boolean
  /** Line of each step that it has. */
  lines: Partial<Record<StepName | 'default' | 'required' | 'when' | 'source', number>>
}

export const noSteps: Steps = {
  map: null,
  as: null,
  unit: null,
  decimals: null,
  html: null,
  join: null,
  max: null,
}

/** All addresses that a rule reads, its condition's too. Those inside an expression are not known here. */
export function addressesOf({ source, when }: Rule): Address[] {
  const own =
    source.kind === 'from'
      ? source.addresses
      : source.kind === 'template'
        ? source.parts.flatMap((part) => (typeof part === 'string' ? [] : [part.address]))
        : []
  return [...own, ...(when?.filled ?? []), ...(when?.empty ?? [])]
}
