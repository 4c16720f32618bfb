import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import {
  addEntry,
  addItem,
  hasSection,
  MappingEditError,
  quoted,
  setVersion,
} from '../../connectors/mapping-edit.ts'
import { readIcecatMappingFile, readMappingFile } from '../../connectors/mapping-file.ts'

const example = (name: string) => readFile(new URL(`../../examples/mapping/${name}`, import.meta.url), 'utf8')

/** Lines as `git diff` shows them; what stands in both is left out. */
function diffOf(before: string, after: string): string[] {
  const [old, now] = [before.split('\n'), after.split('\n')]
  let start = 0
  while (start < old.length && old[start] === now[start]) start += 1
  let end = 0
  while (end < old.length - start && end < now.length - start && old.at(-1 - end) === now.at(-1 - end))
    end += 1
  return [
    ...old.slice(start, old.length - end).map((line) => `-${line}`),
    ...now.slice(start, now.length - end).map((line) => `+${line}`),
  ]
}

describe('a rule is added to a file with comments', () => {
  it('in a line of its own, behind the last of its section, with its reason', async () => {
    const before = await example('acme.icecat.yaml')
    const after = addEntry(
      before,
      ['attributes'],
      'power',
      '{ from: feature/445, unit: WATT }',
      '92 %: alike',
    )
    expect(diffOf(before, after)).toEqual(['+  power: { from: feature/445, unit: WATT } # 92 %: alike'])
    expect(after.split('\n').findIndex((line) => line.startsWith('  power'))).toBe(
      before.split('\n').findIndex((line) => line.includes('release_date')) + 1,
    )
    expect(readIcecatMappingFile({ name: 'a.yaml', text: after }).problems).toEqual([])
  })

  it('among others in one line of braces: that line changes', async () => {
    const before = await example('acme.hub.yaml')
    expect(diffOf(before, addEntry(before, ['product', 'prices'], 'sale', 'sale_price'))).toEqual([
      '-  prices: { list: price }',
      '+  prices: { list: price, sale: sale_price }',
    ])
    expect(diffOf(before, addItem(before, ['attributes', 'except'], 'picture'))).toEqual([
      '-  except: [erp_name, supplier]',
      '+  except: [erp_name, supplier, picture]',
    ])
  })

  it('with the comment behind a line kept', async () => {
    const before = await example('acme.icecat.yaml')
    expect(diffOf(before, addEntry(before, ['ignore'], 'feature/944', quoted("the seller's own")))).toEqual([
      "-ignore: { feature/4850: 'too long for the shop', feature/3981: 'not wanted' } # on purpose, with the reason",
      "+ignore: { feature/4850: 'too long for the shop', feature/3981: 'not wanted', feature/944: 'the seller''s own' } # on purpose, with the reason",
    ])
  })

  it('as one more item of a list, after an item of several lines', async () => {
    const before = await example('acme.hub.yaml')
    const line = '{ code: pallet, conversion: pallet_quantity, when: { filled: [pallet_quantity] } }'
    const after = addItem(before, ['units'], line, 'named so')
    expect(diffOf(before, after)).toEqual([`+  - ${line} # named so`])
    expect(readMappingFile({ name: 'a.yaml', text: after }).mapping?.units).toHaveLength(3)
  })

  it('in a section of its own where there is none', async () => {
    const before = await example('northlamp.hub.yaml')
    const without = before.replace(/^related.*\n/m, '')
    expect(hasSection(without, 'related')).toBe(false)
    expect(diffOf(without, addEntry(without, ['related'], 'X_SELL', 'crossSell'))).toEqual([
      '+related:',
      '+  X_SELL: crossSell',
    ])
  })

  it('above what is only a comment at the end of its section', () => {
    const before =
      'version: 1\nattributes:\n  a: feature/1 # sure\n\n# Doubtful:\n#  b: feature/2\nmedia: {}\n'
    expect(addEntry(before, ['attributes'], 'c', 'feature/3')).toBe(
      'version: 1\nattributes:\n  a: feature/1 # sure\n  c: feature/3\n\n# Doubtful:\n#  b: feature/2\nmedia: {}\n',
    )
    expect(addEntry(before, ['media'], 'picture', 'image/1')).toBe(
      before.replace('media: {}', 'media: { picture: image/1 }'),
    )
  })
})

