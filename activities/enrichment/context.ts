import { cancellationSignal } from '@temporalio/activity'
import type { Structure } from '../../connectors/akeneo/translate/structure.ts'
import { RefusedError } from '../../connectors/errors.ts'
import type { Queryable } from '../../connectors/hub/database.ts'
import { stateOf } from '../../connectors/hub/enrichment/state.ts'
import { type MappingFile, readIcecatMappingFile } from '../../connectors/mapping-file.ts'
import {
  compileEnrichment,
  compileStillFitting,
  type Enrichment,
} from '../../domain/enrichment/convert/compile-enrichment.ts'
import { leftOutText } from '../../domain/enrichment/convert/still-fitting.ts'
import type { IcecatMapping } from '../../domain/enrichment/mapping/document.ts'
import { errorsIn, type MappingProblem } from '../../domain/mapping/problem.ts'
import { foldCase } from '../../domain/text.ts'
import type { ConnectionRuntime, Dependencies, IcecatRuntime } from '../dependencies.ts'
import { mainIdentifier, structureOf } from '../publishing/context.ts'
import { type ReferenceLists, referenceLists } from './lists.ts'

/** What products of a connection are judged by. */
export interface EnrichmentContext {
  connection: ConnectionRuntime
  icecat: IcecatRuntime
  /** As far as it fits the catalogue. */
  mapping: IcecatMapping
  /** What did fit when the mapping was applied, and does no longer; in words. */
  leftOut: readonly string[]
  enrichment: Enrichment
  structure: Structure
  lists: ReferenceLists
  /** Code of the attribute that holds a product's main identifier. */
  identifierAttribute: string | undefined
  /** Attributes that a rule writes, folded. */
  mapped: ReadonlySet<string>
  /** Families that have one of them, folded. */
  families: ReadonlySet<string>
}

type Compiled = Omit<EnrichmentContext, 'connection' | 'icecat'>

/** `taken`: the whole mapping. */
const copies = new WeakMap<ConnectionRuntime, Compiled & { hash: string; taken: IcecatMapping }>()

/** By the mapping that the connection's runs took; made again only after it, the structure or Icecat's lists changed. */
export async function enrichmentContext(
  { sql }: Pick<Dependencies, 'sql'>,
  connection: ConnectionRuntime,
): Promise<EnrichmentContext> {
  const icecat = icecatOf(connection)
  const state = await stateOf(sql, connection.name)
  if (state === null) throw new Error(`No enrichment of ${connection.name} was ever begun`)
  const structure = await storedStructure(sql, connection)
  const copy = copies.get(connection)
  const { mapping: file } = state
  const mapping = copy?.hash === file.hash ? copy.taken : readTaken(file)
  const lists = await referenceLists(icecat, mapping, cancellationSignal())
  if (copy?.hash === file.hash && copy.structure === structure && copy.lists === lists)
    return { ...copy, connection, icecat }
  const fresh = compileTaken(mapping, file.name, structure, lists)
  copies.set(connection, { ...fresh, hash: file.hash, taken: mapping })
  return { ...fresh, connection, icecat }
}

/** A mapping that fitted when it was applied: what has decayed since is left out, and all else goes on. */
export function compileTaken(
  taken: IcecatMapping,
  file: string,
  structure: Structure,
  lists: ReferenceLists,
): Compiled {
  const { mapping, leftOut, enrichment } = compileStillFitting(taken, structure, lists)
  const texts = leftOut.map((problem) => leftOutText(file, problem))
  return compiled(mapping, texts, enrichment, structure, lists)
}

/** A mapping that is to be applied: throws a RefusedError with everything that keeps it from fitting the catalogue. */
export function compile(mapping: IcecatMapping, structure: Structure, lists: ReferenceLists): Compiled {
  const { enrichment, problems } = compileEnrichment(mapping, structure, lists)
  if (enrichment === null) throw doesNotFit(mapping, errorsIn(problems))
  return compiled(mapping, [], enrichment, structure, lists)
}

export const doesNotFit = (mapping: IcecatMapping, errors: readonly MappingProblem[]): RefusedError =>
  new RefusedError({
    code: 'mapping-does-not-fit',
    asked: `the mapping ${mapping.name} for this catalogue`,
    came: errors.map(({ line, path, message }) => `line ${line} ${path} ${message}`).join('; '),
    remedy: 'Mend the mapping file, raise its version, and restart the workers.',
  })

function compiled(
  mapping: IcecatMapping,
  leftOut: readonly string[],
  enrichment: Enrichment,
  structure: Structure,
  lists: ReferenceLists,
): Compiled {
  const mapped = new Set([...mapping.attributes, ...mapping.media].map(({ code }) => foldCase(code)))
  const named = mapping.products.family?.map(({ text }) => foldCase(text))
  const families = new Set(
    named ??
      [...structure.families.values()]
        .filter(({ attributes }) => attributes.some((code) => mapped.has(foldCase(code))))
        .map(({ code }) => foldCase(code)),
  )
  return {
    mapping,
    leftOut,
    enrichment,
    structure,
    lists,
    identifierAttribute: mainIdentifier(structure),
    mapped,
    families,
  }
}

export async function storedStructure(db: Queryable, connection: ConnectionRuntime): Promise<Structure> {
  const known = await structureOf(db, connection)
  if (known !== null) return known.structure
  throw new Error(`The structure of ${connection.name} was not read yet`)
}

export function icecatOf({ name, icecat }: ConnectionRuntime): IcecatRuntime {
  if (icecat !== null) return icecat
  throw new RefusedError({
    code: 'no-icecat',
    asked: `Icecat's content for ${name}`,
    came: 'the connection has no section icecat',
    remedy: `Add the section icecat to ${name} in pimflow.config.yaml (docs/icecat.md), and restart the workers.`,
  })
}

export function readTaken(file: MappingFile): IcecatMapping {
  const { mapping } = readIcecatMappingFile(file)
  // It was read when it was taken.
  if (mapping === null) throw new Error(`The stored mapping ${file.name} cannot be read`)
  return mapping
}
