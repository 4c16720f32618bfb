import { describe, expect, it } from 'vitest'
import { items, withAkeneo, type Api } from './api.ts'
import { fillSmallPim } from './small-pim.ts'

const INVALID_JSON = { code: 400, message: 'Invalid json message received' }
const failed = (...errors: { property: string; message: string }[]) => ({
  code: 422,
  message: 'Validation failed.',
  errors,
})
const documented = (message: string, anchor: string) => ({
  code: 422,
  message: `${message} Check the expected format on the API documentation.`,
  _links: { documentation: { href: `http://api.akeneo.com/api-reference.html#${anchor}` } },
})

const smallPim = (test: (api: Api) => Promise<void>) => () =>
  withAkeneo({}, async (api) => {
    await fillSmallPim(api)
    await test(api)
  })

describe('an empty PIM', () => {
  it('has an identifier, a group, its locales and currencies, and the standard measures', async () => {
    await withAkeneo({}, async (api) => {
      expect(items(await api.get('/attributes')).map(({ code }) => code)).toEqual(['sku'])
      expect(items(await api.get('/attribute-groups')).map(({ code }) => code)).toEqual(['other'])
      for (const locale of ['en_US', 'fr_FR', 'de_DE', 'zh_CN']) {
        expect((await api.get(`/locales/${locale}`)).body).toEqual({ code: locale, enabled: true })
      }
      expect((await api.get('/currencies/EUR')).body).toEqual({ code: 'EUR', enabled: true })
      const families = (await api.get('/measurement-families')).body as unknown as { code: string }[]
      expect(families.map(({ code }) => code)).toEqual(expect.arrayContaining(['Power', 'Temperature']))
    })
  })
})

describe('categories', () => {
  it('are created by POST and by PATCH, answering where they are and nothing else', async () => {
    await withAkeneo({}, async (api) => {
      const posted = await api.post('/categories', { code: 'master' })
      expect([posted.status, posted.text]).toEqual([201, ''])
      expect(posted.headers.get('location')).toBe(`${api.simulator.url}/api/rest/v1/categories/master`)
      expect((await api.patch('/categories/child', { parent: 'master' })).status).toBe(201)
      const updated = await api.patch('/categories/child', { labels: { en_US: 'Child', fr_FR: null } })
      expect(updated.status).toBe(204)
      expect(updated.headers.get('location')).toBe(`${api.simulator.url}/api/rest/v1/categories/child`)
      expect((await api.get('/categories/child')).body['labels']).toEqual({ en_US: 'Child' })
    })
  })

  it.each([
    ['empty text', '', INVALID_JSON],
    ['half a document', '{', INVALID_JSON],
    [
      'a code in use',
      { code: 'master' },
      failed({ property: 'code', message: 'This value is already used.' }),
    ],
    ['an empty code', { code: '' }, failed({ property: 'code', message: 'This value should not be blank.' })],
    [
      'an unknown key',
      { code: 'x', extra: '' },
      documented('Property "extra" does not exist.', 'post_categories'),
    ],
    [
      'labels that are null',
      { labels: null },
      documented('Property "labels" expects an array as data, "NULL" given.', 'post_categories'),
    ],
    [
      'an unknown locale',
      { code: 'x', labels: { zz_ZZ: 'label' } },
      failed({ property: 'labels', message: 'The locale "zz_ZZ" does not exist.' }),
    ],
  ])('refuse %s', async (_, body, answer) => {
    await withAkeneo({}, async (api) => {
      await api.post('/categories', { code: 'master' })
      expect((await api.post('/categories', body)).body).toEqual(answer)
    })
  })

  it(
    'keep their code, and their place outside their own subtree',
    smallPim(async (api) => {
      expect((await api.patch('/categories/boots', { code: 'other' })).body).toEqual(
        failed({ property: 'code', message: 'This property cannot be changed.' }),
      )
      expect((await api.patch('/categories/new_one', { code: 'other' })).body.message).toBe(
        'The code "other" provided in the request body must match the code "new_one" provided in the url.',
      )
      expect((await api.patch('/categories/shoes', { parent: 'boots' })).body.message).toMatch(
        /^Cannot set child as parent to node: \d+$/,
      )
      expect((await api.patch('/categories/master', { parent: 'boots' })).body.message).toBe(
        "You can't move a category tree linked to a user. Check the expected format on the API documentation.",
      )
    }),
  )

  it(
    'keep `updated` when nothing changes',
    smallPim(async (api) => {
      const before = (await api.get('/categories/master')).body['updated']
      api.simulator.clock.advance(60_000)
      await api.patch('/categories/master', { labels: { en_US: 'Master' } })
      expect((await api.get('/categories/master')).body['updated']).toBe(before)
      await api.patch('/categories/master', { labels: { en_US: 'Another' } })
      expect((await api.get('/categories/master')).body['updated']).not.toBe(before)
    }),
  )
})

