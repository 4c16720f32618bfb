import { ApplicationFailure } from '@temporalio/common'
import { WorkflowFailedError } from '@temporalio/client'
import { describe, expect, it } from 'vitest'
import type { OpenedPoll } from '../../activities/polls.ts'
import type { TransferInput } from '../../activities/transfers.ts'
import { workflowId } from '../../contracts/names.ts'
import type { RunReport } from '../../contracts/reports.ts'
import { chunk, openedPoll as opened, policy, pollReport as report } from '../client/stubs.ts'
import { type StubRun, withStubs } from '../support/stub-worker.ts'
import { until } from '../support/until.ts'

const nothingOpened: OpenedPoll = { ...opened, runId: null }
const nothing = () => Promise.resolve()

const resultOf = async (handle: { result(): Promise<unknown> }) => (await handle.result()) as RunReport

const poll = ({ client, taskQueue, connection }: StubRun, mode: 'delta' | 'full' = 'delta') =>
  client.workflow.start('pollProducts', {
    workflowId: workflowId(connection, mode === 'full' ? 'load-products' : 'poll-products'),
    taskQueue,
    args: [{ connection, mode }],
  })

describe('pollProducts', () => {
  it('reads models before products, with the variants of changed models, and closes the run last', async () => {
    const asked: string[] = []
    const result = await withStubs(
      {
        openPoll: () => Promise.resolve(opened),
        transferRecords: ({ streams, sweepVariants }: TransferInput) => {
          asked.push(`${streams.join('+')} sweep=${sweepVariants}`)
          return Promise.resolve(chunk)
        },
        finishRun: () => {
          asked.push('finish')
          return Promise.resolve({ report, destinations: [] })
        },
      },
      async (run) => resultOf(await poll(run)),
    )
    expect(asked).toEqual(['product-models+products sweep=true', 'finish'])
    expect(result).toEqual(report)
  })

  it('goes on with a transfer for as long as there is more', async () => {
    let chunks = 0
    await withStubs(
      {
        openPoll: () => Promise.resolve(opened),
        transferRecords: () => Promise.resolve({ ...chunk, more: ++chunks < 4 }),
        finishRun: () => Promise.resolve({ report, destinations: [] }),
      },
      async (run) => resultOf(await poll(run)),
    )
    expect(chunks).toBe(4)
  })

  it('starts the first full load beside itself and ends, so that later ticks go on', async () => {
    let loads = 0
    await withStubs(
      {
        openPoll: () => Promise.resolve({ ...nothingOpened, outcome: 'loading' as const, loadNeeded: true }),
        openLoad: () => Promise.resolve(opened),
        readStructure: nothing,
        planLoad: () => Promise.resolve({ readers: 2, slices: 3, products: 250 }),
        transferRecords: () => Promise.resolve(chunk),
        finishRun: () => {
          loads++
          return Promise.resolve({ report, destinations: [] })
        },
      },
      async (run) => {
        expect(await (await poll(run)).result()).toMatchObject({ outcome: 'load started', runId: null })
        await run.client.workflow.getHandle(workflowId(run.connection, 'load-products')).result()
      },
    )
    expect(loads).toBe(1)
  })

  it('is done all the same when the schedule may not be given another interval', async () => {
    let asked = 0
    await withStubs(
      {
        openPoll: () => Promise.resolve(opened),
        transferRecords: () => Promise.resolve(chunk),
        finishRun: () => Promise.resolve({ report, destinations: [], paceMs: 600_000 }),
        pacePolls: () => {
          asked++
          return Promise.reject(new Error('PERMISSION_DENIED'))
        },
      },
      async (run) => expect(await (await poll(run)).result()).toEqual(report),
    )
    expect(asked).toBe(3)
  })

  it('reads a full load with as many readers as the plan says, models first', async () => {
    const asked: string[] = []
    await withStubs(
      {
        openLoad: () => Promise.resolve(opened),
        readStructure: nothing,
        planLoad: () => Promise.resolve({ readers: 3, slices: 9, products: 45_000 }),
        transferRecords: ({ streams, reader }: TransferInput) => {
          asked.push(`${streams.join('+')} ${reader}`)
          return Promise.resolve(chunk)
        },
        finishRun: () => Promise.resolve({ report, destinations: [] }),
      },
      async (run) => resultOf(await poll(run, 'full')),
    )
    expect(asked[0]).toBe('product-models 0')
    expect(asked.slice(1).sort()).toEqual(['products 0', 'products 1', 'products 2'])
  })

  it('goes on in a new execution when its history grows long, with what it has counted, and opens nothing twice', async () => {
    const asked: string[] = []
    const left = new Map([
      ['product-models 0', 1],
      ['products 0', 9],
      ['products 1', 3],
    ])
    let executions = 0
    await withStubs(
      {
        openLoad: () => {
          asked.push('open')
          return Promise.resolve(opened)
        },
        readStructure: () => {
          asked.push('structure')
          return Promise.resolve()
        },
        planLoad: () => Promise.resolve({ readers: 2, modelReaders: 1, slices: 3, products: 250 }),
        resumeRun: ({ runId }) => {
          asked.push(`resume ${runId}`)
          return Promise.resolve({ policy })
        },
        transferRecords: ({ streams, reader }: TransferInput) => {
          const name = `${streams.join('+')} ${reader}`
          const rest = left.get(name) ?? 0
          left.set(name, rest - 1)
          return Promise.resolve({ ...chunk, read: rest > 0 ? 5 : 0, more: rest > 1 })
        },
        finishRun: () => Promise.resolve({ report, destinations: [] }),
      },
      async (run) => {
        const { client, connection, taskQueue } = run
        const id = workflowId(connection, 'load-products')
        const handle = await client.workflow.start('pollProducts', {
          workflowId: id,
          taskQueue,
          args: [{ connection, mode: 'full', maxHistoryEvents: 40 }],
        })
        expect(await handle.result()).toEqual(report)
        const first = await client.workflow.getHandle(id, handle.firstExecutionRunId).describe()
        expect(first.status.name).toBe('CONTINUED_AS_NEW')
        expect(first.historyLength).toBeLessThan(80)
        executions = asked.filter((word) => word === 'resume 7').length
      },
    )
    expect(asked.filter((word) => !word.startsWith('resume'))).toEqual(['open', 'structure'])
    expect(executions).toBeGreaterThan(0)
    expect(Math.max(...left.values())).toBeLessThanOrEqual(0)
  })

  it('says who holds the connection when another run is at it', async () => {
    const result = await withStubs(
      {
        openPoll: () =>
          Promise.resolve({
            ...nothingOpened,
            outcome: 'already running' as const,
            holder: 'pimflow/acme/other',
          }),
      },
      async (run) => {
        const handle = await poll(run)
        const outcome = await resultOf(handle)
        expect(await handle.query('progress')).toEqual({
          outcome: 'already running',
          'running as': 'pimflow/acme/other',
        })
        return outcome
      },
    )
    expect(result).toMatchObject({ outcome: 'already running', published: 0 })
  })

  it('gives its claim back when it fails, and fails instead of hanging', async () => {
    const abandoned: string[] = []
    const failure = await withStubs(
      {
        openPoll: () => Promise.resolve(opened),
        transferRecords: () => Promise.reject(ApplicationFailure.nonRetryable('Akeneo refused', 'Refused')),
        abandonRun: ({ outcome }: { outcome: string }) => {
          abandoned.push(outcome)
          return Promise.resolve(undefined)
        },
      },
      async (run) => resultOf(await poll(run)).catch((error: unknown) => error),
    )
    expect(failure).toBeInstanceOf(WorkflowFailedError)
    expect(abandoned).toEqual(['failed'])
  })

  it('gives its claim back when it is cancelled, and tells the page at work', async () => {
    const calls: string[] = []
    await withStubs(
      {
        openPoll: () => Promise.resolve(opened),
        setControl: ({ state }: { state: string }) => {
          calls.push(state)
          return Promise.resolve()
        },
        transferRecords: async () => {
          calls.push('transfer')
          await until(() => Promise.resolve(calls.includes('cancelled')), 'the page is told')
          return { ...chunk, state: 'cancelled' as const }
        },
        abandonRun: ({ outcome }: { outcome: string }) => {
          calls.push(`abandoned: ${outcome}`)
          return Promise.resolve(undefined)
        },
      },
      async (run) => {
        const handle = await poll(run)
        await until(() => Promise.resolve(calls.includes('transfer')), 'a chunk is under way')
        await handle.cancel()
        await expect(handle.result()).rejects.toBeInstanceOf(WorkflowFailedError)
      },
    )
    expect(calls).toEqual(['transfer', 'cancelled', 'abandoned: cancelled'])
  })

  it('refuses an input that names no connection, with an example', async () => {
    const failure = await withStubs({}, async ({ client, taskQueue, connection }) => {
      const id = workflowId(connection, 'poll-products')
      const handle = await client.workflow.start('pollProducts', { workflowId: id, taskQueue, args: [{}] })
      return resultOf(handle).catch((error: unknown) => error)
    })
    expect(failure).toBeInstanceOf(WorkflowFailedError)
    expect((failure as WorkflowFailedError).cause?.message).toContain(`--input '{"connection":"acme"`)
  })
})
