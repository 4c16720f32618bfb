import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import {
  hubErrors,
  refuseNewErrors,
  withHubSuggestion,
  withIcecatSuggestion,
  withIgnored,
  withoutAttribute,
} from '../../client/support/mapping-edits.ts'
import { coverage, defaultMapping, suggestAdditions } from '../../connectors/akeneo/translate/index.ts'
import { readIcecatMappingFile, readMappingFile } from '../../connectors/mapping-file.ts'
import { shop } from '../connectors/translate/mapped-lamps.ts'

const head = 'version: 7\noutput: shop\nchannel: ecommerce\n'

function documentOf(text: string) {
  const { mapping } = readMappingFile({ name: 'shop.yaml', text })
  if (!mapping) throw new Error(text)
  return mapping
}

describe.each([
  ['a file that says nothing', head],
  ['the defaults', defaultMapping(shop)],
  ['a file in braces', `${head}product: { sku: $identifier }\nmedia: []\nkits: {}\nrelated: {} # none\n`],
])('each suggestion for %s', (_, text) => {
  const suggestions = suggestAdditions(documentOf(text), shop)

  it('can be accepted, makes no error, and is proposed no longer', () => {
    expect(suggestions.length).toBeGreaterThan(0)
    for (const suggestion of suggestions) {
      const edited = withHubSuggestion(text, suggestion)
      expect(hubErrors('shop.yaml', edited, shop)).toEqual([])
      const left = suggestAdditions(documentOf(edited), shop)
      expect(left.map(({ path, yaml }) => `${path} ${yaml}`)).not.toContain(
        `${suggestion.path} ${suggestion.yaml}`,
      )
    }
  })

  it('can be accepted one after the other', () => {
    let edited = text
    for (;;) {
      const [next] = suggestAdditions(documentOf(edited), shop)
      if (next === undefined) break
      edited = withHubSuggestion(edited, next)
    }
    expect(hubErrors('shop.yaml', edited, shop)).toEqual([])
  })
})

describe('what is accepted', () => {
  it('stands there with its reason and how full it is', () => {
    const counts = { records: 10, filled: new Map([['picture', 4]]) }
    const [media] = suggestAdditions(documentOf(head), shop, counts).filter(
      ({ attribute }) => attribute === 'picture',
    )
    if (!media) throw new Error('No picture is proposed')
    expect(withHubSuggestion(head, media)).toBe(
      `${head}media:\n  - { role: gallery, from: picture } # an image that no line carries; filled in 40 %\n`,
    )
  })

  it('leaves in what a section says by not being there', () => {
    const line = {
      path: 'units',
      yaml: '- { code: case, conversion: n }',
      reason: 'r',
      attribute: 'n',
      filled: null,
    }
    expect(documentOf(withHubSuggestion(head, line)).units.map(({ code }) => code)).toEqual(['each', 'case'])
    const rule = {
      path: 'attributes.weight',
      yaml: 'weight: { from: weight, unit: GRAM }',
      reason: 'r',
      attribute: 'weight',
      filled: null,
    }
    expect(documentOf(withHubSuggestion(head, rule)).attributes.include).toBe('all')
  })
})

describe('what is left out on purpose', () => {
  it.each([
    [
      'beside others',
      `${head}attributes: { include: all, except: [notice] } # ours\n`,
      /except: \[notice, detail\] \} # ours\n$/,
    ],
    ['as the first', `${head}attributes:\n  include: all\n  except: []\n`, /except: \[detail\]\n$/],
    ['without a section', head, /attributes:\n {2}include: all\n {2}except: \[detail\]\n$/],
  ])('%s', (_, text, end) => {
    const edited = withoutAttribute(text, 'detail')
    expect(edited).toMatch(end)
    const { attributes } = coverage(documentOf(edited), shop, null)
    expect(attributes.find(({ code }) => code === 'detail')).toMatchObject({ state: 'ignored' })
  })
})

describe('a mapping from Icecat', () => {
  const place = new URL('../../examples/mapping/northlamp.icecat.yaml', import.meta.url)
  const suggestion = {
    attribute: 'height',
    rule: '{ from: feature/1464, unit: CENTIMETER }',
    section: 'attributes' as const,
    address: 'feature/1464',
    score: 0.93,
    reasons: ['"height" (code) and "Height"', 'the unit fits'],
  }

  it('gets a rule with its score and reasons, and an ignored feature with a person’s', async () => {
    const text = await readFile(place, 'utf8')
    const edited = withIgnored(withIcecatSuggestion(text, suggestion), 'feature/7', `it's "theirs"\n`)
    expect(edited.split('\n').filter((line) => !text.split('\n').includes(line))).toEqual([
      '  height: { from: feature/1464, unit: CENTIMETER } # 93 %: "height" (code) and "Height"; the unit fits',
      `ignore: { feature/49: 'sizes stand on their own', feature/2705: 'on the label', feature/7: 'it''s "theirs"' }`,
    ])
    const { mapping, problems } = readIcecatMappingFile({ name: 'a.yaml', text: edited })
    expect(problems).toEqual([])
    expect(mapping?.ignore.at(-1)?.reason).toBe(`it's "theirs"`)
  })
})

describe('an edit that brings an error', () => {
  const at = (message: string) => ({ severity: 'error' as const, line: 1, path: 'media', message })
  it('is refused, and one that was there before is not its fault', () => {
    expect(() => refuseNewErrors([at('old')], [at('old'), at('new')])).toThrow('media new')
    expect(() => refuseNewErrors([at('old')], [{ ...at('old'), line: 2 }])).not.toThrow()
  })
})
