import { merged } from '../catalog/inherit.ts'
import type { Category, CategoryValidations, Product, ProductModel } from '../catalog/records.ts'
import type { Violation } from '../errors.ts'
import { isObject, type Json } from '../json.ts'
import { booleanExpected, integerExpected, unknownProperty, validEntityCodeExpected } from '../messages.ts'
import { isCloud } from '../options.ts'
import type { Pim } from '../pim.ts'
import { scalarList, type Refuse } from './payload.ts'

/*
 * Rules that Akeneo's cloud knows for category trees. Its code is not public: the documentation says what holds, the
 * sentences that refuse are ours.
 */

export function requiredChannels({ catalog }: Pim, value: Json, refuse: Refuse): string[] {
  const field = 'channel_requirements'
  return scalarList(field, value, refuse).map((given) => {
    const channel = catalog.channels.get(String(given))
    if (channel !== undefined) return channel.code
    throw refuse(validEntityCodeExpected(field, 'channel code', 'The channel does not exist', given))
  })
}

export function treeRules(value: Json, refuse: Refuse): CategoryValidations {
  if (!isObject(value)) throw refuse('Property "validations" expects an object as data.')
  for (const [rule, given] of Object.entries(value)) {
    const property = `validations.${rule}`
    if (rule === 'max_categories_per_product') {
      if (given !== null && !Number.isInteger(given)) throw refuse(integerExpected(property, given))
    } else if (rule !== 'only_leaves' && rule !== 'is_mandatory') {
      throw refuse(unknownProperty(property))
    } else if (typeof given !== 'boolean') throw refuse(booleanExpected(property, given))
  }
  return value
}

/** Below a root such rules have no meaning. */
export function treeOnlyViolations(category: Category): Violation[] {
  if (category.parent === null) return []
  const message = 'Only a category tree can have this property.'
  return (['channel_requirements', 'validations'] as const).flatMap((property) =>
    category[property] === undefined || Object.keys(category[property]).length === 0
      ? []
      : [{ property, message }],
  )
}

/** What a record's categories break of the rules of their trees. */
export function classificationViolations(
  { catalog, settings }: Pim,
  record: Product | ProductModel,
): Violation[] {
  if (!isCloud(settings)) return []
  const violations: Violation[] = []
  for (const tree of catalog.categories.inOrder()) {
    const { validations } = tree
    if (tree.parent !== null || validations === undefined) continue
    const below = catalog.categories.subtree(tree.code)
    const codes = new Set(below.map(({ code }) => code))
    const own = merged(catalog, record).categories.filter((code) => codes.has(code))
    const say = (message: string) => violations.push({ property: 'categories', message })
    const most = validations.max_categories_per_product ?? null
    if (most !== null && own.length > most) {
      say(`There can be no more than ${most} categories of the tree "${tree.code}", ${own.length} given.`)
    }
    const parents = new Set(below.map(({ parent }) => parent))
    const inner = own.find((code) => parents.has(code))
    if (validations.only_leaves === true && inner !== undefined) {
      say(
        `The category "${inner}" has others below it; the tree "${tree.code}" takes its lowest categories only.`,
      )
    }
    if (validations.is_mandatory === true && own.length === 0 && record.kind === 'product') {
      say(`At least one category of the tree "${tree.code}" is required.`)
    }
  }
  return violations
}
