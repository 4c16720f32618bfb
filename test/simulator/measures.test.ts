import { describe, expect, it } from 'vitest'
import { withAkeneo } from './api.ts'

const BROKEN = 'The measurement family has an invalid format.'
const FORBIDDEN = 'The measurement family has data that does not comply with the business rules.'

const unit = (code: string, ...steps: { operator: string; value: string }[]) => ({
  code,
  labels: {},
  convert_from_standard: steps,
  symbol: '',
})
const times = (value: string) => ({ operator: 'mul', value })
const custom = (rest: object = {}) => ({
  code: 'Custom',
  standard_unit_code: 'ONE',
  units: { ONE: unit('ONE', times('1')) },
  ...rest,
})
const two = (...steps: { operator: string; value: string }[]) => ({
  units: { ONE: unit('ONE', times('1')), TWO: unit('TWO', ...steps) },
})

describe('measurement families', () => {
  it.each([
    [BROKEN, { code: 1 }, 'code', 'The data (integer) must match the type: string'],
    [BROKEN, custom({ units: [] }), 'units', 'The data (array) must match the type: object'],
    [
      BROKEN,
      custom({ labels: { en_US: 1 } }),
      'labels.en_US',
      'The data (integer) must match the type: string',
    ],
    [
      BROKEN,
      custom({ units: { ONE: { code: 'ONE' } } }),
      'units.ONE',
      'The required properties (convert_from_standard) are missing',
    ],
    [
      BROKEN,
      // Not what the type asks for: that is what is refused.
      custom({ units: { ONE: unit('ONE', { operator: 'mul' } as never) } }),
      'units.ONE.convert_from_standard[0]',
      'The required properties (value) are missing',
    ],
    [
      FORBIDDEN,
      custom({ code: 'a b' }),
      'code',
      'This field can only contain letters, numbers, and underscores.',
    ],
    [
      FORBIDDEN,
      custom({ labels: { en_US: 'x'.repeat(101) } }),
      'labels[en_US]',
      'This value is too long. It should have 100 characters or less.',
    ],
    [
      FORBIDDEN,
      custom({ standard_unit_code: 'TWO' }),
      'standard_unit_code',
      'The "TWO" standard unit code does not exist in the list of units for the "Custom" measurement family.',
    ],
    [
      FORBIDDEN,
      custom(two()),
      'units[1][convert_from_standard]',
      'A minimum of one conversion operation per unit is required.',
    ],
    [
      FORBIDDEN,
      custom(two({ operator: 'pow', value: '2' })),
      'units[1][convert_from_standard][0][operator]',
      'The "pow" operator is invalid, please use "mul", "div", "add", "sub" instead.',
    ],
    [
      FORBIDDEN,
      custom(two(times('-2'))),
      'units[1][convert_from_standard][0][value]',
      'The operation value should be a valid number',
    ],
    [
      FORBIDDEN,
      custom({ units: { ONE: unit('ONE', times('2')) } }),
      'units[0][convert_from_standard]',
      'The standard unit code of the "Custom" measurement family should be a multiply-by-1 operation',
    ],
  ])('answer "%s" to %j', async (message, family, property, because) => {
    await withAkeneo({}, async (api) => {
      expect((await api.patch('/measurement-families', [family])).body).toEqual([
        { code: family.code, status_code: 422, message, errors: [{ property, message: because }] },
      ])
    })
  })

  it('are refused as a list when one of them is no object', async () => {
    await withAkeneo({}, async (api) => {
      expect((await api.patch('/measurement-families', [custom(), 'x'])).body).toEqual({
        code: 400,
        message: 'The list of measurement families has an invalid format.',
        errors: [{ property: '[1]', message: 'The data (string) must match the type: object' }],
      })
    })
  })

  it('keep units and steps that an attribute uses, not their labels', async () => {
    await withAkeneo({}, async (api) => {
      await api.patch('/measurement-families', [custom(two(times('2')))])
      await api.post('/attributes', {
        code: 'length',
        type: 'pim_catalog_metric',
        group: 'other',
        metric_family: 'Custom',
        default_metric_unit: 'ONE',
        decimals_allowed: true,
        negative_allowed: false,
      })
      const change = async (TWO: object) =>
        (await api.patch('/measurement-families', [{ code: 'Custom', units: { TWO } }])).body as unknown
      expect(await change({ labels: { en_US: 'Two' } })).toEqual([{ code: 'Custom', status_code: 204 }])
      expect(await change({ convert_from_standard: [times('3')] })).toMatchObject([
        {
          status_code: 422,
          errors: [
            {
              property: '',
              message:
                'A product attribute is linked to this measurement family. You can only edit the translated labels and symbol of a unit',
            },
          ],
        },
      ])
    })
  })
})
