import { canonicalJson } from '../canonical.ts'
import { byCode, foldCase } from '../text.ts'
import { placesOf } from './convert/places.ts'
import type { VariantStructure } from './lines/owner.ts'
import type { IcecatMapping } from './mapping/document.ts'
import type { TargetAttribute, TargetStructure } from './target.ts'

/** One thing in Akeneo that decides what is written, and all that it says of it. */
export interface StructureRule {
  /**
   * `attribute`: what values it takes. `options`: those of an attribute. `family`: which mapped attributes its records have, in which locales
   * and channels, and on which level of its variants.
   */
  kind: 'attribute' | 'options' | 'family'
  /** Lower case; of options, their attribute's. */
  code: string
  says: string
}

export type RuledStructure = TargetStructure & {
  /** The store names the family of each. */
  familyVariants: ReadonlyMap<string, VariantStructure & { code: string; family?: unknown }>
}

/** By what a catalogue's values are judged. Pure, and the same whatever order the structure came in. */
export function structureRules(mapping: IcecatMapping, structure: RuledStructure): StructureRule[] {
  const rule = (kind: StructureRule['kind'], code: string, says: unknown): StructureRule => ({
    kind,
    code: foldCase(code),
    says: canonicalJson(says),
  })
  const units = ({ metric_family: family }: TargetAttribute) =>
    structure.measurementFamilies.get(family ?? '')?.units ?? null
  return [
    ...[...structure.attributes.values()].map((attribute) =>
      rule('attribute', attribute.code, { ...withoutLooks(attribute), units: units(attribute) }),
    ),
    ...[...structure.options.keys()].map((code) => rule('options', code, optionNames(structure, code))),
    ...familyRules(mapping, structure).map(({ code, ...says }) => rule('family', code, says)),
  ]
}

/** All that an attribute's options are called, in lower case. */
export function optionNames({ options }: TargetStructure, attribute: string): string[] {
  const names = (options.get(attribute) ?? []).flatMap(({ code, labels }) => [
    code,
    ...Object.values(labels ?? {}).flatMap((label) => label ?? []),
  ])
  return [...new Set(names.map((name) => foldCase(name.trim())))].sort()
}

/** In lower case. */
export const optionCodes = ({ options }: TargetStructure, attribute: string): string[] =>
  (options.get(attribute) ?? []).map(({ code }) => foldCase(code)).sort()

/** What only screens show. */
const looks = new Set([
  'labels',
  'guidelines',
  'group',
  'group_labels',
  'sort_order',
  'useable_as_grid_filter',
])

const withoutLooks = (attribute: TargetAttribute) =>
  Object.fromEntries(Object.entries(attribute).filter(([field]) => !looks.has(field)))

function familyRules(mapping: IcecatMapping, structure: RuledStructure) {
  const places = new Map(
    [...mapping.attributes, ...mapping.media].flatMap(({ code }) => {
      const attribute = structure.attributes.get(code)
      if (attribute === undefined) return []
      return [
        [
          foldCase(code),
          placesOf(attribute, mapping, structure).map(({ locale, scope }) => [locale, scope]),
        ] as const,
      ]
    }),
  )
  const mapped = (codes: readonly string[]) =>
    codes
      .map(foldCase)
      .filter((code) => places.has(code))
      .sort()
  return [...structure.families].map(([code, { attributes }]) => ({
    code,
    places: mapped(attributes).map((own) => [own, places.get(own)]),
    levels: [...structure.familyVariants.values()]
      .filter(({ family }) => typeof family === 'string' && foldCase(family) === foldCase(code))
      .toSorted((a, b) => byCode(a.code, b.code))
      .map((variant) => [
        variant.code,
        variant.variant_attribute_sets.map((set) => [set.level, mapped(set.axes), mapped(set.attributes)]),
      ]),
  }))
}
