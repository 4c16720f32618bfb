import { afterEach, describe, expect, it } from 'vitest'
import { writeValue } from '../support/emptying.ts'
import { openTrade, told, type Trade, type TradeOptions } from './trade.ts'

let trade: Trade
afterEach(() => trade.close())

const variants = () =>
  trade.akeneo.pim.catalog
    .modelsInOrder()
    .filter(({ parent }) => parent === 'jacket_fell')
    .flatMap(({ code }) => trade.akeneo.pim.catalog.variantsBelow(code))
    .flatMap(({ identifier }) => identifier ?? [])
const isSage = (sku: string) => sku.includes('SAGE')

/** Later than what the last poll looks at again. */
const later = () => trade.akeneo.clock.advance(3_600_000)
const weigh = (skus: string[], unit: string) => {
  for (const sku of skus) writeValue(trade.akeneo, sku, 'weight', { amount: '1', unit })
}
/** In no measurement family: the hub does not guess what a product weighs. */
const spoil = (skus: string[]) => weigh(skus, 'STONE')
const mend = (skus: string[]) => weigh(skus, 'KILOGRAM')
const enable = (skus: string[], enabled: boolean) => {
  trade.akeneo.edit(skus.map((code) => ({ resource: 'product', code, patch: { enabled } })))
}
const pollAndFollow = async () => {
  await trade.passes.poll()
  return told(await trade.shop.follow())
}
const group = () => {
  const { status, reasons = [], axes } = trade.shop.group('jacket_fell')
  const on = (axis: string) => axes.find(({ attribute }) => attribute === axis)?.values
  return { status, reasons: reasons.map(({ code }) => code), color: on('color'), size: on('size') }
}

async function begun(edit: (skus: string[]) => void, options: TradeOptions = {}) {
  trade = await openTrade(options)
  edit(variants())
  await trade.begin()
}

describe('a group whose variants are rejected', () => {
  it('all of them, is withheld with the reason, and comes back with the first that is mended', async () => {
    await begun(spoil)
    expect(group()).toEqual({ status: 'withheld', reasons: ['no-active-variant'], color: [], size: [] })

    later()
    mend(['CAL-FELL-SAGE-M'])
    expect(await pollAndFollow()).toEqual(['created product CAL-FELL-SAGE-M', 'updated group jacket_fell'])
    expect(group()).toEqual({ status: 'active', reasons: [], color: ['sage'], size: ['m'] })
  })

  it('comes back also where what was mended is no variant: Akeneo has got the unit', async () => {
    await begun(spoil)
    const stone = { code: 'STONE', convert_from_standard: [{ operator: 'mul', value: '6.35' }], symbol: 'st' }
    const { body } = await trade.api.patch('/measurement-families', [
      { code: 'Weight', units: { STONE: { ...stone, labels: {} } } },
    ])
    expect(body).toEqual([{ code: 'Weight', status_code: 204 }])
    await trade.sql`delete from list_reading where stream = 'measurement-families'`
    await trade.sql`update rejection set next_attempt = now()`
    await pollAndFollow()
    expect(await trade.rejections()).toEqual([])
    expect(group()).toMatchObject({ status: 'active', reasons: [] })
    expect(trade.shop.product('CAL-FELL-SAGE-M').groupId).toBe(trade.shop.group('jacket_fell').id)
  })

  it('some of them, lists on its axes the values of the others, and of those that are withheld', async () => {
    await begun((skus) => {
      spoil(skus.filter(isSage))
      enable(skus.filter((sku) => !isSage(sku)).slice(1), false)
    })
    const { color } = group()
    expect(color).toHaveLength(2)
    expect(color).not.toContain('sage')
    expect(group()).toEqual({ status: 'active', reasons: [], color, size: ['s', 'm', 'l', 'xl'] })
    later()
    enable(
      variants().filter((sku) => !isSage(sku)),
      false,
    )
    await pollAndFollow()
    expect(group()).toMatchObject({ status: 'withheld', reasons: ['no-active-variant'], color })
  })

  it('after they came, counts what the shop has of them', async () => {
    await begun(() => undefined)
    const before = group()
    later()
    spoil(variants())
    expect(await pollAndFollow()).toEqual([])
    expect(await trade.rejections()).toHaveLength(variants().length + 1)
    expect(trade.shop.product('CAL-FELL-SAGE-M').status).toBe('active')
    // Made anew from them for another reason, too.
    later()
    trade.akeneo.edit([{ resource: 'product-model', code: 'jacket_fell', patch: { categories: [] } }])
    await pollAndFollow()
    expect(trade.shop.group('jacket_fell').categories).toEqual([])
    expect(group()).toEqual(before)
  })
})

describe('a variant that one output rejects', () => {
  const mapping = (output: string, attributes: string) =>
    `version: 1\noutput: ${output}\nchannel: ecommerce\nlocales: { en_US: [] }\n${attributes}\n`

  it.each([
    ['light', 'active'],
    ['weighed', 'withheld'],
  ])('stands in %s, whose group is %s', async (output, status) => {
    await begun(spoil, {
      output,
      mappings: {
        light: mapping('light', 'attributes: { include: [material] }'),
        weighed: mapping('weighed', ''),
      },
    })
    expect(group()).toMatchObject({ status })
    expect(trade.shop.has('CAL-FELL-SAGE-M')).toBe(status === 'active')
    expect(group().color).toHaveLength(status === 'active' ? 3 : 0)
  })
})
