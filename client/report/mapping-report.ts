import { ConfigError } from '../../config.ts'
import { explainError, UsageError } from '../support/errors.ts'
import type { MappingDesk, MappingKey, MappingSight } from '../support/mapping-desk.ts'
import type { MappingLimits } from './mapping-pieces.ts'
import { mappingOf, mappingTitle } from './mapping-name.ts'
import { mappingSection } from './mapping-section.ts'
import { markup, type Markup } from './markup.ts'
import { section } from './parts.ts'

/** One mapping as it stood, or why it could not be shown. */
export interface ReportedMapping {
  key: MappingKey
  sight: MappingSight | null
  problem: string | null
}

/** All mappings of a desk, one after the other: each reads the catalogue's structure. */
export async function readMappingSights(
  desk: Pick<MappingDesk, 'keys' | 'sight'>,
): Promise<ReportedMapping[]> {
  const read: ReportedMapping[] = []
  for (const key of desk.keys) {
    try {
      read.push({ key, sight: await desk.sight(key), problem: null })
    } catch (error) {
      if (!(error instanceof UsageError || error instanceof ConfigError)) throw error
      read.push({ key, sight: null, problem: explainError(error).message })
    }
  }
  return read
}

/** Rows of all mappings together: what keeps a page below 300 kB that has no second one to go on to. */
const rowsOfAll = { suggestions: 80, attributes: 240 }
/** Fewer would say nothing. */
const rowsAtLeast = 5

export function mappingSections(mappings: readonly ReportedMapping[]): Markup[] {
  const share = (rows: number) => Math.max(rowsAtLeast, Math.floor(rows / mappings.length))
  const limits: MappingLimits = {
    suggestions: share(rowsOfAll.suggestions),
    attributes: share(rowsOfAll.attributes),
  }
  return mappings.map(({ key, sight, problem }) =>
    sight === null
      ? section(
          `mapping-${key.connection}-${mappingOf(key).replace('/', '-')}`,
          mappingTitle(key),
          markup`<pre tabindex="0" role="group" aria-label="What is in the way">${problem}</pre>`,
        )
      : mappingSection(key, sight, limits, null),
  )
}

/** For a program: as JSON has it. */
export const mappingValues = (mappings: readonly ReportedMapping[]) =>
  mappings.map(({ key, sight, problem }) => ({
    ...key,
    problem,
    ...(sight?.kind === 'hub' ? { ...sight, labels: Object.fromEntries(sight.labels) } : sight),
  }))
