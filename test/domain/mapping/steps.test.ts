import Big from 'big.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cleanHtml, stripHtml } from '../../../domain/mapping/steps/clean-html.ts'
import { convertMeasure, type UnitFamily } from '../../../domain/mapping/steps/convert-unit.ts'
import { cutText } from '../../../domain/mapping/steps/cut-text.ts'
import { joinItems } from '../../../domain/mapping/steps/join-items.ts'
import { roundDecimal } from '../../../domain/mapping/steps/round-decimal.ts'
import { Decimal } from '../../../contracts/hub.ts'

const steps = (...list: [operator: 'mul' | 'div' | 'add' | 'sub', value: string][]) => ({
  convert_from_standard: list.map(([operator, value]) => ({ operator, value })),
})
const weight: UnitFamily = {
  units: {
    KILOGRAM: steps(['mul', '1']),
    GRAM: steps(['mul', '0.001']),
    POUND: steps(['mul', '0.45359237']),
    TON: steps(['mul', '1000']),
  },
}
const temperature: UnitFamily = {
  units: {
    KELVIN: steps(),
    CELSIUS: steps(['add', '273.15']),
    FAHRENHEIT: steps(['sub', '32'], ['div', '1.8'], ['add', '273.15']),
  },
}
const length: UnitFamily = {
  units: { METER: steps(), INCH: steps(['mul', '0.0254']), FOOT: steps(['mul', '0.3048']) },
}
const broken: UnitFamily = {
  units: { GOOD: steps(), NOTHING: steps(['mul', '0']), ODD: steps(['mul', 'x']) },
}

describe('units', () => {
  it.each([
    ['grams to kilograms', weight, '724', 'GRAM', 'KILOGRAM', '0.724'],
    ['0.1 + 0.2 without a float', weight, '0.3', 'KILOGRAM', 'GRAM', '300'],
    ['pounds to grams, to the last digit', weight, '3', 'POUND', 'GRAM', '1360.77711'],
    [
      'Fahrenheit to Celsius, by steps that add and divide',
      temperature,
      '212',
      'FAHRENHEIT',
      'CELSIUS',
      '100',
    ],
    ['below zero', temperature, '-40', 'CELSIUS', 'FAHRENHEIT', '-40'],
    ['inches to feet where the digits have no end: ten places', length, '1', 'INCH', 'FOOT', '0.0833333333'],
    [
      'more digits than a float has',
      weight,
      '12345678901234567890.5',
      'GRAM',
      'KILOGRAM',
      '12345678901234567.8905',
    ],
    ['the unit that it is in already', weight, '2.5', 'GRAM', 'GRAM', '2.5'],
  ])('converts %s', (_what, family, amount, unit, to, result) => {
    expect(convertMeasure({ amount, unit }, to, family)).toEqual({ amount: result, unit: to })
  })

  it.each([
    ['a unit that the family lacks', weight, 'STONE', 'GRAM'],
    ['into a unit that the family lacks', weight, 'GRAM', 'STONE'],
    ['a unit whose steps cannot be undone', broken, 'GOOD', 'NOTHING'],
    ['a unit whose steps are no numbers', broken, 'ODD', 'GOOD'],
    ['a name that every object has', weight, 'toString', 'GRAM'],
  ])('does not convert %s', (_what, family, unit, to) => {
    expect(convertMeasure({ amount: '1', unit }, to, family)).toBeUndefined()
  })

  const amounts = fc
    .tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.integer({ min: 0, max: 8 }))
    .map(([digits, places]) => roundDecimal(asDecimal(digits, places), 8, 'half-up') ?? '0')

  it('go there and back without a trace, whichever family', () => {
    const pairs = fc.constantFrom(
      [weight, 'GRAM', 'POUND'] as const,
      [weight, 'TON', 'GRAM'] as const,
      [temperature, 'CELSIUS', 'KELVIN'] as const,
      [temperature, 'CELSIUS', 'FAHRENHEIT'] as const,
      [length, 'INCH', 'METER'] as const,
    )
    fc.assert(
      fc.property(amounts, pairs, (amount, [family, from, to]) => {
        const there = convertMeasure({ amount, unit: from }, to, family)
        expect(Decimal.safeParse(there?.amount).success).toBe(true)
        // What has an end as decimals comes back exactly; what has none was cut after ten places, which a pound makes 454 times as much.
        const back = there && convertMeasure(there, from, family)
        expect(new Big(back?.amount ?? '').minus(amount).abs().lt('0.00000005')).toBe(true)
      }),
    )
  })
})

function asDecimal(digits: bigint, places: number): string {
  const text = (digits < 0n ? -digits : digits).toString().padStart(places + 1, '0')
  const fraction = places === 0 ? '' : text.slice(-places).replace(/0+$/, '')
  const whole = places === 0 ? text : text.slice(0, -places)
  const plain = fraction === '' ? whole : `${whole}.${fraction}`
  return digits < 0n && plain !== '0' ? `-${plain}` : plain
}

