import { startDelivery, startPoll, startReconcile, startRecord } from '../../client/support/starts.ts'
import type { Edit } from '../properties/actions.ts'
import { passInDatabase } from '../properties/world.ts'
import { until } from '../support/until.ts'
import { doubles, hubDifferences } from './checks.ts'
import { editCheck, fileCheck, sendInTime, sentFirst } from './enrichment-trials.ts'
import { unnoticedMs } from './faults.ts'
import { soon } from './soon.ts'
import type { Stage } from './stage.ts'
import type { World } from './world.ts'
import { lockWaits } from '../support/transactions.ts'

/*
 * One moment each in which one rule of the protocol is all that stands between an edit and its loss. With the rule nothing is found;
 * workers that run without it (`--mutant`, mutants/) are found out.
 */

export const rules = [
  'ticket',
  'cursorFence',
  'overlap',
  'watermarkAtTheEnd',
  'descendantSweep',
  'guard',
  'feedCounter',
  'lanes',
  'editCheck',
  'sentFirst',
  'sendInTime',
  'fileCheck',
] as const
export type Rule = (typeof rules)[number]

/** The module of the product that a mutant replaces. */
export const modules: Record<Rule, string> = {
  ticket: 'connectors/hub/sources.ts',
  cursorFence: 'connectors/hub/transfers.ts',
  overlap: 'domain/poll-window.ts',
  watermarkAtTheEnd: 'connectors/hub/runs.ts',
  descendantSweep: 'connectors/hub/sweeps.ts',
  guard: 'domain/guards.ts',
  feedCounter: 'connectors/hub/feed-counter.ts',
  lanes: 'connectors/hub/lanes.ts',
  editCheck: 'domain/enrichment/lines/overtaken.ts',
  sentFirst: 'connectors/hub/enrichment/lines.ts',
  sendInTime: 'connectors/akeneo/in-time.ts',
  fileCheck: 'activities/enrichment/place-file.ts',
}

const minutes = 60_000

