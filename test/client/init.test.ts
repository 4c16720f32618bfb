import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest'
import { connectionOf, loadConfig, loadMappings } from '../../config.ts'
import { collectConnection } from '../../client/support/new-connection.ts'
import { UsageError } from '../../client/support/errors.ts'
import { offerSchedules } from '../../client/support/offer-schedules.ts'
import type { Questions } from '../../client/support/questions.ts'
import { temporalPlace } from '../../client/support/temporal.ts'
import { checkReport } from '../../domain/check-report.ts'
import { type AkeneoSimulator, startAkeneo } from '../../simulator/akeneo/index.ts'
import { runProgram } from './child.ts'
import { nowhere, project, startCommand } from './harness.ts'

let akeneo: AkeneoSimulator

beforeAll(async () => {
  akeneo = await startAkeneo({ catalog: 'examples/catalog' })
})
afterAll(() => akeneo.close())

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pimflow-init-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

const secretsInEnvironment = () => ({
  AKENEO_CLIENT_ID: akeneo.credentials.clientId,
  AKENEO_CLIENT_SECRET: akeneo.credentials.clientSecret,
  AKENEO_USERNAME: akeneo.credentials.username,
  AKENEO_PASSWORD: akeneo.credentials.password,
})

describe('init', () => {
  it('writes references only, keeps the secrets in a file of its owner, and checks what it wrote', async () => {
    const folder = await emptyFolder()
    const { code, out } = await runProgram(
      ['init', '--connection', 'acme', '--url', akeneo.url, '--write-env'],
      {
        folder,
        env: secretsInEnvironment(),
      },
    )
    expect(out).toMatch(/ok +credentials/)
    expect(code).toBe(0)

    const config = await readFile(join(folder, 'pimflow.config.yaml'), 'utf8')
    const env = await readFile(join(folder, '.env'), 'utf8')
    expect(config).toContain('name: acme')
    for (const secret of [akeneo.credentials.clientSecret, akeneo.credentials.password]) {
      expect(config).not.toContain(secret)
      expect(env).toContain(secret)
    }
    expect((await stat(join(folder, '.env'))).mode & 0o777).toBe(0o600)

    // A mapping is proposed, and ten products of several families are shown side by side.
    const mapping = await readFile(join(folder, 'mapping/acme.hub.yaml'), 'utf8')
    expect(mapping).toContain('output: ecommerce')
    expect(out).toContain('Proposed: mapping/acme.hub.yaml')
    expect(out.match(/^\S.* {2}(active|withheld)/gm)).toHaveLength(10)
    expect(out).toMatch(/ean: \d+ +product\.barcode +\d+/)
    expect(
      await loadMappings(
        await loadConfig(join(folder, 'pimflow.config.yaml'), {
          ...secretsInEnvironment(),
          PIMFLOW_TOKEN_KEY: Buffer.alloc(32).toString('base64'),
          DATABASE_URL: 'postgres://localhost/none',
        }),
        join(folder, 'pimflow.config.yaml'),
      ),
    ).toMatchObject([{ output: 'ecommerce', read: { mapping: { version: 1 } } }])

    // What was written is what later commands read, without anything in the environment.
    const later = await runProgram(['sync', 'categories', '--print'], {
      folder,
      env: { DATABASE_URL: 'postgres://localhost/none' },
    })
    expect(later.out).toContain('--workflow-id pimflow/acme/initialize-categories')
  })

  it('writes no secret anywhere unless the person agrees, and says which to set', async () => {
    const folder = await emptyFolder()
    const { out } = await runProgram(['init', '--connection', 'acme', '--url', akeneo.url], {
      folder,
      env: secretsInEnvironment(),
    })
    expect(out).toContain('No schedule was applied: --apply-schedules was not given')
    expect(out).toContain('Set these before you go on: AKENEO_CLIENT_ID, AKENEO_CLIENT_SECRET')
    await expect(stat(join(folder, '.env'))).rejects.toThrow('ENOENT')
  })

  it('leaves a configuration that is there alone', async () => {
    const folder = await emptyFolder()
    await writeFile(join(folder, 'pimflow.config.yaml'), 'mine')
    const { code, err } = await runProgram(['init', '--connection', 'acme', '--url', akeneo.url], { folder })
    expect(err).toMatch(/^pimflow: pimflow.config.yaml is there already: [^\n]*--force$/)
    expect(code).toBe(2)
    expect(await readFile(join(folder, 'pimflow.config.yaml'), 'utf8')).toBe('mine')
  })

  describe('that is to apply the schedules', () => {
    /** In this process: each command that is started as one costs seconds. */
    async function applying() {
      const connection = `init-${randomBytes(5).toString('hex')}`
      const config = ['--config', join(await emptyFolder(), 'pimflow.config.yaml')]
      const env = {
        ...secretsInEnvironment(),
        PIMFLOW_TOKEN_KEY: randomBytes(32).toString('base64'),
        TEMPORAL_ADDRESS: inject('temporalAddress'),
        DATABASE_URL: inject('databaseUrl'),
      }
      const words = ['init', '--connection', connection, '--url', akeneo.url, '--apply-schedules', ...config]
      return { connection, config, env, words }
    }

    it('applies them, and the second time finds them as they are', async () => {
      const { connection, config, env, words } = await applying()
      onTestFinished(async () => {
        expect(await startCommand(['schedules', 'delete', ...config], env).ended).toMatchObject({ code: 0 })
      })
      const names = ['poll', 'categories', 'reconcile', 'full']
      const first = await startCommand(words, env).ended
      for (const name of names) expect(first.out).toContain(`created  pimflow/${connection}/${name}`)
      expect(first.out).toContain('Next\n  pimflow worker\n  pimflow sync categories')
      expect(first.code).toBe(0)

      const again = await startCommand([...words, '--force', '--json'], env).ended
      expect(JSON.parse(again.out)).toMatchObject({
        schedules: {
          applied: names.map((name) => ({ scheduleId: `pimflow/${connection}/${name}`, state: 'unchanged' })),
          notApplied: null,
        },
      })
    })

    it.each([
      [
        'the database',
        { DATABASE_URL: `postgres://nobody@${nowhere}/none` },
        'The hub database does not answer',
      ],
      ['Temporal', { TEMPORAL_ADDRESS: nowhere }, `No Temporal server answers at ${nowhere}`],
    ])('applies none without %s, says how to do it later, and ends with 5', async (_, missing, reason) => {
      const { connection, config, env, words } = await applying()
      const { code, out } = await startCommand(words, { ...env, ...missing, npm_command: 'exec' }).ended
      expect(out).toContain(`No schedule was applied: ${reason}`)
      expect(out).toContain('To do it later: pimflow schedules apply')
      const next = ['up', 'worker', 'sync categories', 'schedules apply']
      expect(out).toContain(['Next', ...next.map((verb) => `  npx pimflow ${verb}`)].join('\n'))
      expect(code).toBe(5)
      expect(await readFile(config[1] ?? '', 'utf8')).toContain(`name: ${connection}`)
    })

    it('applies none while no database is named', async () => {
      const { env, words } = await applying()
      const { DATABASE_URL: _, ...others } = env
      const { code, out } = await runProgram(words, { folder: await emptyFolder(), env: others })
      expect(out).toContain('No schedule was applied: there is no database yet')
      expect(code).toBe(5)
    })
  })

  it.each([
    [2, 'Nobody can be asked here, so give --connection, --url too', []],
    [
      2,
      '--connection must be lower-case letters',
      ['--connection', 'Acme!', '--url', 'https://acme.example'],
    ],
    [2, '--url must begin with https://', ['--connection', 'acme', '--url', 'http://acme.example']],
    [5, 'Nothing listens at this address', ['--connection', 'acme', '--url', `http://${nowhere}`]],
  ])('ends with %i: %s', async (expected, sentence, flags) => {
    const folder = await emptyFolder()
    const { code, err } = await runProgram(['init', ...flags], { folder })
    expect(err).toContain(sentence)
    expect(code).toBe(expected)
    await expect(stat(join(folder, 'pimflow.config.yaml'))).rejects.toThrow('ENOENT')
  })
})

