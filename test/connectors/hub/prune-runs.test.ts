import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { addCounted } from '../../../connectors/hub/enrichment/counts.ts'
import { pruneRuns } from '../../../connectors/hub/prune-runs.ts'
import type { Holder } from '../../../connectors/hub/runs.ts'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'

let database: FreshDatabase
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.drop())

// Of its own for each test: what is pruned once is not looked at again on the same day.
let connection: string
beforeEach(() => {
  connection = `acme-${randomUUID().slice(0, 8)}`
})

const keepDays = 60
const old = 61
const young = 59

const prune = (options: { until?: number; isRunning?: (holder: Holder) => Promise<boolean> } = {}) =>
  pruneRuns(database.sql, {
    connection,
    keepDays,
    until: Date.now() + 60_000,
    isRunning: () => Promise.resolve(false),
    ...options,
  })

interface Made {
  id: string
  workflowRunId: string
}

/** A run that began so many days ago, and ended an hour later unless it is open; with one transfer of two pages. */
async function run(
  daysAgo: number,
  { process = 'poll-products', mode = 'delta', open = false } = {},
): Promise<Made> {
  const { sql } = database
  const workflowRunId = randomUUID()
  const [row] = await sql<{ id: string }[]>`
    insert into run (connection, process, mode, workflow_id, workflow_run_id, started_at, finished_at, outcome)
    select ${connection}, ${process}, ${mode}, 'pimflow/acme/x', ${workflowRunId}, at,
      ${open ? null : sql`at + interval '1 hour'`}, ${open ? null : 'done'}
    from (select now() - make_interval(days => ${daysAgo}) as at) as began
    returning id::text as id`
  const id = row?.id ?? ''
  await sql`
    with t as (
      insert into transfer (run, stream, slice, pages, done) values (${id}::bigint, 'products', '{}', 2, true) returning id
    )
    insert into transfer_page (transfer, page, ticket, read, changed) select t.id, n, n, 100, 0 from t, generate_series(1, 2) as n`
  return { id, workflowRunId }
}

/** The last run of its process, so that those before it may go. */
const latest = () => run(1)

async function kept(): Promise<{ runs: string[]; transfers: string[]; pages: number }> {
  const { sql } = database
  const runs = await sql<
    { id: string }[]
  >`select id::text from run where connection = ${connection} order by run.id`
  const transfers = await sql<{ run: string; pages: number }[]>`
    select t.run::text, (select count(*)::int from transfer_page p where p.transfer = t.id) as pages
    from transfer t join run r on r.id = t.run where r.connection = ${connection} order by t.run`
  return {
    runs: runs.map(({ id }) => id),
    transfers: transfers.map((transfer) => transfer.run),
    pages: transfers.reduce((sum, { pages }) => sum + pages, 0),
  }
}

