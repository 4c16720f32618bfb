import { expect, it } from 'vitest'
import { readTransferPage } from '../../activities/reading/read-page.ts'
import type { AkeneoCalls, Page, PageRequest } from '../../connectors/akeneo/client.ts'
import { TransientError } from '../../connectors/errors.ts'
import { sliceOfSecond } from '../../activities/reading/cut-slices.ts'
import { wholePage } from '../../domain/page-size.ts'
import { onlyCalls } from '../connectors/akeneo/helpers.ts'

const uuidOf = (n: number) => `0000000${n}-0000-4000-8000-000000000000`
const broken = new TransientError({ code: 'server-error', asked: 'products', came: '500', remedy: '' })

/** Lists with values break, lists of identifiers do not; each request takes the next ticket. */
function akeneo(count: number): AkeneoCalls {
  let ticket = 0n
  const item = (n: number) => ({ uuid: uuidOf(n), values: {} })
  const page = (items: unknown[]): Page => ({ items, broken: [], next: null, ticket, date: null })
  return onlyCalls({
    readPage: (stream: string, { query }: PageRequest) => {
      ticket++
      if (stream === 'channels') return Promise.resolve(page([]))
      if (query?.attributes === undefined) return Promise.reject(broken)
      return Promise.resolve(page(Array.from({ length: count }, (_, n) => item(n))))
    },
    readOne: (_stream: string, key: string) => {
      ticket++
      return Promise.resolve({ item: { uuid: key, values: {} }, broken: null, ticket })
    },
  })
}

it('records that are read one by one are as old as the first of them', async () => {
  const slice = sliceOfSecond('2026-01-01T00:00:00Z')
  const page = await readTransferPage(
    akeneo(3),
    { stream: 'products', slice, pageSize: wholePage },
    null,
    'sku',
  )
  expect(page.items).toHaveLength(3)
  // The page, a channel, the page of identifiers.
  expect(page.ticket).toBe(4n)
})
