import type { ProductFilter } from './mapping/document.ts'
import type { TargetStructure } from './target.ts'

/** Conditions by property, as Akeneo's product search takes them. */
export type ProductSearch = Record<
  string,
  { operator: string; value?: unknown; scope?: string; locales?: string[] }[]
>

/**
 * The search that a mapping's `products` stands for. `updatedSince` in Akeneo's own writing narrows it to what changed. Families
 * are named even where the file names none: products of a family without mapped attributes have nothing to get.
 */
export function productSearch(
  filter: ProductFilter,
  structure: Pick<TargetStructure, 'attributes'>,
  families: readonly string[],
  updatedSince: string | null = null,
): ProductSearch {
  const { enabled, family, flag, categories, complete } = filter
  const search: ProductSearch = {}
  if (enabled !== null) search['enabled'] = [{ operator: '=', value: enabled }]
  const wanted = family?.map(({ text }) => text) ?? families
  search['family'] = [{ operator: 'IN', value: [...wanted] }]
  if (categories !== null)
    search['categories'] = [{ operator: 'IN CHILDREN', value: categories.map(({ text }) => text) }]
  if (complete !== null) {
    const scope = complete.channel.text
    // Akeneo knows "in at least one locale of the channel" and "in all of these", nothing between.
    search['completeness'] =
      complete.locales.length === 0
        ? [{ operator: '<', value: complete.below, scope }]
        : [
            {
              operator: 'LOWER THAN ON ALL LOCALES',
              value: complete.below,
              scope,
              locales: complete.locales.map(({ text }) => text),
            },
          ]
  }
  if (flag !== null) search[flag.attribute.text] = [flagCriterion(flag, structure)]
  if (updatedSince !== null) search['updated'] = [{ operator: '>', value: updatedSince }]
  return search
}

/** By the flag's type: an option, a yes, or a text. */
function flagCriterion(
  { attribute, values }: NonNullable<ProductFilter['flag']>,
  { attributes }: Pick<TargetStructure, 'attributes'>,
) {
  const words = values.map(({ text }) => text)
  const type = attributes.get(attribute.text)?.type
  if (type === 'pim_catalog_boolean') return { operator: '=', value: words[0] !== 'false' }
  if (type === 'pim_catalog_text' || type === 'pim_catalog_identifier')
    return { operator: '=', value: words[0] ?? '' }
  return words.length === 0 ? { operator: 'NOT EMPTY' } : { operator: 'IN', value: words }
}
