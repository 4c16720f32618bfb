import { afterEach, expect, it } from 'vitest'
import { explainRecord } from '../../client/support/explain-record.ts'
import { explanationText } from '../../client/support/explanation-text.ts'
import { simple } from './emptied.ts'
import { writeValue } from '../support/emptying.ts'
import { openTrade, type Trade } from './trade.ts'

let trade: Trade
afterEach(() => trade.close())

const explained = async (name: string) => {
  const { config } = trade.deps().connection(trade.connection)
  return explanationText(await explainRecord(trade.sql, config, name), new Date())
}

it('a record that an output keeps as it was says so, and what a person can do', async () => {
  trade = await openTrade()
  await trade.begin()
  for (const sku of simple(trade)) writeValue(trade.akeneo, sku, 'weight', null)
  writeValue(trade.akeneo, 'NL-DL7-W', 'mpn', 'NEW')
  await trade.passes.poll()
  await trade.shop.follow()
  expect(trade.shop.product('NL-DL7-W').attributes['mpn']).toMatchObject({ value: 'NL-DL7-W' })
  const [plan] = await trade.sql<{ id: bigint }[]>`select id from emptied_plan where state = 'held'`
  expect(await explained('NL-DL7-W')).toContain(
    `weight emptied in more records than its guard lets pass; to let it go: pimflow approvals approve e${plan?.id}`,
  )
  expect(await explained('lamps')).not.toContain('as it was')
})