describe('the questions of init', () => {
  /** A person who gives these answers in turn. */
  function person(answers: string[]): Questions & { heard: string[] } {
    const heard: string[] = []
    const answer = (question: string) => {
      heard.push(question)
      const next = answers.shift()
      return next === undefined
        ? Promise.reject(new Error(`No answer is left for: ${question}`))
        : Promise.resolve(next)
    }
    return {
      heard,
      text: answer,
      secret: answer,
      confirm: () => Promise.resolve(false),
      say: (text) => void heard.push(text),
    }
  }
  const collect = (questions: Questions) => collectConnection({}, questions, new AbortController().signal)

  it('are six, and the answers are tested as they come', async () => {
    const { clientId, clientSecret, username, password } = akeneo.credentials
    const asked = person(['acme', akeneo.url, clientId, clientSecret, username, password])
    expect(await collect(asked)).toEqual({
      name: 'acme',
      url: akeneo.url,
      clientId,
      clientSecret,
      username,
      password,
    })
    expect(asked.heard).toHaveLength(6)
  })

  it('ask again for an address where nobody is, before anything else is asked', async () => {
    const { clientId, clientSecret, username, password } = akeneo.credentials
    const asked = person([
      'acme',
      `http://${nowhere}`,
      akeneo.url,
      clientId,
      clientSecret,
      username,
      password,
    ])
    expect(await collect(asked)).toMatchObject({ name: 'acme', url: akeneo.url })
    expect(asked.heard[2]).toContain('Nothing listens at this address')
    expect(asked.heard).toHaveLength(8)
  })

  it('ask again for the client alone when Akeneo knows none like it', async () => {
    const { clientId, clientSecret, username, password } = akeneo.credentials
    const asked = person(['acme', akeneo.url, clientId, 'wrong', username, password, clientId, clientSecret])
    expect(await collect(asked)).toMatchObject({ clientSecret, password })
    expect(asked.heard[6]).toContain('Akeneo does not know this client')
  })

  it('ask again for the user alone when the password is wrong', async () => {
    const { clientId, clientSecret, username, password } = akeneo.credentials
    const asked = person(['acme', akeneo.url, clientId, clientSecret, username, 'wrong', username, password])
    expect(await collect(asked)).toMatchObject({ clientSecret, password })
    expect(asked.heard[6]).toContain('Akeneo does not know this user')
  })
})

