import type { Edit } from '../properties/actions.ts'
import type { Random } from './faults.ts'

const place = (random: Random) => Math.floor(random() * 200)

/** Places in the list of attributes of those that enrichment writes. */
const enriched = [0, 1, 2, 3, 5]

/** Edits that Akeneo dates: the next poll brings them. */
const dated: ((random: Random) => Edit)[] = [
  (random) => ({ do: 'set', who: place(random), what: place(random), to: place(random) }),
  (random) => ({ do: 'set', who: place(random), what: place(random), to: place(random) }),
  (random) => ({ do: 'empty', who: place(random), what: place(random), to: place(random) }),
  (random) => ({ do: 'set', who: place(random), what: oneOf(random, enriched), to: place(random) }),
  (random) => ({ do: 'empty', who: place(random), what: oneOf(random, enriched), to: place(random) }),
  (random) => ({ do: 'set-model', who: place(random), what: place(random), to: place(random) }),
  (random) => ({ do: 'empty-model', who: place(random), what: place(random), to: place(random) }),
  (random) => ({ do: 'file', who: place(random), what: place(random), to: place(random) }),
  (random) => ({ do: 'file-of-model', who: place(random), what: place(random), to: place(random) }),
  (random) => ({ do: 'no-file', who: place(random), what: place(random) }),
  (random) => ({ do: 'recategorize', who: place(random), to: place(random) }),
  (random) => ({ do: 'recategorize-model', who: place(random), to: place(random) }),
  (random) => ({ do: 'label-category', who: place(random), to: place(random) }),
  (random) => ({ do: 'enable', who: place(random) }),
  (random) => ({ do: 'relate', who: place(random), to: place(random), model: random() < 0.5 }),
  (random) => ({ do: 'create', to: place(random) }),
  (random) => ({ do: 'create-variant', who: place(random), to: place(random) }),
  (random) => ({ do: 'reparent', who: place(random), to: place(random) }),
  (random) => ({ do: 'make-simple', who: place(random) }),
  (random) => ({ do: 'rename', who: place(random) }),
]

/** Edits that leave no date: only what looks at everything finds them. */
const silent: ((random: Random) => Edit)[] = [
  (random) => ({ do: 'delete', who: place(random) }),
  (random) => ({ do: 'recreate', who: place(random) }),
  (random) => ({ do: 'delete-model', who: place(random) }),
  (random) => ({ do: 'move-category', who: place(random), to: place(random) }),
  (random) => ({ do: 'label-option', who: place(random), to: place(random) }),
  (random) => ({ do: 'add-option', to: place(random) }),
]

const oneOf = <T>(random: Random, of: readonly T[]): T => {
  const one = of[Math.floor(random() * of.length)]
  if (one === undefined) throw new Error('There is nothing to choose from')
  return one
}

export const datedEdit = (random: Random): Edit => oneOf(random, dated)(random)

/** Mostly dated ones all the same. */
export const silentEdit = (random: Random): Edit => oneOf(random, random() < 0.3 ? silent : dated)(random)
