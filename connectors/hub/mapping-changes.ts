import type { ComparedSoFar, RecordDiff } from '../../domain/mapping/record-diff.ts'
import { defaultsText, type OutputDefaults, sameDefaults } from '../../domain/mapping/output-defaults.ts'
import type { Queryable, Transaction } from './database.ts'
import { type AppliedMapping, appliedOutputs } from './outputs.ts'

export type MappingChangeState = 'proposed' | 'held' | 'approved' | 'rejected' | 'applied' | 'superseded'

/** A mapping on its way into an output. */
export interface MappingChange {
  id: bigint
  connection: string
  output: string
  /** Null: the defaults. */
  mapping: AppliedMapping
  /** What narrows the defaults; null with a file. */
  settings: OutputDefaults | null
  state: MappingChangeState
  /** What it would do to stored records; null until they were compared. */
  diff: RecordDiff | null
  /** Part of the records that may change without a person, 0 to 1; null until they were compared. */
  guard: number | null
  /** Errors that it would bring, each with its place, as the catalogue was when it was compared. */
  problems: string[]
  createdAt: Date
  decidedAt: Date | null
  decidedBy: string | null
}

interface ChangeRow extends Omit<MappingChange, 'mapping'> {
  file: string | null
  text: string | null
}

const columns = (db: Queryable) =>
  db`id, connection, output, file, mapping as text, settings, state, diff, guard, problems, created_at as "createdAt",
    decided_at as "decidedAt", decided_by as "decidedBy"`

const changeOf = ({ file, text, ...row }: ChangeRow): MappingChange => ({
  ...row,
  mapping: file === null || text === null ? null : { name: file, text },
})

/** As people read it: the file that says it, else where it stands. */
export const changeName = ({ mapping, settings }: Pick<MappingChange, 'mapping' | 'settings'>): string =>
  mapping?.name ?? (settings === null ? 'the defaults' : 'the configuration')

/** What waited for a person before is superseded: the newer file, or the newer settings, count. */
export async function proposeMapping(
  tx: Transaction,
  connection: string,
  output: string,
  mapping: AppliedMapping,
  settings: OutputDefaults | null = null,
): Promise<bigint> {
  await supersede(tx, connection, output)
  const [row] = await tx<{ id: bigint }[]>`
    insert into mapping_change (connection, output, file, mapping, settings, state)
    values (${connection}, ${output}, ${mapping?.name ?? null}, ${mapping?.text ?? null},
      ${settings && defaultsText(settings)}::text::json, 'proposed') returning id`
  if (!row) throw new Error('The database stored a mapping change and gave no number')
  return row.id
}

const supersede = (tx: Transaction, connection: string, output: string) => tx`
  update mapping_change set state = 'superseded'
  where connection = ${connection} and output = ${output} and state in ('proposed', 'held', 'approved')`

/**
 * Makes a change of what the configuration of a starting worker says of an output without a mapping file. Settings have no version, so the
 * worker that started last counts; what a person has refused is not proposed again.
 */
export async function proposeSettings(
  tx: Transaction,
  connection: string,
  output: string,
  settings: OutputDefaults,
): Promise<void> {
  const applied = (await appliedOutputs(tx, connection)).get(output)
  if (applied?.mapping !== null) return
  const last = await lastSettings(tx, connection, output)
  if (sameDefaults(applied.settings, settings)) {
    // Taken back before it was applied. A file that waits is another matter.
    if (last !== null && isOpen(last)) await supersede(tx, connection, output)
    return
  }
  const isKnown = last !== null && sameDefaults(last.settings, settings)
  if (isKnown && (isOpen(last) || last.state === 'rejected')) return
  await proposeMapping(tx, connection, output, null, settings)
}

/** Neither decided for good nor replaced by another. */
export const isOpen = ({ state }: MappingChange): boolean =>
  state === 'proposed' || state === 'held' || state === 'approved'

/** The change that brought settings last, whatever became of it. */
export async function lastSettings(
  db: Queryable,
  connection: string,
  output: string,
): Promise<MappingChange | null> {
  const [row] = await db<ChangeRow[]>`
    select ${columns(db)} from mapping_change
    where connection = ${connection} and output = ${output} and settings is not null order by id desc limit 1`
  return row ? changeOf(row) : null
}

