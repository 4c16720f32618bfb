import type { FeedEntry, HubProduct } from '../../../contracts/hub.ts'
import { type EntryOutcome, noReason } from '../client.ts'
import { type Check, deliverOne, failed, NotTried, noted, ok, problemOf } from './check.ts'
import type { Stage } from './stage.ts'

interface Provoked {
  neighbours: EntryOutcome[]
  entry: FeedEntry
  outcome: EntryOutcome
}

/** A product that few can take, between two that all can: no SKU, no name, of a group that never came. */
async function provoke(stage: Stage): Promise<Provoked> {
  const { records } = stage
  const strange: HubProduct = {
    ...records.product({ groupId: records.group().id, axisValues: { size: 'm' } }),
    sku: null,
    name: {},
  }
  const entry = stage.entry(strange)
  const [before, outcome, after] = await stage.deliver([
    stage.entry(records.product()),
    entry,
    stage.entry(records.product()),
  ])
  if (!before || !outcome || !after) throw new Error('A delivery of three entries has three outcomes')
  return { neighbours: [before, after], entry, outcome }
}

const nothingRefused = 'it is taken as well, so that no refusal was seen'

export const refusalChecks: Check[] = [
  {
    name: 'alone',
    asked: 'a product without SKU, name and group between two good ones harms neither',
    remedy: 'Answer 2xx with a result for each entry, and `refused` for those alone that you cannot take.',
    async run(stage) {
      const { neighbours, outcome } = await provoke(stage)
      const problem = problemOf(neighbours)
      if (problem !== undefined) return failed(`of the good ones, ${problem}`)
      if (outcome.status === null)
        return failed('it has no result in the answer, and would come again without an end')
      return outcome.status === 'accepted'
        ? noted(nothingRefused)
        : ok(`it alone was refused: ${outcome.reason ?? ''}`)
    },
  },
  {
    name: 'reason',
    asked: 'a refusal says why',
    remedy: 'Put a sentence for a person into `reason`: `pimflow deliver --refused` shows it.',
    async run(stage) {
      const { outcome } = await provoke(stage)
      if (outcome.status !== 'refused') return noted(nothingRefused)
      return outcome.reason === noReason ? failed(noReason) : ok(outcome.reason ?? '')
    },
  },
  {
    name: 'mended',
    asked: 'what was refused is taken when it comes again under the same key, mended',
    remedy: 'Remember the keys of what you accepted only.',
    async run(stage) {
      const { entry, outcome } = await provoke(stage)
      if (outcome.status !== 'refused') return noted(nothingRefused)
      const good = stage.records.product()
      const mended = { ...good, id: entry.id, version: entry.version + 1 }
      const then = await deliverOne(stage, mended, { ...entry, record: mended })
      if (then.status === null) throw new NotTried('it has no result in the answer')
      const problem = problemOf([then])
      return problem === undefined ? ok('taken then') : failed(problem)
    },
  },
]
