import { ApplicationFailure } from '@temporalio/common'
import { describe, expect, it } from 'vitest'
import type { Activities } from '../../activities/index.ts'
import type { OpenedReconcile } from '../../activities/reconcile.ts'
import { workflowId } from '../../contracts/names.ts'
import type { RetireReport } from '../../contracts/reports.ts'
import { chunk, policy, reconcileReport as report } from '../client/stubs.ts'
import { type StubRun, withStubs } from '../support/stub-worker.ts'

const opened: OpenedReconcile = { runId: '7', outcome: null, holder: null, readers: 2, policy }
const retired: RetireReport = {
  outcome: 'done',
  runId: '8',
  plan: '3',
  retired: 1,
  kept: 0,
  published: 1,
}

const reconcile = ({ client, taskQueue, connection }: StubRun): Promise<unknown> =>
  client.workflow.execute('reconcileCatalog', {
    workflowId: workflowId(connection, 'reconcile'),
    taskQueue,
    args: [{ connection }],
  })

/** Stubs that say in which order they were asked. */
function told(held: string[]): { asked: string[]; activities: Partial<Activities> } {
  const asked: string[] = []
  const note = <T>(word: string, answer: T): Promise<T> => {
    asked.push(word)
    return Promise.resolve(answer)
  }
  return {
    asked,
    activities: {
      openReconcile: () => note('open', opened),
      listKeys: () => note('list', chunk),
      planDependentLists: () => note('plan lists', undefined),
      readUnknown: () => note('unknown', { unknown: 0, read: 0, more: false }),
      judgeAbsence: () => note('judge', { plan: '3', held, absent: 1 }),
      openRetire: () =>
        note('open plan', {
          runId: '8',
          outcome: null,
          holder: null,
          phases: [{ streams: ['products'], readers: 1 }],
          policy,
        }),
      retireChunk: () => note('retire', { more: false, state: 'running', retired: 1, kept: 0 }),
      finishRetire: () => note('finish plan', { report: retired }),
      closeReconcile: () => note('close', { report }),
      abandonRun: ({ outcome }) => note(`abandoned: ${outcome}`, undefined),
    },
  }
}

describe('reconcileCatalog', () => {
  it('goes on with its lists in a new execution when its history grows long', async () => {
    const { asked, activities } = told([])
    let chunks = 0
    const result: unknown = await withStubs(
      {
        ...activities,
        listKeys: () => Promise.resolve({ ...chunk, more: ++chunks < 12 }),
        resumeRun: ({ runId }) => {
          asked.push(`resume ${runId}`)
          return Promise.resolve({ policy })
        },
      },
      ({ client, taskQueue, connection }) =>
        client.workflow.execute('reconcileCatalog', {
          workflowId: workflowId(connection, 'reconcile'),
          taskQueue,
          args: [{ connection, maxHistoryEvents: 40 }],
        }),
    )
    expect(result).toEqual(report)
    expect(asked.filter((word) => word === 'open')).toHaveLength(1)
    expect(asked).toContain('resume 7')
    expect(asked.filter((word) => word === 'judge')).toHaveLength(1)
  })

  it('lists everything before it judges, and carries out what the guards let through', async () => {
    const { asked, activities } = told([])
    expect(await withStubs(activities, reconcile)).toEqual(report)
    expect(asked).toEqual([
      'open',
      'list',
      'list',
      'plan lists',
      'list',
      'unknown',
      'judge',
      'open plan',
      'retire',
      'finish plan',
      'close',
    ])
  })

  it('starts nothing for a plan that waits for a person', async () => {
    const { asked, activities } = told(['too many'])
    await withStubs(activities, reconcile)
    expect(asked.slice(-2)).toEqual(['judge', 'close'])
  })

  it('judges nothing when a list fails, and gives its claim back', async () => {
    const { asked, activities } = told([])
    const failing = {
      ...activities,
      listKeys: () => Promise.reject(ApplicationFailure.nonRetryable('Akeneo refused', 'Refused')),
    }
    await expect(withStubs(failing, reconcile)).rejects.toThrow()
    expect(asked).toEqual(['open', 'abandoned: failed'])
  })
})
