import { afterEach, describe, expect, it } from 'vitest'
import { planTransfers } from '../../connectors/hub/transfers.ts'
import { publishRecords } from '../../connectors/hub/records.ts'
import { beginWatermark, finishLoad, openRun, takeClaim } from '../../connectors/hub/runs.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { categoryRecord } from '../support/published.ts'
import { troubledHub } from '../support/troubled-hub.ts'
import { nowhere, project, type ProjectOptions, type TestProject, webshop } from './harness.ts'

let database: FreshDatabase
const open: TestProject[] = []
afterEach(async () => {
  for (const at of open.splice(0)) await at.remove()
  await database.drop()
})

async function patient(options: ProjectOptions = {}): Promise<TestProject> {
  database = await freshDatabase()
  const at = await project({ databaseUrl: database.url, ...options })
  open.push(at)
  return at
}

interface Found {
  temporal: string | null
  general: { severity: string; code: string; remedy: string }[]
  connections: { connection: string; ailments: { severity: string; code: string; text: string }[] }[]
}

const codesOf = ({ general, connections }: Found) =>
  [...general, ...connections.flatMap(({ ailments }) => ailments)].map(({ code }) => code)

async function examined(at: TestProject): Promise<{ code: number; found: Found }> {
  const { code, value } = await at.json('doctor')
  // What the verb prints, in its own shape.
  return { code, found: value as Found }
}

const daysAgo = (days: number) => new Date(Date.now() - days * 24 * 3_600_000)
const deadRun = {
  workflowId: 'pimflow/acme/poll-products',
  workflowRunId: '00000000-0000-4000-8000-000000000001',
}

describe('pimflow doctor', () => {
  it('finds nothing in a hub in which all is well', async () => {
    const at = await patient({ schedules: { poll: 'off', nightly: 'off', weekly: 'off' } })
    const { sql } = database
    const connection = at.taskQueue
    await sql.begin(async (tx) => {
      await publishRecords(tx, { connection, output: 'shop', run: null }, [
        { id: '00000000-0000-4000-8000-0000000000aa', record: categoryRecord('lamps') },
      ])
      await beginWatermark(tx, connection, new Date())
      await finishLoad(tx, connection)
    })
    const { found } = await examined(at)
    expect(found.connections).toEqual([{ connection, ailments: [] }])
    // Nobody serves this test's queue.
    expect(codesOf(found)).toEqual(['no-worker'])
  })

  it('names what the dead left behind, and that nothing of it is lost', async () => {
    const at = await patient()
    const { sql } = database
    const connection = at.taskQueue
    await sql.begin(async (tx) => {
      await takeClaim(tx, connection, 'poll-products', deadRun)
      const run = await openRun(tx, { connection, process: 'poll-products', mode: 'delta', ...deadRun })
      await planTransfers(tx, run.id, 'products', [{ search: null }, { search: null }])
      await beginWatermark(tx, connection, daysAgo(1))
    })
    await sql`
      insert into lane (scope, owner, n, busy_until) values ('connection', ${connection}, 1, now() + interval '2 days')`
    const { code, found } = await examined(at)
    expect(code).toBe(1)
    expect(codesOf(found)).toEqual(
      expect.arrayContaining([
        'claim-without-holder',
        'transfers-without-run',
        'lane-held',
        'load-not-finished',
        'watermark-behind',
        'schedule-missing',
        'no-worker',
      ]),
    )
    const { out } = await at.run('doctor')
    expect(out).toContain('with 2 transfers open')
    expect(out).toContain('Nothing is lost')
    expect(out).toContain('pimflow schedules apply')
  })

  it('names what does not fit together', async () => {
    const at = await patient({ sections: webshop })
    const { sql } = database
    const connection = at.taskQueue
    await troubledHub(database, connection)
    // As Temporal gives them.
    await sql`update run set workflow_run_id = gen_random_uuid()::text where connection = ${connection}`
    await sql`update delivery set workflow_run_id = null where connection = ${connection}`
    // A row that somebody deleted, one that somebody changed, and a link whose target is there.
    await sql`delete from feed where connection = ${connection} and seq = 2`
    await sql`update hub_record set version = 7 where connection = ${connection} and code = 'LAMP-5'`
    await sql`
      update hub_record set body = jsonb_set(body, '{pending}', '[{"field":"related.upSell","code":"LAMP-6","why":"not there"}]')
      where connection = ${connection} and code = 'LAMP-2'`
    await sql`update waiting set since = ${daysAgo(9)} where connection = ${connection}`
    await sql`insert into sweep (connection, model, due_at) values (${connection}, 'polo', ${daysAgo(2)})`
    const { code, found } = await examined(at)
    expect(code).toBe(1)
    const ailments = found.connections.flatMap((one) => one.ailments)
    const textOf = (wanted: string) => ailments.find((ailment) => ailment.code === wanted)?.text
    expect(textOf('feed-gap')).toContain('1 are missing')
    expect(textOf('feed-behind-record')).toContain('2 records of shop differ from the feed: LAMP-2')
    expect(textOf('pending-link')).toContain('2 links of shop say that their target is missing')
    expect(textOf('waiting-too-long')).toContain('LAMP-3 since')
    expect(textOf('sweep-overdue')).toContain('1 changed models')
    expect(textOf('delivery-behind')).toContain('shop to webshop lacks')
    expect(textOf('delivery-parked')).toContain('1 records are refused')
  })

  it('says when a newer version has migrated the database, and asks no further', async () => {
    const at = await patient()
    await database.sql`insert into schema_migration (name) values ('9999_of_a_newer_version.sql')`
    const { code, found } = await examined(at)
    expect(code).toBe(1)
    expect(codesOf(found)).toEqual(['schema-newer'])
  })

  it('looks at the hub also while Temporal is away, and guesses nothing about who lives', async () => {
    const at = await patient({ temporalAddress: nowhere })
    await database.sql.begin((tx) => takeClaim(tx, at.taskQueue, 'poll-products', deadRun))
    const { code, found } = await examined(at)
    expect(code).toBe(5)
    expect(found.temporal).toContain('No Temporal server answers')
    expect(codesOf(found)).toEqual([])
  })
})
