import {
  buildStructure,
  mainIdentifierOf,
  type OutputSettings,
  type Problem,
  type RuleName,
  type Structure,
} from '../../connectors/akeneo/translate/index.ts'
import type { Queryable, Transaction } from '../../connectors/hub/database.ts'
import { appliedOutputs, defaultOutputOf, pinDefaultOutput } from '../../connectors/hub/outputs.ts'
import { holdStructure } from '../../connectors/hub/publication-locks.ts'
import { structureCompleteAt, structureRecords, structureVersion } from '../../connectors/hub/structure.ts'
import type { ConnectionRuntime } from '../dependencies.ts'
import type { Rejection, StreamName } from '../../contracts/streams.ts'
import { compileOutputs } from './outputs.ts'

/** What every publication of a run needs: where to, and what values mean. */
export interface PublishingContext {
  connection: string
  run: bigint | null
  structure: Structure
  /** Version of the stored structure and mappings that these are made of. */
  version: bigint
  /** By name: the order in which their feeds are locked. */
  outputs: OutputSettings[]
  /** Code of the attribute that holds a product's main identifier. */
  identifierAttribute: string | undefined
  /** Hours a record waits for what it names before it goes out without it. */
  prerequisiteWaitHours: number
  skipRelatedPrerequisite: boolean
  /** Whether parts of kits that nobody has read are read by their name; else kits go out as the mapping says. */
  createMissingBundleItems: boolean
  /** Whether files that records name are downloaded. */
  collectsMedia: boolean
  /** The same by what is applied by now. */
  renew(db: Queryable): Promise<PublishingContext>
}

interface Compiled {
  version: bigint
  structure: Structure
  outputs: OutputSettings[]
  /** False while the configuration names no output and none was published yet. */
  isChosen: boolean
}

const copies = new WeakMap<ConnectionRuntime, Compiled>()

/**
 * The connection's structure and its outputs compiled for it, made again only after either changed. Null before the first
 * complete reading of the structure.
 */
export async function structureOf(db: Queryable, connection: ConnectionRuntime): Promise<Compiled | null> {
  const { name } = connection
  const version = await structureVersion(db, name)
  const copy = copies.get(connection)
  if (copy?.version === version) return copy
  if ((await structureCompleteAt(db, name)) === null) return null
  const structure = buildStructure(await structureRecords(db, name))
  const applied = await appliedOutputs(db, name)
  const outputs = compileOutputs(connection.outputs, applied, structure)
  const isChosen = connection.outputs.length > 0 || defaultOutputOf(applied) !== null
  const fresh = { version, structure, outputs, isChosen }
  copies.set(connection, fresh)
  return fresh
}

/** The context of publications of one connection in one run; null before the first structure was read. */
export async function publishingContext(
  db: Queryable,
  connection: ConnectionRuntime,
  run: bigint | null,
): Promise<PublishingContext | null> {
  const { name, config } = connection
  const known = await structureOf(db, connection)
  if (known === null) return null
  const context: PublishingContext = {
    connection: name,
    run,
    structure: known.structure,
    version: known.version,
    outputs: known.isChosen ? known.outputs : await chosenOutputs(db, name, known.structure),
    identifierAttribute: mainIdentifier(known.structure),
    prerequisiteWaitHours: config.products.prerequisiteWaitHours,
    skipRelatedPrerequisite: config.products.skipRelatedPrerequisite,
    createMissingBundleItems: config.products.createMissingBundleItems,
    collectsMedia: connection.media !== null,
    renew: async (tx) => (await publishingContext(tx, connection, run)) ?? context,
  }
  return context
}

/**
 * What a transaction makes records by, which stays so until it ends. Between the look that `known` is of and this, a mapping may have been
 * applied: what it put into the queue must not leave that as it was.
 */
export async function heldContext(tx: Transaction, known: PublishingContext): Promise<PublishingContext> {
  await holdStructure(tx, known.connection)
  return known.renew(tx)
}

/** Not kept: the transaction that chooses may still be rolled back. */
async function chosenOutputs(
  db: Queryable,
  connection: string,
  structure: Structure,
): Promise<OutputSettings[]> {
  await pinDefaultOutput(
    db,
    connection,
    structure.channels.map(({ code }) => code),
  )
  return compileOutputs([], await appliedOutputs(db, connection), structure)
}

export const mainIdentifier = ({ attributes }: Structure): string | undefined =>
  mainIdentifierOf([...attributes.values()]) ?? undefined

/** The same by what is stored now, which nothing may have been compiled for yet. */
export async function storedMainIdentifier(tx: Transaction, connection: string): Promise<string | undefined> {
  const attributes = await structureRecords(tx, connection, ['attributes'])
  return mainIdentifier(buildStructure(attributes))
}

const ruleText = ({ mapping }: OutputSettings, { target, line }: RuleName): string =>
  `${target} (${mapping}, line ${line})`

export const rejectionOf = (
  stream: StreamName,
  key: string,
  code: string | null,
  problem: Problem,
  output?: OutputSettings,
): Rejection => ({
  stream,
  key,
  code,
  reason: problem.code,
  field: problem.field,
  rule: output && problem.rule ? ruleText(output, problem.rule) : null,
  text: problem.text,
  remedy: problem.remedy,
})

/** True once a record has waited as long as the connection allows. */
export const hasWaitedLongEnough = (since: Date | undefined, hours: number, now = Date.now()) =>
  since !== undefined && now - since.getTime() >= hours * 3_600_000
