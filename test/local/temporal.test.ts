import { once } from 'node:events'
import { createServer } from 'node:net'
import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Connection } from '@temporalio/client'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { freePort } from '../../local/ports.ts'
import { readRecord } from '../../local/state.ts'
import { ensureTemporal } from '../../local/temporal.ts'
import {
  accepts,
  emptyDataDir,
  messageOf,
  portOf,
  reachableFromOutside,
  startFromAnotherProcess,
  withNothingInstalled,
  withoutServicesInEnvironment,
} from './helpers.ts'

describe('ensureTemporal', { timeout: 60_000 }, () => {
  beforeEach(withoutServicesInEnvironment)
  afterEach(() => vi.unstubAllEnvs())

  it('starts a server on loopback, with web pages and the search attributes that were asked for', async () => {
    const server = await ensureTemporal({
      dataDir: await emptyDataDir(),
      searchAttributes: { TestConnection: 'Keyword', TestRejected: 'Int' },
    })
    expect(server).toMatchObject({ started: true, namespace: 'default' })
    expect(await reachableFromOutside(portOf(server.address))).toEqual([])
    expect((await fetch(String(server.uiUrl))).status).toBe(200)
    expect(await attributesOf(server.address)).toMatchObject({ TestConnection: 2, TestRejected: 3 })
    await server.stop()
    expect(await accepts('127.0.0.1', portOf(server.address))).toBe(false)
  })

  it('finds the server that was started before from the same folder, and leaves it to whom started it', async () => {
    const dataDir = await emptyDataDir()
    const first = await ensureTemporal({ dataDir })
    const second = await ensureTemporal({ dataDir, searchAttributes: { TestLater: 'Keyword' } })
    expect(second).toMatchObject({ started: false, address: first.address, uiUrl: first.uiUrl })
    expect(await attributesOf(first.address)).toMatchObject({ TestLater: 2 })
    await second.stop()
    expect(await accepts('127.0.0.1', portOf(first.address))).toBe(true)
  })

  it('starts one server when two processes ask at once', async () => {
    const dataDir = await emptyDataDir()
    const both = await Promise.all([
      startFromAnotherProcess('temporal', { dataDir }),
      startFromAnotherProcess('temporal', { dataDir }),
    ])
    const [one, other] = both.map(({ got }) => got)
    expect(one?.address).toBe(other?.address)
    expect(both.filter(({ got }) => got.started)).toHaveLength(1)
  })

  it('does not mistake the server of another project, started at the same moment, for its own', async () => {
    const [one, other] = await Promise.all([
      ensureTemporal({ dataDir: await emptyDataDir(), searchAttributes: { TestOne: 'Keyword' } }),
      ensureTemporal({ dataDir: await emptyDataDir(), searchAttributes: { TestOther: 'Keyword' } }),
    ])
    expect(one.address).not.toBe(other.address)
    expect(Object.keys(await attributesOf(one.address))).not.toContain('TestOther')
    expect(Object.keys(await attributesOf(other.address))).not.toContain('TestOne')
  })

  it.each(['SIGINT', 'SIGKILL'] as const)('ends with the process that started it: %s', async (signal) => {
    const dataDir = await emptyDataDir()
    const { child, got } = await startFromAnotherProcess('temporal', { dataDir })
    child.kill(signal)
    await once(child, 'exit')
    await vi.waitUntil(async () => !(await accepts('127.0.0.1', portOf(String(got.address)))), 20_000)
  })

  it('runs on after the process that started it, and keeps its workflows, when it is persistent', async () => {
    const dataDir = await emptyDataDir()
    const { child, got } = await startFromAnotherProcess('temporal', { dataDir, persistent: true })
    child.kill('SIGKILL')
    await once(child, 'exit')
    await startSomeWorkflow(String(got.address), 'kept')
    expect((await stat(join(dataDir, 'temporal.db'))).mode & 0o077).toBe(0)

    const record = await readRecord(dataDir, 'temporal')
    process.kill(Number(record?.pid), 'SIGKILL')
    await vi.waitUntil(async () => !(await accepts('127.0.0.1', portOf(String(got.address)))), 20_000)
    const again = await ensureTemporal({ dataDir, persistent: true })
    expect(again.started).toBe(true)
    expect(await isRunning(again.address, 'kept')).toBe(true)
  })

  it('says so when a persistent server is asked for while a passing one is running', async () => {
    const dataDir = await emptyDataDir()
    await ensureTemporal({ dataDir })
    expect(await messageOf(ensureTemporal({ dataDir, persistent: true }))).toContain('pimflow down')
  })

  it('takes another port when the usual one is in use, and says so when the one asked for is', async () => {
    const dataDir = await emptyDataDir()
    const port = await freePort()
    const other = createServer().listen(port, '127.0.0.1')
    await once(other, 'listening')
    onTestFinished(() => {
      other.close()
    })
    const message = await messageOf(ensureTemporal({ dataDir, port }))
    expect(message).toContain('MissingServiceError: The Temporal server ended while starting')
    expect(message).toContain('address already in use')
    const server = await ensureTemporal({ dataDir })
    expect(portOf(server.address)).not.toBe(port)
  })

  it('does not take a process for its server that has merely got the same pid', async () => {
    const dataDir = await emptyDataDir()
    const record = {
      pid: process.pid,
      startedAt: 'long ago',
      persistent: true,
      address: '127.0.0.1:1',
      namespace: 'default',
    }
    await writeFile(join(dataDir, 'temporal.json'), JSON.stringify(record))
    const server = await ensureTemporal({ dataDir })
    expect(server.started).toBe(true)
  })

  it('uses the server that TEMPORAL_ADDRESS names and never stops it', async () => {
    const given = await ensureTemporal({ dataDir: await emptyDataDir() })
    vi.stubEnv('TEMPORAL_ADDRESS', given.address)
    const server = await ensureTemporal({
      dataDir: await emptyDataDir(),
      searchAttributes: { TestGiven: 'Keyword' },
    })
    expect(server).toMatchObject({ address: given.address, started: false })
    expect(await attributesOf(given.address)).toMatchObject({ TestGiven: 2 })
    await server.stop()
    expect(await accepts('127.0.0.1', portOf(given.address))).toBe(true)
  })

  it('gives the operator the command to run when the search attributes cannot be added', async () => {
    const given = await ensureTemporal({ dataDir: await emptyDataDir() })
    vi.stubEnv('TEMPORAL_ADDRESS', given.address)
    // The dev server has room for three whole numbers.
    const tooMany = { TestA: 'Int', TestB: 'Int', TestC: 'Int', TestD: 'Int' } as const
    const message = await messageOf(
      ensureTemporal({ dataDir: await emptyDataDir(), searchAttributes: tooMany }),
    )
    expect(message).toContain(
      'temporal operator search-attribute create --namespace default --name TestA --type Int',
    )
  })

  it('names the address and the variable when nothing answers at TEMPORAL_ADDRESS', async () => {
    const address = `127.0.0.1:${await freePort()}`
    vi.stubEnv('TEMPORAL_ADDRESS', address)
    const message = await messageOf(ensureTemporal({ dataDir: await emptyDataDir() }))
    expect(message).toContain('MissingServiceError')
    expect(message).toContain(address)
    expect(message).toContain('TEMPORAL_ADDRESS')
  })

  it('says what to install when there is no server and none can be fetched or built', async () => {
    await withNothingInstalled()
    const message = await messageOf(ensureTemporal({ dataDir: await emptyDataDir() }))
    expect(message).toContain('install the Temporal CLI (https://docs.temporal.io/cli#install) or Go')
    expect(message).not.toContain('\n')
  })

  it('refuses a TEMPORAL_CLI_PATH that is not a Temporal CLI', async () => {
    vi.stubEnv('TEMPORAL_CLI_PATH', process.execPath)
    const message = await messageOf(ensureTemporal({ dataDir: await emptyDataDir() }))
    expect(message).toContain(`TEMPORAL_CLI_PATH names ${process.execPath}`)
  })
})

async function attributesOf(address: string): Promise<Record<string, number>> {
  const connection = await Connection.connect({ address })
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace: 'default' })
  await connection.close()
  return customAttributes
}

async function startSomeWorkflow(address: string, workflowId: string): Promise<void> {
  const connection = await Connection.connect({ address })
  await connection.workflowService.startWorkflowExecution({
    namespace: 'default',
    workflowId,
    requestId: workflowId,
    workflowType: { name: 'nobodyRunsThis' },
    taskQueue: { name: 'nobody-listens-here' },
  })
  await connection.close()
}

async function isRunning(address: string, workflowId: string): Promise<boolean> {
  const connection = await Connection.connect({ address })
  const execution = { workflowId }
  const found = await connection.workflowService.describeWorkflowExecution({
    namespace: 'default',
    execution,
  })
  await connection.close()
  return found.workflowExecutionInfo?.closeTime === null
}
