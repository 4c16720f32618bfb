import { expect, it } from 'vitest'
import { recordDeliveryText } from '../../client/support/delivery-text.ts'
import { resendSince } from '../../connectors/hub/deliveries.ts'
import { pruneFeed } from '../../connectors/hub/prune-feed.ts'
import { deliveriesOfRecord } from '../../connectors/hub/sights.ts'
import { delivering } from '../support/delivering.ts'
import { productRecord } from '../support/published.ts'

it('of each record it is known when a destination took it, also after a refusal and a resend', async () => {
  const at = await delivering()
  const { connection, database } = at.pipeline
  const { sql } = database
  const standing = async (id = '') => {
    const [found] = await deliveriesOfRecord(sql, connection, id)
    if (!found) throw new Error(`${id} has no delivery`)
    return found
  }
  const [first, second] = await at.publish([productRecord('SKU-1'), productRecord('SKU-2')])
  at.shop.refuse = (record) => (record['sku'] === 'SKU-2' ? 'its name is taken' : undefined)
  const began = new Date()
  await at.deliver()
  const taken = await standing(first)
  expect(taken.exact).toBe(true)
  expect(taken.takenAt?.getTime()).toBeGreaterThan(began.getTime() - 1000)
  expect(recordDeliveryText(taken, new Date())).toMatch(/^delivered \d+ s ago/)
  expect(await standing(second)).toMatchObject({ takenAt: null, reason: 'its name is taken' })

  at.shop.refuse = () => undefined
  await at.deliver({ retryRefused: true })
  const later = await standing(second)
  expect(later.exact).toBe(true)
  expect(later.takenAt?.getTime()).toBeGreaterThan(taken.takenAt?.getTime() ?? Infinity)
  await at.publish([productRecord('SKU-3')])
  await at.deliver()
  expect(await standing(first)).toMatchObject({ takenAt: taken.takenAt, exact: true })

  // What was delivered before the log began, or is forgotten: no later than what came next.
  await sql`delete from delivery_log where date_trunc('milliseconds', at) <= ${taken.takenAt} and ids is null`
  const forgotten = await standing(first)
  expect(forgotten.exact).toBe(false)
  expect(recordDeliveryText(forgotten, new Date())).toMatch(/^delivered, at the latest \d+ s ago/)

  await sql.begin((tx) => resendSince(tx, { connection, output: 'ecommerce', destination: 'shop' }, 0n))
  await at.deliver()
  const again = await standing(first)
  expect(again.exact).toBe(true)
  expect(again.takenAt?.getTime()).toBeGreaterThan(later.takenAt?.getTime() ?? Infinity)

  // The log goes with the feed's old lines; that it was delivered stays known.
  await sql`update delivery_log set at = now() - interval '40 days'`
  await sql`update feed_counter set pruned_at = '-infinity'`
  await pruneFeed(sql, connection, 30, Date.now() + 10_000)
  expect(await sql`select from delivery_log`).toHaveLength(0)
  expect(recordDeliveryText(await standing(first), new Date())).toBe('delivered, called item-1 there')
})
