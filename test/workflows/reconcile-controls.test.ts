import { CancelledFailure, WorkflowFailedError } from '@temporalio/client'
import { describe, expect, it } from 'vitest'
import type { Activities } from '../../activities/index.ts'
import { workflowId } from '../../contracts/names.ts'
import type { ReconcileReport, RetireReport } from '../../contracts/reports.ts'
import { chunk, openedPoll, policy, pollReport, reconcileReport } from '../client/stubs.ts'
import { type StubRun, withStubs } from '../support/stub-worker.ts'
import { until } from '../support/until.ts'

const report: ReconcileReport = { ...reconcileReport, runId: '1' }
const retired: RetireReport = { outcome: 'done', runId: '3', plan: '3', retired: 1, kept: 0, published: 1 }

/**
 * The work of a reconcile, of the full pass and of the plan that it starts. The first chunk of the one that is `held` ends when its control row
 * says so, as real ones do.
 */
function work(held: 'full' | 'plan' | null) {
  const control = new Map<string, string[]>()
  const written = (runId: string) => control.get(runId) ?? []
  const abandoned: string[] = []
  const chunks = { full: 0, plan: 0 }
  const stateOf = (runId: string) => written(runId).at(-1) as 'paused' | 'running' | 'cancelled' | undefined
  /** What a chunk answers once its control row was written. */
  const told = async (runId: string) => {
    await until(
      () => Promise.resolve(stateOf(runId) !== undefined),
      `the control row of run ${runId} is written`,
    )
    return { state: stateOf(runId) ?? ('running' as const), more: stateOf(runId) !== 'cancelled' }
  }
  const activities: Partial<Activities> = {
    openReconcile: () => Promise.resolve({ runId: '1', outcome: null, holder: null, readers: 1, policy }),
    openLoad: () => Promise.resolve({ ...openedPoll, runId: '2' }),
    readStructure: () => Promise.resolve(),
    planLoad: () => Promise.resolve({ readers: 1, modelReaders: 1, slices: 1, products: 5 }),
    transferRecords: async ({ streams }) => {
      if (streams[0] === 'products' && ++chunks.full === 1 && held === 'full')
        return { ...chunk, ...(await told('2')) }
      return chunk
    },
    finishRun: () => Promise.resolve({ report: { ...pollReport, runId: '2' }, destinations: [] }),
    listKeys: () => Promise.resolve(chunk),
    planDependentLists: () => Promise.resolve(),
    readUnknown: () => Promise.resolve({ unknown: 0, read: 0, more: false }),
    judgeAbsence: () => Promise.resolve({ plan: '3', held: [], absent: 1 }),
    openRetire: () =>
      Promise.resolve({
        runId: '3',
        outcome: null,
        holder: null,
        phases: [{ streams: ['products'], readers: 1 }],
        policy,
      }),
    retireChunk: async () => {
      const counts = { retired: 1, kept: 0 }
      if (++chunks.plan === 1 && held === 'plan') return { ...counts, ...(await told('3')) }
      return { ...counts, state: 'running', more: false }
    },
    finishRetire: () => Promise.resolve({ report: retired }),
    closeReconcile: () => Promise.resolve({ report }),
    setControl: ({ runId, state }) => {
      control.set(runId, [...written(runId), state])
      return Promise.resolve()
    },
    abandonRun: ({ runId, outcome }) => {
      abandoned.push(`${runId} ${outcome}`)
      return Promise.resolve(undefined)
    },
  }
  return { activities, chunks, written, abandoned }
}

const start = ({ client, taskQueue, connection }: StubRun, content: boolean) =>
  client.workflow.start('reconcileCatalog', {
    workflowId: workflowId(connection, 'reconcile'),
    taskQueue,
    args: [{ connection, content }],
  })

/** What the reconcile has started, by what it is called here, the run that it opens, and the reconcile that starts it. */
const children = [
  {
    name: 'the full pass',
    part: 'full',
    run: '2',
    content: true,
    process: 'load-products',
    detail: undefined,
  },
  { name: 'the retirement', part: 'plan', run: '3', content: false, process: 'retire', detail: '3' },
] as const

describe.each(children)('a reconcile that has started $name', ({ part, run, content, process, detail }) => {
  it('pauses and resumes it with itself', async () => {
    const { activities, chunks, written } = work(part)
    await withStubs(activities, async (stub) => {
      const handle = await start(stub, content)
      await until(() => Promise.resolve(chunks[part] === 1), 'its first chunk is under way')
      await handle.signal('pause')
      // The chunk has ended by the control row, and its counts are shown: what comes next would be the second.
      const child = stub.client.workflow.getHandle(workflowId(stub.connection, process, detail))
      // A page of models and one of products, or one record of the plan.
      const [counted, after] = part === 'full' ? ['read', 10] : ['retired', 1]
      await until(
        async () =>
          (await child.query<Record<string, number>>('progress'))[counted] === after &&
          written(run).length === 1,
        'the first chunk has ended',
      )
      expect(written(run)).toEqual(['paused'])
      expect(chunks[part]).toBe(1)
      await handle.signal('resume')
      expect(await handle.result()).toEqual(report)
    })
    expect(written(run)).toEqual(['paused', 'running'])
    expect(written('1')).toEqual(['paused', 'running'])
    expect(chunks[part]).toBe(2)
  })

  it('ends it when it is cancelled, and both give their claims back', async () => {
    const { activities, chunks, written, abandoned } = work(part)
    await withStubs(activities, async (stub) => {
      const handle = await start(stub, content)
      await until(() => Promise.resolve(chunks[part] === 1), 'its first chunk is under way')
      await handle.cancel()
      const failure: unknown = await handle.result().catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(WorkflowFailedError)
      expect((failure as WorkflowFailedError).cause).toBeInstanceOf(CancelledFailure)
      const child = stub.client.workflow.getHandle(workflowId(stub.connection, process, detail))
      expect((await child.describe()).status.name).toBe('CANCELLED')
    })
    expect(written(run)).toEqual(['cancelled'])
    expect(abandoned).toEqual([`${run} cancelled`, '1 cancelled'])
    expect(chunks[part]).toBe(1)
  })
})

it('a reconcile that was paused before starts nothing until it is resumed', async () => {
  const { activities, chunks } = work(null)
  await withStubs(activities, async (stub) => {
    const handle = await stub.client.workflow.signalWithStart('reconcileCatalog', {
      workflowId: workflowId(stub.connection, 'reconcile'),
      taskQueue: stub.taskQueue,
      args: [{ connection: stub.connection, content: true }],
      signal: 'pause',
    })
    await until(
      async () => (await handle.query<{ step?: string }>('progress')).step === 'reading everything again',
      'it would read everything now',
    )
    const history = await handle.fetchHistory()
    expect(history.events?.some((event) => event.startChildWorkflowExecutionInitiatedEventAttributes)).toBe(
      false,
    )
    expect(chunks.full).toBe(0)
    await handle.terminate('the test is over')
  })
})
