import type { AkeneoOptions } from '../../simulator/akeneo/index.ts'
import { withAkeneo, type Api } from './api.ts'

/**
 * Fills an empty PIM with one of everything: a tree, a channel, attributes of most types, a family with a two-level and
 * a one-level variant, association types of all three kinds.
 */
export async function fillSmallPim(api: Api): Promise<void> {
  const expectCreated = async (path: string, body: object) => {
    const answer = await api.post(path, body)
    if (answer.status !== 201) throw new Error(`${path} answered ${answer.status}: ${answer.text}`)
  }
  await expectCreated('/categories', { code: 'master', labels: { en_US: 'Master', fr_FR: 'Racine' } })
  await expectCreated('/categories', { code: 'shoes', parent: 'master' })
  await expectCreated('/categories', { code: 'boots', parent: 'shoes' })
  await expectCreated('/channels', {
    code: 'ecommerce',
    category_tree: 'master',
    currencies: ['EUR', 'USD'],
    locales: ['en_US', 'fr_FR'],
    labels: { en_US: 'Ecommerce' },
  })
  const attributes: Record<string, object> = {
    a_text: { type: 'pim_catalog_text' },
    a_text_area: { type: 'pim_catalog_textarea' },
    a_number: { type: 'pim_catalog_number', decimals_allowed: true, negative_allowed: false },
    an_integer: { type: 'pim_catalog_number', decimals_allowed: false, negative_allowed: true },
    a_metric: {
      type: 'pim_catalog_metric',
      metric_family: 'Power',
      default_metric_unit: 'KILOWATT',
      decimals_allowed: true,
      negative_allowed: false,
    },
    a_price: { type: 'pim_catalog_price_collection', decimals_allowed: true },
    a_date: { type: 'pim_catalog_date' },
    a_yes_no: { type: 'pim_catalog_boolean' },
    a_simple_select: { type: 'pim_catalog_simpleselect' },
    a_multi_select: { type: 'pim_catalog_multiselect' },
    an_image: { type: 'pim_catalog_image', allowed_extensions: ['jpg', 'gif', 'png'] },
    a_file: { type: 'pim_catalog_file', allowed_extensions: ['pdf', 'txt'] },
    a_localized_text: { type: 'pim_catalog_text', localizable: true },
    a_scoped_text: { type: 'pim_catalog_textarea', localizable: true, scopable: true },
    a_unique_text: { type: 'pim_catalog_text', unique: true },
  }
  for (const [code, attribute] of Object.entries(attributes)) {
    await expectCreated('/attributes', { code, group: 'other', ...attribute })
  }
  for (const attribute of ['a_simple_select', 'a_multi_select']) {
    for (const code of ['optionA', 'optionB', 'optionC']) {
      await expectCreated(`/attributes/${attribute}/options`, { code, labels: { en_US: code } })
    }
  }
  await expectCreated('/families', {
    code: 'familyA',
    attributes: Object.keys(attributes),
    attribute_requirements: { ecommerce: ['a_text', 'a_price'] },
  })
  await expectCreated('/families', { code: 'familyB', attributes: ['a_text'] })
  await expectCreated('/families/familyA/variants', {
    code: 'two_levels',
    variant_attribute_sets: [
      { level: 1, axes: ['a_simple_select'], attributes: ['a_text'] },
      { level: 2, axes: ['a_yes_no'], attributes: ['a_text_area'] },
    ],
  })
  await expectCreated('/families/familyA/variants', {
    code: 'one_level',
    variant_attribute_sets: [{ level: 1, axes: ['a_simple_select'], attributes: ['a_price'] }],
  })
  await expectCreated('/association-types', { code: 'X_SELL' })
  await expectCreated('/association-types', { code: 'TWIN', is_two_way: true })
  await expectCreated('/association-types', { code: 'PACK', is_quantified: true })
}

export const value = (data: unknown, locale: string | null = null, scope: string | null = null) => [
  { locale, scope, data },
]

type Test = (api: Api) => Promise<void>

/** A test of its own simulator that holds the small PIM. */
export const smallPim = (test: Test) => smallPimOf({}, test)

export const smallPimOf = (options: AkeneoOptions, test: Test) => () =>
  withAkeneo(options, async (api) => {
    await fillSmallPim(api)
    await test(api)
  })

/** The small PIM in Akeneo's cloud. */
export const cloudPim = (test: Test) => smallPimOf({ edition: 'Serenity' }, test)

export const failed = (...errors: object[]) => ({ code: 422, message: 'Validation failed.', errors })

export const message = (text: string) => `${text} Check the expected format on the API documentation.`

export const documented = (text: string, anchor: string) => ({
  code: 422,
  message: message(text),
  _links: { documentation: { href: `http://api.akeneo.com/api-reference.html#${anchor}` } },
})
