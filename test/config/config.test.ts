import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ConfigError, type Config, connectionOf, loadConfig } from '../../config.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pimflow-config-'))
})
afterAll(() => rm(folder, { recursive: true }))

const env = {
  DATABASE_URL: 'postgres://pimflow:canary@db/pimflow',
  PIMFLOW_TOKEN_KEY: Buffer.alloc(32, 1).toString('base64'),
  ID: 'canary-id',
  SECRET: 'canary-secret',
  NAME: 'canary-name',
  PASSWORD: 'canary-password',
}

const credentials = `
      clientId: \${ID}
      clientSecret: \${SECRET}
      username: \${NAME}
      password: \${PASSWORD}`

const good = `version: 1
connections:
  - name: acme
    akeneo:
      url: https://acme.test/${credentials}
`

let files = 0

async function load(
  yaml: string,
  environment: Record<string, string | undefined> = env,
  others: Record<string, string> = {},
): Promise<Config> {
  files++
  const path = join(folder, `config-${files}.yaml`)
  await writeFile(path, yaml)
  for (const [end, text] of Object.entries(others))
    await writeFile(join(folder, `config-${files}.${end}`), text)
  return loadConfig(path, environment)
}

/** `line path message` of each problem. */
async function problemsOf(...input: Parameters<typeof load>): Promise<string[]> {
  try {
    await load(...input)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.problems.map(({ line, path, message }) => `${String(line)} ${path} ${message}`)
  }
  return []
}

