import type { Product, ProductModel } from '../../simulator/akeneo/catalog/records.ts'
import type { AkeneoSimulator, Edit as Patch } from '../../simulator/akeneo/index.ts'
import type { Edit } from './actions.ts'

/** What an edit leaves behind that a poll cannot see: only wider passes bring it, or take it away. */
export type Trace = 'dated' | 'silent'

export type Edits<D extends Edit['do'] = Edit['do']> = { [K in D]: (edit: Edit & { do: K }) => Trace }

export const texts = ['one', 'Zwei', 'drei/3', 'UPPER', '007', 'x y', '✨', '<p>html</p>']

/** What edits are made with. */
export interface EditTools {
  akeneo: AkeneoSimulator
  /** The one at that place of those there are. */
  at: <T>(list: readonly T[], n: number) => T | undefined
  products: () => Product[]
  models: () => readonly ProductModel[]
  /** As a person does, who sees a red message where Akeneo refuses and goes on. */
  write: (resource: Patch['resource'], code: string | undefined, patch: object) => void
  serial: () => number
}

export function toolsOf(akeneo: AkeneoSimulator): EditTools {
  const { catalog } = akeneo.pim
  let made = 0
  return {
    akeneo,
    at: (list, n) => list[n % Math.max(list.length, 1)],
    // By SKU and not by uuid, which is another one each time: a scenario must be the same when it is shrunk.
    products: () => [...catalog.products.afterIdentifier(undefined)],
    models: () => catalog.modelsInOrder(),
    write: (resource, code, patch) => {
      if (code === undefined) return
      try {
        akeneo.edit([{ resource, code, patch }])
      } catch (error) {
        // An axis that may not change, a value that stands on another level.
        if (!(error instanceof Error && error.message.includes('was refused'))) throw error
      }
    },
    serial: () => made++,
  }
}

export function dated(work: () => void): Trace {
  work()
  return 'dated'
}
