import type { AkeneoCalls, AkeneoClient } from '../connectors/akeneo/client.ts'
import { type LineOutcome, linesPerCall, type PatchedStream } from '../connectors/akeneo/patch.ts'
import type { Search } from '../connectors/akeneo/search.ts'

/** One line of a push. */
export interface PushedLine {
  /** Uuid, identifier or model code: whom it is for. */
  key: string
  json: string
}

/** What people edit while a push is under way. */
export interface EditCheck {
  /** Finds what was edited since the lines were made. */
  search: Search
  /** Only these values are read: enough to judge by. */
  attributes: string[]
  /** Told what was found, before any batch that follows is sent. */
  onEdited: (records: unknown[]) => void
  /** Leaves out a line whose record was edited meanwhile. */
  isOvertaken: (key: string) => boolean
}

export interface PushOptions {
  stream: PatchedStream
  lines: readonly PushedLine[]
  /** Calls at once; Akeneo allows 4. */
  concurrency: number
  check?: EditCheck
  onOutcome: (line: PushedLine, outcome: LineOutcome) => void
  signal: AbortSignal
}

/** One look at what was edited holds for so many batches: some five seconds, at a second a batch in four lanes. */
export const batchesPerCheck = 20

/**
 * Sends lines in batches of 100, several at once. A record has one line, so it is never under way twice. Lines without an answer are
 * unknown: whoever calls sends them again once the call's time is over, which changes nothing where they had been done.
 */
export async function pushLines(akeneo: AkeneoClient, options: PushOptions): Promise<void> {
  const batches = inBatches(options.lines)
  let next = 0
  const lanes = Math.min(options.concurrency, batches.length)
  await Promise.all(
    Array.from({ length: lanes }, () =>
      akeneo.inLane('bulk', options.signal, async (calls) => {
        for (let index = next++; index < batches.length; index = next++) {
          if (options.check && index % batchesPerCheck === 0) await look(calls, options.stream, options.check)
          await send(calls, batches[index] ?? [], options)
        }
      }),
    ),
  )
}

async function look(calls: AkeneoCalls, stream: PatchedStream, check: EditCheck): Promise<void> {
  const { search, attributes, onEdited } = check
  for (let cursor: string | null = null; ;) {
    const page: Awaited<ReturnType<AkeneoCalls['readPage']>> = await calls.readPage(stream, {
      cursor,
      query: { search, attributes },
    })
    onEdited(page.items)
    if (page.next === null) return
    cursor = page.next
  }
}

async function send(
  calls: AkeneoCalls,
  batch: PushedLine[],
  { stream, check, onOutcome }: PushOptions,
): Promise<void> {
  const lines = check ? batch.filter(({ key }) => !check.isOvertaken(key)) : batch
  if (lines.length === 0) return
  const { outcomes } = await calls.patch(
    stream,
    lines.map(({ json }) => json),
  )
  for (const [index, line] of lines.entries()) onOutcome(line, outcomes[index] ?? { kind: 'unknown' })
}

const inBatches = (lines: readonly PushedLine[]): PushedLine[][] =>
  Array.from({ length: Math.ceil(lines.length / linesPerCall) }, (_, index) =>
    lines.slice(index * linesPerCall, (index + 1) * linesPerCall),
  )
