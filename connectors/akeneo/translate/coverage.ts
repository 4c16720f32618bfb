import type { HubMapping } from '../../../domain/mapping/document.ts'
import type { MappingProblem } from '../../../domain/mapping/problem.ts'
import { byCode, foldCase } from '../../../domain/text.ts'
import { compileOutput } from './compile-output.ts'
import type { FillCounts } from './default-mapping.ts'
import { hubTypeOf, isMediaType } from './kinds.ts'
import { readersByAttribute } from './rules/all-rules.ts'
import type { OutputSettings } from './output.ts'
import type { Structure } from './structure.ts'

export interface CoveredAttribute {
  code: string
  /** The hub's name for its type. */
  type: string
  /**
   * `mapped`: a rule reads it. `through`: it goes out under its own code. `ignored`: the file leaves it out on purpose. `unmapped`: nobody
   * has decided.
   */
  state: 'mapped' | 'through' | 'ignored' | 'unmapped'
  /** What reads it. */
  targets: string[]
  /** Records with a value of it; null where nobody counted. */
  filled: number | null
}

export interface MappingCoverage {
  /** Fullest first, then by code. */
  attributes: CoveredAttribute[]
  totals: Record<CoveredAttribute['state'], number>
  records: number | null
  problems: MappingProblem[]
}

/** What becomes of each attribute of the catalogue, told apart by what was decided and what was forgotten. */
export function coverage(
  mapping: HubMapping,
  structure: Structure,
  counts: FillCounts | null,
): MappingCoverage {
  const output = compileOutput(mapping, structure)
  const readers = readersByAttribute(output, structure)
  const left = new Set(mapping.attributes.except.map(({ text }) => foldCase(text)))
  const attributes = [...structure.attributes.values()].map(({ code, type }): CoveredAttribute => {
    const targets = readers.get(code) ?? []
    const state =
      targets.length > 0
        ? 'mapped'
        : left.has(foldCase(code))
          ? 'ignored'
          : !isMediaType(type) && output.rules.includes(code)
            ? 'through'
            : 'unmapped'
    return { code, type: hubTypeOf(type), state, targets, filled: counts && (counts.filled.get(code) ?? 0) }
  })
  const totals = { mapped: 0, through: 0, ignored: 0, unmapped: 0 }
  for (const { state } of attributes) totals[state] += 1
  return {
    attributes: attributes.sort((a, b) => (b.filled ?? 0) - (a.filled ?? 0) || byCode(a.code, b.code)),
    totals,
    records: counts?.records ?? null,
    problems: output.problems,
  }
}

/** Whether an output shows this value of a product or group, under its own code or through a rule. Empty locale and scope: none. */
export function carriesValue(
  output: OutputSettings,
  { attribute, locale, scope }: { attribute: string; locale: string; scope: string },
): boolean {
  if (readersByAttribute(output, output.structure).has(attribute)) return true
  const isShown = [...output.chains.values()].some((chain) => chain.includes(locale))
  return (
    output.rules.includes(attribute) &&
    (scope === '' || scope === output.channel) &&
    (locale === '' || isShown)
  )
}
