import { describe, expect, it } from 'vitest'
import {
  fieldOfPart,
  nameOfEntry,
  partRemedy,
  partText,
  withoutParts,
  withParts,
} from '../../domain/list-parts.ts'

const category = (name: string, position = 9) => ({ place: ['categories'], name, position, entry: name })

describe('parts of lists', () => {
  it('stand where they stood', () => {
    const parts = [category('d', 3), category('a', 0), category('c', 2)]
    expect(withParts({ categories: ['b', 'e'] }, parts)).toEqual({ categories: ['a', 'b', 'c', 'd', 'e'] })
  })

  it('are put back once, whatever the letter case', () => {
    const source = { categories: ['lamps'], enabled: true }
    const parts = [category('sales'), category('Lamps'), category('SALES')]
    expect(withParts(source, parts)).toEqual({ categories: ['lamps', 'sales'], enabled: true })
    expect(source).toEqual({ categories: ['lamps'], enabled: true })
  })

  it('find a place where the record has no such list', () => {
    expect(withParts({}, [category('sales')])).toEqual({ categories: ['sales'] })
    const link = { place: ['associations', 'X_SELL', 'products'], name: 'a', position: 0, entry: 'a' }
    expect(withParts({ associations: [] }, [link])).toEqual({ associations: { X_SELL: { products: ['a'] } } })
    expect(withParts({ associations: { X_SELL: { groups: ['g'] }, PACK: {} } }, [link])).toEqual({
      associations: { X_SELL: { groups: ['g'], products: ['a'] }, PACK: {} },
    })
  })

  it('leave again, and nothing else with them', () => {
    const source = { categories: ['lamps', 'Sales'] }
    expect(withoutParts(source, [category('sales'), category('other')])).toEqual({ categories: ['lamps'] })
  })

  it('name themselves or what they hold', () => {
    expect(nameOfEntry('lamps')).toBe('lamps')
    expect(nameOfEntry({ uuid: 'u', identifier: 'i', quantity: 2 })).toBe('u')
    expect(nameOfEntry({ uuid: null, identifier: 'i', quantity: 2 })).toBe('i')
    expect(nameOfEntry(7)).toBeNull()
    expect(nameOfEntry({ quantity: 2 })).toBeNull()
    expect(partText(category('sales'))).toBe('category sales')
    expect(partText({ place: ['associations', 'X_SELL', 'products'], name: 'NL-DL7-B' })).toBe(
      'X_SELL NL-DL7-B',
    )
    expect(fieldOfPart(['categories'])).toBe('categories')
    expect(fieldOfPart(['associations', 'X_SELL', 'products'])).toBe('X_SELL')
  })

  describe('of a price', () => {
    const usd = (scope = '') => ({
      place: ['values', 'price', '', scope],
      name: 'USD',
      position: 1,
      entry: { amount: '55', currency: 'USD' },
    })
    const eur = { amount: '49.90', currency: 'EUR' }

    it('are amounts, each in its place', () => {
      const values = {
        price: [
          { locale: null, scope: 'print', data: [eur] },
          { locale: null, scope: 'shop', data: [eur] },
        ],
        name: [{ locale: null, scope: null, data: 'Lamp' }],
      }
      expect(withParts({ values }, [usd('shop'), usd('shop')])).toEqual({
        values: {
          ...values,
          price: [values.price[0], { locale: null, scope: 'shop', data: [eur, usd().entry] }],
        },
      })
    })

    it('make a value where there is none, and none where nothing is left', () => {
      const made = withParts({ values: [] }, [usd()])
      expect(made).toEqual({ values: { price: [{ locale: null, scope: null, data: [usd().entry] }] } })
      expect(withoutParts(made, [usd()])).toEqual({ values: {} })
    })

    it('are named by attribute, currency and channel', () => {
      expect(partText(usd())).toBe('price in USD')
      expect(partText(usd('shop'))).toBe('price in USD for shop')
      expect(fieldOfPart(usd().place)).toBe('price')
      expect(partRemedy(usd().place)).toContain('mapping file')
      expect(partRemedy(['categories'])).toContain('right to see it')
    })
  })
})
