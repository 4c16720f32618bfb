import { TestWorkflowEnvironment } from '@temporalio/testing'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { findTimeSkippingServer } from '../../local/time-skipping.ts'
import { messageOf, withNothingInstalled } from './helpers.ts'

describe('findTimeSkippingServer', { timeout: 300_000 }, () => {
  afterEach(() => vi.unstubAllEnvs())

  it('finds a server on which a day passes in seconds', async () => {
    const path = await findTimeSkippingServer()
    const environment = await TestWorkflowEnvironment.createTimeSkipping({
      server: { executable: { type: 'existing-path', path } },
    })
    try {
      const beforeMs = await environment.currentTimeMs()
      const startedAtMs = Date.now()
      await environment.sleep('1 day')
      expect((await environment.currentTimeMs()) - beforeMs).toBeGreaterThanOrEqual(86_400_000)
      expect(Date.now() - startedAtMs).toBeLessThan(60_000)
    } finally {
      await environment.teardown()
    }
  })

  it('says what to install when there is none and none can be fetched', async () => {
    await withNothingInstalled()
    const message = await messageOf(findTimeSkippingServer())
    expect(message).toContain('install Maven and a JDK')
    expect(message).not.toContain('\n')
  })

  it('refuses a TEMPORAL_TEST_SERVER_PATH that is something else', async () => {
    vi.stubEnv('TEMPORAL_TEST_SERVER_PATH', '/bin/true')
    expect(await messageOf(findTimeSkippingServer())).toContain('TEMPORAL_TEST_SERVER_PATH names /bin/true')
  })
})
