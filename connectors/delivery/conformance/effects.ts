import type { HubRecord } from '../../../contracts/hub.ts'
import { TransientError } from '../../errors.ts'
import type { EntryOutcome } from '../client.ts'
import {
  type Check,
  deliverOne,
  failed,
  type Found,
  given,
  named,
  noted,
  ok,
  problemOf,
  standsWrong,
} from './check.ts'
import { changed, retired, withheld } from './records.ts'
import type { Stage } from './stage.ts'

const called = (externalId: string | null) => (externalId === null ? 'accepted' : `accepted as ${externalId}`)

/** What every record must be found by, so that nothing is created twice. */
const byHubId =
  'Find what you have by the record’s id, and by what you answered before, and create only what is not there.'

/** Sends a record and looks at what became of it. */
async function brings(
  stage: Stage,
  record: HubRecord,
  should: Parameters<typeof standsWrong>[2],
): Promise<Found> {
  const outcome = await deliverOne(stage, record)
  const problem = problemOf([outcome]) ?? (await standsWrong(stage, record, should))
  return problem === undefined ? ok(called(outcome.externalId)) : failed(problem)
}

const sameIds = (one: readonly EntryOutcome[], other: readonly EntryOutcome[]): Found | undefined => {
  const at = one.findIndex(({ externalId }, index) => externalId !== other[index]?.externalId)
  return at === -1
    ? undefined
    : failed(
        `called ${one[at]?.externalId ?? 'nothing'} first and ${other[at]?.externalId ?? 'nothing'} then`,
      )
}