describe('decimals', () => {
  it.each([
    ['2.675', 2, 'half-up', '2.68'],
    ['2.665', 2, 'half-even', '2.66'],
    ['-2.675', 2, 'half-up', '-2.68'],
    ['2.671', 2, 'up', '2.68'],
    ['-2.679', 2, 'up', '-2.67'],
    ['2.679', 2, 'down', '2.67'],
    ['-2.671', 2, 'down', '-2.68'],
    ['2.7', 2, 'refuse', '2.7'],
    ['1.999', 2, 'half-up', '2'],
    ['-0.001', 2, 'half-up', '0'],
    ['39.5', 0, 'half-up', '40'],
  ] as const)('%s to %d places, %s, is %s', (amount, places, rounding, result) => {
    expect(roundDecimal(amount, places, rounding)).toBe(result)
  })

  it('are refused where the rule refuses to round', () => {
    expect(roundDecimal('39.5', 0, 'refuse')).toBeNull()
  })
})

describe('html', () => {
  it.each([
    ['keeps what a text needs', '<p>Warm <b>light</b>.<br/></p>', '<p>Warm <b>light</b>.<br></p>'],
    ['drops scripts with what is in them', 'a<script>alert("<p>")</script>b', 'ab'],
    ['drops a script that never ends', 'a<script>alert(1)', 'a'],
    ['drops what taking a script away would make', '<scr<script></script>ipt>alert(1)</script>', ''],
    ['drops handlers, styles and classes', '<p onclick="x()" style="a" class=b>t</p>', '<p>t</p>'],
    ['keeps the text of an unknown tag', '<blink>now</blink>', 'now'],
    [
      'keeps a link to the web',
      '<a href="https://x.test/?a=1" target=_blank>x</a>',
      '<a href="https://x.test/?a=1">x</a>',
    ],
    ['takes the address from a link that runs code', '<a href=" javascript:alert(1)">x</a>', '<a>x</a>'],
    ['makes a sign of a sign', '5 < 6 and 7', '5 &lt; 6 and 7'],
    [
      'makes a sign of what a tag taken away would complete',
      '<</blink>script>alert(1)',
      '&lt;script>alert(1)',
    ],
    ['drops comments', 'a<!-- <p> -->b', 'ab'],
  ])('clean %s', (_what, html, result) => {
    expect(cleanHtml(html)).toBe(result)
  })

  it('clean changes nothing the second time, whatever it is given', () => {
    const pieces = fc.array(
      fc.constantFrom(
        '<',
        '>',
        '<p>',
        '</p>',
        '<script>',
        '</script>',
        '<a href="',
        '"',
        "'",
        '<!--',
        '-->',
        'x',
        ' ',
        '<b',
        '/>',
        'on=',
      ),
    )
    fc.assert(
      fc.property(pieces, (parts) => {
        const once = cleanHtml(parts.join(''))
        expect(cleanHtml(once)).toBe(once)
        expect(once).not.toMatch(/<script|<\w+[^>]*\son/i)
      }),
      { numRuns: 2000 },
    )
  })

  it.each([
    ['paragraphs become lines', '<p>One</p><p>Two &amp; three</p>', 'One\nTwo & three'],
    ['numbered signs are read', '&#233;&#x20AC;', 'é€'],
    ['signs that do not exist stay', '&#x110000;', '&#x110000;'],
  ])('strip: %s', (_what, html, result) => {
    expect(stripHtml(html)).toBe(result)
  })
})

describe('max', () => {
  it.each([
    ['at the last whole word', 'Warm light for all', 13, 'word', 'Warm light'],
    ['exactly at the end of a word', 'Warm light', 4, 'word', 'Warm'],
    ['inside a word that is longer than all of it', 'Donaudampfschiff', 5, 'word', 'Donau'],
    ['at a letter', 'Warm light', 6, 'character', 'Warm l'],
    ['never inside an emoji', 'ab👩‍👩‍👧', 4, 'character', 'ab'],
    ['not where it fits', 'Warm', 4, 'refuse', 'Warm'],
  ] as const)('cuts %s', (_what, text, length, cut, result) => {
    expect(cutText(text, length, cut)).toBe(result)
  })
  it('refuses what is too long where the rule says so', () => {
    expect(cutText('Warm light', 4, 'refuse')).toBeNull()
  })
})

describe('join', () => {
  it('puts a text between items', () => {
    expect(joinItems(['a', 'b'], ' / ')).toBe('a / b')
  })
  it('makes a list in which signs are no markup', () => {
    expect(joinItems(['a < b', 'c & d'], 'html-list')).toBe('<ul><li>a &lt; b</li><li>c &amp; d</li></ul>')
  })
})
