import { cancellationSignal } from '@temporalio/activity'
import type { AkeneoCalls } from '../../connectors/akeneo/client.ts'
import type { PatchedStream } from '../../connectors/akeneo/patch.ts'
import { addCounted, type Counted } from '../../connectors/hub/enrichment/counts.ts'
import {
  type EnrichmentFinding,
  forgetFindings,
  keepFindings,
  productOf,
} from '../../connectors/hub/enrichment/findings.ts'
import { keepEchoes, type UnreadValue, unreadValues } from '../../connectors/hub/enrichment/values.ts'
import type { EnrichmentChunk, EnrichmentChunkDone } from '../../contracts/processes.ts'
import { echoOf } from '../../domain/enrichment/ownership/judge.ts'
import { shownAt } from '../../domain/enrichment/plan-writes.ts'
import type { Dependencies } from '../dependencies.ts'
import { openWriting, readByKey, sameIn, type ShownRecord, type Writing } from './writing.ts'

/** An activity works about this long; unit ms. */
const chunkMs = 50_000

/** What one search for their uuids holds. */
const recordsPerReading = 85

/** Akeneo dates records to the second; ours is when its answer had ended. */
const sameMomentMs = 2000

export const createReadBackActivities = (deps: Dependencies) => ({
  /** Reads what was written, as polls read, and notes what Akeneo shows: only then can a person's edit be told from Akeneo's doing. */
  async readBackEnrichment(input: EnrichmentChunk): Promise<EnrichmentChunkDone> {
    const writing = await openWriting(deps, input)
    const until = Date.now() + chunkMs
    let done = 0
    let more = false
    await writing.connection.akeneo.inLane(writing.lane, cancellationSignal(), async (calls) => {
      for (const stream of ['product-models', 'products'] as const) {
        const only = input.only?.filter((record) => record.stream === stream).map(({ key }) => key)
        for (let after = ''; ;) {
          if (Date.now() >= until) {
            more = true
            return
          }
          const values = await unreadValues(deps.sql, input.connection, {
            stream,
            after,
            records: recordsPerReading,
            ...(only ? { only } : {}),
          })
          const last = values.at(-1)
          if (last === undefined) break
          after = last.key
          done += await readBack(writing, calls, stream, values)
        }
      }
    })
    return { done, more, waitMs: null }
  },
})

interface ReadValue {
  value: UnreadValue
  /** What is taken for Akeneo's echo. */
  shown: unknown
  kind: 'as-sent' | 'changed-by-akeneo' | 'dropped' | 'edited' | 'gone'
}

async function readBack(
  writing: Writing,
  calls: AkeneoCalls,
  stream: PatchedStream,
  values: readonly UnreadValue[],
): Promise<number> {
  const { deps, connection, run } = writing
  const keys = [...new Set(values.map(({ key }) => key))]
  const records = await readByKey(writing, calls, stream, keys)
  const same = sameIn(writing.structure)
  const read = values.flatMap((value): ReadValue[] => {
    const record = records.get(value.key)
    if (record === undefined) return [{ value, shown: null, kind: 'gone' }]
    const shown = shownAt(record.values, value)
    const echo = echoOf(value.sent, shown, (a, b) => same(value.attribute, a, b))
    if (echo === 'as-sent') return [{ value, shown, kind: echo }]
    if (isDraft(writing, record)) return []
    // Somebody has changed the record since: what they made of the value is theirs, and is not taken for Akeneo's doing.
    if (wasEditedSince(record, value)) return [{ value, shown: value.sent, kind: 'edited' }]
    return [{ value, shown, kind: echo }]
  })
  const findings = read.flatMap((one) => findingOf(writing, one))
  await deps.sql.begin(async (tx) => {
    await keepEchoes(
      tx,
      connection.name,
      read.map(({ value, shown }) => ({ ...value, shown })),
    )
    const places = read.map(({ value }) => value)
    await forgetFindings(tx, connection.name, ['dropped', 'changed-by-akeneo'], places)
    // Approved, or refused: nothing waits any more.
    await forgetFindings(
      tx,
      connection.name,
      ['waiting'],
      places.map(({ key }) => ({ stream, key, place: '' })),
    )
    await keepFindings(tx, connection.name, run, findings)
    await addCounted(tx, connection.name, run, findings.map(countedOf))
  })
  return new Set(read.map(({ value }) => value.key)).size
}

/** Drafts are shown to nobody else, and not in the record itself; until somebody has decided, nothing can be said. */
function isDraft({ write }: Writing, { item }: ShownRecord): boolean {
  const status: unknown = item.metadata?.['workflow_status']
  return (
    write === 'proposal' && (status === 'draft_in_progress' || status === 'proposal_waiting_for_approval')
  )
}

function wasEditedSince({ item }: ShownRecord, { lastWriteAt }: UnreadValue): boolean {
  if (lastWriteAt === null || typeof item.updated !== 'string') return false
  return new Date(item.updated).getTime() > lastWriteAt.getTime() + sameMomentMs
}

function findingOf(
  { write }: Writing,
  { value: { stream, key, place, sent, product }, shown, kind }: ReadValue,
): EnrichmentFinding[] {
  if (kind !== 'dropped' && kind !== 'changed-by-akeneo') return []
  const finding = { stream, key, place, kind, product }
  if (write === 'proposal')
    return [
      { ...finding, code: 'proposal-refused', message: 'Nobody has taken the proposal over in Akeneo.' },
    ]
  if (kind === 'dropped')
    return [
      {
        ...finding,
        code: 'not-shown',
        message:
          'Akeneo answered that all was well, and shows nothing: does the attribute belong to this family and level, and may this user see it?',
      },
    ]
  return [
    { ...finding, code: 'shown-otherwise', message: `Sent ${excerpt(sent)}, Akeneo shows ${excerpt(shown)}` },
  ]
}

const countedOf = ({ kind, code, ...finding }: EnrichmentFinding): Counted => ({
  name: kind === 'dropped' ? 'dropped' : 'changedByAkeneo',
  place: finding.place,
  product: productOf(finding),
  reason: code,
})

/** Of a value, for a message: never longer than a line. */
function excerpt(data: unknown): string {
  const text = JSON.stringify(data ?? null)
  return text.length > 80 ? `${text.slice(0, 77)}…` : text
}
