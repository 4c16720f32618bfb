import { describe, expect, it } from 'vitest'
import { withAkeneo } from './api.ts'
import { documented, failed, fillSmallPim, smallPim } from './small-pim.ts'

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
        property: 'variant_attribute_sets[0].axes',
        message: 'Variant axes cannot be modified for the level "1"',
      })
    }),
  )
})
