import { afterEach, describe, expect, it } from 'vitest'
import { decideEmptied } from '../../connectors/hub/emptied-plans.ts'
import { productOf, writeValue } from '../support/emptying.ts'
import { openTrade, told, type Trade } from './trade.ts'

/*
 * A group is active as long as one of its variants is, in the hub: whatever a variant is withheld for, and whatever keeps its newest version
 * from going out.
 */

let trade: Trade
afterEach(() => trade.close())

const mapping = (more: string) =>
  `version: 1\noutput: shop\nchannel: ecommerce\nlocales: { en_US: [] }\n${more}\n`

const jackets = () =>
  ['jacket_fell_black', 'jacket_fell_sage', 'jacket_fell_navy'].flatMap((model) =>
    trade.akeneo.pim.catalog.variantsBelow(model).flatMap(({ identifier }) => identifier ?? []),
  )
const later = () => trade.akeneo.clock.advance(3_600_000)
const weigh = (skus: string[], unit: string) => {
  for (const sku of skus) writeValue(trade.akeneo, sku, 'weight', { amount: '1', unit })
}
const pollAndFollow = async () => {
  await trade.passes.poll()
  return told(await trade.shop.follow())
}
const statuses = (skus: string[]) => [...new Set(skus.map((sku) => trade.shop.product(sku).status))]
const group = () => {
  const { status, reasons = [] } = trade.shop.group('jacket_fell')
  return [status, ...reasons.map(({ code }) => code)]
}

describe('a group of variants that are kits', () => {
  const part = 'BULB-E14'
  const kits = (whenIncomplete: string) =>
    mapping(`kits: { PACK: { type: basic, whenIncomplete: ${whenIncomplete} } }`)

  async function begun(whenIncomplete: string, { isPartThere }: { isPartThere: boolean }): Promise<void> {
    trade = await openTrade({ mappings: { shop: kits(whenIncomplete) } })
    for (const sku of jackets()) {
      const { status, text } = await trade.api.patch(`/products/${sku}`, {
        quantified_associations: { PACK: { products: [{ identifier: part, quantity: 1 }] } },
      })
      if (status >= 400) throw new Error(text)
    }
    // In no measurement family: the hub rejects the part.
    if (!isPartThere) weigh([part], 'STONE')
    await trade.begin()
  }

  it.each(['wait', 'skip-item'])(
    'is withheld while they lack their part, and comes with it (%s)',
    async (how) => {
      await begun(how, { isPartThere: false })
      expect(statuses(jackets())).toEqual(['withheld'])
      expect(group()).toEqual(['withheld', 'no-active-variant'])

      later()
      weigh([part], 'KILOGRAM')
      expect(await pollAndFollow()).toContain('updated group jacket_fell')
      expect(statuses(jackets())).toEqual(['active'])
      expect(group()).toEqual(['active'])
    },
  )

  it('is withheld once their part has left', async () => {
    await begun('wait', { isPartThere: true })
    expect(group()).toEqual(['active'])
    expect(trade.shop.group('jacket_fell').version).toBe(1)
    later()
    trade.akeneo.pim.deleteProduct(productOf(trade.akeneo, part))
    await trade.passes.reconcile({ content: false })
    await trade.shop.follow()
    expect(trade.shop.has(part)).toBe(false)
    expect(statuses(jackets())).toEqual(['withheld'])
    expect(group()).toEqual(['withheld', 'no-active-variant'])
  })
})

describe('a group whose variants lost a required value, more of them than the guard lets pass', () => {
  const weighed = mapping(
    'guards: { emptied: 5% }\nproduct: { sku: $identifier, name: $label }\nattributes: { weight: { from: weight, required: true } }',
  )
  const empty = () => {
    for (const { identifier, values } of [...trade.akeneo.pim.catalog.products.afterUuid(undefined)])
      if (identifier !== null && values.has('weight')) writeValue(trade.akeneo, identifier, 'weight', null)
  }
  const decide = async (state: 'approved' | 'rejected') => {
    const [plan] = await trade.sql<{ id: bigint }[]>`select id from emptied_plan`
    await trade.sql.begin((tx) => decideEmptied(tx, trade.connection, plan?.id ?? 0n, { state, by: 'ada' }))
  }

  it('stays active with them until a person has spoken, and is withheld with them then', async () => {
    trade = await openTrade({ mappings: { shop: weighed } })
    await trade.begin()
    later()
    empty()
    expect(await pollAndFollow()).toEqual([])
    expect(statuses(jackets())).toEqual(['active'])
    expect(group()).toEqual(['active'])

    // Made anew for another reason, too.
    later()
    trade.akeneo.edit([{ resource: 'product-model', code: 'jacket_fell', patch: { categories: [] } }])
    expect(await pollAndFollow()).toEqual(['updated group jacket_fell'])
    expect(group()).toEqual(['active'])

    await decide('approved')
    await pollAndFollow()
    expect(statuses(jackets())).toEqual(['withheld'])
    expect(group()).toEqual(['withheld', 'no-active-variant'])
  })
})
