import { expect, it, onTestFinished } from 'vitest'
import { absenceOf } from '../../../connectors/hub/absence.ts'
import { freshDatabase } from '../../support/database.ts'

it.each([
  [50_000, []],
  [50_001, null],
])('of %i missing products says where they were: %j', async (missing, shares) => {
  const database = await freshDatabase()
  onTestFinished(() => database.drop())
  const { sql } = database
  const [plan] = await sql<{ id: bigint }[]>`
    insert into retire_plan (connection, state, reasons, rights) values ('acme', 'ready', '[]', 'all') returning id`
  if (plan === undefined) throw new Error('no plan')
  await sql`
    insert into retire_item (plan, position, stream, key)
    select ${plan.id}::bigint, n, 'products', n::text from generate_series(1, ${missing}::int) as n`
  expect(await absenceOf(sql, 'acme', plan.id)).toMatchObject({ records: missing, shares })
})
