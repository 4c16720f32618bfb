import { describe, expect, it } from 'vitest'
import { freshDatabase } from '../support/database.ts'
import { nowhere, project, startCommand } from './harness.ts'

const withoutProject = (...argv: string[]) =>
  startCommand(argv, { PIMFLOW_CONFIG: '/nowhere/pimflow.config.yaml' }).ended

describe('the program', () => {
  const verbs = [
    ['init'],
    ['check'],
    ['up'],
    ['down'],
    ['worker'],
    ['simulate'],
    ['simulate', 'akeneo'],
    ['demo'],
    ['sync'],
    ['schedules'],
    ...['list', 'apply', 'pause', 'resume', 'trigger', 'delete'].map((verb) => ['schedules', verb]),
    ['status'],
    ['show'],
    ['explain'],
    ['changes'],
    ['rejections'],
    ...['list', 'show', 'retry', 'forget'].map((verb) => ['rejections', verb]),
  ]

  it.each(verbs.map((words) => [words.join(' '), words] as const))(
    'shows an example of %s',
    async (_, words) => {
      const { code, out } = await withoutProject(...words, '--help')
      expect(out).toMatch(/Examples?:\n +(pimflow|simulate)/)
      expect(code).toBe(0)
    },
  )

  it('names every verb in its help, and the exit codes', async () => {
    const { out } = await withoutProject('--help')
    for (const [verb] of verbs) expect(out).toMatch(new RegExp(`^ +${verb ?? ''} `, 'm'))
    expect(out).toContain('5 a service is unreachable')
  })

  it('says its version', async () => {
    expect((await withoutProject('--version')).out).toMatch(/^\d+\.\d+\.\d+$/)
  })
})

describe('wrong usage ends with 2 and one sentence', () => {
  it.each([
    [['statsu'], "unknown command 'statsu'\n(Did you mean status?)"],
    [['status', '--jsno'], "unknown option '--jsno'\n(Did you mean --json?)"],
    [['sync'], "missing required argument 'what'"],
  ])('%j', async (argv, sentence) => {
    expect(await withoutProject(...argv)).toEqual({ code: 2, out: '', err: `pimflow: ${sentence}` })
  })

  it('a verb is missing: prints the help', async () => {
    const { code, out, err } = await withoutProject()
    expect(out).toBe('')
    expect(err).toContain('Usage: pimflow')
    expect(code).toBe(2)
  })

  it('there is no configuration', async () => {
    const { code, err } = await withoutProject('status')
    expect(err).toContain('There is no such file. Make one with `pimflow init`')
    expect(code).toBe(2)
  })

  it('gives a program the sentence as JSON', async () => {
    const { code, out } = await withoutProject('status', '--json')
    expect(JSON.parse(out)).toMatchObject({
      error: { message: expect.stringContaining('pimflow init') as string, exitCode: 2 },
    })
    expect(code).toBe(2)
  })

  it('a connection is not there: those that exist are listed', async () => {
    const at = await project({ connections: ['acme', 'globex'] })
    for (const verb of [
      ['status'],
      ['sync', 'categories'],
      ['show', 'A'],
      ['schedules', 'apply'],
      ['check'],
    ]) {
      const { code, err } = await at.run(...verb, '--connection', 'initech')
      expect(err).toMatch(/^pimflow: There is no connection initech; these exist: acme, globex\..*$/)
      expect(code).toBe(2)
    }
    await at.remove()
  })

  it('no database is named: says how to have one', async () => {
    const at = await project()
    const { code, err } = await startCommand(['status'], { ...at.env, DATABASE_URL: '' }).ended
    expect(err).toContain('DATABASE_URL is not set')
    expect(err).toContain('pimflow up')
    expect(code).toBe(2)
    await at.remove()
  })
})

describe('a service that does not answer ends with 5 and one sentence', () => {
  it.each([['sync', 'categories'], ['schedules'], ['schedules', 'apply'], ['schedules', 'trigger', 'poll']])(
    'Temporal: %s %s',
    async (...verb) => {
      const at = await project({ temporalAddress: nowhere })
      const { code, out, err } = await at.run(...verb)
      expect(err).toMatch(
        new RegExp(
          `^pimflow: No Temporal server answers at ${nowhere}: start one with \`pimflow up\`[^\n]*$`,
        ),
      )
      expect({ code, out }).toEqual({ code: 5, out: '' })
      await at.remove()
    },
  )

  it.each([['status'], ['show', 'A'], ['explain', 'A'], ['changes'], ['rejections']])(
    'the database: %s',
    async (...verb) => {
      const at = await project()
      const { code, err } = await at.run(...verb)
      expect(err).toMatch(/^pimflow: The hub database does not answer \(ECONNREFUSED\): [^\n]*$/)
      expect(code).toBe(5)
      await at.remove()
    },
  )

  it('shows where an error comes from with --debug only', async () => {
    const at = await project()
    expect((await at.run('show', 'A')).err).not.toContain('    at ')
    expect((await at.run('show', 'A', '--debug')).err).toContain('    at ')
    await at.remove()
  })
})

it('says what to do about a database that no worker has prepared', async () => {
  const database = await freshDatabase()
  await database.sql`drop schema public cascade`
  await database.sql`create schema public`
  const at = await project({ databaseUrl: database.url })
  const { code, err } = await at.run('show', 'A')
  expect(err).toBe(
    'pimflow: The hub database has no tables yet: start a worker, which makes them: pimflow worker',
  )
  expect(code).toBe(1)
  await at.remove()
  await database.drop()
})
