import type { RecordKind } from '../contracts/hub.ts'
import type { StreamName } from '../contracts/streams.ts'
import { unknownRights } from './check-report.ts'

/** What a reconcile found missing, in counts. */
export interface Absence {
  streams: { stream: StreamName; absent: number; stored: number }[]
  /** Absent products and models. */
  records: number
  /** Families and category subtrees of absent products and models; `stored` counts the absent ones too. Null: too many to look at. */
  shares: Share[] | null
  /** Outputs with a guard of their own: how many of the records that they show are absent. */
  outputs: { output: string; guard: number; kinds: { kind: RecordKind; absent: number; shown: number }[] }[]
  /** Whether each output has a guard of its own: then only those count for what outputs show. */
  eachOutputGuarded: boolean
  /** Absent families that stored products and models still name. */
  namedFamilies: string[]
  /** Fingerprints of what Akeneo's user may see: last accepted, before the first list, after the last one. */
  rights: { accepted: string; before: string; after: string }
}

export interface Share {
  kind: 'family' | 'category'
  code: string
  absent: number
  stored: number
}

/** Why a plan waits for a person. */
export interface HoldReason {
  code: 'too-many' | 'one-family' | 'one-subtree' | 'rights-changed' | 'rights-unknown' | 'structure'
  text: string
}

/** Below this many, a percentage says nothing: one of ten products is 10 %. */
export const countedFrom = 20

/** Fewer than this share a family or a category by chance. */
const concentrationFrom = 5
const concentratedShare = 0.8
const leftShare = 0.5

/**
 * Streams whose records shape all others: what leaves here takes a field, a language, an output off every product, so it is
 * never retired unasked. The rest of the structure (options, families) leaves like any record.
 */
const askedAlways = new Set<StreamName>([
  'channels',
  'locales',
  'currencies',
  'measurement-families',
  'association-types',
  'attributes',
])

/** Reasons to hold an absence for a person; none means that it may be retired. `retired` is the cap, a share of each stream. */
export function holdReasons(absence: Absence, guards: { retired: number }): HoldReason[] {
  return [
    ...tooMany(absence, guards.retired),
    ...tooManyShown(absence),
    ...concentrated(absence),
    ...rightsChanged(absence),
    ...structure(absence),
    ...namedFamilies(absence),
  ]
}

/** Streams whose records outputs show: a mapping file may have its own word on them. */
const shownStreams = new Set<StreamName>(['attributes', 'categories', 'product-models', 'products'])

const isTooMany = (absent: number, of: number, cap: number) => absent >= countedFrom && absent > of * cap

const percent = (share: number) => `${Number((share * 100).toFixed(2))} % (guards.retired)`

const tooMany = ({ streams, eachOutputGuarded }: Absence, cap: number): HoldReason[] =>
  streams
    .filter(({ stream }) => !eachOutputGuarded || !shownStreams.has(stream))
    .filter(({ absent, stored }) => isTooMany(absent, stored, cap))
    .map(({ stream, absent, stored }) => ({
      code: 'too-many',
      text: `${absent} of ${stored} ${stream} are missing, more than ${percent(cap)}`,
    }))

const tooManyShown = ({ outputs }: Absence): HoldReason[] =>
  outputs.flatMap(({ output, guard, kinds }) =>
    kinds
      .filter(({ absent, shown }) => isTooMany(absent, shown, guard))
      .map(({ kind, absent, shown }) => ({
        code: 'too-many' as const,
        text: `${absent} of ${shown} records of kind ${kind} in ${output} are missing, more than ${percent(guard)}`,
      })),
  )

/** A family that is in use cannot be deleted: it is hidden, and without it its products would lose their name. */
const namedFamilies = ({ namedFamilies: families }: Absence): HoldReason[] =>
  families.map((code) => ({
    code: 'structure',
    text: `family ${code} is missing, and products or models still have it`,
  }))

/** A subtree or family that was hidden looks like this; so does one that was deleted, hence a person decides. */
function concentrated({ records, shares }: Absence): HoldReason[] {
  if (records < concentrationFrom) return []
  if (shares === null) {
    const text = `${records} products and models are missing at once: too many to tell whether one family or subtree was hidden`
    return [{ code: 'too-many', text }]
  }
  return shares
    .filter(({ absent, stored }) => isConcentrated(absent, records) && absent >= stored * leftShare)
    .map(({ kind, code, absent, stored }) => ({
      code: kind === 'family' ? 'one-family' : 'one-subtree',
      text: `${absent} of the ${records} missing products and models share the ${kind} ${code}, which has lost ${absent} of ${stored}`,
    }))
}

/** Whether so many of the absent are in one family or subtree that it is worth counting what is left there. */
export const isConcentrated = (absent: number, records: number): boolean =>
  records >= concentrationFrom && absent >= records * concentratedShare

/** With fewer rights, what is hidden looks deleted: Akeneo answers 404 to both. */
function rightsChanged({ rights: { accepted, before, after } }: Absence): HoldReason[] {
  if ([before, after].includes(unknownRights)) {
    return [
      {
        code: 'rights-unknown',
        text: 'Akeneo cannot show its locales, attribute groups or category trees: whether its user sees less than before is not known, and hidden records look deleted',
      },
    ]
  }
  if (before !== after) {
    return [{ code: 'rights-changed', text: "What Akeneo's user may see changed while its lists were read" }]
  }
  if (accepted === before) return []
  return [
    {
      code: 'rights-changed',
      text: "What Akeneo's user may see has changed since records were read first or last retired: hidden records look deleted",
    },
  ]
}

const structure = ({ streams }: Absence): HoldReason[] =>
  streams
    .filter(({ stream, absent }) => absent > 0 && askedAlways.has(stream))
    .map(({ stream, absent }) => ({
      code: 'structure',
      text: `${absent} of ${stream} are missing, which every product is made with`,
    }))

/** One value of many records: in how many it was emptied in one run, of how many that had it. */
export interface Emptied {
  emptied: number
  filled: number
}

/** Whether a person is asked before so many values leave. `limit` is a share of the filled ones. */
export const isTooMuchEmptied = ({ emptied, filled }: Emptied, limit: number): boolean =>
  emptied >= countedFrom && emptied > filled * limit

/** Records that still have the value need to be counted up to here: with as many, the share is within the limit. */
export const enoughFilled = (emptied: number, limit: number): number =>
  limit === 0 ? 1_000_000_000 : Math.ceil(emptied / limit) - emptied + 1
