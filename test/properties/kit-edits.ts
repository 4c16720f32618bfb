import type { QuantifiedLinks } from '../../simulator/akeneo/catalog/records.ts'
import { dated, type Edits, type EditTools } from './edit-tools.ts'

/** Of what products are put together from; only of such as are no variants, as a shop has them. */
export function kitEdits({
  akeneo,
  at,
  products,
  models,
}: EditTools): Edits<'kit' | 'no-kit' | 'kit-of-none'> {
  const { pim } = akeneo
  const simple = (who: number) =>
    at(
      products().filter(({ parent }) => parent === null),
      who,
    )
  // Written past the API, which takes no quantity of 0 and no kit of itself: imports and older versions have left such.
  const save = (who: number, links: Record<string, QuantifiedLinks>) =>
    dated(() => {
      const product = simple(who)
      if (product)
        pim.saveProduct({ ...product, quantified: new Map(Object.entries(links)), updated: pim.writtenAt() })
    })
  return {
    kit: ({ who, what, to }) => {
      const parts = [at(products(), to), what % 8 === 0 ? simple(who) : at(products(), to + 7)]
      const keys = new Set(parts.flatMap((product) => product?.uuid ?? []))
      const model = what % 3 === 0 ? at(models(), to)?.code : undefined
      const type = what % 2 === 0 ? 'PACK' : 'SET'
      return save(who, {
        [type]: {
          products: [...keys].map((key, index) => ({ key, quantity: 1 + ((to + index) % 3) })),
          product_models: model === undefined ? [] : [{ key: model, quantity: 2 }],
        },
      })
    },
    'no-kit': ({ who }) => save(who, {}),
    'kit-of-none': ({ who }) => {
      const part = at(products(), who + 1)
      return save(who, {
        PACK: { products: part ? [{ key: part.uuid, quantity: 0 }] : [], product_models: [] },
      })
    },
  }
}
