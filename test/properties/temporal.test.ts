import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { scenario } from './actions.ts'
import { runScenario } from './run-scenario.ts'
import { openTemporalPlayer, type TemporalPlayer } from './through-temporal.ts'

/*
 * The scenarios again, with workflows on a real server and a worker instead of activities in order. More seeds:
 * npm run test:properties -- --temporal --seeds 20
 */

/** A scenario takes about 3 s of a free processor. */
const seeds = 2

let database: FreshDatabase
let temporal: TemporalPlayer
beforeAll(async () => {
  database = await freshDatabase()
  temporal = await openTemporalPlayer({
    databaseUrl: database.url,
    temporalAddress: inject('temporalAddress'),
    workflowBundleCode: inject('workflowBundleCode'),
  })
})
afterAll(async () => {
  await temporal.close()
  await database.drop()
})

describe('the hub holds what Akeneo holds, through workflows', () => {
  it(`in ${seeds} scenarios`, { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (one) => {
        expect(await runScenario(database.url, one, temporal.play)).toEqual([])
      }),
      { numRuns: seeds, seed: 1, endOnFailure: true },
    )
  })
})
