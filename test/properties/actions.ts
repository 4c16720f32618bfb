import fc from 'fast-check'

/** One thing that happens. Whom it happens to is a number: the one at that place of those there are then. */
export type Edit =
  | { do: 'set' | 'empty'; who: number; what: number; to: number }
  | { do: 'set-model' | 'empty-model'; who: number; what: number; to: number }
  | { do: 'recategorize' | 'recategorize-model'; who: number; to: number }
  | { do: 'move-category'; who: number; to: number }
  | { do: 'label-category'; who: number; to: number }
  | { do: 'reparent'; who: number; to: number }
  | { do: 'make-simple'; who: number }
  | { do: 'enable'; who: number }
  | { do: 'relate'; who: number; to: number; model: boolean }
  | { do: 'cross-sell-family' }
  | { do: 'create'; to: number }
  | { do: 'create-variant'; who: number; to: number }
  | { do: 'delete'; who: number }
  | { do: 'recreate'; who: number }
  | { do: 'delete-model'; who: number }
  | { do: 'rename'; who: number }
  | { do: 'label-option' | 'sort-option'; who: number; to: number }
  | { do: 'label-by'; who: number; to: number }
  | { do: 'add-option' | 'remove-option'; to: number }
  | { do: 'label-attribute'; who: number; to: number }
  | { do: 'image-by'; who: number; to: number }
  | { do: 'kit'; who: number; what: number; to: number }
  | { do: 'no-kit' | 'kit-of-none'; who: number }
  | { do: 'file' | 'file-of-model'; who: number; what: number; to: number }
  | { do: 'no-file' | 'lose-file'; who: number; what: number }
  | { do: 'hide-group' | 'hide-locale' | 'hide-categories' | 'show' }

/** What happens while a pass runs: at its n-th call of Akeneo, before it is sent or when its answer has come. */
export interface Meanwhile {
  atCall: number
  when: 'before' | 'after'
  /** A worker that dies there or is taken for dead, a run that ends there for good, a person's sync, or edits. */
  what: 'dies' | 'fails' | 'overtaken' | { sync: number } | Edit[]
}

export type Action =
  | Edit
  | { do: 'poll' | 'reconcile' | 'night'; meanwhile: Meanwhile[] }
  | { do: 'sync'; who: number }
  | { do: 'wait'; seconds: number }

export interface Scenario {
  /** How far Akeneo's clock is ahead of ours. */
  skewSeconds: number
  searchLagSeconds: number
  variantLagSeconds: number
  /** Beside the output of the defaults one of a file, with kits. */
  trade?: boolean
  /** Products go out before those they relate to (`skipRelatedPrerequisite`). */
  hasty?: boolean
  /** Whether files are downloaded. */
  files?: boolean
  /** Before anything was read. */
  before: Edit[]
  actions: Action[]
}

const place = fc.nat({ max: 30 })

const edit: fc.Arbitrary<Edit> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constantFrom('set', 'empty'), who: place, what: place, to: place }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('set-model', 'empty-model'),
      who: place,
      what: place,
      to: place,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('recategorize', 'recategorize-model'),
      who: place,
      to: place,
    }),
  },
  fc.record({ do: fc.constant('move-category'), who: place, to: place }),
  fc.record({ do: fc.constant('label-category'), who: place, to: place }),
  fc.record({ do: fc.constant('reparent'), who: place, to: place }),
  fc.record({ do: fc.constant('make-simple'), who: place }),
  fc.record({ do: fc.constant('enable'), who: place }),
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('relate'), who: place, to: place, model: fc.boolean() }),
  },
  fc.record({ do: fc.constant('cross-sell-family') }),
  { weight: 2, arbitrary: fc.record({ do: fc.constant('create'), to: place }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('create-variant'), who: place, to: place }) },
  fc.record({ do: fc.constant('delete'), who: place }),
  fc.record({ do: fc.constant('recreate'), who: place }),
  fc.record({ do: fc.constant('delete-model'), who: place }),
  fc.record({ do: fc.constant('rename'), who: place }),
  fc.record({ do: fc.constantFrom('label-option', 'sort-option'), who: place, to: place }),
  fc.record({ do: fc.constantFrom('add-option', 'remove-option'), to: place }),
  fc.record({ do: fc.constant('label-attribute'), who: place, to: place }),
  fc.record({ do: fc.constant('image-by'), who: place, to: place }),
  { weight: 2, arbitrary: fc.record({ do: fc.constant('kit'), who: place, what: place, to: place }) },
  fc.record({ do: fc.constantFrom('no-kit', 'kit-of-none'), who: place }),
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('file', 'file-of-model'),
      who: place,
      what: place,
      to: place,
    }),
  },
  fc.record({ do: fc.constantFrom('no-file', 'lose-file'), who: place, what: place }),
  fc.record({ do: fc.constant('label-by'), who: place, to: place }),
  fc.record({ do: fc.constantFrom('hide-group', 'hide-locale', 'hide-categories', 'show') }),
)

const meanwhile: fc.Arbitrary<Meanwhile> = fc.record({
  atCall: fc.integer({ min: 1, max: 12 }),
  when: fc.constantFrom('before', 'after'),
  what: fc.oneof(
    { weight: 4, arbitrary: fc.array(edit, { minLength: 1, maxLength: 2 }) },
    { weight: 1, arbitrary: fc.constantFrom('dies' as const, 'fails' as const, 'overtaken' as const) },
    { weight: 1, arbitrary: fc.record({ sync: place }) },
  ),
})

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 12, arbitrary: edit },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('poll'), meanwhile: fc.array(meanwhile, { maxLength: 2 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom('reconcile', 'night'),
      meanwhile: fc.array(meanwhile, { maxLength: 1 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('sync'), who: place }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('wait'), seconds: fc.constantFrom(1, 30, 240, 1000, 8000) }),
  },
)

export const scenario: fc.Arbitrary<Scenario> = fc.record({
  skewSeconds: fc.constantFrom(0, -90, 90, 37),
  searchLagSeconds: fc.constantFrom(0, 0, 20, 240),
  variantLagSeconds: fc.constantFrom(0, 20, 240, 600),
  trade: fc.boolean(),
  hasty: fc.boolean(),
  files: fc.boolean(),
  before: fc.array(edit, { maxLength: 3 }),
  actions: fc.array(action, { minLength: 1, maxLength: 14 }),
})
