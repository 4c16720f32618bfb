import type { FeedEntry } from '../../../contracts/hub.ts'
import type { HttpAnswer } from '../../http.ts'
import { resultsOf } from '../answers.ts'
import type { DeliveryBody, EntryResult } from '../schema.ts'
import { type Check, failed, type Found, noted, ok, problemOf } from './check.ts'
import type { RawPost, Stage } from './stage.ts'

/** What becomes of a request whose answer as such matters: each entry has a result, and those that must be are accepted. */
async function judged(
  stage: Stage,
  request: RawPost,
  mustAccept: readonly FeedEntry[] = request.entries,
): Promise<Found> {
  const began = performance.now()
  const answer = await stage.post(request)
  if (answer.status < 200 || answer.status > 299) return failed(`${answer.status} for the request as a whole`)
  const results = resultsIn(answer, request.entries)
  for (const entry of request.entries) {
    const result = results.get(entry.seq)
    if (result?.status === 'accepted') stage.took(entry.record)
  }
  const without = request.entries.filter(({ seq }) => !results.has(seq))
  if (without.length > 0)
    return failed(`${without.length} of ${request.entries.length} have no result in the answer`)
  const refused = request.entries.flatMap((entry) => {
    const result = results.get(entry.seq)
    return result?.status === 'refused' ? [{ entry, reason: result.reason ?? 'no reason given' }] : []
  })
  const wrong = refused.find(({ entry }) => mustAccept.includes(entry))
  if (wrong) return failed(`the ${wrong.entry.kind} was refused: ${wrong.reason}`)
  const tookMs = Math.round(performance.now() - began)
  const [other] = refused
  return other
    ? noted(`refused, which it may be: ${other.reason}`)
    : ok(`${request.entries.length} taken, ${tookMs} ms`)
}

const resultsIn = (answer: HttpAnswer, entries: readonly FeedEntry[]): Map<number, EntryResult> =>
  resultsOf(
    answer,
    entries.map(({ seq }) => seq),
    'POST',
  )

/** Fields that a later version of pimflow may send. */
const withMore = (body: DeliveryBody) => ({
  ...body,
  sentBy: { name: 'pimflow' },
  entries: body.entries.map((entry) => ({
    ...entry,
    hint: null,
    record: { ...entry.record, colours: [{ name: 'red' }], weightClass: 7 },
  })),
})

const another = (body: DeliveryBody, seq: number, fields: object) => ({
  ...body,
  entries: body.entries.map((entry) => (entry.seq === seq ? { ...entry, ...fields } : entry)),
})

/** What signatures, escapes and files stumble over: two to four bytes, marks that combine, separators of lines and of paths. */
const letters = 'é ß "q" \\ 漢字 😀 e\u0301 \u2028 a/b ../c %2F <b> \t;'

const twoMegabytes = 2 * 1024 * 1024

/** As a destination takes them when nothing else is configured. */
const usualBatch = 100

export const toleranceChecks: Check[] = [
  {
    name: 'more-fields',
    asked: 'fields that nobody has told you of change nothing',
    remedy: 'Read the fields that you need and ignore the others: new ones come with any release.',
    run: (stage) => judged(stage, { entries: [stage.entry(stage.records.product())], body: withMore }),
  },
  {
    name: 'other-kind',
    asked: 'a record of an unknown kind has a result of its own, and its neighbours are taken',
    remedy: 'Accept (or refuse) entries of kinds that you do not know one by one; never the whole request.',
    run: async (stage) => {
      const { records } = stage
      const entries = [records.product(), records.attribute(), records.product()].map((one) =>
        stage.entry(one),
      )
      const [before, strange, after] = entries
      if (!before || !strange || !after) throw new Error('Three entries were made')
      const kind = 'collection'
      const body = (sent: DeliveryBody) =>
        another(sent, strange.seq, { kind, record: { ...strange.record, kind } })
      return judged(stage, { entries, body }, [before, after])
    },
  },
  {
    name: 'other-change',
    asked: 'an unknown word in `change` changes nothing',
    remedy: 'Go by the record’s status and version; `change` is for people.',
    run: (stage) => {
      const entry = stage.entry(stage.records.product())
      return judged(stage, {
        entries: [entry],
        body: (sent) => another(sent, entry.seq, { change: 'moved' }),
      })
    },
  },
  {
    name: 'letters',
    asked:
      'codes and names with letters of every alphabet, emoji, quotes, slashes and backslashes are understood',
    remedy: 'Sign and parse the body as UTF-8, and never make a path or a query of a code as it is.',
    run: (stage) => {
      const { records } = stage
      const category = records.category()
      const code = `${category.code} ${letters}`
      const product = records.product({ name: { en_US: letters }, description: { en_US: letters } })
      const strange = { ...product, sku: `${product.sku ?? ''} ${letters}` }
      const entries = [{ ...category, code, labels: { en_US: letters } }, strange].map((one) =>
        stage.entry(one),
      )
      return judged(stage, { entries }, [])
    },
  },
  {
    name: 'large',
    asked: 'a product whose description has 2 MB is taken, or answered with 413',
    remedy: 'Allow bodies of 10 MB, in what stands before your program too; answer 413 to what is larger.',
    run: async (stage) => {
      const entry = stage.entry(stage.records.product({ description: { en_US: 'a'.repeat(twoMegabytes) } }))
      const [outcome] = await stage.deliver([entry])
      if (outcome?.status === 'refused') return noted(`refused, which it may be: ${outcome.reason ?? ''}`)
      return outcome?.status === 'accepted' ? ok('taken') : failed('it has no result in the answer')
    },
  },
  {
    name: 'many',
    asked: `${usualBatch} products in one request are taken`,
    remedy: 'Answer within the timeout of the destination (30 s), or set a smaller batchSize there.',
    async run(stage) {
      const began = performance.now()
      const entries = Array.from({ length: usualBatch }, () => stage.entry(stage.records.product()))
      const outcomes = await stage.deliver(entries)
      const problem = problemOf(outcomes)
      const seconds = (performance.now() - began) / 1000
      return problem === undefined
        ? ok(`in ${seconds.toFixed(2)} s, ${Math.round(usualBatch / seconds)} a second`)
        : failed(problem)
    },
  },
]
