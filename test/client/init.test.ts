import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { loadConfig, loadMappings } from '../../config.ts'
import { collectConnection } from '../../client/support/new-connection.ts'
import type { Questions } from '../../client/support/questions.ts'
import { type AkeneoSimulator, startAkeneo } from '../../simulator/akeneo/index.ts'
import { runProgram } from './child.ts'
import { nowhere } from './harness.ts'

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
