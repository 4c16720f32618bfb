import { foldCase } from '../../domain/text.ts'
import { RefusedError } from '../errors.ts'
import type { AkeneoCalls } from './client.ts'
import type { AkeneoProduct, AkeneoProductModel } from './schema.ts'
import { named, type Search } from './search.ts'
import { shownCodes } from './shown-codes.ts'

/** Products that are looked at for one category: those whose search entry is late show it no more, and all of them are not. */
const lookedAt = 10
const codesPerSearch = 100
/** How long the search may still find variants of a model by what it had before. */
const variantsTrailMs = 3_600_000

/**
 * Of these categories, those that this user cannot see any more, with why. Akeneo leaves them out of the answers of products and
 * models that others let the user see; its list of categories may show them as before. A search for products of a hidden category is
 * refused as if there were none, or finds products that do not show it.
 */
export async function hiddenCategories(
  calls: AkeneoCalls,
  categories: readonly string[],
): Promise<Map<string, string>> {
  const listed = await shownCodes(calls, 'categories', categories)
  const hidden = new Map<string, string>()
  const unsure = new Set<string>()
  for (const code of categories) {
    if (listed.has(foldCase(code))) unsure.add(code)
    else hidden.set(code, `Akeneo shows no category ${code} any more`)
  }
  // Many at once first: pages of products that show theirs clear most of them, each at least one.
  for (let from = 0, codes = [...unsure]; from < codes.length; from += codesPerSearch) {
    let piece = codes.slice(from, from + codesPerSearch)
    for (let shown = piece; shown.length > 0 && piece.length > 1;) {
      const found = await productsWithin(calls, piece, 100)
      // Where no product is found by any of them, none of them is hidden from one.
      shown = found?.length === 0 ? piece : shownAmong(piece, found ?? [])
      for (const code of shown) unsure.delete(code)
      piece = piece.filter((code) => unsure.has(code))
    }
  }
  for (const code of unsure) {
    const found = await productsWithin(calls, [code], lookedAt)
    if (found === null)
      hidden.set(
        code,
        `Akeneo has category ${code} and finds no product by it for the user of the connection`,
      )
    else if (
      found.length > 0 &&
      shownAmong([code], found).length === 0 &&
      !(await areLate(calls, code, found))
    )
      hidden.set(
        code,
        `Akeneo finds products by category ${code} and does not show it: the user of the connection may not see it`,
      )
  }
  return hidden
}

function shownAmong(codes: readonly string[], products: readonly AkeneoProduct[]): string[] {
  const shown = new Set(products.flatMap(({ categories }) => (categories ?? []).map(foldCase)))
  return codes.filter((code) => shown.has(foldCase(code)))
}

/** Null: Akeneo says that one of the categories does not exist. */
async function productsWithin(
  calls: AkeneoCalls,
  categories: string[],
  limit: number,
): Promise<AkeneoProduct[] | null> {
  try {
    const { items } = await calls.readPage('products', {
      cursor: null,
      query: { search: { categories: [{ operator: 'IN', value: categories }] } },
      limit,
    })
    return items as AkeneoProduct[]
  } catch (error) {
    if (error instanceof RefusedError && /does not exist|do not exist/.test(error.came)) return null
    throw error
  }
}

/**
 * Whether the search finds these products only because it trails behind: all are variants, and above each, and above what the search finds
 * of its models, one changed lately. Akeneo puts a model into its search at once, and what is below it later.
 */
async function areLate(
  calls: AkeneoCalls,
  category: string,
  products: readonly AkeneoProduct[],
): Promise<boolean> {
  const parents = products.map(({ parent }) => parent)
  if (parents.some((parent) => parent == null)) return false
  const models = await modelsAbove(
    calls,
    parents.flatMap((parent) => parent ?? []),
  )
  const lately = Date.now() - variantsTrailMs
  const chains = parents.map((parent) => {
    const lowest = models.get(foldCase(parent ?? ''))
    return [lowest, models.get(foldCase(lowest?.parent ?? ''))].flatMap((model) => model ?? [])
  })
  const isFound = await foundIn(calls, category, [...models.values()])
  return chains.every((chain) => {
    const topmost = chain.findLastIndex(({ code }) => isFound.has(foldCase(code)))
    return chain.slice(topmost + 1).some(({ updated }) => Date.parse(updated) > lately)
  })
}

/** These models, and those above them, by code. */
async function modelsAbove(calls: AkeneoCalls, codes: string[]): Promise<Map<string, AkeneoProductModel>> {
  const found = new Map<string, AkeneoProductModel>()
  for (let wanted = [...new Set(codes)]; wanted.length > 0;) {
    const models = await searchModels(calls, named('product-models', 'uuid', wanted))
    for (const model of models) found.set(foldCase(model.code), model)
    wanted = [...new Set(models.flatMap(({ parent }) => parent ?? []))].filter(
      (code) => !found.has(foldCase(code)),
    )
  }
  return found
}

async function foundIn(
  calls: AkeneoCalls,
  category: string,
  models: readonly AkeneoProductModel[],
): Promise<Set<string>> {
  const searches = named(
    'product-models',
    'uuid',
    models.map(({ code }) => code),
  )
  const within: Search = { categories: [{ operator: 'IN', value: [category] }] }
  const found = await searchModels(
    calls,
    searches.map((search) => ({ ...search, ...within })),
  )
  return new Set(found.map(({ code }) => foldCase(code)))
}

async function searchModels(calls: AkeneoCalls, searches: readonly Search[]): Promise<AkeneoProductModel[]> {
  const found: AkeneoProductModel[] = []
  for (const search of searches) {
    const { items } = await calls.readPage('product-models', { cursor: null, query: { search } })
    found.push(...(items as AkeneoProductModel[]))
  }
  return found
}
