import { startCategories, startFullLoad, startPoll, startRecord } from '../../client/support/starts.ts'
import { mulberry32 } from '../../simulator/akeneo/faults.ts'
import type { Edit } from '../properties/actions.ts'
import { passInDatabase } from '../properties/world.ts'
import { doubles, type Findings, leaks } from './checks.ts'
import { datedEdit, silentEdit } from './edits.ts'
import { enrichmentProblems } from './enrichment-checks.ts'
import { commonKinds, type FaultKind, type Random, writingKinds } from './faults.ts'
import type { Services } from './services.ts'
import { Stage } from './stage.ts'
import { modules, type Rule, rules, trials } from './trials.ts'
import { World } from './world.ts'

export interface SeedOutcome extends Findings {
  seed: number
  faults: Partial<Record<FaultKind, number>>
  edits: number
  /** Runs that ended in a failure; a fault may end one, what it left the next one carries. */
  failed: number
  seconds: number
}

export interface SeedOptions {
  /** Further faults of the first act, beside the two that each seed has. */
  faults: number
  say: (text: string) => void
}

/** Each seed has one of each; without it, a seed would prove less than it says. */
const needed: FaultKind[] = ['kill', 'databaseLoss']

/** How long Akeneo's search trails edits, and variants their model; unit ms. */
const lags = { searchLagMs: 700, variantLagMs: 1500 }

/** A trial that needs the search to trail must not be through before it begins, on a busy machine neither. */
const longLags = { searchLagMs: 4000, variantLagMs: 6000 }

/** More than a page of products, so that cursors matter. */
const moreProducts = 120

/**
 * One seed: a first load and polls while things go wrong and people edit; then calm, and the passes that promise 1 names; then a trial of
 * one rule; then what a week brings, with faults again. Afterwards everything must agree.
 */
export async function playSeed(
  services: Services,
  seed: number,
  { faults: extra, say }: SeedOptions,
): Promise<SeedOutcome> {
  const began = performance.now()
  const random = mulberry32(seed)
  const findings: Findings = { lost: [], doubled: [], leaked: [] }
  const world = await World.open(services, { prepare: seed % 2 === 0, akeneo: lags })
  const stage = new Stage(world, random, say)
  const { connection } = world
  try {
    const look = async (when: string) => {
      for (const { lost, doubled } of [await stage.problems(), await enrichmentProblems(world)]) {
        findings.lost.push(...lost.map((line) => `${when}: ${line}`))
        findings.doubled.push(...doubled.map((line) => `${when}: ${line}`))
      }
    }
    await furnish(world, stage)

    await stage.act([...needed, ...some(random, commonKinds, extra)], datedEdit, async () => {
      await stage.run(startCategories(connection))
      await stage.run(startFullLoad(connection))
      const enriching = stage.enrichAllAlong()
      while (stage.isStormy) {
        await stage.run(startPoll(connection))
        if (random() < 0.3) await stage.run(startRecord(connection, await stage.someSku()))
      }
      await enriching
    })
    await stage.calm()
    await stage.rest()
    await stage.deliver()
    await look('after the next poll')

    const rule = rules[seed % rules.length]
    if (rule !== undefined) {
      const problems = await trials[rule](world, stage)
      findings.lost.push(...problems.map((line) => `trial of ${rule}: ${line}`))
    }

    await stage.newContent(20)
    await stage.act(
      ['killWriting', 'icecatOutage', ...some(random, writingKinds, 1), ...some(random, commonKinds, 1)],
      silentEdit,
      async () => {
        await Promise.all([stage.week(), stage.enrichAllAlong()])
      },
    )
    await stage.calm()
    // Lists without dates are read again once a day.
    await passInDatabase(world.sql, connection, 26 * 3600)
    await stage.week()
    await stage.rest()
    await stage.deliver()
    await look('after the weekly pass')

    for (const kind of [...needed, 'killWriting' as const, 'icecatOutage' as const]) {
      if (stage.counts[kind] === undefined) findings.lost.push(`${kind}: found no moment to strike`)
    }
    findings.doubled.push(...(await doubles(world)))
    findings.leaked.push(...(await leaks(world)))
  } catch (error) {
    // What hangs, or leaves the stage unplayable, has kept no promise.
    findings.lost.push(`not played to its end: ${String(error)}`)
  } finally {
    await world.close()
  }
  const { counts, edits, failed } = stage
  return { seed, ...findings, faults: counts, edits, failed, seconds: secondsSince(began) }
}

/** Workers without one rule, on a quiet day and in that rule's trial: what is lost. */
export async function playMutant(
  services: Services,
  rule: Rule,
  say: (text: string) => void,
): Promise<{ lost: string[]; seconds: number }> {
  const began = performance.now()
  const mutant = { of: modules[rule], by: `test/chaos/mutants/${rule}.ts` }
  const world = await World.open(services, { prepare: true, akeneo: longLags, mutant })
  const stage = new Stage(world, mulberry32(1), say)
  try {
    // What the mutant of the feed's counter numbers by.
    await world.sql`create sequence plain_serial`
    // Long before: then the poll of a trial has a single page, with what the trial edits.
    await furnish(world, stage, new Date(Date.now() - 3_600_000))
    await stage.searchShows('all')
    await stage.run(startCategories(world.connection))
    await stage.run(startFullLoad(world.connection))
    return { lost: await trials[rule](world, stage), seconds: secondsSince(began) }
  } finally {
    await world.close()
  }
}

async function furnish(world: World, stage: Stage, at?: Date): Promise<void> {
  await stage.edit(
    Array.from({ length: moreProducts }, (_, to): Edit => ({ do: 'create', to })),
    at,
  )
  await world.akeneo.ask('number', at)
}

const secondsSince = (began: number) => Math.round((performance.now() - began) / 100) / 10

/** As many of these as wanted, each at most once. */
function some<T>(random: Random, of: readonly T[], count: number): T[] {
  const left = [...of]
  return Array.from({ length: Math.min(count, left.length) }, () =>
    left.splice(Math.floor(random() * left.length), 1),
  ).flat()
}
