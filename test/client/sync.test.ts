import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { ApplicationFailure, defineSearchAttributeKey } from '@temporalio/common'
import { describe, expect, it } from 'vitest'
import type { SyncReport } from '../../contracts/reports.ts'
import { findTemporalProgram } from '../../local/temporal-program.ts'
import { type StubRun, withStubs } from '../support/stub-worker.ts'
import { until } from '../support/until.ts'
import { project, type TestProject } from './harness.ts'
import { chunk, gate, openedPoll, policy, pollReport } from './stubs.ts'

type Stubs = Parameters<typeof withStubs>[0]

/** A project whose workflows run on stubs of their activities. */
async function onStubs<T>(stubs: Stubs, test: (at: TestProject & StubRun) => Promise<T>): Promise<T> {
  return withStubs(stubs, async (stub) => {
    const at = await project({ taskQueue: stub.taskQueue })
    try {
      return await test({ ...stub, ...at })
    } finally {
      await at.remove()
    }
  })
}

const poll: Stubs = {
  openPoll: () => Promise.resolve(openedPoll),
  transferRecords: () => Promise.resolve(chunk),
  finishRun: () => Promise.resolve({ report: pollReport, destinations: [] }),
}

const syncing = (report: SyncReport): Stubs => ({ syncRecord: () => Promise.resolve(report) })

