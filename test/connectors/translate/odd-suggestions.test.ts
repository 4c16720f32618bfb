import { describe, expect, it } from 'vitest'
import { withHubSuggestion } from '../../../client/support/mapping-edits.ts'
import {
  buildStructure,
  compileOutput,
  defaultMapping,
  suggestAdditions,
} from '../../../connectors/akeneo/translate/index.ts'
import { readMappingFile } from '../../../connectors/mapping-file.ts'

type Stored = Parameters<typeof buildStructure>[0][number]

const channel = (code = 'shop', more: object = {}): Stored => ({
  stream: 'channels',
  source: { code, locales: ['en_US'], currencies: ['EUR'], category_tree: 'master', ...more },
})
const attribute = (code: string, type: string, byLocale = false): Stored => ({
  stream: 'attributes',
  // Without labels, as Akeneo may answer.
  source: { code, type: `pim_catalog_${type}`, localizable: byLocale, scopable: byLocale },
})
const option = (code: string): Stored => ({
  stream: 'attribute-options',
  source: { code, attribute: 'brand' },
})
const association = (code: string, is_quantified: boolean): Stored => ({
  stream: 'association-types',
  source: { code, is_quantified },
})

const types = ['image', 'file', 'textarea', 'text', 'price_collection', 'number', 'simpleselect', 'boolean']
/** What YAML or JavaScript could take for something else than a code. */
const oddCodes = [
  '123',
  '1e3',
  '0x1f',
  '0123',
  '1_000',
  'true',
  'NULL',
  'no',
  'y',
  '_',
  'constructor',
  'except',
]
/** What suggestions look for. */
const names = [
  'Description',
  'ean',
  'PRICE',
  'brand',
  'stock',
  'case_quantity',
  'msrp',
  'sale',
  'mpn',
  'media',
]

const catalogues: [string, Stored[]][] = [
  ['without attributes', [channel()]],
  ['of a channel that looks like a number', [channel('123', { category_tree: '007' })]],
  [
    'of one family without attributes',
    [channel(), { stream: 'families', source: { code: '1', attributes: [], attribute_as_label: null } }],
  ],
  [
    'of options in two letter cases, with spaces and slashes',
    [channel(), attribute('brand', 'simpleselect'), ...['RED', 'red', '1 / 2', '007'].map(option)],
  ],
  [
    'of association types that look like something else',
    [
      channel(),
      ...['1', 'null', 'X_1'].flatMap((code) => [association(code, false), association(`${code}0`, true)]),
    ],
  ],
  [
    'of 1,000 attributes',
    [
      channel(),
      ...Array.from({ length: 1000 }, (_, at) => attribute(`a${at}`, types[at % types.length] ?? '')),
    ],
  ],
  ...types.flatMap((type) =>
    [false, true].flatMap((byLocale): [string, Stored[]][] => [
      [
        `of odd codes, each a ${type}${byLocale ? ' by locale' : ''}`,
        [channel(), ...oddCodes.map((code) => attribute(code, type, byLocale))],
      ],
      ...names.map((name): [string, Stored[]] => [
        `where ${name} is a ${type}${byLocale ? ' by locale' : ''}`,
        [channel(), attribute('sku', 'identifier'), attribute(name, type, byLocale)],
      ]),
    ]),
  ),
]

describe('a catalogue', () => {
  it.each(catalogues)(
    '%s: the first file is right, and stays so with each line that is proposed',
    (_what, records) => {
      const structure = buildStructure(records)
      const errors = (text: string) => {
        const { mapping, problems } = readMappingFile({ name: 'x.yaml', text })
        return [...problems, ...(mapping ? compileOutput(mapping, structure).problems : [])]
          .filter(({ severity }) => severity === 'error')
          .map(({ path, message }) => `${path} ${message}`)
      }
      const counts = { records: 10, filled: new Map(oddCodes.map((code) => [code, 5])) }
      const first = defaultMapping(structure, { counts })
      expect(errors(first)).toEqual([])
      const [, code = ''] = /^channel: (.*)$/m.exec(first) ?? []
      const least = `version: 1\noutput: x\nchannel: ${code}\nattributes: { include: none }\nrelated: {}\n`
      for (let text of [first, least]) {
        const { mapping } = readMappingFile({ name: 'x.yaml', text })
        if (!mapping) throw new Error(text)
        for (const suggestion of suggestAdditions(mapping, structure, counts)) {
          text = withHubSuggestion(text, suggestion)
          expect(errors(text)).toEqual([])
        }
      }
    },
  )
})
