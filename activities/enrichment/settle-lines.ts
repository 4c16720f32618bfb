import type { AkeneoCalls } from '../../connectors/akeneo/client.ts'
import type { LineOutcome, PatchedStream } from '../../connectors/akeneo/patch.ts'
import { addCounted, type Counted } from '../../connectors/hub/enrichment/counts.ts'
import { judgeAgain } from '../../connectors/hub/enrichment/due.ts'
import {
  type EnrichmentFinding,
  forgetFindings,
  keepFindings,
  productOf,
} from '../../connectors/hub/enrichment/findings.ts'
import {
  type HeldLine,
  type LineValue,
  ofWholeLine,
  settleLines,
} from '../../connectors/hub/enrichment/lines.ts'
import { keepValues } from '../../connectors/hub/enrichment/values.ts'
import { add } from '../../connectors/telemetry/metrics.ts'
import { placeOf } from '../../domain/enrichment/lines/model-cells.ts'
import { splitRefusal } from '../../domain/enrichment/lines/refusal.ts'
import type { Writing } from './writing.ts'

/** What became of a line, and what of it that is about. */
export type AnsweredLine = {
  line: HeldLine
  values: LineValue[]
  /** Values that no line can hold. */
  tooLarge?: LineValue[]
} & (
  | { kind: 'updated'; isProposed?: boolean }
  | Extract<LineOutcome, { kind: 'refused' }>
  /** A product that nobody meant to make, and whether it was taken back. */
  | { kind: 'created'; deletion: Awaited<ReturnType<AkeneoCalls['deleteProduct']>> | 'not tried' }
  /** A person has edited one of its values. */
  | { kind: 'overtaken' }
  /** Akeneo does not show the record any more. */
  | { kind: 'gone' }
  /** It may have been done or not: it stays until its time is over, and is looked at then. */
  | { kind: 'unknown' }
)

export interface Answers {
  stream: PatchedStream
  holder: string
  /** Of the request that wrote the values; null: they were found there. */
  ticket: bigint | null
  /** By Akeneo's clock, when it had answered. */
  sentAt: Date
  /** Calls that it took. */
  requests?: number
  answers: readonly AnsweredLine[]
}

/** A line that Akeneo has failed at so often is put aside: it would hold up nothing else, but be sent for ever. */
const mostAttempts = 5

/** Brings what was answered into the ledger, in one transaction. Returns how many lines are through with, and whether some go out again. */
export async function settleAnswers(
  { deps, connection, run }: Pick<Writing, 'deps' | 'connection' | 'run'>,
  { stream, holder, ticket, sentAt, requests = 0, answers }: Answers,
): Promise<{ settled: number; again: boolean }> {
  if (answers.length === 0) return { settled: 0, again: false }
  const { name } = connection
  const fates = answers.map((answer) => fateOf(answer, connection.config.akeneo.url))
  const { own, ...outcome } = await deps.sql.begin(async (tx) => {
    const mine = await settleLines(tx, name, {
      stream,
      holder,
      gone: fates.filter(({ then }) => then === 'gone').map(({ key }) => key),
      shortened: fates.filter(({ then }) => then === 'again').map(({ key, left }) => ({ key, values: left })),
      parked: fates
        .filter(({ then }) => then === 'parked')
        .map(({ key, left, message }) => ({ key, values: left, message })),
    })
    // What another holder has taken over meanwhile, that one settles.
    const own = fates.filter(({ key }) => mine.has(key))
    const written = own.flatMap(({ key, written: values }) =>
      values.map((value) => ({ ...value, stream, key })),
    )
    await keepValues(
      tx,
      name,
      run,
      sentAt,
      written.map((value) => ({ ...value, ticket, assetKey: null })),
    )
    await forgetFindings(
      tx,
      name,
      ['refused', 'dropped', 'changed-by-akeneo'],
      [
        ...written.map((value) => ({ ...value, place: placeOf(value) })),
        ...own.flatMap((fate) => (fate.written.length > 0 ? [ofWholeLine({ stream, key: fate.key })] : [])),
      ],
    )
    await keepFindings(
      tx,
      name,
      run,
      own.flatMap(({ key, findings }) => findings.map((finding) => ({ ...finding, stream, key }))),
    )
    await judgeAgain(
      tx,
      name,
      'overtaken',
      own.filter(({ isOvertaken }) => isOvertaken).map(({ key, product }) => ({ stream, key, product })),
    )
    const unanswered = fates.filter(({ then }) => then === 'stays').length
    await addCounted(
      tx,
      name,
      run,
      own.flatMap((fate) => countedOf(stream, fate)),
      { requests, unanswered },
    )
    return { own, settled: own.length, again: own.some(({ then }) => then === 'again') }
  })
  for (const { then, isOvertaken, written: values } of own) {
    const became = isOvertaken
      ? 'overtaken'
      : then === 'gone' && values.length > 0
        ? 'written'
        : fateNames[then]
    add('pushLines', { connection: name, stream, outcome: became })
  }
  return outcome
}

/** What measurements call a line that was not written whole. */
const fateNames = { gone: 'dropped', again: 'sent again', parked: 'refused', stays: 'unanswered' } as const

type Found = Omit<EnrichmentFinding, 'stream' | 'key'>

