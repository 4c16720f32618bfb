import type { HubMapping } from '../../../domain/mapping/document.ts'
import type { MappingProblem } from '../../../domain/mapping/problem.ts'
import type { CompiledRule } from './rules/compile-rule.ts'
import type { Holds } from './rules/condition.ts'
import type { AddressReader } from './rules/read-address.ts'
import type { Structure } from './structure.ts'

/** What an output carries: one channel's values, these locales and currencies, by these rules. Made by `compileOutput`. */
export interface OutputSettings {
  name: string
  channel: string
  locales: string[]
  currencies: string[]
  /** By locale of the output: itself, then its fallbacks. */
  chains: ReadonlyMap<string, readonly string[]>
  /** File and version that the records name as `source.mapping`. */
  mapping: string
  rules: OutputRules
  /** What the rules were compiled for. */
  structure: Structure
  /** The same output for a structure that was read later. */
  remake: (structure: Structure) => OutputSettings
  /** What is wrong with the mapping for this structure. Rules with an error are left out, or do without what is gone; the others work. */
  problems: MappingProblem[]
}

/** Whose condition counts for what has no locale. */
export const firstLocale = ({ locales }: Pick<OutputSettings, 'locales'>): string => locales[0] ?? ''

export interface CompiledPrices {
  list: CompiledRule | null
  msrp: CompiledRule | null
  sale: CompiledRule | null
}

export interface CompiledUnit {
  code: string
  base: boolean
  conversion: CompiledRule
  barcode: CompiledRule | null
  prices: CompiledPrices
  weight: CompiledRule | null
  holds: Holds
}

export interface OutputRules {
  document: HubMapping
  sku: CompiledRule | null
  name: CompiledRule | null
  description: CompiledRule | null
  brand: CompiledRule | null
  barcode: CompiledRule | null
  type: CompiledRule | null
  taxClass: CompiledRule | null
  alternateIds: { type: string; rule: CompiledRule }[]
  prices: CompiledPrices
  /** Codes of all attributes that prices come from: groups carry none of them. */
  priceCodes: ReadonlySet<string>
  /** Whether an attribute without a rule of its own goes through. */
  includes: (code: string) => boolean
  named: { code: string; rule: CompiledRule }[]
  media: { role: string; readers: AddressReader[]; holds: Holds }[]
  units: CompiledUnit[]
  levels: { location: string; unit: string; rule: CompiledRule }[]
  /** Hub type by folded association type; null: every plain type under its own code. */
  related: ReadonlyMap<string, string> | null
  /** All rules that have an expression. */
  expressions: CompiledRule[]
}

const remade = new WeakMap<Structure, Map<OutputSettings, OutputSettings>>()

/** The output compiled for this structure, whichever one it was made with: rules never read by an attribute that is no longer so. */
export function outputFor(output: OutputSettings, structure: Structure): OutputSettings {
  if (output.structure === structure) return output
  const known = remade.get(structure) ?? new Map<OutputSettings, OutputSettings>()
  remade.set(structure, known)
  const made = known.get(output) ?? output.remake(structure)
  known.set(output, made)
  return made
}
