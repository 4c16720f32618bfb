import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CheckReport } from '../../domain/check-report.ts'
import { type AkeneoSimulator, startAkeneo } from '../../simulator/akeneo/index.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { nowhere, project, type ProjectOptions } from './harness.ts'

let akeneo: AkeneoSimulator
let database: FreshDatabase

beforeAll(async () => {
  akeneo = await startAkeneo({ catalog: 'examples/catalog' })
  database = await freshDatabase()
})
afterAll(async () => {
  await akeneo.close()
  await database.drop()
})

async function check(options: ProjectOptions = {}) {
  const at = await project({
    databaseUrl: database.url,
    akeneo: { url: akeneo.url, ...akeneo.credentials },
    ...options,
  })
  const { code, value } = await at.json('check')
  const text = await at.run('check')
  await at.remove()
  const { connections, temporal } = value as { connections: CheckReport[]; temporal: CheckReport['lines'] }
  const lines = [...temporal, ...(connections[0]?.lines ?? [])]
  const failed = lines.filter(({ status }) => status === 'failed')
  return { code, connections, failed, out: text.out }
}

describe('check', () => {
  it('finds that everything holds, and what is left to do', async () => {
    const { code, connections, failed, out } = await check()
    expect(failed).toEqual([])
    expect(connections[0]?.mayPoll).toBe(true)
    expect(out).toMatch(/ok +credentials +Akeneo takes the credentials/)
    expect(out).toContain('Start one: pimflow worker')
    expect(code).toBe(0)
  })

  it('fails for wrong credentials, with what to look at', async () => {
    const wrong = { url: akeneo.url, ...akeneo.credentials, password: 'wrong' }
    const { code, out } = await check({ akeneo: wrong })
    expect(out).toContain('check akeneo.username and akeneo.password')
    expect(code).toBe(1)
  })

  it.each<[string, ProjectOptions]>([
    [
      'Akeneo',
      {
        akeneo: { url: `http://${nowhere}`, clientId: 'a', clientSecret: 'b', username: 'c', password: 'd' },
      },
    ],
    ['the database', { databaseUrl: `postgres://nobody@${nowhere}/none` }],
    ['Temporal', { temporalAddress: nowhere }],
  ])('ends as unreachable when %s is, and still looks at the rest', async (_, options) => {
    const { code, failed } = await check(options)
    expect(failed).toHaveLength(1)
    expect(failed[0]?.remedy).toBeTruthy()
    expect(code).toBe(5)
  })
})
