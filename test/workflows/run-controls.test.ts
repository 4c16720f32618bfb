import type { WorkflowHandle } from '@temporalio/client'
import { describe, expect, it } from 'vitest'
import { workflowId } from '../../contracts/names.ts'
import { chunk, gate, openedPoll as opened, policy, pollReport as report } from '../client/stubs.ts'
import { type StubRun, withStubs } from '../support/stub-worker.ts'
import { until } from '../support/until.ts'

/** Activities that the workflow has asked for so far. */
const scheduled = async (handle: WorkflowHandle) =>
  ((await handle.fetchHistory()).events ?? []).map(
    ({ activityTaskScheduledEventAttributes: asked }) => asked?.activityType?.name ?? '',
  )

const poll = ({ client, taskQueue, connection }: StubRun) =>
  client.workflow.start('pollProducts', {
    workflowId: workflowId(connection, 'poll-products'),
    taskQueue,
    args: [{ connection, mode: 'delta' }],
  })

describe('a run', () => {
  it('stands still while it is paused, and goes on when it is resumed', async () => {
    const states: string[] = []
    let chunks = 0
    await withStubs(
      {
        openPoll: () => Promise.resolve(opened),
        setControl: ({ state }: { state: string }) => {
          states.push(state)
          return Promise.resolve()
        },
        transferRecords: async () => {
          chunks++
          if (chunks > 1) return chunk
          // A page reads the control row: it ends the chunk once the pause is written there.
          await until(() => Promise.resolve(states.includes('paused')), 'the pause is written')
          return { ...chunk, more: true, state: 'paused' as const }
        },
        finishRun: () => Promise.resolve({ report, destinations: [] }),
      },
      async (run) => {
        const handle = await poll(run)
        await until(() => Promise.resolve(chunks === 1), 'the first chunk is under way')
        await handle.signal('pause')
        await until(
          async () => (await handle.query<{ read?: number }>('progress')).read === 5,
          'the first chunk has ended',
        )
        expect(chunks).toBe(1)
        await handle.signal('resume')
        expect(await handle.result()).toEqual(report)
      },
    )
    expect(states).toEqual(['paused', 'running'])
    expect(chunks).toBe(2)
  })

  it('writes a pause and the resume after it one after the other, so that the last one stands', async () => {
    const states: string[] = []
    const answer = gate()
    await withStubs(
      {
        openPoll: () => Promise.resolve(opened),
        setControl: async ({ state }: { state: string }) => {
          if (state === 'paused') await answer.opened
          states.push(state)
        },
        transferRecords: async () => {
          await until(() => Promise.resolve(states.length === 2), 'both signals are written')
          return chunk
        },
        finishRun: () => Promise.resolve({ report, destinations: [] }),
      },
      async (run) => {
        const handle = await poll(run)
        await until(async () => (await scheduled(handle)).includes('transferRecords'), 'a page is under way')
        await handle.signal('pause')
        await until(async () => (await scheduled(handle)).includes('setControl'), 'the pause is on its way')
        await handle.signal('resume')
        await handle.query('progress')
        answer.open()
        expect(await handle.result()).toEqual(report)
      },
    )
    expect(states).toEqual(['paused', 'running'])
  })

  it('resumes a paused run that goes on in a new execution, also when asked before it has its claim', async () => {
    const states: string[] = []
    const carried = {
      runId: '7',
      totals: { read: 5, changed: 3, rejected: 0 },
      paused: true,
      modelReaders: 1,
      readers: 1,
      warning: null,
    }
    await withStubs(
      {
        resumeRun: async () => {
          await until(() => Promise.resolve(states.length > 0), 'the resume is written')
          return { policy }
        },
        setControl: ({ state }: { state: string }) => {
          states.push(state)
          return Promise.resolve()
        },
        transferRecords: () => Promise.resolve(chunk),
        finishRun: () => Promise.resolve({ report, destinations: [] }),
      },
      async ({ client, connection, taskQueue }) => {
        const handle = await client.workflow.signalWithStart('pollProducts', {
          workflowId: workflowId(connection, 'poll-products'),
          taskQueue,
          args: [{ connection, mode: 'delta', carried }],
          signal: 'resume',
        })
        expect(await handle.result()).toEqual(report)
      },
    )
    expect(states).toEqual(['running'])
  })

  it('passes on a pause that came before the run was open', async () => {
    const states: string[] = []
    await withStubs(
      {
        openPoll: () => Promise.resolve(opened),
        setControl: ({ state }: { state: string }) => {
          states.push(state)
          return Promise.resolve()
        },
        transferRecords: () => Promise.resolve(chunk),
        finishRun: () => Promise.resolve({ report, destinations: [] }),
      },
      async ({ client, taskQueue, connection }) => {
        const handle = await client.workflow.signalWithStart('pollProducts', {
          workflowId: workflowId(connection, 'poll-products'),
          taskQueue,
          args: [{ connection }],
          signal: 'pause',
          signalArgs: [],
        })
        await until(() => Promise.resolve(states.includes('paused')), 'the pause is written')
        await handle.signal('resume')
        await handle.result()
      },
    )
    expect(states).toEqual(['paused', 'running'])
  })
})
