import { describe, expect, it } from 'vitest'
import { fieldOfPart, nameOfEntry, partText, withoutParts, withParts } from '../../domain/list-parts.ts'

const category = (name: string) => ({ place: ['categories'], name, entry: name })

describe('parts of lists', () => {
  it('go to the end of their list, once, whatever the letter case', () => {
    const source = { categories: ['lamps'], enabled: true }
    const parts = [category('sales'), category('Lamps'), category('SALES')]
    expect(withParts(source, parts)).toEqual({ categories: ['lamps', 'sales'], enabled: true })
    expect(source).toEqual({ categories: ['lamps'], enabled: true })
  })

  it('find a place where the record has no such list', () => {
    expect(withParts({}, [category('sales')])).toEqual({ categories: ['sales'] })
    const link = { place: ['associations', 'X_SELL', 'products'], name: 'a', entry: 'a' }
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
    expect(partText(category('sales'))).toBe('category sales')
    expect(fieldOfPart(['categories'])).toBe('categories')
  })
})