interface Fate {
  key: string
  then: 'gone' | 'again' | 'parked' | 'stays'
  /** What the line still holds. */
  left: LineValue[]
  message: string
  written: LineValue[]
  findings: Found[]
  isOvertaken: boolean
  /** What is counted of the line itself, by the names of reports. */
  counts: string[]
  /** Whose sheet it is from: of a model's line, the first that has a value in it. */
  product: string | null
}

function fateOf(answer: AnsweredLine, akeneoUrl: string): Fate {
  const { line, values, tooLarge = [] } = answer
  const before = tooLarge.map((value) =>
    refusedFinding(value, 'line-too-long', 'The value does not fit into a line of Akeneo’s API.'),
  )
  const rest = line.values.filter((value) => !values.includes(value) && !tooLarge.includes(value))
  const fate: Fate = {
    key: line.key,
    then: rest.length > 0 ? 'again' : 'gone',
    left: rest,
    message: '',
    written: [],
    findings: before,
    isOvertaken: false,
    counts: [],
    product: line.values.find(({ provenance }) => provenance !== null)?.provenance?.product ?? null,
  }
  switch (answer.kind) {
    case 'updated':
      return {
        ...fate,
        written: values,
        findings: answer.isProposed === true ? [...before, waitingFinding] : before,
        counts: [
          ...(values.length > 0 ? ['lines'] : []),
          ...(answer.isProposed === true ? ['proposals'] : []),
        ],
      }
    case 'refused':
      return isPassing(answer.status)
        ? unknownFate(fate, line, `Akeneo answered ${answer.status} ${answer.message}`)
        : refusedFate(fate, answer, rest)
    case 'created':
      return {
        ...fate,
        then: 'gone',
        findings: [{ place: '', kind: 'problem', ...createdProblem(answer.deletion, line, akeneoUrl) }],
        counts: ['createdByMistake'],
      }
    case 'gone':
      return { ...fate, then: 'gone', findings: [], counts: ['gone'] }
    case 'overtaken':
      return { ...fate, then: 'gone', findings: [], isOvertaken: true, counts: ['overtaken'] }
    case 'unknown':
      return unknownFate(fate, line, 'Akeneo’s answer ended before this line')
  }
}

function refusedFate(
  fate: Fate,
  { values, status, message, errors }: Extract<AnsweredLine, { kind: 'refused' }>,
  rest: LineValue[],
): Fate {
  const split = splitRefusal(values, { message, errors })
  if (split.kind === 'whole')
    return {
      ...fate,
      then: 'parked',
      left: [...values, ...rest],
      message: split.message,
      findings: [
        ...fate.findings,
        { place: '', kind: 'refused', code: String(status), message: split.message, product: null },
      ],
    }
  const left = [...split.left, ...rest]
  return {
    ...fate,
    then: left.length > 0 ? 'again' : 'gone',
    left,
    findings: [
      ...fate.findings,
      ...split.refused.map(({ value, message: text }) => refusedFinding(value, String(status), text)),
    ],
  }
}

function unknownFate(fate: Fate, line: HeldLine, message: string): Fate {
  if (line.attempts + 1 < mostAttempts) return { ...fate, then: 'stays', findings: [] }
  const text = `${message}, ${mostAttempts} times.`
  return {
    ...fate,
    then: 'parked',
    left: line.values,
    message: text,
    findings: [{ place: '', kind: 'refused', code: 'no-answer', message: text, product: null }],
  }
}

/** Of a single line, too, these speak of the moment, not of the line. */
const isPassing = (status: number): boolean => status >= 500 || status === 429 || status === 408

const refusedFinding = (value: LineValue, code: string, message: string): Found => ({
  place: placeOf(value),
  kind: 'refused',
  code,
  message,
  data: value.data,
  product: value.provenance?.product ?? null,
})

const waitingFinding: Found = {
  place: '',
  kind: 'waiting',
  code: 'proposal',
  message: 'Handed in for approval in Akeneo.',
}

/** What is told of a record that an update made anew; a model cannot be deleted by Akeneo's API. */
export function createdProblem(
  deletion: Extract<AnsweredLine, { kind: 'created' }>['deletion'],
  { stream, key }: Pick<HeldLine, 'stream' | 'key'>,
  akeneoUrl: string,
): { code: string; message: string } {
  const isBack = deletion === 'deleted' || deletion === 'missing'
  const what = stream === 'products' ? 'product' : 'product-model'
  return {
    code: isBack ? 'gone' : 'created-by-mistake',
    message: isBack
      ? 'Somebody had deleted it in Akeneo; the one that our update made was deleted again.'
      : `Somebody had deleted it in Akeneo, our update made it anew, and this user cannot delete it: ${akeneoUrl}/#/enrich/${what}/${encodeURIComponent(key)}`,
  }
}

/** A refusal of the whole record is a parked line; those of values are counted one by one. */
function countedOf(stream: PatchedStream, { key, counts, written, findings, product }: Fate): Counted[] {
  const of = (own: string | null = null) => productOf({ stream, key, product: own ?? product })
  return [
    ...counts.map((name) => ({ name, product: of() })),
    ...written.map((value) => ({
      name: 'values',
      place: placeOf(value),
      product: of(value.provenance?.product),
    })),
    ...findings.flatMap((finding): Counted[] =>
      finding.kind === 'refused'
        ? [
            {
              name: finding.place === '' ? 'parked' : 'refused',
              place: finding.place,
              product: of(finding.product),
              reason: finding.code,
            },
          ]
        : [],
    ),
  ]
}