export const effectChecks: Check[] = [
  {
    name: 'kinds',
    asked: 'an attribute, two categories, a group, its variant and a product are taken in one request',
    remedy: 'Answer 2xx with a result for each entry; accept kinds that you have no use for.',
    async run(stage) {
      const { records } = stage
      const root = records.category()
      const below = records.category(root)
      const group = records.group()
      const variant = records.product({ groupId: group.id, axisValues: { size: 'm' }, trackBy: 'variant' })
      const all = [
        records.attribute(),
        root,
        below,
        group,
        variant,
        records.product({ categories: [below.code] }),
      ]
      const outcomes = await stage.deliver(all.map((record) => stage.entry(record)))
      const problem = problemOf(outcomes)
      if (problem !== undefined) return failed(problem)
      for (const record of all) {
        const wrong = await standsWrong(stage, record, { version: 1, active: true })
        if (wrong !== undefined) return failed(`the ${record.kind}: ${wrong}`)
      }
      return ok(`${outcomes.length} taken`)
    },
  },
  {
    name: 'ids',
    asked: 'a change of a record is answered with the id that its creation was answered with',
    remedy: byHubId,
    async run(stage) {
      const product = stage.records.product()
      const [first = null] = await given(stage, product)
      if (first === null) {
        return noted('no externalId in the answer: allowed, but pimflow cannot say what it is called there')
      }
      const outcome = await deliverOne(stage, named(stage, changed(product), first))
      const problem = problemOf([outcome])
      if (problem !== undefined) return failed(problem)
      return outcome.externalId === first
        ? ok(`${first} both times`)
        : failed(`called ${first} first and ${outcome.externalId ?? 'nothing'} then`)
    },
  },
  {
    name: 'update',
    asked: 'a change of a record that was taken before is taken',
    remedy: 'Overwrite what you have with the whole record.',
    async run(stage) {
      const product = stage.records.product()
      const [externalId = null] = await given(stage, product)
      const next = changed(named(stage, product, externalId), { name: { en_US: 'Another name' } })
      return brings(stage, next, { version: 2, active: true })
    },
  },
  {
    name: 'repeated',
    asked: 'a request that comes twice is answered alike, and has one effect',
    remedy: 'Remember the result of each accepted key, and answer it again without doing anything.',
    async run(stage) {
      const products = [stage.records.product(), stage.records.product()]
      const entries = products.map((record) => stage.entry(record))
      const first = await stage.deliver(entries)
      const second = await stage.deliver(entries)
      const problem = problemOf([...first, ...second])
      if (problem !== undefined) return failed(problem)
      return sameIds(first, second) ?? (await oneEffect(stage, products))
    },
  },
  {
    name: 'cut-anew',
    asked: 'entries that come again beside others, in another request, are answered alike',
    remedy:
      'Keys are those of entries: look at each entry’s key, not only at the Idempotency-Key of the request.',
    async run(stage) {
      const products = [1, 2, 3].map(() => stage.records.product())
      const entries = products.map((record) => stage.entry(record))
      const first = await stage.deliver(entries.slice(0, 2))
      const second = await stage.deliver(entries.slice(1))
      const problem = problemOf([...first, ...second])
      if (problem !== undefined) return failed(problem)
      return sameIds(first.slice(1), second.slice(0, 1)) ?? (await oneEffect(stage, products))
    },
  },
  {
    name: 'at-once',
    asked: 'a request that comes again while the first is still at work has one effect',
    remedy: 'Handle one request after the other, or answer the second with 429 and Retry-After.',
    async run(stage) {
      const product = stage.records.product()
      const entry = stage.entry(product)
      const attempt = () =>
        stage.deliver([entry]).catch((error: unknown): EntryOutcome[] => {
          // Asked to come later: that is what the third is for.
          if (error instanceof TransientError) return []
          throw error
        })
      const outcomes = (await Promise.all([attempt(), attempt()])).flat()
      const last = await deliverOne(stage, product, entry)
      const problem = problemOf([...outcomes, last])
      if (problem !== undefined) return failed(problem)
      const ids = new Set([...outcomes, last].map(({ externalId }) => externalId))
      if (ids.size > 1) return failed(`called ${[...ids].join(' and ')}`)
      return oneEffect(stage, [product])
    },
  },
  {
    name: 'one-record',
    asked: 'three entries of one record in one request leave its last version, once',
    remedy: byHubId,
    async run(stage) {
      const product = stage.records.product()
      const last = changed(changed(product))
      // As it stands when it is sent: each entry carries the newest.
      const entries = [product, changed(product), last].map((record) => ({
        ...stage.entry(record),
        record: last,
      }))
      const outcomes = await stage.deliver(entries)
      const problem = problemOf(outcomes) ?? (await standsWrong(stage, last, { version: 3, active: true }))
      if (problem !== undefined) return failed(problem)
      const ids = new Set(outcomes.map(({ externalId }) => externalId))
      return ids.size === 1 ? ok('3 taken') : failed(`called ${[...ids].join(' and ')}`)
    },
  },
  {
    name: 'never-back',
    asked: 'an older version that comes late is accepted and changes nothing',
    remedy:
      'Compare the record’s version with that of what you have; accept a lower one without doing anything.',
    async run(stage) {
      const product = stage.records.product()
      const second = changed(product)
      const third = changed(second)
      await given(stage, third)
      const outcome = await deliverOne(stage, second)
      const problem = problemOf([outcome]) ?? (await standsWrong(stage, third, { version: 3, active: true }))
      return problem === undefined ? ok(called(outcome.externalId)) : failed(problem)
    },
  },
  {
    name: 'withheld',
    asked: 'a record that is withheld is sold no more',
    remedy: 'Go by the record’s status, not by `change`: what is not `active` is not sold.',
    async run(stage) {
      const product = stage.records.product()
      await given(stage, product)
      return brings(stage, withheld(product), { active: false })
    },
  },
  {
    name: 'retired',
    asked: 'a record that is retired is sold no more',
    remedy: 'Go by the record’s status, not by `change`: what is not `active` is not sold.',
    async run(stage) {
      const product = stage.records.product()
      await given(stage, product)
      return brings(stage, retired(product), { active: false })
    },
  },
  {
    name: 'never-seen',
    asked: 'the retirement of a record that never came is accepted',
    remedy: 'Accept it: what is not there need not be removed.',
    run: (stage) => brings(stage, retired(stage.records.product()), { active: false }),
  },
  {
    name: 'comes-back',
    asked: 'a record that was retired and is active again is taken',
    remedy: 'A higher version counts, whatever was before it: restore the record, or create it again.',
    async run(stage) {
      const product = stage.records.product()
      const gone = retired(product)
      await given(stage, product)
      await given(stage, gone)
      return brings(stage, changed(product, { version: gone.version + 1 }), { version: 3, active: true })
    },
  },
  {
    name: 'resent',
    asked: 'everything once more, under new keys, is answered with the same ids',
    remedy: byHubId,
    async run(stage) {
      const { records } = stage
      const group = records.group()
      const variant = records.product({ groupId: group.id, axisValues: { size: 'm' }, trackBy: 'variant' })
      const all = [records.attribute(), records.category(), group, variant, records.product()]
      const entries = all.map((record) => stage.entry(record))
      const first = await stage.deliver(entries)
      const problem = problemOf(first)
      if (problem !== undefined) return failed(problem)
      const again = entries.map((entry, at) => ({
        ...entry,
        record: named(stage, entry.record, first[at]?.externalId ?? null),
      }))
      const second = await stage.deliver(again, 1)
      const problemThen = problemOf(second)
      return problemThen === undefined
        ? (sameIds(first, second) ?? ok(`${second.length} taken`))
        : failed(problemThen)
    },
  },
]

async function oneEffect(stage: Stage, records: HubRecord[]): Promise<Found> {
  for (const record of records) {
    const wrong = await standsWrong(stage, record, { version: record.version, active: true, writes: 1 })
    if (wrong !== undefined) return failed(wrong)
  }
  return ok('answered alike')
}
