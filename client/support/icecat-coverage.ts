import type { Sql } from '../../connectors/hub/database.ts'
import {
  categoriesOf,
  featureDemand,
  featuresOf,
  knownLists,
  productCategories,
} from '../../connectors/hub/taxonomy.ts'
import type { Structure } from '../../connectors/akeneo/translate/index.ts'
import { shortCodes } from '../../connectors/icecat/languages.ts'
import type { IcecatMapping } from '../../domain/enrichment/mapping/document.ts'
import { type CategoryCoverage, mappingCoverage } from '../../domain/enrichment/suggest/coverage.ts'
import type { ListedFeature } from '../../domain/enrichment/suggest/suggest-mapping.ts'
import { UsageError } from './errors.ts'
import type { IcecatTarget } from './icecat-target.ts'

export interface CategorySight extends Omit<CategoryCoverage, 'unmapped'> {
  name: string
  /** Of the connection; null where none was looked up. */
  products: number | null
  unmapped: { id: string; name: string }[]
}

/** Throws unless Icecat's lists were collected for this account. */
export async function requireTaxonomy(sql: Sql, { account, connection }: IcecatTarget): Promise<void> {
  const known = new Map((await knownLists(sql, account)).map((list) => [list.list, list]))
  const missing = ['categories', 'categoryFeatures', 'features'].filter(
    (list) => (known.get(list)?.records ?? 0) === 0,
  )
  if (missing.length === 0) return
  const problems = missing.flatMap((list) => known.get(list)?.problem ?? [])
  throw new UsageError(
    problems.length > 0
      ? `Icecat's ${missing.join(', ')} could not be collected: ${problems.join('; ')}`
      : `Icecat's lists were not collected for ${connection.name} yet: pimflow sync taxonomy`,
  )
}

/** Categories by number, or, where none is named, those that products are in; all where no sheet was fetched yet. */
export async function coverageSights(
  sql: Sql,
  { connection, account }: IcecatTarget,
  mapping: IcecatMapping,
  structure: Structure,
  named: readonly string[],
): Promise<CategorySight[]> {
  const counts = await productCategories(sql, connection.name)
  const products = new Map(counts.map(({ categoryId, products: own }) => [categoryId, own]))
  const ids = named.length > 0 ? named : counts.length > 0 ? [...products.keys()] : null
  const language = mapping.neutral.text
  const categories = await categoriesOf(sql, account, [language, 'EN'], ids)
  const unknown = (ids ?? []).filter((id) => !categories.some(({ categoryId }) => categoryId === id))
  if (named.length > 0 && unknown.length > 0)
    throw new UsageError(`Icecat has no category ${unknown.join(', ')}, or asks nothing of its products`)
  const coverage = mappingCoverage(mapping, categories, structure)
  const names = await featureNames(sql, account, language, [
    ...new Set(coverage.flatMap(({ unmapped }) => unmapped)),
  ])
  const sights = coverage.map((one, place): CategorySight => {
    const own = categories[place]?.names ?? {}
    return {
      ...one,
      name: own[language] ?? own['EN'] ?? one.categoryId,
      products: products.get(one.categoryId) ?? (counts.length > 0 ? 0 : null),
      unmapped: one.unmapped.map((id) => ({ id, name: names.get(id) ?? id })),
    }
  })
  return sights.toSorted((a, b) => (b.products ?? 0) - (a.products ?? 0) || a.complete - b.complete)
}

/** Names of features by their numbers, in this language, else in English. */
export async function featureNames(
  sql: Sql,
  account: string,
  language: string,
  ids: readonly string[],
): Promise<Map<string, string>> {
  const names = new Map<string, string>()
  for await (const { id, names: own } of featuresOf(sql, account, [language, 'EN'], ids)) {
    const name = own[language] ?? own['EN']
    if (name !== undefined) names.set(id, name)
  }
  return names
}

/** Icecat's features with their names in these languages, and how many categories of ours ask for each. */
export async function listedFeatures(
  sql: Sql,
  { account, connection }: IcecatTarget,
  languages: readonly string[],
  categories: readonly string[],
): Promise<{ features: ListedFeature[]; wanted: Map<string, number> }> {
  const own =
    categories.length > 0
      ? categories
      : (await productCategories(sql, connection.name)).map(({ categoryId }) => categoryId)
  const wanted = await featureDemand(sql, account, own.length > 0 ? own : null)
  const features: ListedFeature[] = []
  const known = languages.filter((language) => shortCodes.includes(language))
  for await (const feature of featuresOf(sql, account, [...new Set([...known, 'EN'])])) features.push(feature)
  return { features, wanted }
}