describe('attributes', () => {
  it(
    'answer with every key, those that do not apply as null',
    smallPim(async (api) => {
      expect((await api.get('/attributes/a_yes_no')).body).toEqual({
        code: 'a_yes_no',
        type: 'pim_catalog_boolean',
        group: 'other',
        group_labels: { en_US: 'Other', fr_FR: 'Autre' },
        unique: false,
        useable_as_grid_filter: false,
        allowed_extensions: [],
        metric_family: null,
        default_metric_unit: null,
        reference_data_name: null,
        available_locales: [],
        max_characters: null,
        validation_rule: null,
        validation_regexp: null,
        wysiwyg_enabled: null,
        number_min: null,
        number_max: null,
        decimals_allowed: null,
        negative_allowed: null,
        date_min: null,
        date_max: null,
        max_file_size: null,
        minimum_input_length: null,
        sort_order: 0,
        localizable: false,
        scopable: false,
        labels: {},
        guidelines: {},
        auto_option_sorting: null,
        default_value: null,
      })
    }),
  )

  it.each([
    [
      {},
      failed(
        { property: 'type', message: 'This value should not be blank.' },
        { property: 'group', message: 'This value should not be blank.' },
      ),
    ],
    [
      { type: null },
      documented('Property "type" does not expect an empty value.', 'patch_attributes__code_'),
    ],
    [
      { type: 'pim_catalog_matrix' },
      documented(
        'Property "type" expects a valid attribute type. The attribute type does not exist, "pim_catalog_matrix" given.',
        'patch_attributes__code_',
      ),
    ],
    [
      { group: 'nope' },
      documented(
        'Property "group" expects a valid code. The attribute group does not exist, "nope" given.',
        'patch_attributes__code_',
      ),
    ],
    [
      { available_locales: ['nope'] },
      documented(
        'Property "available_locales" expects a valid locale code. The locale does not exist, "nope" given.',
        'patch_attributes__code_',
      ),
    ],
    [
      { available_locales: { en_US: [] } },
      documented(
        'Property "available_locales" expects an array with valid data, one of the "available_locales" values is not a scalar.',
        'patch_attributes__code_',
      ),
    ],
    [
      { type: 'pim_catalog_date', date_min: 'a date' },
      documented(
        'Property "date_min" expects a string with the format "yyyy-mm-dd" as data, "a date" given.',
        'patch_attributes__code_',
      ),
    ],
  ])('refuse to be created from %j', async (body, answer) => {
    await withAkeneo({}, async (api) => {
      expect((await api.patch('/attributes/new_one', body)).body).toEqual(answer)
    })
  })

  it(
    'keep what cannot change',
    smallPim(async (api) => {
      expect(
        (await api.patch('/attributes/a_metric', { type: 'pim_catalog_text', localizable: true })).body
          .errors,
      ).toEqual(
        expect.arrayContaining([
          { property: 'type', message: 'This property cannot be changed.' },
          { property: 'localizable', message: 'This property cannot be changed.' },
        ]),
      )
    }),
  )

  it('identify products ten at most', async () => {
    await withAkeneo({}, async (api) => {
      const line = (code: number) => ({
        code: `id_${code}`,
        type: 'pim_catalog_identifier',
        group: 'other',
        useable_as_grid_filter: true,
      })
      const { lines } = await api.patchLines(
        '/attributes',
        Array.from({ length: 10 }, (_, index) => line(index)),
      )
      expect(lines.slice(0, 9).map(({ status_code }) => status_code)).toEqual(Array(9).fill(201))
      expect(lines[9]).toEqual({
        line: 10,
        code: 'id_9',
        status_code: 422,
        message: 'Validation failed.',
        errors: [
          {
            property: '',
            message:
              'Limit of "10" identifier attributes is reached. The following identifier has not been created ',
          },
        ],
      })
    })
  })
})

