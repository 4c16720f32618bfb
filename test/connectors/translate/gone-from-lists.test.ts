import { describe, expect, it } from 'vitest'
import { buildStructure, translateProduct } from '../../../connectors/akeneo/translate/index.ts'
import { accepted, lamp, lampRecords, noLinks, plain } from './lamps.ts'
import { errorsOf, mapped, shopMapping } from './mapped-lamps.ts'

/** As a run sees it: what is wrong is told elsewhere and stops nothing. */
function translated(lines: string, source = lamp({ note: plain('n'), bulbs: plain(2) }), shopNow?: string[]) {
  const { output } = shopMapping(lines)
  const structure = shopNow
    ? buildStructure(
        lampRecords.map((record) =>
          record.stream === 'channels'
            ? {
                stream: record.stream,
                source: { code: 'ecommerce', locales: shopNow, currencies: ['EUR', 'USD'] },
              }
            : record,
        ),
      )
    : output.structure
  const { record } = accepted(translateProduct(source, null, structure, output, noLinks))
  if (record.kind !== 'product') throw new Error(`a product was expected, this is a ${record.kind}`)
  return record
}

describe('of several things that a line names one is gone from Akeneo', () => {
  it.each([['[lamps, chairs]'], ['[chairs, LAMPS]']])(
    'families %s: the rule holds for the other',
    (family) => {
      const lines = `attributes: { include: none, a: { const: x, when: { family: ${family} } } }`
      expect(errorsOf(shopMapping(lines))).toEqual(['6 attributes.a.when family "chairs" is not in Akeneo'])
      expect(translated(lines).attributes).toEqual({ a: { type: 'text', value: 'x' } })
    },
  )

  it.each([['[chairs]'], ['[chairs, tables]']])(
    'families %s, all of them: the rule holds nowhere',
    (family) => {
      const record = translated(
        `attributes: { include: none, a: { const: x, when: { family: ${family} } }, b: { const: y } }`,
      )
      expect(record.attributes).toEqual({ b: { type: 'text', value: 'y' } })
    },
  )

  it('a family: an image and a unit of the others stay', () => {
    const lines = [
      'media: [{ role: main, from: picture, when: { family: [chairs, lamps] } }]',
      'units: [{ code: each, conversion: 1, base: true }, { code: case, conversion: 6, when: { family: [lamps, chairs] } }]',
    ].join('\n')
    expect(errorsOf(shopMapping(lines))).toEqual([
      '6 media[0].when family "chairs" is not in Akeneo',
      '7 units[1].when family "chairs" is not in Akeneo',
    ])
    const record = translated(lines, lamp({ picture: plain('a/b/lamp.png') }))
    expect(record.media).toMatchObject([{ role: 'main' }])
    expect(record.units.map(({ code }) => code)).toEqual(['each', 'case'])
  })

  it('attributes of a list: the first that is there and not empty is read', () => {
    const lines = 'product: { brand: [colour, note] }\nattributes: { include: none, a: [bulbs, lights] }'
    expect(errorsOf(shopMapping(lines)).map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      '6 product.brand',
      '7 attributes.a',
    ])
    expect(translated(lines)).toMatchObject({
      brand: { en_US: 'n', fr_FR: 'n' },
      attributes: { a: { type: 'number', value: '2' } },
    })
  })

  it('attributes of a list, all of them: the rule is left out', () => {
    const record = translated('product: { brand: [colour, shade] }')
    expect(record).not.toHaveProperty('brand')
  })

  it('locales to be complete in: a channel that has one no more is asked for the other', () => {
    const lines = 'publish: { complete: { atLeast: 80, locales: [en_US, fr_FR] } }'
    const source = lamp({}, { completenesses: [{ scope: 'ecommerce', locale: 'en_US', data: 90 }] })
    expect(mapped(lines, source).product.status).toBe('withheld')
    expect(translated(lines, source, ['en_US']).status).toBe('active')
    // None of them is left: what is complete is not known, so nothing goes out unseen.
    expect(translated(lines, source, ['de_DE']).status).toBe('withheld')
  })
})
