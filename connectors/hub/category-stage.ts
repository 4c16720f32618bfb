import type { Queryable, Transaction } from './database.ts'

export type StageOutcome = 'written' | 'unchanged' | 'refused' | 'blocked'

export interface StagedCategory {
  code: string
  parent: string | null
  branch: string
  depth: number
  position: number
  path: string[]
  /** Of the request that read it, as a decimal. */
  ticket: string
  source: unknown
}

export interface StagedRow extends Omit<StagedCategory, 'ticket'> {
  rank: number
  ticket: bigint
  /** Whether the parent is in the hub: null at a root. */
  parentOutcome: StageOutcome | null
}

/** Where in a branch the next batch starts: levels in order, within a level the order of the tree. */
export interface BranchCursor {
  depth: number
  rank: number
}

/** Replaces what an earlier attempt of this run staged: the list must be of one moment. */
export async function stageCategories(
  tx: Transaction,
  run: bigint,
  ticket: bigint,
  nodes: StagedCategory[],
): Promise<void> {
  await tx`update run set ticket = ${ticket}::bigint where id = ${run}::bigint`
  await tx`delete from category_stage where run = ${run}::bigint`
  await tx`
    insert into category_stage (run, code, parent, branch, depth, position, rank, path, ticket, source)
    select ${run}::bigint, code, parent, branch, depth, position, row, path, ticket, source
    from json_to_recordset(${JSON.stringify(nodes.map((node, row) => ({ ...node, row })))}::text::json)
      as r (code text, parent text, branch text, depth int, position int, path text[], ticket bigint, source jsonb, row int)`
}

export async function branchesBelow(db: Queryable, run: bigint, parents: string[] | null): Promise<string[]> {
  const rows = await db<{ code: string }[]>`
    select code from category_stage
    where run = ${run}::bigint and branch = code
      and ${parents === null ? db`parent is null` : db`lower(parent) = any(${parents.map((code) => code.toLowerCase())})`}
    order by rank`
  return rows.map(({ code }) => code)
}

/** The next siblings of one level of a branch that come after `after`, at most `limit`. */
export async function nextOfBranch(
  db: Queryable,
  run: bigint,
  branch: string,
  after: BranchCursor | null,
  limit: number,
): Promise<StagedRow[]> {
  const rows = await db<StagedRow[]>`
    select s.code, s.parent, s.branch, s.depth, s.position, s.rank, s.path, s.ticket, s.source, p.outcome as "parentOutcome"
    from category_stage s
    left join category_stage p on p.run = s.run and lower(p.code) = lower(s.parent)
    where s.run = ${run}::bigint and s.branch = ${branch}
      ${after ? db`and (s.depth, s.rank) > (${after.depth}, ${after.rank})` : db``}
    order by s.depth, s.rank limit ${limit}`
  return rows.filter(({ depth }) => depth === rows[0]?.depth)
}

export async function setStageOutcomes(
  tx: Transaction,
  run: bigint,
  outcomes: { code: string; outcome: StageOutcome }[],
): Promise<void> {
  if (outcomes.length === 0) return
  await tx`
    update category_stage s set outcome = r.outcome
    from json_to_recordset(${JSON.stringify(outcomes)}::text::json) as r (code text, outcome text)
    where s.run = ${run}::bigint and s.code = r.code`
}

export async function stageCounts(
  db: Queryable,
  run: bigint,
): Promise<Partial<Record<StageOutcome | 'open', number>>> {
  const rows = await db<{ outcome: StageOutcome | 'open'; n: number }[]>`
    select coalesce(outcome, 'open') as outcome, count(*)::int as n from category_stage
    where run = ${run}::bigint group by 1`
  return Object.fromEntries(rows.map(({ outcome, n }) => [outcome, n]))
}

/** A stage is scaffolding: it goes when its run is done. */
export async function dropStage(db: Queryable, run: bigint): Promise<void> {
  await db`delete from category_stage where run = ${run}::bigint`
}
