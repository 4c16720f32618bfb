import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { Client } from '@temporalio/client'
import { defineSearchAttributeKey, TypedSearchAttributes } from '@temporalio/common'
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest'
import { quietConnection } from '../../client/support/quiet-connection.ts'
import { phaseOf } from '../../domain/schedule-phase.ts'
import { findTemporalProgram } from '../../local/temporal-program.ts'
import { withStubs } from '../support/stub-worker.ts'
import { until } from '../support/until.ts'
import { project, type ProjectOptions, type TestProject } from './harness.ts'
import { chunk, gate, openedPoll, pollReport } from './stubs.ts'

let close: () => Promise<void>
let client: Client

beforeAll(async () => {
  const opened = await quietConnection({ address: inject('temporalAddress') })
  client = new Client({ connection: opened.connection })
  close = opened.close
})
afterAll(() => close())

/** A project whose schedules are gone after the test. */
async function scheduled(
  options: ProjectOptions = {},
): Promise<TestProject & { id: (name: string) => string }> {
  const at = await project(options)
  const [name = ''] = at.connections
  onTestFinished(async () => {
    for (const one of at.connections) await at.run('schedules', 'delete', '--connection', one)
    await at.remove()
  })
  return { ...at, id: (schedule) => `pimflow/${name}/${schedule}` }
}

const states = (value: unknown) => (value as { state: string }[]).map(({ state }) => state)

describe('schedules apply', () => {
  it('makes the schedules of the configuration, and the second time changes nothing', async () => {
    const { json } = await scheduled()
    expect(states((await json('schedules', 'apply')).value)).toEqual([
      'created',
      'created',
      'created',
      'created',
    ])
    expect(states((await json('schedules', 'apply')).value)).toEqual([
      'unchanged',
      'unchanged',
      'unchanged',
      'unchanged',
    ])
  })

  it('skips overlaps, catches up within bounds, ends runs that hang, and marks what it starts', async () => {
    const at = await scheduled()
    await at.run('schedules', 'apply')
    const { spec, action, policies, typedSearchAttributes } = await client.schedule
      .getHandle(at.id('poll'))
      .describe()
    expect(spec.intervals).toMatchObject([{ every: 300_000, offset: phaseOf(at.id('poll'), 300_000) }])
    expect(spec.jitter).toBe(20_000)
    expect(policies).toMatchObject({ overlap: 'SKIP', catchupWindow: 600_000 })
    expect(action).toMatchObject({
      workflowType: 'pollProducts',
      workflowId: `pimflow/${at.taskQueue}/poll-products`,
      taskQueue: at.taskQueue,
      args: [{ connection: at.taskQueue, mode: 'delta' }],
      workflowExecutionTimeout: 7_200_000,
    })
    const key = defineSearchAttributeKey('PimflowProcess', 'KEYWORD')
    expect(typedSearchAttributes.get(key)).toBe('poll-products')
    expect(action.typedSearchAttributes).toBeInstanceOf(TypedSearchAttributes)
    expect((action.typedSearchAttributes as TypedSearchAttributes).get(key)).toBe('poll-products')
  })

  it('brings the trees in by night, in the zone of the configuration', async () => {
    const at = await scheduled({ schedules: { nightly: '30 1 * * *', timeZone: 'Europe/Paris' } })
    await at.run('schedules', 'apply')
    const { spec, action } = await client.schedule.getHandle(at.id('categories')).describe()
    expect(spec.timezone).toBe('Europe/Paris')
    expect(spec.calendars).toMatchObject([{ hour: [{ start: 1 }], minute: [{ start: 30 }] }])
    expect(action.workflowType).toBe('initializeCategories')
  })

  it('delivers to all destinations where the configuration says when', async () => {
    const at = await scheduled({ schedules: { deliver: '30m' } })
    expect(states((await at.json('schedules', 'apply')).value)).toEqual(Array(5).fill('created'))
    const { spec, action, policies } = await client.schedule.getHandle(at.id('deliver')).describe()
    expect(spec.intervals).toMatchObject([{ every: 1_800_000 }])
    expect(policies).toMatchObject({ overlap: 'SKIP', catchupWindow: 600_000 })
    expect(action).toMatchObject({
      workflowType: 'deliverChanges',
      workflowId: `pimflow/${at.taskQueue}/deliver`,
      args: [{ connection: at.taskQueue }],
      workflowExecutionTimeout: 72 * 3_600_000,
    })
    const off = await scheduled({ taskQueue: at.taskQueue })
    expect(states((await off.json('schedules')).value).at(-1)).toBe('differs from the configuration')
    expect(states((await off.json('schedules', 'pause')).value)).toEqual(Array(5).fill('paused'))
    expect(states((await off.json('schedules', 'apply')).value).at(-1)).toBe('removed')
    expect(states((await off.json('schedules', 'pause')).value)).toEqual(Array(4).fill('paused'))
  })

  it('follows the configuration when it changes, and leaves a paused one paused', async () => {
    const before = await scheduled()
    await before.run('schedules', 'apply')
    await before.run('schedules', 'pause', 'poll')
    const after = await scheduled({ taskQueue: before.taskQueue, schedules: { poll: '2m', weekly: 'off' } })
    expect(states((await after.json('schedules', 'apply')).value)).toEqual([
      'updated',
      'unchanged',
      'unchanged',
      'removed',
    ])
    const { spec, state } = await client.schedule.getHandle(after.id('poll')).describe()
    expect(spec.intervals).toMatchObject([{ every: 120_000 }])
    expect(state.paused).toBe(true)
  })

  it('prints lines that make the same schedules with the temporal program', async () => {
    const { run, json } = await scheduled()
    const { out } = await run('schedules', 'apply', '--print')
    const program = await findTemporalProgram({})
    for (const line of out.split('\n')) {
      await promisify(execFile)('sh', ['-c', line.replace(/^temporal/, program)])
    }
    expect(out.split('\n')).toHaveLength(4)
    expect(states((await json('schedules', 'apply')).value)).toEqual([
      'unchanged',
      'unchanged',
      'unchanged',
      'unchanged',
    ])
  })
})

