import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { readRecord } from '../../local/state.ts'
import { startServices, stopServices } from '../../local/services.ts'
import { accepts, emptyDataDir, messageOf, portOf, withoutServicesInEnvironment } from './helpers.ts'

describe('startServices and stopServices', { timeout: 60_000 }, () => {
  beforeEach(withoutServicesInEnvironment)
  afterEach(() => vi.unstubAllEnvs())

  it('stop what was started from the folder and nothing else', async () => {
    const [ours, others] = [await emptyDataDir(), await emptyDataDir()]
    const started = await startServices({ dataDir: ours, persistent: true })
    const untouched = await startServices({ dataDir: others })
    const stopped = await stopServices({ dataDir: ours })
    expect(stopped.temporal).toBe(started.temporal.address)
    expect(portOf(String(stopped.postgres))).toBe(portOf(started.postgres.url))
    expect(await listening(started)).toEqual([false, false])
    expect(await listening(untouched)).toEqual([true, true])
    expect(await stopServices({ dataDir: ours })).toEqual({ temporal: undefined, postgres: undefined })
    await untouched.stop()
    expect(await listening(untouched)).toEqual([false, false])
  })

  it('leave a process alone that got the pid of a server that is gone', async () => {
    const dataDir = await emptyDataDir()
    const record = { pid: process.pid, startedAt: 'long ago', persistent: true, port: 1, cluster: dataDir }
    await writeFile(join(dataDir, 'postgres.json'), JSON.stringify(record))
    expect(await stopServices({ dataDir })).toEqual({ temporal: undefined, postgres: undefined })
    expect(await readRecord(dataDir, 'postgres')).toBeUndefined()
  })

  it('leave nothing running when one of the two is missing', async () => {
    const dataDir = await emptyDataDir()
    vi.stubEnv('DATABASE_URL', 'postgres://127.0.0.1:1/nothing')
    expect(await messageOf(startServices({ dataDir, persistent: true }))).toContain('DATABASE_URL')
    expect(await readRecord(dataDir, 'temporal')).toBeUndefined()
  })
})

async function listening(services: Awaited<ReturnType<typeof startServices>>): Promise<boolean[]> {
  const { temporal, postgres } = services
  return Promise.all(
    [portOf(temporal.address), portOf(postgres.url)].map((port) => accepts('127.0.0.1', port)),
  )
}
