import type { Category } from '../catalog/records.ts'
import { unprocessable, validationFailed } from '../errors.ts'
import { sameJson, type JsonObject } from '../json.ts'
import { unknownProperty, validEntityCodeExpected } from '../messages.ts'
import { isCloud } from '../options.ts'
import type { Pim } from '../pim.ts'
import { API } from '../resources/listing.ts'
import { requiredChannels, treeOnlyViolations, treeRules } from './category-rules.ts'
import { mergeCategoryValues } from './category-values.ts'
import type { Outcome } from './outcome.ts'
import { scalar, type Refuse } from './payload.ts'
import type { WritableResource } from './structure-routes.ts'
import {
  codeViolations,
  identityViolations,
  labelViolations,
  mergeLabels,
  readCode,
} from './structure-rules.ts'

export function categoryResource(pim: Pim): WritableResource<Category, undefined> {
  return {
    template: `${API}/categories`,
    route: 'pim_api_category',
    acl: 'pim_api_category_edit',
    documentation: { post: 'post_categories', patch: 'patch_categories__code_' },
    context: () => undefined,
    path: (code) => `${API}/categories/${code}`,
    find: (code) => pim.catalog.categories.get(code),
    write: ({ existing, code, body, refuse }) => writeCategory(pim, existing, code, body, refuse),
  }
}

/** What releases know; they refuse the rest, even what they show themselves. */
const RELEASED = new Set(['code', 'parent', 'labels'])
const CHARACTERS = 'Category code may contain only letters, numbers and underscores'

export function writeCategory(
  pim: Pim,
  existing: Category | undefined,
  urlCode: string | undefined,
  body: JsonObject,
  refuse: Refuse,
): Outcome {
  const { catalog } = pim
  const code = readCode({ code: existing?.code ?? urlCode, body }, refuse)
  let category: Category = existing ?? { code, parent: null, labels: {}, created: 0, updated: 0 }
  for (const [field, value] of Object.entries(body)) {
    if (!RELEASED.has(field) && !isCloud(pim.settings)) throw refuse(unknownProperty(field))
    switch (field) {
      case 'code':
        break
      case 'parent': {
        const parent = scalar(field, value, refuse)
        if (parent === null || parent === '') {
          category = { ...category, parent: null }
          break
        }
        const found = catalog.categories.get(String(parent))
        if (found === undefined) {
          const because = 'The category does not exist'
          throw refuse(validEntityCodeExpected('parent', 'category code', because, parent))
        }
        category = { ...category, parent: found.code }
        break
      }
      case 'labels':
        category = { ...category, labels: mergeLabels(category.labels, value, catalog, refuse, false) }
        break
      // The cloud documents them as read-only.
      case 'updated':
      case 'position':
        break
      case 'values':
        category = { ...category, values: mergeCategoryValues(category.values ?? [], value, refuse) }
        break
      case 'channel_requirements':
        category = { ...category, channel_requirements: requiredChannels(pim, value, refuse) }
        break
      case 'validations':
        category = { ...category, validations: treeRules(value, refuse) }
        break
      default:
        throw refuse(unknownProperty(field))
    }
  }
  if (existing !== undefined && category.parent !== existing.parent)
    checkMove(pim, existing, category, refuse)
  const violations = [
    ...identityViolations(existing, code, (taken) => catalog.categories.has(taken)),
    ...codeViolations(code, CHARACTERS),
    ...labelViolations(category.labels, catalog),
    ...treeOnlyViolations(category),
  ]
  if (violations.length > 0) throw validationFailed(violations)

  const at = pim.writtenAt()
  if (existing === undefined) {
    catalog.categories.set({ ...category, code, created: at, updated: at })
    return 'created'
  }
  if (sameJson(existing, category)) return 'unchanged'
  catalog.categories.set({ ...category, updated: at })
  return 'updated'
}

function checkMove(pim: Pim, existing: Category, category: Category, refuse: Refuse): void {
  const isTree = existing.parent === null
  const used = [...pim.catalog.channels.values()].some((channel) => channel.category_tree === existing.code)
  // Akeneo looks whether a user or channel works with the tree; ours has channels only.
  if (isTree && used) throw refuse("You can't move a category tree linked to a user.")
  const below = pim.catalog.categories.subtree(existing.code).map(({ code }) => code)
  if (category.parent !== null && below.includes(category.parent)) {
    const number = pim.catalog.categories.inOrder().findIndex(({ code }) => code === existing.code) + 1
    throw unprocessable(`Cannot set child as parent to node: ${number}`)
  }
}