describe('schedules list', () => {
  it('shows what is configured and not applied, and what to do', async () => {
    const { run } = await scheduled({ schedules: { weekly: 'off' } })
    const { out, code } = await run('schedules')
    expect(out).toMatch(/poll +every 5 min +never +not applied: pimflow schedules apply/)
    expect(out).toMatch(/full +off +never +off/)
    expect(code).toBe(0)
  })

  it('shows when an applied one starts next, and one that differs from the configuration', async () => {
    const before = await scheduled()
    await before.run('schedules', 'apply')
    const after = await scheduled({ taskQueue: before.taskQueue, schedules: { poll: '2m' } })
    const { value } = await after.json('schedules')
    expect(states(value)).toEqual(['differs from the configuration', 'on', 'on', 'on', 'off'])
    expect(value).toMatchObject([{ next: expect.stringMatching(/^\d{4}-/) as string }, {}, {}, {}, {}])
  })
})

describe('schedules pause and resume', () => {
  it('stop and start all of a connection, with who did it', async () => {
    const { run, json } = await scheduled()
    await run('schedules', 'apply')
    expect((await run('schedules', 'pause')).code).toBe(0)
    const { value } = await json('schedules')
    expect(states(value)).toEqual(['paused', 'paused', 'paused', 'paused', 'off'])
    expect(value).toMatchObject([
      { note: expect.stringMatching(/^paused by .+@.+ with pimflow$/) as string },
      {},
      {},
      {},
      {},
    ])
    await run('schedules', 'resume', 'poll')
    expect(states((await json('schedules')).value)).toEqual(['on', 'paused', 'paused', 'paused', 'off'])
  })

  it('stop those of all connections for maintenance with --all', async () => {
    const names = ['a', 'b'].map((suffix) => `two-${suffix}-${Date.now()}`)
    const { run, json } = await scheduled({ connections: names })
    await run('schedules', 'apply')
    await run('schedules', 'pause', '--all')
    const both = ['paused', 'paused', 'paused', 'paused', 'off']
    expect(states((await json('schedules')).value)).toEqual([...both, ...both])
  })

  it('ask which connection is meant when there are several', async () => {
    const { run } = await scheduled({ connections: ['one', 'two'] })
    const { code, err } = await run('schedules', 'pause')
    expect(err).toBe(
      'pimflow: There are several connections: name one with --connection; these exist: one, two',
    )
    expect(code).toBe(2)
  })

  it('fail when there is nothing to pause', async () => {
    const { run } = await scheduled()
    const { code, out } = await run('schedules', 'pause')
    expect(out).toContain('not there')
    expect(code).toBe(1)
  })

  it('know the schedules by name', async () => {
    const { run } = await scheduled()
    const { code, err } = await run('schedules', 'pause', 'polls')
    expect(err).toBe(
      'pimflow: There is no schedule polls; these exist: poll, categories, reconcile, full, deliver, enrich, requests, taxonomy, notify',
    )
    expect(code).toBe(2)
  })
})

