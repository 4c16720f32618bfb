import { describe, expect, it } from 'vitest'
import { liveMappingControls } from '../../client/report/mapping-controls.ts'
import { mappingSection } from '../../client/report/mapping-section.ts'
import { limits } from '../../client/serve/mapping-pages.ts'
import type { HubMappingSight } from '../../client/support/hub-mapping-sight.ts'
import type { IcecatMappingSight } from '../../client/support/icecat-mapping-sight.ts'

const many = <T>(n: number, make: (n: number) => T): T[] =>
  Array.from({ length: n }, (_, index) => make(index))
const long = (n: number) => `${n} ${'said at length '.repeat(8)}`
const file = { name: 'mapping/shop.yaml', version: 2, mark: 'm' }
const problems = many(500, (n) => ({
  severity: 'warning' as const,
  line: n,
  path: `attributes.a${n}`,
  message: long(n),
}))

/** A catalogue of 5,000 attributes of which nobody has decided anything. */
const hub: HubMappingSight = {
  kind: 'hub',
  connection: 'acme',
  output: 'shop',
  file,
  applied: { name: 'shop.yaml', version: 2 },
  isChanged: true,
  change: null,
  suggestions: many(2000, (n) => ({
    id: `suggestion-${n}`,
    path: 'media',
    yaml: `- { role: gallery, from: picture_${n} }`,
    reason: long(n),
    attribute: `picture_${n}`,
    filled: '81 %',
  })),
  coverage: {
    attributes: many(5000, (n) => ({
      code: `picture_${n}`,
      type: 'image',
      state: 'unmapped' as const,
      targets: [],
      filled: n,
    })),
    totals: { mapped: 0, through: 0, ignored: 0, unmapped: 5000 },
    records: 5000,
    problems,
  },
  labels: new Map(many(5000, (n) => [`picture_${n}`, `A label as people write them ${n}`])),
  fields: many(20, (n) => ({ field: `product.${n}`, rule: `{ from: [${'attribute, '.repeat(200)}] }` })),
  stored: null,
}

const need = { wanted: 400, mapped: 0, ignored: 0 }

const icecat: IcecatMappingSight = {
  kind: 'icecat',
  connection: 'acme',
  file,
  applied: 2,
  isChanged: true,
  diff: {
    sections: [],
    rules: many(5000, (n) => ({ target: `attributes.a${n}`, before: null, after: long(n) })),
  },
  suggestions: many(2000, (n) => ({
    id: `suggestion-${n}`,
    attribute: `a${n}`,
    rule: `feature/${n}`,
    section: 'attributes' as const,
    address: `feature/${n}`,
    score: 0.8,
    reasons: [long(n), long(n)],
  })),
  categories: many(300, (n) => ({
    categoryId: String(n),
    name: `category ${n}`,
    products: n,
    mandatory: need,
    searchable: need,
    mapped: 0,
    ignored: 0,
    complete: 0,
    byLocale: many(6, (locale) => ({ locale: `l${locale}`, complete: 0 })),
    unmapped: many(400, (id) => ({ id: String(id), name: `feature ${id}` })),
  })),
  attributes: many(5000, (n) => ({
    code: `a${n}`,
    label: `A label as people write them ${n}`,
    type: 'text',
    filled: n,
    rule: null,
    features: [],
  })),
  ignored: many(2000, (n) => ({ address: `feature/${n}`, name: `feature ${n}`, reason: long(n) })),
  warnings: problems,
  records: 5000,
  stored: 1_000_000,
}

describe.each([
  ['of an output', hub, 'shop'],
  ['from Icecat', icecat, null],
])('a mapping %s over a large catalogue', (_, sight, output) => {
  const key = { connection: 'acme', output }
  const controls = liveMappingControls({ ...key, secret: 's', mark: 'm', reason: null, asked: '' })
  const { text } = mappingSection(key, sight, limits, controls)

  it('stays below 300 kB', () => expect(Buffer.byteLength(text)).toBeLessThan(280_000))

  it('says what was counted', () =>
    expect(text).toContain(
      sight.stored === null
        ? 'Filled: of 5000 stored products and models.'
        : 'Filled: of a sample of 5000 of the 1000000 stored products and models;',
    ))

  it('counts what it does not show, each with the command that does', () => {
    expect(text).toContain('500 lines to look at, the first 20:')
    expect(text).toMatch(/And 1940 further suggestions: <code class="command">pimflow mapping suggest/)
    expect(text).toMatch(/And 4700 further attributes: <code class="command">pimflow mapping coverage/)
  })
})
