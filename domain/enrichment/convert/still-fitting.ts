import { type MappingProblem, problemText } from '../../mapping/problem.ts'
import { foldCase } from '../../text.ts'
import type { IcecatMapping } from '../mapping/document.ts'
import type { TargetStructure } from '../target.ts'
import { misfitsOf } from './check-rules.ts'

export interface StillFitting {
  /** Without the rules, channels, locales and families that the catalogue has no place for. */
  mapping: IcecatMapping
  /** Why, each with its line. */
  leftOut: MappingProblem[]
}

/** As a person reads it, with the code of docs/errors.md. */
export const leftOutText = (file: string, problem: MappingProblem): string =>
  `${problemText(file, problem)} (${leftOutCode})`

const leftOutCode = 'mapping-left-out'

/**
 * What is left of a mapping that fitted when it was applied, in the catalogue of now. A rule stays when only an option that it names is
 * gone: values that would be this option are problems of their own.
 */
export function stillFitting(mapping: IcecatMapping, structure: TargetStructure): StillFitting {
  const errors = misfitsOf(mapping, structure).filter(({ problem }) => problem.severity === 'error')
  const broken = errors.flatMap(({ problem, spares }) => (spares === 'rules' ? [foldCase(problem.path)] : []))
  const stands = (rule: string) =>
    !broken.some((path) => path === foldCase(rule) || path.startsWith(`${foldCase(rule)}.`))
  const channels = new Set(structure.channels.map(({ code }) => code))
  const locales = new Set(structure.channels.flatMap((channel) => channel.locales))
  return {
    mapping: {
      ...mapping,
      products: {
        ...mapping.products,
        // None left chooses none: without names, all families would be meant.
        family: mapping.products.family?.filter(({ text }) => structure.families.has(text)) ?? null,
      },
      channels: mapping.channels.filter(({ text }) => channels.has(text)),
      languages: mapping.languages.filter(({ locale }) => locales.has(locale.text)),
      attributes: mapping.attributes.filter(({ code }) => stands(`attributes.${code}`)),
      media: mapping.media.filter(({ code }) => stands(`media.${code}`)),
    },
    leftOut: errors.map(({ problem }) => problem),
  }
}
