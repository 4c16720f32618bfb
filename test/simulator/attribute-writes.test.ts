import { describe, expect, it } from 'vitest'
import { withAkeneo } from './api.ts'
import { documented, failed, smallPim } from './small-pim.ts'

describe('attributes', () => {
  it(
    'answer with every key, those that do not apply as null',
    smallPim(async (api) => {
      // Written out as Akeneo answers, not taken from the simulator: whether it makes these keys is what is asked.
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

  it(
    'may be read-only, which is shown where it is said',
    smallPim(async (api) => {
      expect((await api.patch('/attributes/a_text', { is_read_only: true })).status).toBe(204)
      expect((await api.get('/attributes/a_text')).body['is_read_only']).toBe(true)
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