describe('runs', () => {
  it('go with their transfers, pages and counts when they ended longer ago than is kept', async () => {
    const gone = await run(old)
    await database.sql.begin((tx) =>
      addCounted(tx, connection, BigInt(gone.id), [{ name: 'kept', product: null }]),
    )
    const stays = [await run(young), await latest()].map(({ id }) => id)
    expect(await prune()).toEqual({ runs: 1, pages: 2, plans: 0, values: 0 })
    expect(await kept()).toEqual({ runs: stays, transfers: stays, pages: 4 })
    expect(await database.sql`select 1 from enrichment_count where run = ${gone.id}::bigint`).toEqual([])
    expect(await database.sql`select 1 from enrichment_count_part where run = ${gone.id}::bigint`).toEqual([])
  })

  it('of other connections stay', async () => {
    const other = await run(old)
    await latest()
    connection = `${connection}-two`
    expect(await prune()).toMatchObject({ runs: 0, pages: 0 })
    expect(await database.sql`select 1 from run where id = ${other.id}::bigint`).toHaveLength(1)
  })

  it('that run are never touched, however long they have', async () => {
    const paused = await run(400, { open: true })
    await database.sql`
      insert into claim (connection, process, workflow_id, workflow_run_id)
      values (${connection}, 'load-products', 'pimflow/acme/x', ${paused.workflowRunId})`
    const delivering = await run(400, { process: 'deliver', mode: 'shop', open: true })
    await database.sql`
      insert into delivery (connection, output, destination, workflow_id, workflow_run_id)
      values (${connection}, 'shop', 'erp', 'pimflow/acme/x', ${delivering.workflowRunId})`
    // Of one product: it takes no claim, so Temporal is asked.
    const single = await run(400, { process: 'enrich-product', mode: 'product', open: true })
    const after = [
      latest(),
      run(1, { process: 'deliver', mode: 'shop' }),
      run(1, { process: 'enrich-product', mode: 'product' }),
    ]
    await Promise.all(after)
    const asked: string[] = []
    const isRunning = ({ workflowRunId }: Holder) => {
      asked.push(workflowRunId)
      return Promise.resolve(true)
    }
    expect(await prune({ isRunning })).toEqual({ runs: 0, pages: 0, plans: 0, values: 0 })
    expect((await kept()).transfers).toEqual(expect.arrayContaining([paused.id, delivering.id, single.id]))
    expect(asked).toEqual([single.workflowRunId])
  })

  it('that were ended from outside go once Temporal says that they are over', async () => {
    const terminated = await run(old, { open: true })
    const fresh = await run(young, { open: true })
    const last = await latest()
    expect(await prune()).toMatchObject({ runs: 1, pages: 2 })
    const { runs } = await kept()
    expect(runs).toEqual([fresh.id, last.id])
    expect(runs).not.toContain(terminated.id)
  })

  it('that are the last of their process stay, without their pages', async () => {
    const poll = await run(old)
    const taxonomy = await run(old, { process: 'taxonomy', mode: 'lists' })
    const toOne = await run(old, { process: 'deliver', mode: 'one to erp' })
    const toTwo = await run(old, { process: 'deliver', mode: 'two to erp' })
    const before = await run(old + 1)
    // Made last, so it has the highest number; what is last of the others is what they have.
    const last = await latest()
    expect(await prune()).toMatchObject({ runs: 2, pages: 10 })
    expect(await kept()).toEqual({
      runs: [taxonomy, toOne, toTwo, last].map(({ id }) => id),
      transfers: [last.id],
      pages: 2,
    })
    expect([poll.id, before.id]).not.toContain(last.id)
  })

  it('stay as long as the feed says that they changed a record', async () => {
    const writer = await run(old)
    await latest()
    await database.sql`
      insert into feed (connection, output, seq, kind, id, version, change, fields, run)
      values (${connection}, 'shop', 1, 'product', ${randomUUID()}, 1, 'created', '{}', ${writer.id}::bigint)`
    expect(await prune()).toMatchObject({ runs: 0, pages: 2 })
    expect((await kept()).runs).toContain(writer.id)
  })

  it('stay while something that they found is undecided', async () => {
    const { sql } = database
    const planned = await run(old, { process: 'reconcile', mode: 'ids' })
    const emptied = await run(old)
    const found = await run(old)
    await Promise.all([latest(), run(1, { process: 'reconcile', mode: 'ids' })])
    await sql`insert into retire_plan (connection, run, state, reasons, rights, created_at)
      values (${connection}, ${planned.id}::bigint, 'held', '[]', '', now() - interval '61 days')`
    await sql`insert into emptied_plan (connection, output, run, state, fields, guard)
      values (${connection}, 'shop', ${emptied.id}::bigint, 'held', '[]', 0.1)`
    await sql`insert into emptied_value (connection, stream, key, attribute, locale, scope, entry, run)
      values (${connection}, 'products', 'k', 'name', '', '', '{}', ${found.id}::bigint)`
    expect(await prune()).toMatchObject({ runs: 0, plans: 0 })
    expect((await kept()).runs).toEqual(expect.arrayContaining([planned.id, emptied.id, found.id]))
    // Decided, nothing holds them any more.
    await sql`update retire_plan set state = 'rejected' where connection = ${connection}`
    await sql`update emptied_plan set state = 'rejected' where connection = ${connection}`
    await sql`update emptied_value set state = 'frozen' where connection = ${connection}`
    await sql`delete from run_pruning where connection = ${connection}`
    expect(await prune()).toMatchObject({ runs: 3, plans: 0 })
    // A refusal is a promise: these records are not asked about again.
    expect(await sql`select run from retire_plan where connection = ${connection}`).toEqual([{ run: null }])
  })

  it('that a reconcile has its drift from stay with their pages until it is over', async () => {
    const { sql } = database
    const load = await run(old, { process: 'load-products', mode: 'full' })
    const reconcile = await run(old, { process: 'reconcile', mode: 'content', open: true })
    await sql`insert into claim (connection, process, workflow_id, workflow_run_id)
      values (${connection}, 'reconcile', 'pimflow/acme/x', ${reconcile.workflowRunId})`
    await sql`insert into reconcile (run, first_ticket, rights, content, load_run)
      values (${reconcile.id}::bigint, 1, '', true, ${load.id}::bigint)`
    await run(1, { process: 'load-products', mode: 'full' })
    expect(await prune()).toMatchObject({ runs: 0, pages: 0 })
    expect((await kept()).transfers).toContain(load.id)
  })
})

