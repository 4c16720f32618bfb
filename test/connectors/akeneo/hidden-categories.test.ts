import { describe, expect, it } from 'vitest'
import type { PageRequest } from '../../../connectors/akeneo/client.ts'
import { hiddenCategories } from '../../../connectors/akeneo/hidden-categories.ts'
import { RefusedError } from '../../../connectors/errors.ts'
import { onlyCalls } from './helpers.ts'

interface World {
  /** Codes that the list of categories shows. */
  listed: string[]
  /** Categories of each product, as they are and as the user sees them. */
  products: { is: string[]; shown: string[]; parent?: string }[]
  /** `is`: what the search finds them by. */
  models?: { code: string; parent: string | null; changedMinutesAgo: number; is: string[] }[]
  /** A search by these is refused as if they did not exist. */
  refused?: string[]
}

const refusal = new RefusedError({
  code: 'refused',
  asked: 'products',
  came: '422: Category "x" does not exist.',
  remedy: '',
})

/** Answers as Akeneo does, and counts. */
function akeneo({ listed, products, models = [], refused = [] }: World) {
  const asked: string[] = []
  const readPage = (stream: string, { query, limit = 100 }: PageRequest) => {
    const search = query?.search as Record<string, { value: string[] }[]>
    const wanted = (stream === 'categories' ? search['code'] : search['categories'])?.[0]?.value ?? []
    asked.push(`${stream} ${wanted.join()}`)
    const page = (items: unknown[]) => Promise.resolve({ items, broken: [], next: null })
    if (stream === 'categories')
      return page(listed.filter((code) => wanted.includes(code)).map((code) => ({ code })))
    if (stream === 'product-models') {
      const named = search['identifier']?.[0]?.value ?? []
      const found = models.filter(
        ({ code, is }) =>
          named.includes(code) && (wanted.length === 0 || is.some((one) => wanted.includes(one))),
      )
      return page(
        found.map(({ code, parent, changedMinutesAgo }) => ({
          code,
          parent,
          updated: new Date(Date.now() - changedMinutesAgo * 60_000).toISOString(),
        })),
      )
    }
    if (wanted.some((code) => refused.includes(code))) return Promise.reject(refusal)
    const found = products.filter(({ is }) => is.some((code) => wanted.includes(code)))
    return page(found.slice(0, limit).map(({ shown, parent = null }) => ({ categories: shown, parent })))
  }
  return { asked, calls: onlyCalls({ readPage }) }
}

describe('categories that are out of sight', () => {
  it('are none of those that hold no product any more, which one search says', async () => {
    const listed = Array.from({ length: 40 }, (_, n) => `c${n}`)
    const { asked, calls } = akeneo({ listed, products: [{ is: ['other'], shown: ['other'] }] })
    expect((await hiddenCategories(calls, listed)).size).toBe(0)
    expect(asked).toHaveLength(2)
  })

  it('are looked for together as long as pages of products show some of them', async () => {
    const listed = Array.from({ length: 40 }, (_, n) => `c${n}`)
    const products = listed.flatMap((code) =>
      Array.from({ length: 10 }, () => ({ is: [code], shown: [code] })),
    )
    const { asked, calls } = akeneo({ listed, products })
    expect((await hiddenCategories(calls, listed)).size).toBe(0)
    // The list, and four pages of a hundred products, ten categories each.
    expect(asked).toHaveLength(5)
  })

  it('are those whose products do not show them', async () => {
    const { calls } = akeneo({
      listed: ['seen', 'hidden'],
      products: [
        { is: ['seen', 'hidden'], shown: ['seen'] },
        { is: ['hidden', 'other'], shown: ['other'] },
      ],
    })
    const hidden = await hiddenCategories(calls, ['seen', 'hidden'])
    expect([...hidden.keys()]).toEqual(['hidden'])
    expect(hidden.get('hidden')).toContain('may not see it')
  })

  it('are those that a search is refused for as if they did not exist, while the list has them', async () => {
    const { calls } = akeneo({
      listed: ['seen', 'hidden'],
      products: [{ is: ['seen'], shown: ['seen'] }],
      refused: ['hidden'],
    })
    expect([...(await hiddenCategories(calls, ['seen', 'hidden'])).keys()]).toEqual(['hidden'])
  })

  // The variants of a model that left a category are found by it for a while.
  it.each([
    [false, 'its root has just changed and is not found by it', { changedMinutesAgo: 2, is: [] }],
    [true, 'its root changed long ago', { changedMinutesAgo: 600, is: [] }],
    [true, 'its root is found by it as well', { changedMinutesAgo: 2, is: ['left'] }],
  ])('is %s of one whose variant does not show it: %s', async (isHidden, _why, root) => {
    const { calls } = akeneo({
      listed: ['left'],
      products: [{ is: ['left'], shown: [], parent: 'sub' }],
      models: [
        { code: 'sub', parent: 'root', changedMinutesAgo: 600, is: ['left'] },
        { code: 'root', parent: null, ...root },
      ],
    })
    expect((await hiddenCategories(calls, ['left'])).has('left')).toBe(isHidden)
  })

  it('are those that the list does not show any more', async () => {
    const { calls, asked } = akeneo({ listed: [], products: [] })
    expect((await hiddenCategories(calls, ['gone'])).get('gone')).toBe(
      'Akeneo shows no category gone any more',
    )
    expect(asked).toEqual(['categories gone'])
  })

  it('are not those that nobody is in', async () => {
    const { calls } = akeneo({ listed: ['empty'], products: [] })
    expect((await hiddenCategories(calls, ['empty'])).size).toBe(0)
  })

  it('are asked for together while products show them', async () => {
    const codes = Array.from({ length: 90 }, (_, at) => `c${at}`)
    const products = codes.map((code) => ({ is: [code], shown: [code] }))
    const { calls, asked } = akeneo({ listed: codes, products })
    expect((await hiddenCategories(calls, codes)).size).toBe(0)
    expect(asked).toHaveLength(2)
  })

  it('are nobody’s business when nothing was lost', async () => {
    const { calls, asked } = akeneo({ listed: [], products: [] })
    expect((await hiddenCategories(calls, [])).size).toBe(0)
    expect(asked).toEqual([])
  })

  it('stay unknown when Akeneo cannot be asked', async () => {
    const failing = onlyCalls({
      readPage: (stream: string) =>
        stream === 'categories'
          ? Promise.resolve({ items: [{ code: 'c' }], broken: [], next: null })
          : Promise.reject(new RefusedError({ code: 'x', asked: '', came: '403: no', remedy: '' })),
    })
    await expect(hiddenCategories(failing, ['c'])).rejects.toThrow(RefusedError)
  })
})