describe('files are written in many ways', () => {
  it.each([
    [
      'a key alone',
      'version: 1\nattributes: # none yet\nmedia: {}\n',
      'version: 1\nattributes: # none yet\n  c: x\nmedia: {}\n',
    ],
    ['four blanks', 'product:\n    sku: a\nattributes:\n', 'product:\n    sku: a\nattributes:\n    c: x\n'],
    ['no newline at the end', 'attributes:\n  a: b', 'attributes:\n  a: b\n  c: x'],
    [
      'newlines of Windows',
      'attributes:\r\n  a: b\r\nmedia: {}\r\n',
      'attributes:\r\n  a: b\r\n  c: x\r\nmedia: {}\r\n',
    ],
    [
      'braces over lines',
      'attributes: {\n    a: b, # first\n  }\n',
      'attributes: {\n    a: b, # first\n    c: x,\n  }\n',
    ],
    [
      'braces over lines, no comma',
      'attributes: {\n    a: b # first\n  }\n',
      'attributes: {\n    a: b, # first\n    c: x\n  }\n',
    ],
    ['a comma before the brace', 'attributes: { a: b, }\n', 'attributes: { a: b, c: x }\n'],
    [
      'a text of several lines',
      'attributes:\n  a: |\n    one\n    two\n\nmedia: {}\n',
      'attributes:\n  a: |\n    one\n    two\n  c: x\n\nmedia: {}\n',
    ],
    [
      'a value on the next line',
      'attributes:\n  a:\n    { expr: b }\nmedia: {}\n',
      'attributes:\n  a:\n    { expr: b }\n  c: x\nmedia: {}\n',
    ],
    [
      'a list without indent',
      'attributes:\n  a:\n  - b\n  - d\nmedia: {}\n',
      'attributes:\n  a:\n  - b\n  - d\n  c: x\nmedia: {}\n',
    ],
    ['everything in braces', '{ version: 1 }\n', '{ version: 1, attributes: { c: x } }\n'],
  ])('%s', (_, before, after) => expect(addEntry(before, ['attributes'], 'c', 'x')).toBe(after))

  it.each([
    ['no list yet', 'version: 1\n', 'version: 1\nmedia:\n  - x\n'],
    ['an empty list', 'media: []\n', 'media: [x]\n'],
    ['a list without indent', 'media:\n- a\nunits: []\n', 'media:\n- a\n- x\nunits: []\n'],
    ['a list over lines', 'media: [\n    a,\n  ]\n', 'media: [\n    a,\n    x,\n  ]\n'],
  ])('%s', (_, before, after) => expect(addItem(before, ['media'], 'x')).toBe(after))
})

describe('what is there already', () => {
  it('takes what its map lacks', () => {
    expect(
      addEntry('inventory: { trackBy: product }\n', [], 'inventory', '{ levels: [{ location: main }] }'),
    ).toBe('inventory: { trackBy: product, levels: [{ location: main }] }\n')
    expect(addEntry('inventory:\n  levels: []\n', [], 'inventory', '{ levels: [{ location: main }] }')).toBe(
      'inventory:\n  levels: [{ location: main }]\n',
    )
  })

  it.each([
    ['another value', 'product: { brand: a }\n', ['product'], 'brand', 'b'],
    ['a word where a map should be', 'related: all\n', ['related'], 'UPSELL', 'upSell'],
    ['a list where a map should be', 'attributes: [a]\n', ['attributes'], 'c', 'x'],
    ['what is no YAML', 'a: b\n c: d\n', ['attributes'], 'c', 'x'],
    ['what is no map', 'just words\n', ['attributes'], 'c', 'x'],
    [
      'aliases, which would change elsewhere',
      'a: &one { b: c }\nattributes: *one\n',
      ['attributes'],
      'd',
      'x',
    ],
  ])('is left alone: %s', (_, text, path, key, value) =>
    expect(() => addEntry(text, path, key, value)).toThrow(MappingEditError),
  )

  it.each([
    ['a map', 'media: { a: b }\n', ['media'], 'media is no list'],
    ['a word', 'media: all\n', ['media'], 'media is no list'],
    ['below a word', 'attributes: all\n', ['attributes', 'except'], 'attributes is no map'],
  ])('is no list where one is asked for: %s', (_, text, path, why) =>
    expect(() => addItem(text, path, 'x')).toThrow(why),
  )

  it('has room behind a key that says nothing yet, unless it stands in braces', () => {
    expect(addEntry('product:\n  brand: # soon\n', ['product'], 'brand', 'a')).toBe(
      'product:\n  brand: a # soon\n',
    )
    expect(() => addEntry('product: { brand }\n', ['product'], 'brand', 'a')).toThrow(
      'product.brand is empty; write it into the file',
    )
    expect(() => addEntry('product: { prices: }\n', ['product', 'prices'], 'list', 'a')).toThrow(
      'product.prices is empty; write it into the file',
    )
  })

  it('says what a person wrote as text, in one line', () => {
    const reason = `it's: "not"\nours # {x}\u0007`
    expect(addEntry('version: 1\n', ['ignore'], 'feature/1', quoted(reason))).toBe(
      `version: 1\nignore:\n  feature/1: 'it''s: "not" ours # {x}'\n`,
    )
  })
})

describe('the version', () => {
  it('is raised where it stands, and nothing else', async () => {
    const before = await example('northlamp.hub.yaml')
    expect(diffOf(before, setVersion(before, 4))).toEqual(['-version: 3', '+version: 4'])
    expect(setVersion('version: 9 # ours\n', 10)).toBe('version: 10 # ours\n')
  })

  it('is missing', () => expect(() => setVersion('output: shop\n', 2)).toThrow('has no version'))
})