describe('the offer of init to apply the schedules', () => {
  /** A person who answers it, on a connection of its own; `asked` counts how often. */
  async function offered(confirm: () => Promise<boolean>, broken = false) {
    const at = await project({ databaseUrl: inject('databaseUrl') })
    onTestFinished(async () => {
      await at.run('schedules', 'delete')
      await at.remove()
    })
    const config = await loadConfig(at.config, at.env)
    const connection = connectionOf(config, at.taskQueue)
    let asked = 0
    const nothing = () => Promise.reject(new Error('Nothing but the offer is asked here'))
    const ask: Questions = {
      text: nothing,
      secret: nothing,
      say: () => undefined,
      confirm: () => {
        asked++
        return confirm()
      },
    }
    const line = { name: 'rights', text: 'This user may not list categories' }
    const answer = await offerSchedules({
      config,
      connection,
      place: await temporalPlace(config, at),
      checked: {
        temporal: [],
        connections: [checkReport(connection.name, [{ ...line, status: broken ? 'failed' : 'ok' }], null)],
      },
      hasDatabase: true,
      agreed: false,
      ask,
    })
    return { answer, asked }
  }

  it('is taken by a yes', async () => {
    const { answer } = await offered(() => Promise.resolve(true))
    expect(answer).toMatchObject({ notApplied: null, exitCode: 0 })
    expect(answer.applied.map(({ state }) => state)).toEqual(Array(4).fill('created'))
  })

  it.each([
    ['a no', () => Promise.resolve(false)],
    ['leaving the question', () => Promise.reject(new UsageError('left'))],
  ])('is left for later by %s, which is no failure', async (_, confirm) => {
    const { answer } = await offered(confirm)
    expect(answer).toEqual({ applied: [], notApplied: 'you left it for later', exitCode: 0 })
  })

  it('is not made while the check finds something wrong', async () => {
    const { answer, asked } = await offered(() => Promise.resolve(true), true)
    expect(answer).toMatchObject({ applied: [], notApplied: 'This user may not list categories' })
    expect(asked).toBe(0)
  })
})
