import type { FillCounts } from '../../connectors/akeneo/translate/index.ts'
import type { Sql } from '../../connectors/hub/database.ts'
import { setVersion } from '../../connectors/mapping-edit.ts'
import type { MappingFile } from '../../connectors/mapping-file.ts'
import type { MappingProblem } from '../../domain/mapping/problem.ts'
import { UsageError } from './errors.ts'
import { hubMappingSight } from './hub-mapping-sight.ts'
import { icecatMappingSight } from './icecat-mapping-sight.ts'
import { fitted, type IcecatTarget } from './icecat-target.ts'
import {
  hubErrors,
  icecatErrors,
  withHubSuggestion,
  withIcecatSuggestion,
  withIgnored,
  withoutAttribute,
} from './mapping-edits.ts'
import { type MappingTarget, storedStructure } from './mapping-target.ts'

/** What a person wants the file to say. */
export type MappingEdit =
  | { do: 'accept'; suggestion: string }
  /** An attribute of Akeneo's, or an address of Icecat's. */
  | { do: 'ignore'; what: string; reason: string }
  | { do: 'raise' }

/** What is asked for is not there, or not there any more. */
export class GoneError extends Error {
  override readonly name = 'GoneError'
}

/** A change of a file's text that a person may have made, and what it does in words. */
export interface FileChange {
  make: (text: string) => string
  errorsIn: (text: string) => MappingProblem[]
  done: string
}

/** Only what is proposed, or what nobody has decided on, can be decided: a request never brings lines of its own. */
export async function hubChange(
  sql: Sql,
  target: MappingTarget,
  { name }: MappingFile,
  counts: FillCounts,
  wanted: MappingEdit,
): Promise<FileChange> {
  const structure = await storedStructure(sql, target.connection.name)
  const { applied, file, suggestions, coverage } = await hubMappingSight(sql, target, counts)
  const errorsIn = (text: string) => hubErrors(name, text, structure)
  if (wanted.do === 'raise')
    return { ...raised(name, file?.version ?? 1, applied?.version ?? null), errorsIn }
  if (wanted.do === 'accept') {
    const suggestion = proposed(suggestions, wanted.suggestion)
    return {
      make: (text) => withHubSuggestion(text, suggestion),
      errorsIn,
      done: `${suggestion.path} is in ${name} now.`,
    }
  }
  const attribute = coverage.attributes.find(({ code }) => code === wanted.what)
  if (attribute?.state !== 'unmapped')
    throw new GoneError(`${wanted.what} is no attribute that nobody has decided on`)
  return {
    make: (text) => withoutAttribute(text, attribute.code),
    errorsIn,
    done: `${attribute.code} is left out on purpose: attributes.except of ${name} says so now.`,
  }
}

export async function icecatChange(
  sql: Sql,
  target: IcecatTarget,
  { name }: MappingFile,
  counts: FillCounts,
  wanted: MappingEdit,
): Promise<FileChange> {
  const structure = await storedStructure(sql, target.connection.name)
  fitted(target, structure)
  const { applied, file, suggestions, categories } = await icecatMappingSight(sql, target, counts)
  const errorsIn = (text: string) => icecatErrors(name, text, structure)
  if (wanted.do === 'raise') return { ...raised(name, file.version, applied), errorsIn }
  if (wanted.do === 'accept') {
    const suggestion = proposed(suggestions, wanted.suggestion)
    return {
      make: (text) => withIcecatSuggestion(text, suggestion),
      errorsIn,
      done: `${suggestion.section}.${suggestion.attribute} is in ${name} now.`,
    }
  }
  const { what, reason } = wanted
  const isOpen =
    suggestions.some(({ address }) => address === what) ||
    categories.some(({ unmapped }) => unmapped.some(({ id }) => `feature/${id}` === what))
  if (!isOpen) throw new GoneError(`${what} is nothing that nobody has decided on`)
  if (reason.trim() === '') throw new UsageError('Say why: the reason stands in the file')
  return {
    make: (text) => withIgnored(text, what, reason),
    errorsIn,
    done: `${what} is ignored on purpose: ${name} says so now.`,
  }
}

function proposed<S extends { id: string }>(suggestions: readonly S[], id: string): S {
  const found = suggestions.find((suggestion) => suggestion.id === id)
  if (found === undefined) throw new GoneError('That is proposed no longer')
  return found
}

function raised(name: string, version: number, applied: number | null): Omit<FileChange, 'errorsIn'> {
  if (applied === null || version > applied)
    throw new GoneError(`Version ${version} of ${name} is above what is applied already`)
  return {
    make: (text) => setVersion(text, applied + 1),
    done: `${name} has version ${applied + 1} now.`,
  }
}
