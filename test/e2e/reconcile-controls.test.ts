import { CancelledFailure, type WorkflowFailedError } from '@temporalio/client'
import { afterEach, expect, it } from 'vitest'
import { workflowId, workflowTypes } from '../../contracts/names.ts'
import { gate } from '../client/stubs.ts'
import {
  type Catalogue,
  closeCatalogues,
  deleteProducts,
  loadedThrough,
  simpleProducts,
  told,
} from '../support/reconciling.ts'
import { until } from '../support/until.ts'

afterEach(closeCatalogues)

/** A reconcile is under way until an answer that the test holds: what the test does meanwhile cannot come too early or too late. */
async function heldReconcile(isHeld: (url: URL) => boolean, how: { content?: boolean } = {}) {
  const at = await loadedThrough()
  const deleted = (await simpleProducts(at)).slice(0, 6)
  await deleteProducts(at, deleted)
  const reached = gate()
  const answer = gate()
  at.proxy.hold = (url) => {
    if (!isHeld(url)) return undefined
    reached.open()
    return answer.opened
  }
  const handle = await at.client.workflow.start(workflowTypes.reconcileCatalog, {
    workflowId: workflowId(at.connection, 'reconcile'),
    taskQueue: at.taskQueue,
    args: [{ connection: at.connection, ...how }],
  })
  await reached.opened
  return { at, deleted, handle, answer: () => answer.open() }
}

const controls = async ({ database: { sql } }: Catalogue) =>
  Object.fromEntries(
    (
      await sql<{ process: string; state: string }[]>`
        select process, state from control join run on run.id = control.run where finished_at is null`
    ).map(({ process, state }) => [process, state]),
  )

const outcomes = async ({ database: { sql } }: Catalogue, processes: string[]) =>
  (
    await sql<{ process: string; outcome: string }[]>`
      select distinct on (process) process, outcome from run where process = any(${processes}) order by process, id desc`
  ).map(({ process, outcome }) => `${process} ${outcome}`)

it('a paused reconcile stands still in its full pass, and goes on to the end when it is resumed', async () => {
  const { at, deleted, handle, answer } = await heldReconcile(
    ({ pathname, searchParams }) => pathname.endsWith('/products-uuid') && searchParams.has('search_after'),
    { content: true },
  )
  await handle.signal('pause')
  await until(async () => {
    const states = await controls(at)
    return states['reconcile'] === 'paused' && states['load-products'] === 'paused'
  }, 'the pause stands where both look for it')
  answer()
  const pass = at.client.workflow.getHandle(workflowId(at.connection, 'load-products'))
  await until(
    async () => ((await pass.describe()).raw.pendingActivities ?? []).length === 0,
    'the full pass has ended its chunk',
  )
  const open = await at.database.sql`
    select from transfer join run on run.id = transfer.run where run.finished_at is null and not transfer.done`
  expect(open.length).toBeGreaterThan(0)
  await handle.signal('resume')
  expect(await handle.result()).toMatchObject({ outcome: 'done', retired: deleted.length })
})

it('a reconcile that is cancelled in its retirement ends both at the record they are at, and the next one retires the rest', async () => {
  const { at, deleted, handle, answer } = await heldReconcile(({ pathname }) =>
    /\/products-uuid\/[^/]+$/.test(pathname),
  )
  await handle.cancel()
  await until(async () => {
    const states = await controls(at)
    return states['reconcile'] === 'cancelled' && states['retire'] === 'cancelled'
  }, 'the end stands where both look for it')
  answer()
  const failure: unknown = await handle.result().catch((error: unknown) => error)
  expect((failure as WorkflowFailedError).cause).toBeInstanceOf(CancelledFailure)
  expect(await outcomes(at, ['reconcile', 'retire'])).toEqual(['reconcile cancelled', 'retire cancelled'])
  const before = told(await at.news())
  // One of each reader's, whose answer was on its way.
  expect(before.length).toBeLessThan(deleted.length)
  expect(await at.reconcile()).toMatchObject({ outcome: 'done', retired: deleted.length - before.length })
  const after = told(await at.news())
  expect([...before, ...after].sort()).toEqual(deleted.map((sku) => `retired product ${sku}`).sort())
})
