import type { AkeneoCalls } from '../../connectors/akeneo/client.ts'
import { linesPerCall, type PatchedStream } from '../../connectors/akeneo/patch.ts'
import { changedSince, createdWithin } from '../../connectors/akeneo/search.ts'
import {
  type HeldLine,
  type LineValue,
  takeLines,
  type TakeLines,
} from '../../connectors/hub/enrichment/lines.ts'
import { buildLines } from '../../domain/enrichment/lines/build-lines.ts'
import { standing } from '../../domain/enrichment/lines/overtaken.ts'
import { heldForMs } from './holds.ts'
import { settleAnswers } from './settle-lines.ts'
import { namesFor, readByKey, readRecords, sameIn, type ShownRecord, type Writing } from './writing.ts'

/** A line as it is sent. */
export interface SendableLine {
  line: HeldLine
  /** What the call names the record by. */
  name: string
  /** Null: nothing of it fits into a line. */
  json: string | null
  /** What is in it; the rest of a line that is too long for one follows. */
  values: LineValue[]
  /** Values that no line can hold. */
  tooLarge: LineValue[]
}

export interface SendableBatch {
  stream: PatchedStream
  lines: SendableLine[]
  /** When people's edits were looked for. */
  checkedAt: number
}

/**
 * One look at what people edited holds for so many batches: some five seconds, at a second a batch in four lanes, and up to twenty where all
 * four looked at once, in the beginning.
 */
export const batchesPerCheck = 20

/** Akeneo bounds a line and says nothing of a body; a web server in front of it may. */
const largestBody = 8_000_000

/** How long Akeneo's search may trail its writes; as for polls. */
const searchLagMs = 5 * 60_000

/** Lines that `holder` has taken, to be looked through before they are sent. */
export interface TakenLines {
  stream: PatchedStream
  lines: HeldLine[]
}

/** Takes the next lines that nobody holds, models first. Null: there are none. */
export async function takeNext(
  { deps, connection }: Writing,
  which: Pick<TakeLines, 'holder' | 'only' | 'madeBy'>,
): Promise<TakenLines | null> {
  for (const stream of ['product-models', 'products'] as const) {
    const lines = await takeLines(deps.sql, connection.name, {
      ...which,
      stream,
      // Until the call begins; then anew.
      leaseMs: 2 * heldForMs(connection),
      most: batchesPerCheck * linesPerCall,
    })
    if (lines.length > 0) return { stream, lines }
  }
  return null
}

/** Leaves out what people have edited since the lines were made: those are judged again. */
export async function lookThrough(
  writing: Writing,
  calls: AkeneoCalls,
  holder: string,
  { stream, lines }: TakenLines,
): Promise<{ batches: SendableBatch[]; settled: number }> {
  const checkedAt = Date.now()
  const unknown = await settleUnknown(writing, calls, stream, holder, lines)
  const open = await withoutEdited(writing, calls, stream, holder, [
    ...lines.filter(({ isUnknown }) => !isUnknown),
    ...unknown,
  ])
  const batches = await inBatches(writing, calls, stream, holder, open, checkedAt)
  const toSend = batches.reduce((sum, batch) => sum + batch.lines.length, 0)
  return { batches, settled: lines.length - toSend }
}

/**
 * Lines that were sent once without an answer: they may have been done. The records themselves say so, and whether somebody has
 * edited them since. Returns those that were not done.
 */
async function settleUnknown(
  writing: Writing,
  calls: AkeneoCalls,
  stream: PatchedStream,
  holder: string,
  lines: readonly HeldLine[],
): Promise<HeldLine[]> {
  const unknown = lines.filter(({ isUnknown }) => isUnknown)
  if (unknown.length === 0) return []
  const records = await readByKey(
    writing,
    calls,
    stream,
    unknown.map(({ key }) => key),
  )
  const same = sameIn(writing.structure)
  const done: HeldLine[] = []
  const overtaken: HeldLine[] = []
  const gone: HeldLine[] = []
  const madeByUs: HeldLine[] = []
  const open: HeldLine[] = []
  for (const line of unknown) {
    const record = records.get(line.key)
    if (record === undefined) gone.push(line)
    else if (isOurMaking(record, line)) madeByUs.push(line)
    else {
      const state = standing(line.values, record.values, same)
      ;(state === 'done' ? done : state === 'overtaken' ? overtaken : open).push(line)
    }
  }
  const deleted: { line: HeldLine; deletion: Awaited<ReturnType<AkeneoCalls['deleteProduct']>> }[] = []
  const names = await namesFor(
    writing,
    calls,
    stream,
    madeByUs.map(({ key }) => key),
  )
  for (const line of madeByUs)
    deleted.push({ line, deletion: await calls.deleteProduct(names.get(line.key) ?? line.key) })
  await settleAnswers(writing, {
    stream,
    holder,
    ticket: null,
    sentAt: new Date(),
    answers: [
      ...done.map((line) => ({ line, values: line.values, kind: 'updated' as const })),
      ...overtaken.map((line) => ({ line, values: line.values, kind: 'overtaken' as const })),
      ...gone.map((line) => ({ line, values: line.values, kind: 'gone' as const })),
      ...deleted.map(({ line, deletion }) => ({
        line,
        values: line.values,
        kind: 'created' as const,
        deletion,
      })),
    ],
  })
  return open
}

