import type { OutputSettings, Problem } from '../../connectors/akeneo/translate/index.ts'
import type { Transaction } from '../../connectors/hub/database.ts'
import { publishedCodes } from '../../connectors/hub/records.ts'
import { rejectedKeys } from '../../connectors/hub/rejections.ts'
import type { PublishingContext } from './context.ts'

interface InCategories {
  categories?: string[] | null | undefined
}

/** Which of the categories that records stand in an output holds. */
export interface Categories {
  missingOf(source: InCategories): string[]
  /** Whether one is missing that nobody has refused: it comes without anybody's doing. */
  mayCome(source: InCategories): boolean
  /** The same record without those that are missing: none travels as a dangling code. */
  within<S extends InCategories>(source: S): S
}

export async function lookUpCategories(
  tx: Transaction,
  { connection }: Pick<PublishingContext, 'connection'>,
  output: OutputSettings,
  sources: InCategories[],
): Promise<Categories> {
  const named = [...new Set(sources.flatMap(({ categories }) => categories ?? []))]
  const held = await publishedCodes(tx, connection, output.name, 'category', named)
  const isHeld = (code: string) => held.has(code.toLowerCase())
  const absent = named.filter((code) => !isHeld(code))
  const refused = await rejectedKeys(tx, connection, 'categories', absent)
  const missingOf = ({ categories }: InCategories) => (categories ?? []).filter((code) => !isHeld(code))
  return {
    missingOf,
    mayCome: (source) => missingOf(source).some((code) => !refused.has(code.toLowerCase())),
    within: (source) =>
      missingOf(source).length === 0
        ? source
        : { ...source, categories: (source.categories ?? []).filter(isHeld) },
  }
}

export const categoryMissing = (code: string): Problem => ({
  code: 'category-missing',
  field: 'categories',
  text: `Stands in the category ${code}, which is not in the hub`,
  remedy: `It is put there as soon as ${code} comes. Where it does not: pimflow explain ${code}`,
})