describe('plans to retire', () => {
  const plan = async (state: string, daysAgo: number) => {
    await database.sql`
      with p as (
        insert into retire_plan (connection, state, reasons, rights, created_at)
        values (${connection}, ${state}, '[]', '', now() - make_interval(days => ${daysAgo})) returning id
      )
      insert into retire_item (plan, position, stream, key) select p.id, n, 'products', 'k' || n from p, generate_series(1, 3) as n`
  }

  it('go when they are carried out or taken over, and stay while they wait or say no', async () => {
    for (const state of ['done', 'superseded', 'held', 'ready', 'approved', 'rejected'])
      await plan(state, old)
    await plan('done', young)
    expect(await prune()).toMatchObject({ plans: 2 })
    const stays = await database.sql`
      select state, (select count(*)::int from retire_item where plan = p.id) as items
      from retire_plan p where connection = ${connection} order by state`
    expect(stays).toEqual(
      ['approved', 'done', 'held', 'ready', 'rejected'].map((state) => ({ state, items: 3 })),
    )
  })
})

describe('the ledger', () => {
  const value = async (key: string, { state = 'read' } = {}) => {
    await database.sql`
      insert into enrichment_value (connection, stream, key, place, attribute, sent, is_unread, is_released, sent_at)
      values (${connection}, 'products', ${key}, 'name', 'name', '"x"', ${state === 'unread'}, ${state === 'released'},
        now() - interval '1000 days')`
    await database.sql`
      insert into enrichment_finding (connection, stream, key, place, kind, code, message)
      values (${connection}, 'products', ${key}, 'name', 'kept', 'human', '')`
  }
  const left = (key: string, daysAgo: number) => database.sql`
    insert into retired_record (connection, stream, key, id, retired_at)
    values (${connection}, 'products', ${key}, ${randomUUID()}, now() - make_interval(days => ${daysAgo}))`
  const stored = (key: string) => database.sql`
    insert into source_record (connection, stream, key, ticket, hash, source)
    values (${connection}, 'products', ${key}, 1, '\\x00', '{}')`

  it('keeps the last value of every record that is in Akeneo, however old, and forgets those of records that left', async () => {
    await value('here')
    await stored('here')
    await value('released', { state: 'released' })
    await stored('released')
    await value('gone')
    await left('gone', old)
    await value('just-gone')
    await left('just-gone', young)
    // Read again, so it is here whatever was remembered.
    await value('back')
    await left('back', old)
    await stored('back')
    // Its answer is not known yet.
    await value('under-way')
    await left('under-way', old)
    await database.sql`
      insert into enrichment_line (connection, stream, key, created_at, known_until, values, state)
      values (${connection}, 'products', 'under-way', now(), now(), '[]', 'sent')`
    // Not read from Akeneo yet, for all that is known here.
    await value('unheard-of', { state: 'unread' })
    expect(await prune()).toMatchObject({ values: 1 })
    for (const table of ['enrichment_value', 'enrichment_finding']) {
      const rows = await database.sql<{ key: string }[]>`
        select key from ${database.sql(table)} where connection = ${connection} order by key`
      expect(rows.map(({ key }) => key)).toEqual([
        'back',
        'here',
        'just-gone',
        'released',
        'under-way',
        'unheard-of',
      ])
    }
    // Under which id the hub knew it stays known.
    expect(
      await database.sql`select 1 from retired_record where connection = ${connection} and key = 'gone'`,
    ).toHaveLength(1)
  })
})

describe('pruning', () => {
  it('is done once a day', async () => {
    await run(old)
    await latest()
    expect(await prune()).toMatchObject({ runs: 1 })
    await run(old)
    expect(await prune()).toMatchObject({ runs: 0, pages: 0 })
    await database.sql`update run_pruning set at = now() - interval '25 hours' where connection = ${connection}`
    await latest()
    expect(await prune()).toMatchObject({ runs: 1 })
  })

  it('stops when its time is over and goes on the next time, on the same day', async () => {
    for (let n = 0; n < 250; n++) await run(old)
    const last = await latest()
    const first = await prune({ until: Date.now() - 1 })
    expect(first).toEqual({ runs: 200, pages: 400, plans: 0, values: 0 })
    expect(await prune()).toEqual({ runs: 50, pages: 100, plans: 0, values: 0 })
    expect((await kept()).runs).toEqual([last.id])
  })
})
