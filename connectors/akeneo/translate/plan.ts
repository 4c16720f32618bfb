import { CodeMap } from '../../../domain/code-map.ts'
import { byCode, foldCase } from '../../../domain/text.ts'
import type { AkeneoAttribute, AkeneoFamilyVariant } from '../schema.ts'
import type { Structure } from './structure.ts'

/** What is found out once for a whole catalogue. Codes are as the attributes have them. */
export interface CatalogPlan {
  mainIdentifier: string | null
  /** Where each option of an attribute stands, from 1, by its folded code. */
  optionPlaces(attribute: string): ReadonlyMap<string, number>
}

const plans = new WeakMap<Structure, CatalogPlan>()

/** Made once for each structure: 74 values leave no time to look through all attributes for each record. */
export function catalogPlan(structure: Structure): CatalogPlan {
  const known = plans.get(structure)
  if (known) return known
  const plan: CatalogPlan = {
    mainIdentifier: mainIdentifierOf([...structure.attributes.values()]),
    optionPlaces: optionPlaces(structure),
  }
  plans.set(structure, plan)
  return plan
}

/** Akeneo's cloud tells the main one of several identifiers apart; before it knew several, there was one and no flag. */
export function mainIdentifierOf(attributes: AkeneoAttribute[]): string | null {
  const identifiers = attributes
    .filter(({ type }) => type === 'pim_catalog_identifier')
    .sort((a, b) => byCode(a.code, b.code))
  return (identifiers.find((attribute) => attribute.is_main_identifier) ?? identifiers[0])?.code ?? null
}

/** Looked up for each value of a select, so each attribute's options are indexed once, when first asked for. */
function optionPlaces(structure: Structure): CatalogPlan['optionPlaces'] {
  const places = new Map<string, ReadonlyMap<string, number>>()
  return (attribute) => {
    const known = places.get(attribute)
    if (known) return known
    const options = structure.options.get(attribute) ?? []
    const made = new Map(options.map(({ code }, index) => [foldCase(code), index + 1] as const))
    places.set(attribute, made)
    return made
  }
}

/** Who owns which attribute below a root model. */
export interface VariantPlan {
  /** 1 or 2. */
  depth: number
  axes: { attribute: string; level: 1 | 2 }[]
  /** 0 for what stands in no set: the root model's. */
  levelOf: (attribute: string) => 0 | 1 | 2
}

const variantPlans = new WeakMap<AkeneoFamilyVariant, VariantPlan>()

export function variantPlan(familyVariant: AkeneoFamilyVariant): VariantPlan {
  const known = variantPlans.get(familyVariant)
  if (known) return known
  const levels = new CodeMap<1 | 2>()
  const axes: VariantPlan['axes'] = []
  const sets = [...familyVariant.variant_attribute_sets].sort((a, b) => a.level - b.level)
  for (const set of sets) {
    const level = set.level === 2 ? 2 : 1
    for (const attribute of set.attributes) levels.set(attribute, level)
    for (const attribute of set.axes) {
      levels.set(attribute, level)
      axes.push({ attribute, level })
    }
  }
  const plan: VariantPlan = {
    depth: sets.some(({ level }) => level === 2) ? 2 : 1,
    axes,
    levelOf: (attribute) => levels.get(attribute) ?? 0,
  }
  variantPlans.set(familyVariant, plan)
  return plan
}
