import { createOptionFinder } from '../convert/to-option.ts'
import { unitOfMeasure } from '../convert/units.ts'
import type { TargetAttribute } from '../target.ts'
import type { ListedFeature, SuggestQuestion } from './suggest-mapping.ts'

/** How well a feature's values fit an attribute. */
export interface Fit {
  /** From 0 to 1. */
  score: number
  reasons: string[]
  /** In which a measure would be written. */
  unit?: string
}

/** Icecat's types for each of Akeneo's; the first fit exactly, the others can be written too. */
const typesFor: Readonly<Record<string, { exact: readonly string[]; possible: readonly string[] }>> = {
  pim_catalog_text: {
    exact: ['text', 'alphanumeric', '2d', '3d', 'ratio', 'range', 'contrast ratio', ''],
    possible: ['dropdown', 'multi_dropdown', 'numerical'],
  },
  pim_catalog_textarea: { exact: ['textarea'], possible: ['text', 'multi_dropdown', ''] },
  pim_catalog_boolean: { exact: ['y_n'], possible: [] },
  pim_catalog_number: { exact: ['numerical'], possible: [''] },
  pim_catalog_metric: { exact: ['numerical'], possible: [''] },
  pim_catalog_simpleselect: { exact: ['dropdown', 'y_n_o'], possible: ['text', 'ratio', ''] },
  pim_catalog_multiselect: { exact: ['multi_dropdown'], possible: ['dropdown', 'text', ''] },
  pim_catalog_date: { exact: ['date'], possible: [] },
}

/** Undefined where its values cannot be written there. */
export function typeFit(
  attribute: TargetAttribute,
  feature: ListedFeature,
  question: Pick<SuggestQuestion, 'structure' | 'languages' | 'neutral'>,
): Fit | undefined {
  const types = typesFor[attribute.type]
  if (types === undefined) return undefined
  const isExact = types.exact.includes(feature.type)
  if (!isExact && !types.possible.includes(feature.type)) return undefined
  const fit: Fit = {
    score: isExact ? 1 : 0.5,
    reasons: [
      feature.type === ''
        ? 'Icecat names no type'
        : `${feature.type} into ${attribute.type.replace('pim_catalog_', '')}`,
    ],
  }
  if (attribute.type === 'pim_catalog_metric') return unitFit(attribute, feature, question, fit)
  if (attribute.type.endsWith('select')) return optionFit(attribute, feature, question, fit)
  return fit
}

function unitFit(
  { metric_family, default_metric_unit }: TargetAttribute,
  { measure }: ListedFeature,
  { structure }: Pick<SuggestQuestion, 'structure'>,
  fit: Fit,
): Fit | undefined {
  const family = structure.measurementFamilies.get(metric_family ?? '')
  const unit = family && measure ? unitOfMeasure(measure, family, new Map()) : undefined
  if (unit === undefined) return undefined
  return {
    ...fit,
    reasons: [...fit.reasons, `${measure?.sign ?? ''} is ${unit}`],
    unit: default_metric_unit ?? unit,
  }
}

/** Half of the score is how many of Icecat's own values are options already, where Icecat says which there are. */
function optionFit(
  attribute: TargetAttribute,
  { restrictedValues }: ListedFeature,
  { structure, languages, neutral }: Pick<SuggestQuestion, 'structure' | 'languages' | 'neutral'>,
  fit: Fit,
): Fit {
  if (restrictedValues.length === 0) return fit
  const finder = createOptionFinder({
    options: structure.options.get(attribute.code) ?? [],
    match: ['code', 'label'],
    languages,
    neutral,
    vocabulary: new Map(),
  })
  const known = restrictedValues.filter(
    (value) => typeof finder.find({ international: value, shown: {} }) === 'string',
  ).length
  return {
    score: fit.score / 2 + known / restrictedValues.length / 2,
    reasons: [...fit.reasons, `${known} of ${restrictedValues.length} values are options`],
  }
}
