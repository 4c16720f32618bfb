import type { Category, Labels } from '../catalog/records.ts'
import { validationFailed } from '../errors.ts'
import { sameJson, type Json, type JsonObject } from '../json.ts'
import { arrayExpected, stringExpected, validEntityCodeExpected } from '../messages.ts'
import type { Pim } from '../pim.ts'
import type { Outcome } from './outcome.ts'
import { scalar, type Refuse } from './payload.ts'

export function writeCategory(
  pim: Pim,
  before: Category | undefined,
  code: string,
  body: JsonObject,
  refuse: Refuse,
): Outcome {
  const { categories } = pim.catalog
  let category: Category = before ?? { code, parent: null, labels: {}, created: 0, updated: 0 }
  for (const [field, value] of Object.entries(body)) {
    switch (field) {
      case 'code':
        category = { ...category, code: before?.code ?? code }
        break
      case 'parent': {
        const parent = scalar(field, value, refuse)
        const found = parent === null || parent === '' ? undefined : categories.get(String(parent))
        if (parent !== null && parent !== '' && found === undefined) {
          throw refuse(
            validEntityCodeExpected('parent', 'category code', 'The category does not exist', parent),
          )
        }
        category = { ...category, parent: found?.code ?? null }
        break
      }
      case 'labels':
        category = { ...category, labels: mergeLabels(category.labels, value, refuse) }
        break
      case 'updated':
      case 'position':
        break
      default:
        throw refuse(`Property "${field}" does not exist.`)
    }
  }
  if (before !== undefined && category.parent !== null) {
    const below = categories.subtree(before.code).map((one) => one.code)
    if (below.includes(category.parent)) {
      throw validationFailed([{ property: 'parent', message: 'The category cannot be its own descendant.' }])
    }
  }
  const at = pim.writtenAt()
  if (before === undefined) {
    categories.set({ ...category, created: at, updated: at })
    return 'created'
  }
  if (before.parent === category.parent && sameJson(before.labels, category.labels)) return 'unchanged'
  categories.set({ ...category, updated: at })
  return 'updated'
}

/** A label that is null or empty removes that locale (TranslatableUpdater). */
export function mergeLabels(before: Labels, value: Json, refuse: Refuse): Labels {
  if (typeof value !== 'object' || value === null) throw refuse(arrayExpected('labels', value))
  const labels = new Map(Object.entries(before))
  for (const [locale, label] of Object.entries(value)) {
    if (label === null || label === '') labels.delete(locale)
    else if (typeof label === 'object') throw refuse(stringExpected('labels', label))
    else labels.set(locale, String(label))
  }
  return Object.fromEntries(labels)
}