describe('options', () => {
  it(
    'get the next sort order and belong to selects only',
    smallPim(async (api) => {
      expect((await api.patch('/attributes/a_multi_select/options/optionD', {})).status).toBe(201)
      expect((await api.get('/attributes/a_multi_select/options/optionD')).body).toEqual({
        code: 'optionD',
        attribute: 'a_multi_select',
        sort_order: 4,
        labels: {},
      })
      expect((await api.patch('/attributes/sku/options/x', {})).body).toEqual(
        failed({
          property: 'attribute',
          message:
            'Attribute "sku" does not support options. Only attributes of type "pim_catalog_simpleselect", "pim_catalog_multiselect" support options',
        }),
      )
      expect((await api.get('/attributes/sku/options')).status).toBe(404)
      expect(
        (
          await api.patch('/attributes/a_multi_select/options/optionA', {
            attribute: 'a_simple_select',
            code: 'z',
          })
        ).body,
      ).toEqual(
        failed(
          { property: 'code', message: 'This property cannot be changed.' },
          { property: 'attribute', message: 'This property cannot be changed.' },
        ),
      )
    }),
  )
})

describe('families and their variants', () => {
  it(
    'say what is wrong with a family in Akeneo’s order',
    smallPim(async (api) => {
      const body = {
        code: '',
        attribute_as_label: 'a_price',
        attribute_requirements: { ecommerce: ['a_text'] },
      }
      expect((await api.post('/families', body)).body).toEqual(
        failed(
          {
            property: 'attribute_requirements',
            message:
              'The attribute "a_text" cannot be an attribute required for the channel "ecommerce" as it does not belong to this family',
          },
          {
            property: 'attribute_as_label',
            message: 'Property "attribute_as_label" must belong to the family',
          },
          {
            property: 'attribute_as_label',
            message:
              'Property "attribute_as_label" only supports "pim_catalog_text" and "pim_catalog_identifier" attribute types for the family',
          },
          { property: 'code', message: 'This value should not be blank.' },
        ),
      )
    }),
  )

  it(
    'put axes and unique attributes on the level that needs them',
    smallPim(async (api) => {
      const { body } = await api.get('/families/familyA/variants/TWO_LEVELS')
      expect(body['code']).toBe('two_levels')
      expect(body['variant_attribute_sets']).toEqual([
        { level: 1, axes: ['a_simple_select'], attributes: ['a_text', 'a_simple_select'] },
        {
          level: 2,
          axes: ['a_yes_no'],
          attributes: expect.arrayContaining(['a_yes_no', 'a_text_area', 'sku', 'a_unique_text']) as unknown,
        },
      ])
    }),
  )

  it.each([
    [
      { variant_attribute_sets: ['yo'] },
      documented(
        'Property "variant_attribute_sets" expects an array of objects as data.',
        'post_families__family_code__variants',
      ),
    ],
    [
      { family: 'familyA' },
      documented('Property "family" does not exist.', 'post_families__family_code__variants'),
    ],
    [
      { variant_attribute_sets: [{ level: 2, axes: ['a_yes_no'], attributes: ['a_yes_no'] }] },
      failed({
        property: 'variant_attribute_sets',
        message: 'There is no variant attribute set for level "1"',
      }),
    ],
    [
      {},
      failed({
        property: 'variant_attribute_sets',
        message: 'There should be at least one level defined in the family variant',
      }),
    ],
  ])('refuse a variant made of %j', async (body, answer) => {
    await withAkeneo({}, async (api) => {
      await fillSmallPim(api)
      expect((await api.post('/families/familyA/variants', { code: 'new_one', ...body })).body).toEqual(
        answer,
      )
    })
  })

  it(
    'keep axes and number of levels',
    smallPim(async (api) => {
      const patch = (sets: object[]) =>
        api.patch('/families/familyA/variants/two_levels', { variant_attribute_sets: sets })
      expect((await patch([{ level: 1, axes: ['a_simple_select'] }])).body).toEqual(
        documented(
          'The number of variant attribute sets cannot be changed.',
          'patch_families__family_code__variants__code__',
        ),
      )
      expect((await patch([{ level: 1, axes: ['a_metric'] }, { level: 2 }])).body.errors).toContainEqual({
        property: 'variant_attribute_sets',
        message: 'Variant axes cannot be modified for the level "1"',
      })
    }),
  )
})

