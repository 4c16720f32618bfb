import { describe, expect, it } from 'vitest'
import { startAkeneo } from '../../simulator/akeneo/index.ts'
import { isShapeName, shapeOf } from '../../simulator/akeneo/shapes/shape.ts'
import { withAkeneo } from './api.ts'

describe('a generated catalogue', () => {
  it('has as many products of a structure as it is told', async () => {
    await withAkeneo({ shape: 'small:120' }, async (api) => {
      const { body } = await api.get('/products-uuid?with_count=true&limit=100')
      expect(body).toMatchObject({ items_count: 120 })
      expect(await api.get('/families?with_count=true&limit=1')).toMatchObject({ body: { items_count: 20 } })
    })
  })

  it.each([
    [20, 7],
    [1000, 1],
  ])('has %i products and models in each second', async (createdPerSecond, seconds) => {
    await withAkeneo({ shape: 'small:120', createdPerSecond }, async (api) => {
      const { body } = await api.get('/products-uuid?pagination_type=search_after&limit=100')
      const items = (body as unknown as { _embedded: { items: { created: string; updated: string }[] } })
        ._embedded.items
      const search = (operator: string, at: string) =>
        encodeURIComponent(
          JSON.stringify({ created: [{ operator, value: at.slice(0, 19).replace('T', ' ') }] }),
        )
      const created = items.map((item) => item.created).sort()
      expect(new Set(created).size).toBeLessThanOrEqual(seconds)
      expect(items.every((item) => item.updated === item.created)).toBe(true)
      const last = created.at(-1) ?? ''
      expect(await api.get(`/products-uuid?with_count=true&search=${search('>', last)}`)).toMatchObject({
        body: { items_count: 0 },
      })
    })
  })

  it('is known by its size, and by a number of at least a page', () => {
    expect(shapeOf('medium').products).toBe(50_000)
    expect(shapeOf('medium:8000')).toEqual({ ...shapeOf('medium'), products: 8000 })
    expect(['small', 'large:1000000', 'huge', 'small:', 'small:99', 'small:1e3'].map(isShapeName)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ])
  })

  it('says what there is when another is asked for', async () =>
    expect(startAkeneo({ shape: 'small:40' })).rejects.toThrow('There is no shape small:40: say small'))
})