describe('a configuration', () => {
  it('needs no more than an address and four references; everything else has its default', async () => {
    const config = await load(good)
    const [acme] = config.connections
    expect(config.database).toEqual({ url: env.DATABASE_URL, poolSize: 10, prepare: true })
    expect(config.temporal.taskQueue).toBe('pimflow')
    expect(acme).toMatchObject({
      name: 'acme',
      akeneo: {
        url: 'https://acme.test',
        productIdFormat: 'auto',
        timeoutMs: 60_000,
        searchTimeZone: 'UTC',
        throttle: { concurrency: 4, hostConcurrency: 10, perSecond: 100, optionWritesPerSecond: 3 },
        retry: {
          maximumAttempts: 0,
          initialIntervalMs: 1000,
          maximumIntervalMs: 120_000,
          backoffCoefficient: 2,
        },
      },
      products: {
        variantPollSearchDays: 7,
        skipRelatedPrerequisite: false,
        prerequisiteWaitHours: 24,
        createMissingBundleItems: false,
      },
      schedules: {
        poll: { everyMs: 300_000 },
        nightly: { cron: '0 2 * * *' },
        weekly: { cron: '0 4 * * 0' },
        enrich: { cron: '0 6 * * *' },
      },
      guards: { emptied: 0.05, changed: 0.2, retired: 0.02 },
    })
    expect(acme?.akeneo.clientSecret.reveal()).toBe('canary-secret')
    expect(acme?.outputs).toBeUndefined()
  })

  it('says how late is late for notifications: by polls, and in minutes where polls follow a cron line', async () => {
    const notified = `${good}    notifications:
      webhook: { url: https://chat.test/pimflow, secret: '\${HOOK}' }
`
    const known = { ...env, HOOK: 'a-secret-of-at-least-32-characters-for-a-webhook' }
    const [acme] = (await load(notified, known)).connections
    expect(acme?.schedules.notify).toEqual({ everyMs: 900_000 })
    expect(acme?.notifications).toMatchObject({ stalePolls: 3, remindHours: 24 })
    expect(acme?.notifications?.staleMinutes).toBeUndefined()
    const cron = `${notified}    schedules: { poll: '0 * * * *' }\n`
    const [problem] = await problemsOf(cron, known)
    expect(problem).toContain('connections[0].notifications.staleMinutes is missing')
    const inMinutes = cron.replace('    schedules', '      staleMinutes: 90\n    schedules')
    expect(await problemsOf(inMinutes, known)).toEqual([])
  })

  it.each([
    ["{ poll: '5m', pollQuiet: '30m' }", null],
    ["{ poll: '5m', pollQuiet: '5m' }", null],
    ["{ poll: '5m', pollQuiet: '4m' }", 'schedules.pollQuiet must be a duration'],
    ["{ poll: '5m', pollQuiet: '0 * * * *' }", 'schedules.pollQuiet must be a duration'],
    ["{ poll: '0 * * * *', pollQuiet: '2h' }", 'schedules.pollQuiet must be a duration'],
    ["{ poll: off, pollQuiet: '2h' }", 'schedules.pollQuiet must be a duration'],
  ])('lets the interval of polls grow where it is one: %s', async (schedules, expected) => {
    const problems = await problemsOf(`${good}    schedules: ${schedules}\n`)
    if (expected === null) expect(problems).toEqual([])
    else expect(problems[0]).toContain(expected)
  })

  it('is the one that ships as an example, with the variables of the simulator', async () => {
    const path = fileURLToPath(new URL('../../examples/pimflow.config.yaml', import.meta.url))
    const config = await loadConfig(path, {
      ...env,
      AKENEO_CLIENT_ID: 'a',
      AKENEO_CLIENT_SECRET: 'b',
      AKENEO_USERNAME: 'c',
      AKENEO_PASSWORD: 'd',
    })
    expect(config.connections[0]?.akeneo.url).toBe('http://127.0.0.1:8080')
  })

  it('never shows its secrets, however it is printed', async () => {
    const { connections } = await load(good)
    for (const text of [
      JSON.stringify(connections),
      inspect(connections, { depth: 9 }),
      String(connections[0]?.akeneo.password),
    ]) {
      expect(text).not.toContain('canary')
    }
  })

  it('says everything that is wrong with it at once, each with its line', async () => {
    const problems = await problemsOf(`version: 2
connections:
  - name: Acme Ltd
    akeneo:
      url: http://acme.test
      clientId: literal-canary
      clientSecret: \${MISSING}
      username: \${file:nowhere}
      timeoutMs: soon
      trottle:
        concurrency: 4
    schedules:
      poll: often
    guards:
      retired: 200%
`)
    expect(problems).toEqual([
      '1 version must be 1, the version of this file format',
      '3 connections[0].name must be lower-case letters, digits and hyphens, at most 63',
      '4 connections[0].akeneo.password must be a reference, ${NAME} or ${file:PATH}; a secret never stands in this file itself',
      '5 connections[0].akeneo.url must begin with https:// (http:// only for a simulator on this machine: localhost)',
      '6 connections[0].akeneo.clientId must be a reference, ${NAME} or ${file:PATH}; a secret never stands in this file itself',
      '7 connections[0].akeneo.clientSecret the environment variable MISSING is not set',
      '8 connections[0].akeneo.username the file nowhere cannot be read',
      '9 connections[0].akeneo.timeoutMs must be a whole number',
      '10 connections[0].akeneo there is no setting trottle; did you mean throttle?',
      '13 connections[0].schedules.poll must be a duration such as 5m, a cron line of five fields such as "0 2 * * *", or off',
      '15 connections[0].guards.retired must be at most 100%',
    ])
  })

  it('says of each key that is no setting where it stands, and of a connection’s that it belongs there', async () => {
    const problems = await problemsOf(`${good}mappings: {}
notifications:
  webhook: {}
constructor: 1
`)
    const line = good.split('\n').length
    expect(problems).toEqual([
      `${line}  there is no setting mappings; here are version, tokenKeys, temporal, database, connections`,
      `${line + 1}  notifications belongs below a connection`,
      `${line + 3}  there is no setting constructor; here are version, tokenKeys, temporal, database, connections`,
    ])
  })

  it('does not repeat a literal secret in what it says about it', async () => {
    const literal = good.replace('${SECRET}', 'canary-literal')
    expect((await problemsOf(literal)).join()).not.toContain('canary')
    const password = `${good}database:\n  url: postgres://user:canary@db/pimflow\n`
    expect(await problemsOf(password)).toEqual([
      '11 database.url holds a password: must be a reference, ${NAME} or ${file:PATH}',
    ])
  })

  it.each([
    ['is no YAML', 'version: 1\n  connections: [', /^2 {2}/],
    ['has a key twice', `${good}version: 1\n`, /^10 {2}.*unique/],
    ['is empty', '', /^1 connections is missing|^1 connections must be a list/],
    ['has no connection', 'version: 1\nconnections: []\n', /^2 connections must have at least one/],
    ['is a list', '- a\n', /^1 {2}must be a map of settings/],
  ])('that %s is told where', async (_case, yaml, expected) => {
    expect((await problemsOf(yaml)).some((problem) => expected.test(problem))).toBe(true)
  })

  it('takes secrets from files beside it', async () => {
    await writeFile(join(folder, 'secret.txt'), 'from-a-file\n')
    const { connections } = await load(good.replace('${SECRET}', '${file:secret.txt}'))
    expect(connections[0]?.akeneo.clientSecret.reveal()).toBe('from-a-file')
  })

  it('reads a secret in a file again when it is used; while there is none, the last one counts', async () => {
    const file = join(folder, 'rotated.txt')
    await writeFile(file, 'first\n')
    const { connections } = await load(good.replace('${SECRET}', '${file:rotated.txt}'))
    const secret = connections[0]?.akeneo.clientSecret
    expect(secret?.reveal()).toBe('first')
    await writeFile(file, 'second\n')
    expect(secret?.reveal()).toBe('second')
    await writeFile(file, '')
    expect(secret?.reveal()).toBe('second')
    await rm(file)
    expect(secret?.reveal()).toBe('second')
    expect(JSON.stringify(secret) + String(secret) + inspect(secret)).not.toContain('second')
  })

  it('is changed by an overlay for another environment, whose lines are named', async () => {
    const prod = `connections:
  - name: acme
    akeneo:
      url: https://prod.acme.test
      throttle: { concurrency: 2 }
`
    const { connections } = await load(good, { ...env, PIMFLOW_ENVIRONMENT: 'prod' }, { 'prod.yaml': prod })
    expect(connections[0]?.akeneo).toMatchObject({
      url: 'https://prod.acme.test',
      throttle: { concurrency: 2 },
    })
    expect(connections[0]?.akeneo.clientId.reveal()).toBe('canary-id')

    const wrong = await problemsOf(
      good,
      { ...env, PIMFLOW_ENVIRONMENT: 'prod' },
      { 'prod.yaml': prod.replace('2', 'two') },
    )
    expect(wrong).toEqual(['5 connections[0].akeneo.throttle.concurrency must be a whole number'])
    const missing = await problemsOf(good, { ...env, PIMFLOW_ENVIRONMENT: 'test' })
    expect(missing[0]).toMatch(/^null {2}There is no such file/)
  })

  it('takes http for this machine only', async () => {
    for (const url of ['http://localhost:8080', 'http://127.0.0.1', 'http://[::1]:1']) {
      expect(await problemsOf(good.replace('https://acme.test/', url))).toEqual([])
    }
    for (const url of [
      'http://localhost.evil.test',
      'ftp://acme.test',
      'acme.test',
      'https://user:x@acme.test',
      'https://acme.test/api/rest/v1',
    ]) {
      expect(await problemsOf(good.replace('https://acme.test/', url)), url).toHaveLength(1)
    }
  })

  it('has one connection of a name, and one rate for one Akeneo', async () => {
    const second = (name: string, more = '') => `${good}  - name: ${name}
    akeneo:
      url: https://acme.test${credentials}${more}
`
    expect(await problemsOf(second('acme'))).toEqual([
      '10 connections[1].name is taken: two connections are called acme',
    ])
    expect(await problemsOf(second('beta'))).toEqual([])
    expect(await problemsOf(second('beta', '\n      throttle: { perSecond: 50 }'))).toEqual([
      '17 connections[1].akeneo.throttle.perSecond must be the same for all connections of one Akeneo: acme says 100',
    ])
  })

  it('takes the folder of files as seen from its own, one for each connection', async () => {
    const other = `  - name: other
    akeneo:
      url: https://other.test/${credentials}
`
    const folders = (second: string) =>
      `${good}    media: { folder: media }\n${other}    media: { folder: ${second} }\n`
    const { connections } = await load(folders('elsewhere'))
    expect(connections.map(({ media }) => media.folder)).toEqual([
      join(folder, 'media'),
      join(folder, 'elsewhere'),
    ])
    for (const same of ['media', './media', 'elsewhere/../media/', join(folder, 'media')])
      expect(await problemsOf(folders(same))).toEqual([
        expect.stringMatching(/^18 connections\[1\]\.media\.folder is taken: .* acme has this one$/),
      ])
    expect((await load(good)).connections[0]?.media.folder).toBeUndefined()
  })

  it('wants keys of 32 bytes, and a database', async () => {
    expect(await problemsOf(good, { ...env, PIMFLOW_TOKEN_KEY: 'short', DATABASE_URL: undefined })).toEqual([
      '1 database.url the environment variable DATABASE_URL is not set',
      '1 tokenKeys[0] must be 32 bytes in base64; make one with: openssl rand -base64 32',
    ])
  })

  it('names the connections that exist to whoever asks for another one', async () => {
    const config = await load(good)
    expect(connectionOf(config, 'acme').name).toBe('acme')
    expect(() => connectionOf(config, 'acne')).toThrow(
      'There is no connection acne; these exist: acme. Name one of them, or add it to pimflow.config.yaml; workers read it when they start.',
    )
  })
})