/** A line to a product that somebody had deleted made one of nothing but its own values. */
function isOurMaking({ item }: ShownRecord, { stream, createdAt, values }: HeldLine): boolean {
  if (stream !== 'products' || !('created' in item) || typeof item.created !== 'string') return false
  if (new Date(item.created).getTime() <= createdAt.getTime()) return false
  const written = new Set(values.map(({ attribute }) => attribute.toLowerCase()))
  const { family, parent, categories, values: shown } = item
  return (
    family == null &&
    parent == null &&
    (categories ?? []).length === 0 &&
    Object.keys(shown).every((attribute) => written.has(attribute.toLowerCase()))
  )
}

/**
 * Leaves out lines whose values people have edited. Asked for by the records' own `created`, in whose order lines are sent: what was
 * sent before lies outside, so that the answer holds edits of people alone, and one page is nearly always all of it. (A model that
 * was written before brings its variants along; they are read, and found untouched.)
 */
export async function withoutEdited(
  writing: Writing,
  calls: AkeneoCalls,
  stream: PatchedStream,
  holder: string,
  lines: readonly HeldLine[],
): Promise<HeldLine[]> {
  const [first] = lines
  if (first === undefined) return []
  const times = lines.map(({ createdAt }) => createdAt.getTime())
  const knownUntil = Math.min(...lines.map((line) => line.knownUntil.getTime()))
  const search = {
    ...changedSince(stream, new Date(knownUntil - searchLagMs), writing.connection),
    ...createdWithin(
      { from: new Date(Math.min(...times)), to: new Date(Math.max(...times)) },
      writing.connection,
    ),
  }
  const found = new Map(
    (await readRecords(writing, calls, stream, [search])).map((record) => [record.key, record]),
  )
  const same = sameIn(writing.structure)
  const overtaken = lines.filter((line) => {
    const record = found.get(line.key)
    return record !== undefined && standing(line.values, record.values, same) === 'overtaken'
  })
  if (overtaken.length === 0) return [...lines]
  await settleAnswers(writing, {
    stream,
    holder,
    ticket: null,
    sentAt: new Date(),
    answers: overtaken.map((line) => ({ line, values: line.values, kind: 'overtaken' })),
  })
  return lines.filter((line) => !overtaken.includes(line))
}

/** Ready to be sent; models and products never together, each record once. */
async function inBatches(
  writing: Writing,
  calls: AkeneoCalls,
  stream: PatchedStream,
  holder: string,
  lines: readonly HeldLine[],
  checkedAt: number,
): Promise<SendableBatch[]> {
  const keyName = await calls.productsBy()
  const names = await namesFor(
    writing,
    calls,
    stream,
    lines.map(({ key }) => key),
  )
  const nameless = lines.filter(({ key }) => !names.has(key))
  if (nameless.length > 0)
    await settleAnswers(writing, {
      stream,
      holder,
      ticket: null,
      sentAt: new Date(),
      answers: nameless.map((line) => ({
        line,
        values: line.values,
        kind: 'refused',
        status: 0,
        message: 'The product has no identifier, and this connection asks for products by identifier.',
        errors: [],
      })),
    })
  const sendable = lines.flatMap((line) => {
    const name = names.get(line.key)
    return name === undefined ? [] : [sendableLine(line, name, keyName)]
  })
  await settleAnswers(writing, {
    stream,
    holder,
    ticket: null,
    sentAt: new Date(),
    answers: sendable
      .filter(({ json }) => json === null)
      .map(({ line, tooLarge }) => ({ line, values: [], tooLarge, kind: 'updated' })),
  })
  const batches: SendableBatch[] = []
  let size = Number.POSITIVE_INFINITY
  for (const one of sendable) {
    if (one.json === null) continue
    const own = Buffer.byteLength(one.json)
    const batch = batches.at(-1)
    // Whether writes are drafts, the first one says.
    const isProbe = writing.write === 'proposal' && batches.length === 1
    if (batch === undefined || isProbe || batch.lines.length === linesPerCall || size + own > largestBody) {
      batches.push({ stream, lines: [one], checkedAt })
      size = own
    } else {
      batch.lines.push(one)
      size += own
    }
  }
  return batches
}

function sendableLine(line: HeldLine, name: string, keyName: 'uuid' | 'identifier'): SendableLine {
  const owner = { kind: line.stream === 'products' ? 'product' : 'product-model', key: name } as const
  const { batches, tooLarge } = buildLines([{ owner, values: line.values }], keyName)
  const [part] = batches[0]?.lines ?? []
  // The values themselves come back, so they are told apart by which they are.
  const sent = new Set<unknown>(part?.values ?? [])
  const never = new Set<unknown>(tooLarge.map(({ value }) => value))
  return {
    line,
    name,
    json: part?.json ?? null,
    values: line.values.filter((value) => sent.has(value)),
    tooLarge: line.values.filter((value) => never.has(value)),
  }
}
