import { describe, expect, it } from 'vitest'
import { hiddenCurrencies } from '../../../connectors/akeneo/hidden-currencies.ts'
import { onlyCalls } from './helpers.ts'

const lists: Record<string, object[]> = {
  currencies: [
    { code: 'EUR', enabled: true },
    { code: 'USD', enabled: true },
    { code: 'CHF', enabled: true },
    { code: 'GBP', enabled: false },
  ],
  channels: [
    { code: 'shop', currencies: ['EUR', 'USD'] },
    { code: 'print', currencies: ['EUR', 'GBP'] },
  ],
}

function akeneo() {
  const asked: string[] = []
  const readPage = (stream: string) => {
    asked.push(stream)
    return Promise.resolve({ items: lists[stream] ?? [], broken: [], next: null })
  }
  return { asked, calls: onlyCalls({ readPage }) }
}

const hidden = async (key: string, scope = '') =>
  (await hiddenCurrencies(akeneo().calls, [{ key, scope }])).map(({ why }) => why)

describe('currencies whose amounts Akeneo shows no more', () => {
  it('are those that are not activated, also where a channel has them', async () => {
    expect(await hidden('GBP')).toEqual(['currency GBP is not activated in Akeneo any more'])
    expect(await hidden('GBP', 'print')).toHaveLength(1)
    expect(await hidden('XXX')).toHaveLength(1)
  })

  it('are, in prices of a channel, those that this channel does not have', async () => {
    expect(await hidden('USD', 'shop')).toEqual([])
    expect(await hidden('usd', 'shop')).toEqual([])
    expect(await hidden('USD', 'print')).toEqual([
      'channel print of Akeneo does not have the currency USD any more',
    ])
  })

  it('are, in prices of no channel, those that none has', async () => {
    expect(await hidden('USD')).toEqual([])
    expect(await hidden('CHF')).toEqual(['no channel of Akeneo has the currency CHF any more'])
  })

  it('are not asked for when nothing was lost', async () => {
    const { asked, calls } = akeneo()
    expect(await hiddenCurrencies(calls, [])).toEqual([])
    expect(asked).toEqual([])
  })
})
