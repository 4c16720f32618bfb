import { depth } from '../catalog/levels.ts'
import type { ProductModel } from '../catalog/records.ts'
import type { Violation } from '../errors.ts'
import type { Pim } from '../pim.ts'
import { classificationViolations } from './category-rules.ts'
import type { DraftModel } from './model.ts'
import { quantifiedViolations } from './quantified.ts'
import { IDENTIFIER_FORM } from './structure-rules.ts'
import { valueViolations } from './validate-values.ts'
import { emptyAxes, takenAxes, unexpectedAttributes } from './validate-variants.ts'

/** What Akeneo's validators say about a model as it would be stored (config/validation/productmodel.yml). */
export function validateModel(pim: Pim, draft: DraftModel, before: ProductModel | undefined): Violation[] {
  const placed = draft.family_variant === null ? undefined : (draft as ProductModel)
  const first: Violation[] = [
    ...(placed === undefined ? [] : positionViolations(pim, placed)),
    ...(placed === undefined || !fits(pim, placed) ? [] : unexpectedAttributes(pim.catalog, placed)),
    ...(placed === undefined || !fits(pim, placed) ? [] : emptyAxes(pim.catalog, placed)),
    ...identityViolations(pim, draft, before),
    ...codeViolations(draft.code),
    ...(placed === undefined
      ? [{ property: 'family_variant', message: 'The product model family variant must not be empty.' }]
      : []),
    ...valueViolations(pim.catalog, draft as ProductModel),
    ...classificationViolations(pim, draft as ProductModel),
    ...quantifiedViolations(pim, draft as ProductModel),
  ]
  if (first.length > 0 || placed === undefined) return first
  return takenAxes(pim.catalog, placed)
}

function fits({ catalog }: Pim, model: ProductModel): boolean {
  const variant = catalog.familyVariants.get(model.family_variant)
  return variant !== undefined && catalog.ancestors(model).length < depth(variant)
}

/** In a family variant with one level, models have no parents. */
function positionViolations(pim: Pim, model: ProductModel): Violation[] {
  if (fits(pim, model)) return []
  return [{ property: 'parent', message: `The product model "${model.code}" cannot have a parent` }]
}

function identityViolations(
  { catalog }: Pim,
  draft: DraftModel,
  before: ProductModel | undefined,
): Violation[] {
  const property = 'code'
  if (before === undefined) {
    return catalog.models.has(draft.code)
      ? [{ property, message: 'The same code is already set on another product model.' }]
      : []
  }
  return before.code === draft.code ? [] : [{ property, message: 'This property cannot be changed.' }]
}

function codeViolations(code: string): Violation[] {
  const property = 'code'
  if (code === '') return [{ property, message: 'The product model code must not be empty.' }]
  const violations: Violation[] = []
  if (!IDENTIFIER_FORM.test(code)) {
    const message = 'This field should not contain any comma or semicolon or leading/trailing space'
    violations.push({ property, message })
  }
  if (/[\r\n]/.test(code))
    violations.push({ property, message: 'This field should not contain any line break' })
  if (code.length > 255) {
    violations.push({ property, message: 'This value is too long. It should have 255 characters or less.' })
  }
  return violations
}
