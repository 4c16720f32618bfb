import { addressesOf, type Rule } from '../../../../domain/mapping/rule.ts'
import type { OutputRules, OutputSettings } from '../output.ts'
import type { Structure } from '../structure.ts'
import type { CompiledRule } from './compile-rule.ts'

/** Every rule of an output that works, as `product.name` or `units[1].prices.list`, in the order of the file. */
export function allRules(rules: OutputRules): CompiledRule[] {
  const { prices, units, levels, alternateIds, named } = rules
  return [
    rules.sku,
    rules.name,
    rules.description,
    rules.brand,
    rules.barcode,
    ...alternateIds.map(({ rule }) => rule),
    rules.type,
    rules.taxClass,
    ...[prices.list, prices.msrp, prices.sale],
    ...named.map(({ rule }) => rule),
    ...units.flatMap((unit) => [
      unit.conversion,
      unit.barcode,
      ...[unit.prices.list, unit.prices.msrp, unit.prices.sale],
      unit.weight,
    ]),
    ...levels.map(({ rule }) => rule),
  ].filter((rule) => rule !== null)
}

/** Which targets read each attribute, by its code. */
export function readersByAttribute({ rules }: OutputSettings, structure: Structure): Map<string, string[]> {
  const found = new Map<string, string[]>()
  const add = (code: string, target: string) => {
    const targets = found.get(code) ?? []
    if (!targets.includes(target)) targets.push(target)
    found.set(code, targets)
  }
  for (const { rule, codes } of allRules(rules)) {
    for (const code of codes) add(code, rule.target)
    for (const code of codesByName(rule, structure)) add(code, rule.target)
  }
  for (const { role, readers } of rules.media) {
    for (const { address, attribute } of readers) {
      if (attribute) add(attribute.code, `media.${role}`)
      if (address.base === 'image') for (const code of imagesOf(structure)) add(code, `media.${role}`)
    }
  }
  return found
}

/** Attributes whose options an output shows by their labels: as a brand, say. Such a label does not stand in the dictionary alone. */
export const labelledAttributes = ({ rules }: OutputSettings): Set<string> =>
  new Set(
    allRules(rules)
      .filter(({ rule }) => showsLabels(rule))
      .flatMap(({ codes }) => codes),
  )

const showsLabels = ({ steps, source }: Rule): boolean =>
  steps.as === 'label' ||
  (source.kind === 'template' &&
    source.parts.some((part) => typeof part !== 'string' && part.show === 'label'))

/** Attributes behind `$identifier` and `$label`. */
function codesByName(rule: Rule, structure: Structure): string[] {
  return addressesOf(rule).flatMap((address) => {
    if (address.base === 'label') return labelsOf(structure)
    if (address.base !== 'identifier') return []
    const identifiers = [...structure.attributes.values()].filter(
      ({ type }) => type === 'pim_catalog_identifier',
    )
    return (identifiers.find((attribute) => attribute.is_main_identifier) ?? identifiers[0])?.code ?? []
  })
}

const labelsOf = ({ families }: Structure): string[] =>
  [...families.values()].flatMap(({ attribute_as_label: code }) => code ?? [])
const imagesOf = ({ families }: Structure): string[] =>
  [...families.values()].flatMap(({ attribute_as_image: code }) => code ?? [])
