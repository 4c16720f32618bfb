import type { Api } from '../api.ts'
import { fillSmallPim, value } from '../small-pim.ts'

/** The small PIM with two products, a two-level model with a variant below it, and a model of one level. */
export async function fillCases(api: Api): Promise<void> {
  await fillSmallPim(api)
  const made = [
    await api.post('/products', {
      identifier: 'foo',
      family: 'familyA',
      categories: ['shoes'],
      values: { a_unique_text: value('unique') },
    }),
    await api.post('/products', { identifier: 'bar', enabled: false }),
    await api.post('/product-models', { code: 'root', family_variant: 'two_levels' }),
    await api.post('/product-models', {
      code: 'sub',
      family_variant: 'two_levels',
      parent: 'root',
      values: { a_simple_select: value('optionA'), a_text: value('from the model') },
    }),
    await api.post('/product-models', { code: 'flat', family_variant: 'one_level' }),
    await api.post('/products', { identifier: 'variant', parent: 'sub', values: { a_yes_no: value(true) } }),
  ]
  const refused = made.find(({ status }) => status !== 201)
  if (refused !== undefined) throw new Error(`The fixture was refused: ${refused.text}`)
}
