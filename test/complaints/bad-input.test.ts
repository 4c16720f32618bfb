import { afterEach, describe, expect, it } from 'vitest'
import { productOf, writeValue } from '../support/emptying.ts'
import { openTrade, type Trade, type TradeOptions } from './trade.ts'

let trade: Trade
afterEach(() => trade.close())

const one = (data: unknown) => [{ locale: null, scope: null, data }]
const file = (...lines: string[]) => ({
  shop: ['version: 1', 'output: shop', 'channel: ecommerce', ...lines].join('\n'),
})

/** The catalogue, with what the test wrote into it, in the shop; its neighbours are looked at after each test. */
async function begun(options: TradeOptions, spoil: () => void | Promise<void> = () => undefined) {
  trade = await openTrade(options)
  await spoil()
  await trade.begin()
}
const write = (code: string, patch: object) => {
  trade.akeneo.edit([{ resource: 'product', code, patch }])
}
/** Why the record is not carried, and what to do. */
const refusal = async (sku: string) => {
  const found = (await trade.rejections()).find(({ code }) => code === sku)
  if (!found) throw new Error(`${sku} is not rejected`)
  return {
    reason: found.reason,
    field: found.field,
    rule: found.rule,
    text: `${found.text}. ${found.remedy}`,
  }
}
/** All that was there before, save who is named. */
const expectOthersUnharmed = (...refused: string[]) => {
  const products = [...trade.akeneo.pim.catalog.products.afterUuid(undefined)].map(
    ({ identifier }) => identifier,
  )
  const missing = products.filter((sku) => !trade.shop.has(sku ?? ''))
  expect(missing.sort()).toEqual(['NL-404', ...refused].sort())
}

describe('a mistake in the mapping', () => {
  it('leaves its own rule out, whether the attribute is unknown, hidden or of another type, and no product', async () => {
    await begun({
      mappings: file(
        'product:',
        '  brand: colour',
        '  description: weight',
        '  prices: { list: name }',
        '  barcode: { from: ean, as: gtin }',
        'attributes:',
        '  include: [care_note]',
        '  w: { from: weight, unit: INCH }',
        '  q: { from: weight, unit: GRAM }',
      ),
    })
    expectOthersUnharmed()
    const lamp = trade.shop.product('NL-DL7-W')
    expect(lamp).not.toHaveProperty('brand')
    expect(lamp).not.toHaveProperty('prices')
    expect(lamp).toMatchObject({ barcode: '2000000123462', attributes: { q: { value: { unit: 'GRAM' } } } })
    expect(lamp.attributes).not.toHaveProperty('w')
  })
})

describe('a value that does not fit', () => {
  it('its type: the product is refused by field and reason, and told what to do', async () => {
    // As after an attribute was made anew with another type.
    await begun({}, () => writeValue(trade.akeneo, 'NL-DL7-W', 'weight', 'heavy'))
    expectOthersUnharmed('NL-DL7-W')
    expect(await refusal('NL-DL7-W')).toMatchObject({
      reason: 'value-unreadable',
      field: 'weight',
      text: expect.stringContaining('pimflow') as string,
    })
  })

  it('its measurement family: the same', async () => {
    await begun({})
    expectOthersUnharmed()
    expect(await refusal('NL-404')).toMatchObject({
      reason: 'unit-unknown',
      field: 'weight',
      text: expect.stringContaining('unit "STONE" is not in Weight') as string,
    })
  })

  it('its check digit: the GTIN is left out with a finding, and the product goes on', async () => {
    await begun({}, () => write('NL-DL7-W', { values: { ean: one('2000000123456') } }))
    expectOthersUnharmed()
    const lamp = trade.shop.product('NL-DL7-W')
    expect(lamp).not.toHaveProperty('barcode')
    expect(lamp.attributes['ean']).toMatchObject({ value: '2000000123456' })
    expect(await trade.findings('NL-DL7-W')).toContain('gtin-check-digit')
  })
})

describe('a kit', () => {
  const kits = { mappings: file('kits: { PACK: { type: basic, whenIncomplete: skip-item } }') }
  /** Akeneo itself refuses some of these; what an import or an older version let in is there all the same. */
  const pack = (identifier: string, quantity: number) => () => {
    const { pim } = trade.akeneo
    const kit = productOf(trade.akeneo, 'TRAVEL-SET')
    const products = [{ key: productOf(trade.akeneo, identifier).uuid, quantity }]
    pim.saveProduct({ ...kit, quantified: new Map([['PACK', { products, product_models: [] }]]) })
  }

  it.each([
    ['of itself', 'TRAVEL-SET', 1, 'kit-of-itself'],
    ['with none of a part', 'BULB-E14', 0, 'kit-quantity'],
    ['with more of a part than anybody can count', 'BULB-E14', 2 ** 40, 'kit-quantity'],
  ])('%s is refused', async (_what, part, quantity, reason) => {
    await begun(kits, pack(part, quantity))
    expectOthersUnharmed('TRAVEL-SET')
    expect(await refusal('TRAVEL-SET')).toMatchObject({
      reason,
      field: 'PACK',
      rule: 'kits.PACK (shop.hub@1, line 4)',
      text: expect.stringContaining('Correct the association in Akeneo') as string,
    })
  })
})

describe('a unit that the attribute does not know', () => {
  it('is refused by the rule that converts it, named with its line', async () => {
    await begun({ mappings: file('attributes:', '  q: { from: weight, unit: GRAM }') }, () => {
      writeValue(trade.akeneo, 'NL-DL7-W', 'weight', { amount: '1.3', unit: 'CUBIT' })
    })
    expectOthersUnharmed('NL-DL7-W')
    expect(await refusal('NL-DL7-W')).toMatchObject({
      reason: 'unit-unknown',
      field: 'weight',
      rule: 'attributes.q (shop.hub@1, line 5)',
    })
  })
})
