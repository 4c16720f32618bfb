import { describe, expect, it } from 'vitest'
import { allFeedRules, feed, type FeedRules } from './feed.ts'
import { allLoadRules, load, type LoadRules } from './load.ts'
import { allRules, type Bounds, protocol, type Rules } from './protocol.ts'
import { searchAll } from './search.ts'

/*
 * All orders of events within small bounds, not some of them: with all rules none loses or doubles anything; each rule that is left out is
 * found, by the shortest way to what goes wrong. That the product keeps these rules is shown by test/properties and test/chaos.
 */

const nothing: Bounds = {
  edits: 0,
  modelEdits: 0,
  runs: 1,
  deaths: 0,
  lostRuns: 0,
  overtakings: 0,
  syncs: 0,
  clock: 1,
}

const circumstances: Record<string, Bounds> = {
  'edits that the search shows late': { ...nothing, edits: 1, runs: 2, clock: 3 },
  'a run that is lost': { ...nothing, edits: 1, runs: 2, lostRuns: 1, clock: 2 },
  'a worker that dies, and one that is overtaken': { ...nothing, edits: 1, deaths: 1, overtakings: 1 },
  'a sync beside a poll': { ...nothing, edits: 1, syncs: 1 },
  'variants that are shown long after their model': { ...nothing, modelEdits: 1, runs: 2, clock: 4 },
}

/** In which of them a rule that is left out must be found. */
const needed: Record<keyof Rules, keyof typeof circumstances> = {
  overlap: 'edits that the search shows late',
  watermarkFromBefore: 'edits that the search shows late',
  watermarkAtTheEnd: 'a run that is lost',
  cursorFence: 'a worker that dies, and one that is overtaken',
  cursorWithPage: 'a worker that dies, and one that is overtaken',
  ticket: 'a sync beside a poll',
  ticketBeforeSending: 'a sync beside a poll',
  descendantSweep: 'variants that are shown long after their model',
}

describe('the protocol by which changes come into the hub', { timeout: 60_000 }, () => {
  it.each(Object.entries(circumstances))('loses and doubles nothing: %s', (_, bounds) => {
    const { states, counterexample } = searchAll(protocol(allRules, bounds))
    expect(counterexample).toBeNull()
    expect(states).toBeGreaterThan(1000)
  })

  it.each(Object.entries(needed))('needs its rule %s: %s', (rule, circumstance) => {
    const bounds = circumstances[circumstance] ?? nothing
    expect(searchAll(protocol({ ...allRules, [rule]: false }, bounds)).counterexample).not.toBeNull()
  })
})

describe('a feed', () => {
  it('shows each entry once to a reader that goes by numbers, and has no gaps', () => {
    expect(searchAll(feed(allFeedRules, 4)).counterexample).toBeNull()
  })

  it.each(Object.keys(allFeedRules) as (keyof FeedRules)[])('needs its rule %s', (rule) => {
    expect(searchAll(feed({ ...allFeedRules, [rule]: false }, 3)).counterexample).not.toBeNull()
  })
})

describe('a first load in slices', () => {
  it('leaves nothing out, whoever dies and whatever is edited meanwhile', () => {
    expect(searchAll(load(allLoadRules, { edits: 2, deaths: 2 })).counterexample).toBeNull()
  })

  it.each(Object.keys(allLoadRules) as (keyof LoadRules)[])('needs its rule %s', (rule) => {
    const without = { ...allLoadRules, [rule]: false }
    expect(searchAll(load(without, { edits: 1, deaths: 1 })).counterexample).not.toBeNull()
  })
})
