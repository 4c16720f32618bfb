import { describe, expect, it } from 'vitest'
import { askPage } from '../../activities/reading/page-ahead.ts'
import type { TransferPage } from '../../activities/reading/read-page.ts'

const page: TransferPage = { items: [], broken: [], refused: [], next: 'b', ticket: 1n, date: null }

describe('a page that was asked for', () => {
  it('says where the list goes on before it is parsed, and is parsed when it may be', async () => {
    const order: string[] = []
    const asked = askPage(async ({ onSent, onAnswer }) => {
      onSent()
      await onAnswer('b')
      order.push('parsed')
      return page
    })
    await asked.sent
    order.push(`on to ${await asked.link}`)
    asked.parse()
    expect(await asked.page).toBe(page)
    expect(order).toEqual(['on to b', 'parsed'])
  })

  it('is parsed without a word, when nobody has a word to say', async () => {
    const asked = askPage(async ({ onAnswer }) => {
      await onAnswer(null)
      return page
    })
    expect(await asked.link).toBeNull()
    expect(await asked.page).toBe(page)
  })

  it('that fails keeps nobody waiting', async () => {
    const asked = askPage(() => Promise.reject(new Error('no answer')))
    expect([await asked.sent, await asked.link]).toEqual([undefined, undefined])
    await expect(asked.page).rejects.toThrow('no answer')
  })
})
