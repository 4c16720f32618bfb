import { describe, expect, it } from 'vitest'
import { linkAhead } from '../../../connectors/akeneo/links.ts'

const page = (links: object, between = '') =>
  Buffer.from(
    `{"_links":${JSON.stringify(links)},${between}"_embedded":{"items":[{"_links":{"next":{"href":"x"}}}]}}`,
  )
const self = { href: 'https://pim.test/api/rest/v1/products-uuid?limit=100' }

describe('where a list goes on, of a page that is not parsed yet', () => {
  it('is its link, behind the configured address', () => {
    const next = { href: `${self.href}&search_after=%22_embedded%22` }
    expect(linkAhead(page({ self, next }))).toBe('/products-uuid?limit=100&search_after=%22_embedded%22')
    expect(linkAhead(page({ self, next }, '"current_page":1,'))).toBe(
      '/products-uuid?limit=100&search_after=%22_embedded%22',
    )
  })

  it('is nowhere at its end, whatever links its records have', () =>
    expect(linkAhead(page({ self }))).toBeNull())

  it.each([
    ['no records', Buffer.from('{"_links":{}}')],
    ['records before links', Buffer.from('{"_embedded":{"items":[]},"_links":{}}')],
    ['no links', Buffer.from('{"current_page":1,"_embedded":{}}')],
    ['what is no JSON', Buffer.from('<html>"_embedded"')],
    ['a link out of the API', page({ next: { href: 'https://pim.test/elsewhere' } })],
    ['a link that is none', page({ next: { href: 7 } })],
    ['a beginning of endless length', page({ self: { href: 'x'.repeat(20_000) } })],
  ])('is left to whoever parses it: %s', (_what, body) => expect(linkAhead(body)).toBeUndefined())
})
