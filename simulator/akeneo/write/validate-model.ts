import type { ProductModel } from '../catalog/records.ts'
import type { Violation } from '../errors.ts'
import type { Pim } from '../pim.ts'
import type { DraftModel } from './model.ts'

/** What Akeneo's validators say about a model as it would be stored. */
export function validateModel(_pim: Pim, model: DraftModel, _before: ProductModel | undefined): Violation[] {
  const violations: Violation[] = []
  if (model.code === '')
    violations.push({ property: 'code', message: 'The product model code must not be empty.' })
  if (model.family_variant === null) {
    violations.push({
      property: 'family_variant',
      message: 'The product model family variant must not be empty.',
    })
  }
  return violations
}