/** Each answers with what went wrong, in words; begun and ended while nothing else is under way. */
export const trials: Record<Rule, (world: World, stage: Stage) => Promise<string[]>> = {
  // A page is on its way to the hub while a person syncs a record that it holds: the page is the older reading.
  ticket: async (world, stage) => {
    const [sku = ''] = await world.akeneo.ask('skus', null)
    await stage.edit([rename(1)])
    await stage.searchShows('all')
    const { poll, release } = await pollAtItsProducts(world)
    await stage.edit([rename(2)])
    await stage.run(startRecord(world.connection, sku))
    release()
    await world.ended(poll)
    return (await hubDifferences(world)).map((line) => `after a sync beside a poll: ${line}`)
  },

  // A worker stands still before it commits its page; another one commits it, and then the first goes on.
  cursorFence: async (world, stage) => {
    await stage.edit([rename(1)])
    await stage.searchShows('all')
    const held = world.proxy.holdNext(/update transfer set cursor/)
    const poll = await world.start(startPoll(world.connection))
    const { port, release } = await soon(held)
    const worker = world.workers.find(({ databasePort }) => databasePort === port)
    worker?.signal('SIGSTOP')
    await until(() => hasPages(world), 'another worker has committed the page', 2 * unnoticedMs + 20_000)
    release()
    worker?.signal('SIGCONT')
    await world.ended(poll)
    await stage.allEnded()
    return doubles(world)
  },

  // The search shows the edits only after the poll, whose watermark is later than they are.
  overlap: async (world, stage) => {
    await stage.edit([rename(1), { do: 'set-model', who: 0, what: 3, to: 2 }])
    await stage.run(startPoll(world.connection))
    await stage.searchShows('all')
    await stage.run(startPoll(world.connection))
    return hubDifferences(world)
  },

  // A run is ended from outside before it has read anything; what it should have read is older than the overlap by then.
  watermarkAtTheEnd: async (world, stage) => {
    await timePasses(world, 20)
    await stage.edit([rename(1)], minutesAgo(10))
    await stage.searchShows('all')
    const held = world.proxy.holdNext(/update transfer set cursor/)
    const poll = await world.start(startPoll(world.connection))
    const { release } = await soon(held)
    await world.client.workflow.getHandle(poll).terminate('its machine room burnt down')
    // What it still has on its way is committed by nobody.
    world.proxy.cutAll()
    release()
    await stage.allEnded()
    await stage.run(startPoll(world.connection))
    return hubDifferences(world)
  },

  // The search shows the variants of a changed model with the model's date, when the window of polls has gone on.
  descendantSweep: async (world, stage) => {
    await timePasses(world, 20)
    await stage.edit([{ do: 'set-model', who: 0, what: 3, to: 2 }], minutesAgo(10))
    await stage.searchShows('models')
    await stage.run(startPoll(world.connection))
    await stage.searchShows('all')
    await passInDatabase(world.sql, world.connection, 16 * 60)
    await stage.run(startPoll(world.connection))
    return hubDifferences(world)
  },

  // A third of the catalogue is gone: nobody has said yet that it may leave.
  guard: async (world, stage) => {
    await world.akeneo.ask('deleteMade', 40)
    await stage.run(startReconcile(world.connection))
    const [row] = await world.sql<{ retired: number }[]>`
      select count(*)::int as retired from hub_record
      where connection = ${world.connection} and status = 'retired' and kind = 'product'`
    const problems = (row?.retired ?? 0) === 0 ? [] : [`${row?.retired ?? 0} records left unasked`]
    // For what comes after: a person's word on what was held.
    await stage.approveAll()
    return problems
  },

  // One publisher stands at its commit; a second one publishes, and the destination is brought what there is by then.
  feedCounter: async (world, stage) => {
    const skus = await world.akeneo.ask('skus', null)
    await stage.edit([rename(1)])
    await stage.searchShows('all')
    const held = world.proxy.holdNext(/^\s*commit/, 'feed_counter')
    const poll = await world.start(startPoll(world.connection))
    const { release } = await soon(held)
    await stage.edit([{ do: 'set', who: 50, what: 0, to: 5 }])
    const sync = await world.start(startRecord(world.connection, skus[50] ?? ''))
    // With the rule it waits for the first one; without, it is through soon, and a delivery passes the numbers that are not there yet.
    if (await endsUnhindered(world, sync)) await stage.run(startDelivery(world.connection))
    release()
    await world.ended(poll)
    await world.ended(sync)
    await stage.deliver()
    return (await stage.problems()).lost
  },

  // Everybody calls at once, and Akeneo is slow.
  lanes: async (world, stage) => {
    const skus = await world.akeneo.ask('skus', null)
    await world.akeneo.ask('fault', { path: '/api/rest/*', delayMs: 200, count: 200 })
    const syncs = await Promise.all(
      skus.slice(0, 8).map((sku) => world.start(startRecord(world.connection, sku))),
    )
    await stage.run(startPoll(world.connection))
    for (const sync of syncs) await world.ended(sync)
    await world.akeneo.ask('clearFaults', null)
    return doubles(world)
  },

  editCheck,
  sentFirst,
  sendInTime,
  fileCheck,
}

/** The first product has another name each time. */
const rename = (to: number): Edit => ({ do: 'set', who: 0, what: 0, to: 2 * to })

const minutesAgo = (count: number) => new Date(Date.now() - count * minutes)

/** All that was read so far was read so much earlier. */
async function timePasses({ sql, connection }: World, passed: number): Promise<void> {
  await sql`update watermark set at = at - make_interval(mins => ${passed}) where connection = ${connection}`
}

/** Whether the newest run has committed a page. */
async function hasPages({ sql, connection }: World): Promise<boolean> {
  const [row] = await sql<{ pages: number }[]>`
    select coalesce(sum(pages), 0)::int as pages from transfer
    where run = (select max(id) from run where connection = ${connection})`
  return (row?.pages ?? 0) > 0
}

/** A poll that has read a page of products and is about to commit it. */
async function pollAtItsProducts(world: World): Promise<{ poll: string; release: () => void }> {
  const asked = async () =>
    (await world.akeneo.ask('requests', null)).filter(({ path }) => path.endsWith('/products-uuid')).length
  const before = await asked()
  let next = world.proxy.holdNext(/update transfer set cursor/)
  const poll = await world.start(startPoll(world.connection))
  for (;;) {
    const { release } = await soon(next)
    if ((await asked()) > before) return { poll, release }
    // The page of models that comes first.
    next = world.proxy.holdNext(/update transfer set cursor/)
    release()
  }
}

/** Whether a run ends although another one holds its locks; false once it waits for one. */
async function endsUnhindered(world: World, workflowId: string): Promise<boolean> {
  let hasEnded = false
  void world.ended(workflowId).then(() => (hasEnded = true))
  await until(async () => hasEnded || (await lockWaits(world.sql)) > 0, 'it ends, or waits for a lock')
  return hasEnded
}
