import { randomBytes, randomUUID } from 'node:crypto'
import { MockActivityEnvironment } from '@temporalio/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createStructureActivities } from '../../activities/read-structure.ts'
import { openRun } from '../../connectors/hub/runs.ts'
import { Secret } from '../../domain/secret.ts'
import { type AkeneoSimulator, startAkeneo } from '../../simulator/akeneo/index.ts'
import { openDependencies, type OpenedDependencies } from '../../workers/dependencies.ts'
import { connectionTo } from '../connectors/akeneo/helpers.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'

describe('the structure, when Akeneo breaks off an attempt', () => {
  let database: FreshDatabase
  let akeneo: AkeneoSimulator
  let deps: OpenedDependencies
  beforeAll(async () => {
    database = await freshDatabase()
    akeneo = await startAkeneo({ shape: 'small:100' })
    deps = await openDependencies({
      version: 1,
      tokenKeys: [new Secret(randomBytes(32).toString('base64'))],
      temporal: { taskQueue: 'acme' },
      database: { url: database.url, poolSize: 4, prepare: true },
      connections: [connectionTo(akeneo.url, { credentials: akeneo.credentials })],
    })
  })
  afterAll(async () => {
    await deps.close()
    await akeneo.close()
    await database.drop()
  })

  it('goes on in the next with the lists that are left', async () => {
    const { id } = await database.sql.begin((tx) =>
      openRun(tx, {
        connection: 'acme',
        process: 'load-products',
        mode: 'full',
        workflowId: 'acme',
        workflowRunId: randomUUID(),
      }),
    )
    const activities = createStructureActivities(deps)
    const scheduledTimestampMs = Date.now() - 1000
    const attempt = (number: number) =>
      new MockActivityEnvironment({ attempt: number, scheduledTimestampMs }).run(() =>
        activities.readStructure({ connection: 'acme', runId: String(id), categories: false }),
      )
    const lists = () => akeneo.requests().filter(({ path }) => path.endsWith('/options')).length
    akeneo.fault({
      path: '/api/rest/v1/attributes/*/options',
      after: 5,
      count: 1,
      status: 429,
      retryAfter: 1,
    })

    await expect(attempt(1)).rejects.toThrow('429')
    expect(lists()).toBe(6)
    await attempt(2)
    const all = new Set(akeneo.requests().flatMap(({ path }) => (path.endsWith('/options') ? [path] : [])))
    // Each once, and the one that was broken off a second time.
    expect(lists()).toBe(all.size + 1)
    expect(all.size).toBeGreaterThan(6)
  })
})
