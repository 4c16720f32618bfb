/*
 * Validates what the simulator answers, and what our own client asks, against an OpenAPI (Swagger 2.0) description of
 * Akeneo's API:
 *   npx tsx test/simulator/openapi-check.ts PATH
 * The description is not ours to ship, so its path is an argument. Prints one line per route that was asked, and ends with
 * "N passed, N failed".
 */
import { startAkeneo } from '../../simulator/akeneo/index.ts'
import { apiOf, INVENTED, itemOf, type Answer, type Api } from './api.ts'
import { readDescription } from './openapi/description.ts'
import { ownRequests } from './openapi/own-requests.ts'
import { fillSmallPim, value } from './small-pim.ts'

const [file] = process.argv.slice(2)
if (file === undefined) {
  process.stderr.write('Usage: npx tsx test/simulator/openapi-check.ts PATH\n')
  process.exit(2)
}
const description = readDescription(file)

let passed = 0
let failed = 0

function check(method: string, template: string, answer: Answer): void {
  const name = `${method} ${template} ${answer.status}`
  const validate = description.answer(method, template, answer.status)
  if (validate === undefined) {
    const known = description.knows(method, template, answer.status)
    report(name, known || answer.text === '', known ? '' : 'the description has no such answer')
    return
  }
  const documents: unknown[] = answer.lines.length > 0 ? answer.lines : [answer.body]
  const problems = documents.flatMap((document) =>
    validate(document)
      ? []
      : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`),
  )
  report(name, problems.length === 0, problems.slice(0, 3).join('; '))
}

function report(name: string, isGood: boolean, why: string): void {
  if (isGood) passed++
  else failed++
  process.stdout.write(`${isGood ? 'ok  ' : 'FAIL'} ${name}${isGood ? '' : `: ${why}`}\n`)
}

const API = '/api/rest/v1'
const LISTS = [
  'products',
  'products-uuid',
  'product-models',
  'categories',
  'families',
  'attributes',
  'attribute-groups',
  'association-types',
  'channels',
  'locales',
  'currencies',
  'media-files',
]

async function checkReads(api: Api): Promise<void> {
  for (const list of LISTS) {
    const extras = list.startsWith('product')
      ? '&with_quality_scores=true&with_completenesses=true&with_attribute_options=true'
      : '&with_position=true'
    check('GET', `${API}/${list}`, await api.get(`/${list}?limit=100&with_count=true${extras}`))
    check('GET', `${API}/${list}`, await api.get(`/${list}?limit=1000`))
  }
  const items: [path: string, template: string][] = [
    ['/products/NL-DL7-W?with_completenesses=true', '/products/{code}'],
    ['/products/nope', '/products/{code}'],
    ['/product-models/fjord_pendant', '/product-models/{code}'],
    ['/categories/lamps?with_position=true', '/categories/{code}'],
    ['/categories/nope', '/categories/{code}'],
    ['/families/lamps', '/families/{code}'],
    ['/families/lamps/variants', '/families/{family_code}/variants'],
    ['/families/lamps/variants/lamps_color', '/families/{family_code}/variants/{code}'],
    ['/attributes/weight', '/attributes/{code}'],
    ['/attributes/color/options?limit=100', '/attributes/{attribute_code}/options'],
    ['/attributes/color/options/white', '/attributes/{attribute_code}/options/{code}'],
    ['/attribute-groups/trade', '/attribute-groups/{code}'],
    ['/association-types/PACK', '/association-types/{code}'],
    ['/channels/ecommerce', '/channels/{code}'],
    ['/locales/en_US', '/locales/{code}'],
    ['/currencies/EUR', '/currencies/{code}'],
    ['/measurement-families', '/measurement-families'],
    ['/system-information', '/system-information'],
    ['', ''],
  ]
  for (const [path, template] of items) check('GET', `${API}${template}`, await api.get(path))
  const product = itemOf(await api.get('/products/NL-DL7-W'))
  check(
    'GET',
    `${API}/products-uuid/{uuid}`,
    await api.get(`/products-uuid/${product.uuid}?with_completenesses=true`),
  )
  const image = String(product.values['image']?.[0]?.data)
  check('GET', `${API}/media-files/{code}`, await api.get(`/media-files/${image}`))
}

async function checkWrites(api: Api): Promise<void> {
  await fillSmallPim(api)
  const collections: [path: string, lines: object[], template?: string][] = [
    ['/categories', [{ code: 'new' }, { code: 'new,' }, {}]],
    ['/families', [{ code: 'new' }, { code: 'new', extra: 1 }]],
    ['/families/familyA/variants', [{ code: 'new' }], '/families/{family_code}/variants'],
    ['/attributes', [{ code: 'new', type: 'pim_catalog_text', group: 'other' }, { code: 'none' }]],
    [
      '/attributes/a_simple_select/options',
      [{ code: 'new' }, { code: 'n,' }],
      '/attributes/{attribute_code}/options',
    ],
    ['/attribute-groups', [{ code: 'new' }, { code: '!' }]],
    ['/association-types', [{ code: 'NEW' }, { code: '!' }]],
    [
      '/channels',
      [{ code: 'new', category_tree: 'master', locales: ['en_US'], currencies: ['EUR'] }, { code: 'x' }],
    ],
    [
      '/products',
      [
        { identifier: 'p1', values: { a_text: value('x') } },
        { identifier: 'p2', nope: 1 },
        { identifier: 'p,' },
      ],
    ],
    ['/products-uuid', [{ uuid: '0f4f2c3b-0000-4000-8000-000000000011' }, { uuid: 'x' }, {}]],
    ['/product-models', [{ code: 'm1', family_variant: 'one_level' }, { code: 'm2' }]],
  ]
  for (const [path, lines, template] of collections) {
    check('PATCH', `${API}${template ?? path}`, await api.patchLines(path, lines))
    check('PATCH', `${API}${template ?? path}`, await api.patch(path, {}))
  }
  check(
    'PATCH',
    `${API}/measurement-families`,
    await api.patch('/measurement-families', [{ code: 'Power' }, { code: 'X' }]),
  )
  for (const path of [
    '/categories',
    '/families',
    '/attributes',
    '/attribute-groups',
    '/association-types',
    '/channels',
    '/products',
    '/products-uuid',
    '/product-models',
  ]) {
    check('POST', `${API}${path}`, await api.post(path, { extra: 1 }))
    check('POST', `${API}${path}`, await api.post(path, '{'))
  }
  for (const [path, records, body] of [
    [
      '/reference-entities',
      'records',
      { code: 'brand', values: { label: [{ locale: 'en_US', channel: null, data: 'Brand' }] } },
    ],
    [
      '/asset-families',
      'assets',
      { code: 'photo', values: { label: [{ locale: 'en_US', channel: null, data: 'Photo' }] } },
    ],
  ] as const) {
    const key = records === 'records' ? 'reference_entity_code' : 'asset_family_code'
    check('PATCH', `${API}${path}/{code}`, await api.patch(`${path}/one`, { labels: { en_US: 'One' } }))
    check('GET', `${API}${path}`, await api.get(path))
    check('GET', `${API}${path}/{code}`, await api.get(`${path}/one`))
    check('GET', `${API}${path}/{${key}}/attributes`, await api.get(`${path}/one/attributes`))
    check(
      'PATCH',
      `${API}${path}/{${key}}/${records}`,
      await api.patch(`${path}/one/${records}`, [body, { code: '!' }]),
    )
    check('GET', `${API}${path}/{${key}}/${records}`, await api.get(`${path}/one/${records}`))
    check(
      'GET',
      `${API}${path}/{${key}}/${records}/{code}`,
      await api.get(`${path}/one/${records}/${body.code}`),
    )
  }
  for (const [path, template] of [
    ['/categories/new', '/categories/{code}'],
    ['/families/new', '/families/{code}'],
    ['/attributes/new', '/attributes/{code}'],
    ['/channels/new', '/channels/{code}'],
    ['/products/p1', '/products/{code}'],
    ['/product-models/m1', '/product-models/{code}'],
  ]) {
    check('PATCH', `${API}${template ?? ''}`, await api.patch(path ?? '', {}))
    check('PATCH', `${API}${template ?? ''}`, await api.patch(path ?? '', { extra: 1 }))
  }
}

async function checkSearchAndDrafts(owner: Api): Promise<void> {
  await fillSmallPim(owner)
  await owner.post('/products', { identifier: 'cup', categories: ['shoes'] })
  await owner.post('/product-models', { code: 'm', family_variant: 'two_levels', categories: ['shoes'] })
  check(
    'POST',
    `${API}/products-uuid/search`,
    await owner.post('/products-uuid/search?limit=10', {
      search: JSON.stringify({ enabled: [{ operator: '=', value: true }] }),
    }),
  )
  const editor = await apiOf(owner.simulator, EDITOR)
  const { uuid } = (await owner.get('/products/cup')).body
  const products = [
    ['/products/cup', '/products/{code}'],
    [`/products-uuid/${String(uuid)}`, '/products-uuid/{uuid}'],
    ['/product-models/m', '/product-models/{code}'],
  ] as const
  for (const [path, template] of products) {
    check('GET', `${API}${template}`, await editor.get(path))
    check('GET', `${API}${template}/draft`, await editor.get(`${path}/draft`))
    await editor.patch(path, { values: { a_number: value('1') } })
    check('GET', `${API}${template}/draft`, await editor.get(`${path}/draft`))
    check('POST', `${API}${template}/proposal`, await editor.post(`${path}/proposal`, {}))
    await owner.patch(path, { values: { a_number: value('2') } })
  }
}

const EDITOR = { clientId: 'e', clientSecret: 'e', username: 'e', password: 'e' }
const editors = [{ code: 'editor', ...EDITOR, rights: { categories: { shoes: 'edit' as const } } }]

for (const [options, checks] of [
  [{ connections: editors }, checkSearchAndDrafts],
  [{ catalog: INVENTED }, checkReads],
  [{}, checkWrites],
] as const) {
  const simulator = await startAkeneo(options)
  try {
    await checks(await apiOf(simulator))
  } finally {
    await simulator.close()
  }
}
const own = await ownRequests()
for (const { method, path, query } of own.requests) {
  const problems = description.requestProblems(method, decodeURIComponent(path), new URLSearchParams(query))
  report(
    `our client: ${method} ${path}${query === '' ? '' : `?${query}`}`,
    problems.length === 0,
    problems.join('; '),
  )
}
for (const { path, line } of own.lines) {
  const problems = description.lineProblems(path, line)
  report(`our client: a line for ${path}`, problems.length === 0, problems.join('; '))
}
process.stdout.write(`${passed} passed, ${failed} failed\n`)
process.exitCode = failed === 0 ? 0 : 1
