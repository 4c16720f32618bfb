import { spawnSync } from 'node:child_process'
import { readdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { withLock } from '../../local/lock.ts'
import { until } from '../support/until.ts'
import { emptyDataDir } from './helpers.ts'

describe('withLock', { timeout: 30_000 }, () => {
  it('lets one in at a time and tells the others whom they wait for', async () => {
    const dataDir = await emptyDataDir()
    const told: number[] = []
    let inside = 0
    let most = 0
    const enter = (): Promise<void> =>
      withLock(
        join(dataDir, 'lock'),
        async () => {
          most = Math.max(most, (inside += 1))
          // The first one stays until both others have found it there.
          await until(() => Promise.resolve(told.length >= 2), 'the others wait')
          inside -= 1
        },
        (pid) => told.push(pid),
      )
    await Promise.all([enter(), enter(), enter()])
    expect(most).toBe(1)
    expect(told).toEqual([process.pid, process.pid])
    expect(await readdir(dataDir)).toEqual([])
  })

  it('takes over from a holder that died', async () => {
    const dataDir = await emptyDataDir()
    const dead = spawnSync(process.execPath, ['--version']).pid
    await writeFile(join(dataDir, 'lock'), JSON.stringify({ pid: dead, startedAt: 'once', token: 'a' }))
    expect(await withLock(join(dataDir, 'lock'), () => Promise.resolve('in'))).toBe('in')
  })

  it('takes over a lock whose holder died before it had written its name', async () => {
    const dataDir = await emptyDataDir()
    await writeFile(join(dataDir, 'lock'), '')
    const anHourAgo = new Date(Date.now() - 3_600_000)
    await utimes(join(dataDir, 'lock'), anHourAgo, anHourAgo)
    expect(await withLock(join(dataDir, 'lock'), () => Promise.resolve('in'))).toBe('in')
  })

  it('is free again after its work has failed', async () => {
    const dataDir = await emptyDataDir()
    const failing = withLock(join(dataDir, 'lock'), () => Promise.reject(new Error('no')))
    await expect(failing).rejects.toThrow('no')
    expect(await withLock(join(dataDir, 'lock'), () => Promise.resolve('in'))).toBe('in')
  })
})
