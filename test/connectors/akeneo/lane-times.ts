import type { Sql } from '../../../connectors/hub/database.ts'

/** From now on the database notes when it let each call to a host start. What clients see is later by as much as they are busy. */
export async function notedStarts(sql: Sql): Promise<() => Promise<number[]>> {
  await sql`create table noted_start (at timestamptz not null)`
  await sql`
    create function note_start() returns trigger language plpgsql as $$
    begin
      insert into noted_start
        select new.next_start - make_interval(secs => concurrency::double precision / per_second)
        from akeneo_host where host = new.owner;
      return null;
    end $$`
  await sql`
    create trigger note_start after update on lane for each row
    when (new.scope = 'host' and new.next_start > old.next_start) execute function note_start()`
  return async () => {
    const rows = await sql<{ at: Date }[]>`select at from noted_start`
    return rows.map(({ at }) => at.getTime())
  }
}

/** How long something took; unit ms. */
export async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

/** Most starts in any second; unit of `starts` ms. */
export function busiestSecond(starts: number[]): number {
  const sorted = starts.toSorted((a, b) => a - b)
  let most = 0
  let first = 0
  for (const [index, at] of sorted.entries()) {
    while ((sorted[first] ?? at) <= at - 1000) first++
    most = Math.max(most, index - first + 1)
  }
  return most
}
