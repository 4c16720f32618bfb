import type { HubMapping } from '../../domain/mapping/document.ts'
import { didYouMean } from '../../domain/mapping/nearest.ts'
import type { MappingProblem } from '../../domain/mapping/problem.ts'
import { foldCase } from '../../domain/text.ts'
import type { Queryable } from './database.ts'

/**
 * Codes of `publish.within` that are no stored category. Errors: where none is right, every product is withheld. No run asks for them,
 * so a category that is deleted later stops nothing. None before the first categories were read.
 */
export async function categoryProblems(
  db: Queryable,
  connection: string,
  { publish }: Pick<HubMapping, 'publish'>,
): Promise<MappingProblem[]> {
  if (publish.within.length === 0) return []
  const wanted = publish.within.map(({ text }) => foldCase(text))
  const found = await db<{ code: string }[]>`
    select code from source_record
    where connection = ${connection} and stream = 'categories' and lower(code) = any(${wanted})`
  const known = new Set(found.map(({ code }) => foldCase(code)))
  const unknown = publish.within.filter(({ text }) => !known.has(foldCase(text)))
  if (unknown.length === 0) return []
  // All of them only now, for what was probably meant.
  const all = await db<{ code: string }[]>`
    select code from source_record
    where connection = ${connection} and stream = 'categories' and code is not null order by code`
  if (all.length === 0) return []
  const codes = all.map(({ code }) => code)
  return unknown.map(({ text, line }) => ({
    severity: 'error',
    line,
    path: 'publish.within',
    message: `category "${text}" is not in Akeneo, as it was read last.${didYouMean(text, codes)} If it is new: pimflow sync categories`,
  }))
}