/** The change that brought this very text last, whatever became of it. */
export async function changeWithText(
  db: Queryable,
  connection: string,
  output: string,
  text: string,
): Promise<MappingChange | null> {
  const [row] = await db<ChangeRow[]>`
    select ${columns(db)} from mapping_change
    where connection = ${connection} and output = ${output} and mapping = ${text} order by id desc limit 1`
  return row ? changeOf(row) : null
}

export async function mappingChange(
  db: Queryable,
  connection: string,
  id: bigint,
): Promise<MappingChange | null> {
  const [row] = await db<ChangeRow[]>`
    select ${columns(db)} from mapping_change where connection = ${connection} and id = ${id}::bigint`
  return row ? changeOf(row) : null
}

/** Files that records are made by, and those on their way there, that have this word in them. */
export async function mappingsWith(db: Queryable, connection: string, word: string): Promise<string[]> {
  const rows = await db<{ mapping: string }[]>`
    select mapping from output_mapping where connection = ${connection} and position(${word} in mapping) > 0
    union
    select mapping from mapping_change where connection = ${connection} and position(${word} in mapping) > 0
      and state in ('proposed', 'held', 'approved')`
  return rows.map(({ mapping }) => mapping)
}

/** Those in this state, the newest first. */
export async function mappingChangesOf(
  db: Queryable,
  connection: string,
  state: MappingChangeState,
): Promise<MappingChange[]> {
  const rows = await db<ChangeRow[]>`
    select ${columns(db)} from mapping_change where connection = ${connection} and state = ${state} order by id desc`
  return rows.map(changeOf)
}

/** How far this execution's comparison came before its worker died; null where it begins. */
export async function progressOf(
  db: Queryable,
  id: bigint,
  execution: string,
): Promise<ComparedSoFar | null> {
  const [row] = await db<{ progress: (ComparedSoFar & { execution: string }) | null }[]>`
    select progress from mapping_change where id = ${id}::bigint and progress ->> 'execution' = ${execution}`
  return row?.progress ?? null
}

export async function markProgress(
  db: Queryable,
  id: bigint,
  execution: string,
  soFar: ComparedSoFar,
): Promise<void> {
  await db`
    update mapping_change set progress = ${JSON.stringify({ ...soFar, execution })}::text::jsonb where id = ${id}::bigint`
}

/**
 * Keeps what was compared and answers the state that follows: held or not as this comparison says, whatever an earlier one said. One that
 * was decided or superseded meanwhile stays so.
 */
export async function setDiff(
  db: Queryable,
  id: bigint,
  { diff, guard, problems, held }: { diff: RecordDiff; guard: number; problems: string[]; held: boolean },
): Promise<MappingChangeState | null> {
  const [row] = await db<{ state: MappingChangeState }[]>`
    update mapping_change set diff = ${JSON.stringify(diff)}::text::jsonb, guard = ${guard}, problems = ${problems}::text[],
      progress = null,
      state = case when state in ('proposed', 'held') then ${held ? 'held' : 'proposed'} else state end
    where id = ${id}::bigint returning state`
  return row?.state ?? null
}

export async function setChangeState(
  tx: Queryable,
  id: bigint,
  state: MappingChangeState,
  from: MappingChangeState[],
): Promise<boolean> {
  const rows = await tx`
    update mapping_change set state = ${state} where id = ${id}::bigint and state = any(${from}) returning id`
  return rows.length > 0
}

/** A person's word; null when there is no such change, or it is decided otherwise for good. */
export async function decideMapping(
  db: Queryable,
  connection: string,
  id: bigint,
  decision: { state: 'approved' | 'rejected'; by: string },
): Promise<MappingChange | null> {
  const from: MappingChangeState[] =
    decision.state === 'approved' ? ['held', 'rejected', 'approved'] : ['held']
  const rows = await db<ChangeRow[]>`
    update mapping_change set state = ${decision.state}, decided_at = now(), decided_by = ${decision.by}
    where connection = ${connection} and id = ${id}::bigint and state = any(${from}) returning ${columns(db)}`
  return rows[0] ? changeOf(rows[0]) : null
}