describe('schedules trigger', () => {
  it('starts now what the schedule starts, and follows it', async () => {
    await withStubs(
      {
        openPoll: () => Promise.resolve(openedPoll),
        transferRecords: () => Promise.resolve(chunk),
        finishRun: () => Promise.resolve({ report: pollReport, destinations: [] }),
      },
      async ({ taskQueue }) => {
        const { run } = await scheduled({ taskQueue })
        await run('schedules', 'apply')
        const { code, out } = await run('schedules', 'trigger', 'poll')
        expect(out).toMatch(new RegExp(`^pimflow/${taskQueue}/poll-products-\\d{4}-`))
        expect(out).toContain('done: 5 read, 3 changed, 3 published')
        expect(code).toBe(0)
      },
    )
  })

  it('starts nothing while one is running', async () => {
    const door = gate()
    await withStubs(
      {
        openPoll: async () => {
          await door.opened
          return openedPoll
        },
        transferRecords: () => Promise.resolve(chunk),
        finishRun: () => Promise.resolve({ report: pollReport, destinations: [] }),
      },
      async ({ taskQueue }) => {
        const { run, id } = await scheduled({ taskQueue })
        await run('schedules', 'apply')
        await run('schedules', 'trigger', 'poll', '--detach')
        const { code, out } = await run('schedules', 'trigger', 'poll')
        expect(out).toContain('is still running')
        expect(code).toBe(0)
        door.open()
        const handle = client.schedule.getHandle(id('poll'))
        await until(
          async () => (await handle.describe()).info.runningActions.length === 0,
          'the run has ended',
        )
      },
    )
  })

  it('says what to do when the schedule is not there', async () => {
    const { run, id } = await scheduled()
    const { code, err } = await run('schedules', 'trigger', 'poll')
    expect(err).toBe(`pimflow: There is no schedule ${id('poll')} yet: pimflow schedules apply`)
    expect(code).toBe(2)
  })
})

describe('schedules delete', () => {
  it('takes them away', async () => {
    const { run, json } = await scheduled()
    await run('schedules', 'apply')
    expect(states((await json('schedules', 'delete')).value)).toEqual([
      'deleted',
      'deleted',
      'deleted',
      'deleted',
    ])
    expect(states((await json('schedules')).value)).toEqual([
      'not applied',
      'not applied',
      'not applied',
      'not applied',
      'off',
    ])
  })

  it('prints lines that pause and delete with the temporal program', async () => {
    const { run, json } = await scheduled()
    await run('schedules', 'apply')
    const program = await findTemporalProgram({})
    const execute = async (words: string[]) => {
      const { out } = await run('schedules', ...words, '--print')
      await promisify(execFile)('sh', ['-c', out.replace(/^temporal/, program)])
    }
    await execute(['pause', 'poll'])
    await execute(['delete', 'full'])
    expect(states((await json('schedules')).value)).toEqual(['paused', 'on', 'on', 'not applied', 'off'])
  })
})
