import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { WorkflowFailedError } from '@temporalio/client'
import { afterEach, describe, expect, it } from 'vitest'
import type { ConnectionStatus } from '../../client/support/connection-status.ts'
import { resolveReferences } from '../../config/references.ts'
import { project, type TestProject } from '../client/harness.ts'
import { apiOf } from '../simulator/api.ts'
import { openPipeline, type Pipeline } from '../support/pipeline.ts'

let pipeline: Pipeline
let cli: TestProject
afterEach(async () => {
  await cli.remove()
  await pipeline.close()
})

const tokenPath = '/api/oauth/v1/token'

/** A connection that has been loaded, and whose user Akeneo then does not know any more. */
async function loadedAndRevoked(): Promise<void> {
  pipeline = await openPipeline()
  const { akeneo, connection, taskQueue, database, config } = pipeline
  await pipeline.initializeCategories()
  await pipeline.load()
  cli = await project({
    connections: [connection],
    taskQueue,
    databaseUrl: database.url,
    akeneo: { url: akeneo.url, ...akeneo.credentials },
  })
  cli.env['PIMFLOW_TOKEN_KEY'] = config.tokenKeys[0]?.reveal() ?? ''
  const api = await apiOf(akeneo)
  await api.patch('/products/NL-DL7-W', { enabled: false })
  akeneo.revokeTokens()
  akeneo.fault({ path: tokenPath, status: 422, message: 'No user found for the given username and password' })
  akeneo.resetRequests()
}

const tokenCalls = () => pipeline.akeneo.requests().filter(({ path }) => path === tokenPath).length

/** What Temporal shows of a poll that fails. */
async function failedPoll(): Promise<string> {
  const error: unknown = await pipeline.poll().catch((reason: unknown) => reason)
  if (!(error instanceof WorkflowFailedError)) throw new Error(`The poll did not fail: ${String(error)}`)
  let cause: Error | undefined = error
  while (cause.cause instanceof Error) cause = cause.cause
  return cause.message
}

/** By the clock of the database, which alone counts for tokens. */
const minutesPass = (minutes: number) =>
  pipeline.database.sql`update akeneo_token set ask_at = ask_at - make_interval(mins => ${minutes})`

const status = async () => {
  const { value } = await cli.json('status')
  const { connections } = value as { connections: [ConnectionStatus] }
  return connections[0]
}

describe('credentials that Akeneo refuses', () => {
  it('are not tried again and again; everybody is told what to do; mended, the next poll brings what was missed', async () => {
    await loadedAndRevoked()
    for (let poll = 0; poll < 5; poll++)
      expect(await failedPoll()).toMatch(
        /^Akeneo does not know this user with this password: check akeneo\.username/,
      )
    // Once by the refresh token and once by the password; from then on it is known.
    expect(tokenCalls()).toBe(2)
    for (let poll = 0; poll < 8; poll++) {
      await minutesPass(5)
      await failedPoll()
    }
    // In these 40 minutes: after 5, 10, 15, 25 and 40.
    expect(tokenCalls()).toBe(2 + 5)

    const remedy = 'check akeneo.username and akeneo.password'
    const { login, watermark } = await status()
    expect(login).toMatchObject({ times: 6, remedy: expect.stringContaining(remedy) as string })
    const { out } = await cli.run('status')
    expect(out).toContain(`Akeneo refuses to log in since`)
    expect(out).toContain(remedy)
    expect(out).toContain(`pimflow check --connection ${pipeline.connection}`)
    const doctor = await cli.run('doctor')
    expect(doctor.code).toBe(1)
    expect(doctor.out).toContain('Akeneo refuses to log in since')
    const page = join(dirname(cli.config), 'morning.html')
    await cli.run('report', '--out', page)
    expect(await readFile(page, 'utf8')).toContain(remedy)
    // To look changes nothing.
    expect(tokenCalls()).toBe(7)

    pipeline.akeneo.clearFaults()
    await minutesPass(15)
    expect(await pipeline.poll()).toMatchObject({ published: 1 })
    const after = await status()
    expect(after.login).toBeNull()
    expect(new Date(after.watermark ?? 0) > new Date(watermark ?? 0)).toBe(true)
  }, 120_000)

  it('count without a restart when they are replaced in the file that the configuration takes them from', async () => {
    await loadedAndRevoked()
    const { akeneo, config } = pipeline
    const file = join(dirname(cli.config), 'password')
    await writeFile(file, akeneo.credentials.password)
    const { value } = await resolveReferences({ password: '${file:password}' }, {}, dirname(cli.config))
    Object.assign(config.connections[0]?.akeneo ?? {}, value)
    akeneo.clearFaults()
    const fresh = akeneo.backOffice['regenerate-password']?.({ connection: 'simulator' })
    expect(await failedPoll()).toContain('akeneo.password')
    await writeFile(file, (fresh as { password: string }).password)
    await minutesPass(1)
    expect(await pipeline.poll()).toMatchObject({ published: 1 })
  }, 60_000)

  it('are tried at once by `check`, after which all workers go on', async () => {
    await loadedAndRevoked()
    await failedPoll()
    await cli.run('check')
    expect((await status()).login).toMatchObject({ times: 2 })
    pipeline.akeneo.clearFaults()
    expect(await failedPoll()).toContain('not asked again before')
    await cli.run('check')
    expect((await status()).login).toBeNull()
    const before = tokenCalls()
    expect(await pipeline.poll()).toMatchObject({ published: 1 })
    expect(tokenCalls()).toBe(before)
  }, 60_000)
})
