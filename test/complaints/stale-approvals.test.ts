import { afterEach, expect, it } from 'vitest'
import { decidePlan } from '../../connectors/hub/plans.ts'
import {
  closeCatalogues,
  deleteProducts,
  loadedThrough,
  simpleProducts,
  without,
} from '../support/reconciling.ts'

afterEach(closeCatalogues)

it('a plan that waited is not carried out by other rights than it was made by', async () => {
  const at = await loadedThrough()
  const { sql } = at.database
  await deleteProducts(at, (await simpleProducts(at)).slice(0, 30))
  const { outcome, plan, absent } = await at.reconcile()
  expect(outcome).toBe('awaiting approval')
  if (plan === null) throw new Error('The reconcile made no plan')

  // What it hides would answer 404, too.
  at.proxy.rewrite = (path, body) =>
    path.endsWith('/attribute-groups') ? without(body, ({ code }) => code === 'trade') : undefined
  await decidePlan(sql, at.connection, BigInt(plan), { state: 'approved', by: 'a person' })
  await expect(at.retire(plan)).rejects.toMatchObject({
    cause: { cause: { message: expect.stringContaining('has changed since it was made') as string } },
  })
  expect(await sql`select 1 from hub_record where status = 'retired'`).toHaveLength(0)

  at.proxy.rewrite = () => undefined
  expect(await at.retire(plan)).toMatchObject({ outcome: 'done', retired: absent })
}, 120_000)
