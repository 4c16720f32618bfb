import { expect, it, onTestFinished } from 'vitest'
import { countsByDay, type Cut, type DayCounts } from '../../connectors/hub/enrichment/counts.ts'
import { loadedPipeline } from '../support/icecat-shop.ts'

/** All parts of a cut together. */
function sums({ by }: DayCounts, cut: Cut): Record<string, number> {
  const all: Record<string, number> = {}
  for (const { counts } of by[cut])
    for (const [name, n] of Object.entries(counts)) all[name] = (all[name] ?? 0) + n
  return all
}

it('a day of enrichment is told by brand, family, locale, attribute and reason, and its parts come to all of it', async () => {
  const pipeline = await loadedPipeline()
  onTestFinished(() => pipeline.close())
  const { deps, connection } = pipeline
  const run = await pipeline.enrich()
  const [day, ...before] = await countsByDay(deps.sql, connection)
  if (day === undefined) throw new Error('Nothing was counted')
  expect(before).toEqual([])
  // Of calls and sheets, it is not known whose they are: a call has lines of many.
  const whole = ['sheets', 'requests', 'unanswered']
  const known = Object.fromEntries(Object.entries(day.counts).filter(([name]) => !whole.includes(name)))
  expect(day.counts['sheets']).toBe(run.sheets)
  expect(run.kept).toBeGreaterThan(0)
  for (const cut of ['brand', 'family'] as const) expect(sums(day, cut)).toEqual(known)
  const { values, kept, files } = known
  for (const cut of ['locale', 'attribute'] as const)
    expect(sums(day, cut)).toMatchObject({ values, kept, files })
  expect(sums(day, 'reason')).toEqual({ kept, parked: 1 })
  const of = (cut: Cut, part: string) => day.by[cut].find((one) => one.part === part)?.counts
  expect(of('reason', '422')).toEqual({ parked: 1 })
  expect(of('locale', 'de_DE')?.['values']).toBeGreaterThan(0)
  expect(of('brand', 'Northlamp')?.['enriched']).toBeGreaterThan(0)
  // A run without news adds its name to the day, and nothing else.
  await pipeline.enrich()
  expect(await countsByDay(deps.sql, connection)).toEqual([day])
}, 120_000)

it('a daily run leaves what it came to counted, where counting takes long', async () => {
  const pipeline = await loadedPipeline()
  onTestFinished(() => pipeline.close())
  const { sql } = pipeline.deps
  const { connection } = pipeline
  // Counted an hour before, for half a minute; counting takes no time here, and what takes none is not kept.
  await sql`
    insert into enrichment_kept_counts (connection, counted_at, took_ms, counts)
    values (${connection}, now() - interval '1 hour', 30000, '{}')`
  await pipeline.enrich()
  expect(await sql`select from enrichment_kept_counts`).toHaveLength(0)
}, 120_000)
