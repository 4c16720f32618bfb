import {
  coverage,
  type FillCounts,
  type MappingCoverage,
  type Structure,
} from '../../connectors/akeneo/translate/index.ts'
import type { Sql } from '../../connectors/hub/database.ts'
import { categoryProblems } from '../../connectors/hub/mapping-categories.ts'
import type { HubMapping } from '../../domain/mapping/document.ts'
import { inFileOrder } from '../../domain/mapping/problem.ts'
import type { MappingTarget } from './mapping-target.ts'

/** What the file makes of each attribute, and all that is wrong with it by what is stored: its categories too. */
export async function storedCoverage(
  sql: Sql,
  { connection }: Pick<MappingTarget, 'connection'>,
  document: HubMapping,
  structure: Structure,
  counts: FillCounts,
): Promise<MappingCoverage> {
  const found = coverage(document, structure, counts)
  const categories = await categoryProblems(sql, connection.name, document)
  return { ...found, problems: inFileOrder([...found.problems, ...categories]) }
}