describe('channels, groups, association types', () => {
  it(
    'refuse what they cannot hold',
    smallPim(async (api) => {
      expect(
        (await api.post('/channels', { code: 'a', currencies: ['EUR'], locales: ['fr_FR'] })).body,
      ).toEqual(failed({ property: 'category_tree', message: 'This value should not be blank.' }))
      expect((await api.patch('/channels/ecommerce', { currencies: ['ADP'] })).body).toEqual(
        failed({ property: 'currencies', message: 'The currency "ADP" has to be activated.' }),
      )
      expect((await api.patch('/channels/ecommerce', { locales: {} })).body).toEqual(
        failed({ property: 'locales', message: 'This collection should contain 1 element or more.' }),
      )
      expect((await api.patch('/attribute-groups/other', { sort_order: -1 })).body).toEqual(
        failed({ property: 'sort_order', message: 'This value should be greater than or equal to 0.' }),
      )
      expect((await api.patch('/association-types/X_SELL', { is_quantified: true })).body).toEqual(
        failed({ property: 'is_quantified', message: 'This property cannot be changed.' }),
      )
    }),
  )

  it(
    'move attributes between groups',
    smallPim(async (api) => {
      expect((await api.post('/attribute-groups', { code: 'texts', attributes: ['a_text'] })).status).toBe(
        201,
      )
      expect((await api.get('/attributes/a_text')).body['group']).toBe('texts')
      await api.patch('/attribute-groups/texts', { attributes: [] })
      expect((await api.get('/attributes/a_text')).body['group']).toBe('other')
    }),
  )
})

describe('a text attribute', () => {
  it.each([
    ['/^[A-Z]+$/', 'ABC', true],
    ['/^[A-Z]+$/', 'abc', false],
    ['#^[a-z]+$#i', 'ABC', true],
    ['([0-9]+)', 'a1', true],
    ['{^x}', 'y', false],
    ['[0-9]+', '1', undefined],
    ['^abc', 'abc', undefined],
    ['abca', 'b', undefined],
    ['/open', 'b', undefined],
    ['/x/q', 'x', undefined],
  ])('takes the pattern %s as PHP does', async (validation_regexp, text, fits) => {
    await withAkeneo({}, async (api) => {
      const { status } = await api.post('/attributes', {
        code: 'patterned',
        type: 'pim_catalog_text',
        group: 'other',
        validation_rule: 'regexp',
        validation_regexp,
      })
      expect(status).toBe(fits === undefined ? 422 : 201)
      if (fits === undefined) return
      const values = { patterned: [{ locale: null, scope: null, data: text }] }
      expect((await api.post('/products', { identifier: 'a', values })).status).toBe(fits ? 201 : 422)
    })
  })
})

describe('a collection', () => {
  it(
    'answers every line in order, whatever became of the others',
    smallPim(async (api) => {
      const { status, headers, lines } = await api.patchLines('/families', [
        { code: 'familyC' },
        '{"code": "half',
        '',
        { identifier: 'x' },
        { code: 12 },
        { code: 'foo,' },
        { code: 'familyC', labels: { en_US: 'C' } },
      ])
      expect(status).toBe(200)
      expect(headers.get('content-type')).toBe('application/vnd.akeneo.collection+json')
      expect(lines).toEqual([
        { line: 1, code: 'familyC', status_code: 201 },
        { line: 2, status_code: 400, message: 'Invalid json message received' },
        { line: 3, status_code: 400, message: 'Invalid json message received' },
        { line: 4, status_code: 422, message: 'Code is missing.' },
        { line: 5, status_code: 422, message: 'code must be of type string.' },
        {
          line: 6,
          code: 'foo,',
          status_code: 422,
          message: 'Validation failed.',
          errors: [
            { property: 'code', message: 'Family code may contain only letters, numbers and underscores' },
          ],
        },
        { line: 7, code: 'familyC', status_code: 204 },
      ])
    }),
  )

  it('is refused whole beyond 100 lines, and line by line beyond a million bytes', async () => {
    await withAkeneo({}, async (api) => {
      const many = await api.patchLines(
        '/categories',
        Array.from({ length: 101 }, (_, index) => ({ code: `c${index}` })),
      )
      expect([many.status, many.body.message]).toEqual([
        413,
        'Too many resources to process, 100 is the maximum allowed.',
      ])
      expect(items(await api.get('/categories'))).toEqual([])
      const long = `{"code":"foo"}${' '.repeat(1_000_000)}`
      const { lines } = await api.patchLines('/categories', [long, { code: 'short' }, 'a'.repeat(1_000_000)])
      expect(lines).toEqual([
        { line: 1, status_code: 413, message: 'Line is too long.' },
        { line: 2, code: 'short', status_code: 201 },
        { line: 3, status_code: 400, message: 'Invalid json message received' },
      ])
    })
  })

  it('wants its own content type', async () => {
    await withAkeneo({}, async (api) => {
      const { status, body } = await api.patch('/categories', { code: 'a' })
      expect(status).toBe(415)
      expect(body.message).toBe(
        '"application/json" in "Content-Type" header is not valid. Only "application/vnd.akeneo.collection+json" is allowed.',
      )
    })
  })
})