describe('sync', () => {
  it('prints workflow id and web address, follows the run and says what it did', async () => {
    await onStubs(poll, async ({ run, connection }) => {
      const { code, out, err } = await run('sync', 'products')
      expect(out.split('\n').slice(0, 2)).toEqual([
        `pimflow/${connection}/poll-products`,
        `http://localhost:8233/namespaces/default/workflows/pimflow%2F${connection}%2Fpoll-products`,
      ])
      expect(out).toContain('done: 5 read, 3 changed, 3 published')
      expect({ code, err }).toEqual({ code: 0, err: '' })
    })
  })

  it('prints a line for each step in a pipe while the run is under way', async () => {
    const listed = gate()
    const report = {
      outcome: 'done' as const,
      runId: '7',
      written: 2,
      unchanged: 0,
      refused: 0,
      blocked: 0,
      trees: 1,
    }
    const stubs: Stubs = {
      openCategories: () => Promise.resolve({ runId: '7', holder: null, policy }),
      readStructure: () => Promise.resolve(),
      stageCategories: async () => {
        await listed.opened
        return { trees: [] }
      },
      closeCategories: () => Promise.resolve(report),
    }
    await onStubs(stubs, async ({ start }) => {
      const command = start('sync', 'categories')
      await command.untilPrinted('listing the trees')
      listed.open()
      const { code, out } = await command.ended
      expect(out.split('\n').at(-1)).toBe('done: 1 tree, 2 written')
      expect(code).toBe(0)
    })
  })

  it('shows why a run does not get on, in the words of what is tried again', async () => {
    let tries = 0
    const stubs: Stubs = {
      ...poll,
      openPoll: () =>
        ++tries < 4 || !shown.isOpen
          ? Promise.reject(
              ApplicationFailure.create({ message: 'Akeneo does not answer\nGET /', type: 'Transient' }),
            )
          : Promise.resolve(openedPoll),
    }
    const shown = { isOpen: false }
    await onStubs(stubs, async ({ start }) => {
      const command = start('sync', 'products')
      await command.untilPrinted('Akeneo does not answer')
      shown.isOpen = true
      expect((await command.ended).code).toBe(0)
    })
  })

  it('stops following on Ctrl-C, and the work goes on', async () => {
    const door = gate()
    const stubs: Stubs = {
      ...poll,
      transferRecords: async () => {
        await door.opened
        return chunk
      },
    }
    await onStubs(stubs, async ({ start, client, connection }) => {
      const command = start('sync', 'products')
      await command.untilPrinted('workflows/')
      const handle = client.workflow.getHandle(`pimflow/${connection}/poll-products`)
      await until(
        async () =>
          (await handle.describe()).raw.pendingActivities?.[0]?.activityType?.name === 'transferRecords',
        'a chunk is under way',
      )
      command.interrupt()
      const { code, out } = await command.ended
      expect(out).toContain('Not followed any longer; the work goes on')
      expect(code).toBe(130)
      door.open()
      expect(await handle.result()).toEqual(pollReport)
    })
  })

  it('follows the run that is there already when two people ask for the same', async () => {
    const door = gate()
    let opens = 0
    const stubs: Stubs = {
      ...poll,
      openPoll: async () => {
        opens++
        await door.opened
        return openedPoll
      },
    }
    await onStubs(stubs, async ({ start }) => {
      const commands = [start('sync', 'products'), start('sync', 'products')]
      // Each says where its run is once it has one: a run that ended before the second asked would be followed by another.
      await Promise.all(commands.map((command) => command.untilPrinted('workflows/')))
      door.open()
      for (const { code, out } of await Promise.all(commands.map((command) => command.ended))) {
        expect(out).toContain('done: 5 read, 3 changed, 3 published')
        expect(code).toBe(0)
      }
      expect(opens).toBe(1)
    })
  })

  it('does not wait with --detach, and tells a program where the run is', async () => {
    await onStubs(poll, async ({ json, client, connection }) => {
      const { code, value } = await json('sync', 'products', '--detach')
      expect(value).toMatchObject({ workflowId: `pimflow/${connection}/poll-products` })
      expect(code).toBe(0)
      expect(await client.workflow.getHandle(`pimflow/${connection}/poll-products`).result()).toEqual(
        pollReport,
      )
    })
  })

  it('prints one JSON value with the report and nothing else with --json', async () => {
    await onStubs(poll, async ({ json }) => {
      expect(await json('sync', 'products')).toMatchObject({ code: 0, value: { report: pollReport } })
    })
  })

  it('marks a run so that it is found like a scheduled one, and says who started it', async () => {
    await onStubs(poll, async ({ run, client, connection }) => {
      await run('sync', 'products')
      const { typedSearchAttributes, memo } = await client.workflow
        .getHandle(`pimflow/${connection}/poll-products`)
        .describe()
      const marked = (name: string) => typedSearchAttributes.get(defineSearchAttributeKey(name, 'KEYWORD'))
      expect(marked('PimflowConnection')).toBe(connection)
      expect(marked('PimflowProcess')).toBe('poll-products')
      expect(memo?.['startedBy']).toMatch(/.+@.+/)
    })
  })

  it.each<[number, SyncReport]>([
    [0, { outcome: 'synced', text: 'A stands in shop at version 1', published: [] }],
    [3, { outcome: 'rejected', text: 'A: unit "STONE" is not in Weight', published: [] }],
    [1, { outcome: 'not found', text: 'Akeneo knows no A', published: [] }],
    [1, { outcome: 'waiting', text: 'A waits for its group', published: [] }],
  ])('ends with %i when a record is $outcome', async (expected, report) => {
    await onStubs(syncing(report), async ({ run }) => {
      const { code, out } = await run('sync', 'A')
      expect(out).toContain(`${report.outcome}: ${report.text}`)
      expect(code).toBe(expected)
    })
  })

  it('carries several records, and ends as the worst of them did', async () => {
    const stubs: Stubs = {
      syncRecord: ({ id }: { id: string }) =>
        Promise.resolve({
          outcome: id === 'B' ? ('rejected' as const) : ('synced' as const),
          text: id,
          published: [],
        }),
    }
    await onStubs(stubs, async ({ json }) => {
      const { code, value } = await json('sync', 'A', 'B', 'C')
      expect(value).toMatchObject([
        { report: { outcome: 'synced', text: 'A' } },
        { report: { outcome: 'rejected', text: 'B' } },
        { report: { outcome: 'synced', text: 'C' } },
      ])
      expect(code).toBe(3)
    })
  })

  it('ends with rejections when the run left some, and says where to look', async () => {
    const rejected = { ...pollReport, outcome: 'done with rejections' as const, rejected: 1 }
    await onStubs(
      { ...poll, finishRun: () => Promise.resolve({ report: rejected, destinations: [] }) },
      async ({ run }) => {
        const { code, out } = await run('sync', 'products')
        expect(out).toContain('pimflow rejections')
        expect(code).toBe(3)
      },
    )
  })

  it("says a failed run's own first line, not a stack", async () => {
    const stubs: Stubs = {
      ...poll,
      transferRecords: () =>
        Promise.reject(
          ApplicationFailure.nonRetryable(
            'Akeneo refuses this user: mend its rights\nGET /api: 403',
            'Refused',
          ),
        ),
      abandonRun: () => Promise.resolve(undefined),
    }
    await onStubs(stubs, async ({ run, connection }) => {
      const { code, err } = await run('sync', 'products')
      expect(err).toBe(
        `pimflow: pimflow/${connection}/poll-products failed: Akeneo refuses this user: mend its rights`,
      )
      expect(code).toBe(1)
    })
  })

  it('says that no worker takes the work', async () => {
    const at = await project()
    const { err, code } = await at.run('sync', 'products', '--detach')
    expect(err).toContain(`No worker takes work from the queue ${at.taskQueue}`)
    expect(code).toBe(0)
    await at.remove()
  })
})

describe('sync --print', () => {
  it.each([
    ['categories', 'initialize-categories'],
    ['products', 'poll-products'],
    ["it's a $SKU", "sync/it's a $SKU"],
  ])('prints the line that starts %s with the temporal program', async (what, id) => {
    const at = await project()
    const { out, code } = await at.run('sync', what, '--print')
    expect(code).toBe(0)
    const program = await findTemporalProgram({})
    await promisify(execFile)('sh', ['-c', out.replace(/^temporal/, program)])

    await withClient(async (client) => {
      const connection = at.connections[0] ?? ''
      const { taskQueue, typedSearchAttributes } = await client.workflow
        .getHandle(`pimflow/${connection}/${id}`)
        .describe()
      expect(taskQueue).toBe(at.taskQueue)
      expect(typedSearchAttributes.get(defineSearchAttributeKey('PimflowConnection', 'KEYWORD'))).toBe(
        connection,
      )
      await client.workflow.getHandle(`pimflow/${connection}/${id}`).terminate()
    })
    await at.remove()
  })
})

const withClient = (use: (client: StubRun['client']) => Promise<void>) =>
  withStubs({}, ({ client }) => use(client))
