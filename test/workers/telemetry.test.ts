import { MockActivityEnvironment } from '@temporalio/testing'
import { describe, expect, it } from 'vitest'
import { logInterceptor, withConnection } from '../../workers/telemetry.ts'

describe('lines of the log', () => {
  it('of an activity say its connection and its run', async () => {
    const { context } = new MockActivityEnvironment()
    const { inbound, outbound } = logInterceptor(context)
    const lines: unknown[] = []
    await inbound?.execute?.({ args: [{ connection: 'acme', runId: '7' }], headers: {} }, () => {
      lines.push(outbound?.getLogAttributes?.({ attempt: 1 }, (attributes) => attributes))
      return Promise.resolve()
    })
    expect(lines).toEqual([{ attempt: 1, connection: 'acme', run: '7' }])
  })

  it('of Temporal say the connection that the workflow’s id names', () => {
    expect(withConnection({ workflowId: 'pimflow/acme/poll-products-2026-11-29T03:10:00Z' })).toMatchObject({
      connection: 'acme',
    })
    expect(withConnection({ workflowId: 'another' })).toEqual({ workflowId: 'another' })
  })
})
