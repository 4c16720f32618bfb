import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { type Scenario, scenario } from './actions.ts'
import { runScenario } from './run-scenario.ts'

/*
 * Whatever happens in Akeneo, before, during and between runs: when the passes have run that a promise names, the hub holds what a plain
 * reading of Akeneo's own state says. More seeds: npm run test:properties -- --seeds 500
 */

/** A scenario takes about 2 s of a free processor. */
const seeds = 12

let database: FreshDatabase
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.drop())

describe('the hub holds what Akeneo holds', () => {
  it(`in ${seeds} scenarios`, { timeout: 240_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (one) => {
        expect(await runScenario(database.url, one)).toEqual([])
      }),
      // The same ones each time: what a machine finds by chance belongs into a list of its own.
      { numRuns: seeds, seed: 1, endOnFailure: true },
    )
  })
})

/** What scenarios found once, as `run.ts` printed it, shrunk. */
const found: Record<string, Partial<Scenario>> = {
  'an option gets another label, which a rule shows': {
    trade: true,
    actions: [{ do: 'label-option', who: 0, to: 0 }],
  },
  'the options of an axis get another order': {
    actions: [{ do: 'sort-option', who: 1, to: 0 }],
  },
  'a file of a model is a group’s at one level and part of one at another': {
    trade: true,
    files: true,
    actions: [{ do: 'file-of-model', who: 26, what: 2, to: 0 }],
  },
  'a load begins although the search trails a bulk edit': {
    searchLagSeconds: 240,
    before: [{ do: 'cross-sell-family' }],
    actions: [{ do: 'poll', meanwhile: [] }],
  },
  'a model that is deleted takes the links to it along': {
    actions: [
      { do: 'poll', meanwhile: [{ atCall: 1, when: 'before', what: [{ do: 'delete-model', who: 6 }] }] },
      { do: 'poll', meanwhile: [] },
    ],
  },
  'the search finds variants by a category that their model has left': {
    variantLagSeconds: 600,
    actions: [
      { do: 'recategorize-model', who: 16, to: 0 },
      { do: 'night', meanwhile: [] },
    ],
  },
  'sub-models that are groups show the value of their root before the search finds them as changed': {
    variantLagSeconds: 600,
    trade: true,
    actions: [
      { do: 'set-model', who: 16, what: 2, to: 0 },
      { do: 'poll', meanwhile: [] },
    ],
  },
  'a person syncs one variant of a changed model before the search finds the others': {
    variantLagSeconds: 600,
    actions: [
      { do: 'set-model', who: 0, what: 3, to: 2 },
      { do: 'sync', who: 2 },
      { do: 'poll', meanwhile: [] },
    ],
  },
  'a load waits for the search to find what somebody has just changed everywhere': {
    searchLagSeconds: 20,
    actions: [
      { do: 'cross-sell-family' },
      { do: 'kit', who: 8, what: 0, to: 0 },
      { do: 'night', meanwhile: [] },
    ],
  },
  'a model of two levels whose last sub-model is deleted is no group where sub-models are': {
    trade: true,
    before: [
      { do: 'delete-model', who: 12 },
      { do: 'delete-model', who: 0 },
    ],
    actions: [
      { do: 'delete-model', who: 25 },
      { do: 'create-variant', who: 0, to: 0 },
    ],
  },
}

describe('what was found once', () => {
  it.each(Object.entries(found))('%s', { timeout: 60_000 }, async (_what, part) => {
    const quiet: Scenario = {
      skewSeconds: 0,
      searchLagSeconds: 0,
      variantLagSeconds: 0,
      before: [],
      actions: [],
    }
    expect(await runScenario(database.url, { ...quiet, ...part })).toEqual([])
  })
})
