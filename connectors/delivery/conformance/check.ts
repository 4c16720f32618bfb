import type { FeedEntry, HubRecord } from '../../../contracts/hub.ts'
import type { EntryOutcome } from '../client.ts'
import type { Stage } from './stage.ts'

export interface Found {
  status: 'ok' | 'warning' | 'failed'
  /** What the destination did, in words. */
  came: string
}

/** One rule of docs/delivery.md, tried on a destination. */
export interface Check {
  name: string
  /** What is sent and what should become of it. */
  asked: string
  /** What to do at the destination when it is not so. */
  remedy: string
  run(stage: Stage): Promise<Found>
}

export const ok = (came: string): Found => ({ status: 'ok', came })
export const noted = (came: string): Found => ({ status: 'warning', came })
export const failed = (came: string): Found => ({ status: 'failed', came })

/** What a check builds upon was not taken, which another check says. */
export class NotTried extends Error {
  override readonly name = 'NotTried'
}

/** Brings records that a check begins with; answers what the destination calls each. */
export async function given(stage: Stage, ...records: HubRecord[]): Promise<(string | null)[]> {
  const outcomes = await stage.deliver(records.map((record) => stage.entry(record)))
  const problem = problemOf(outcomes)
  if (problem !== undefined) throw new NotTried(`what it begins with was not taken: ${problem}`)
  return outcomes.map(({ externalId }) => externalId)
}

/** As a worker sends a record whose id at the destination is known. */
export const named = <R extends HubRecord>(stage: Stage, record: R, externalId: string | null): R =>
  externalId === null ? record : { ...record, externalIds: { [stage.destination]: externalId } }

export async function deliverOne(
  stage: Stage,
  record: HubRecord,
  entry: FeedEntry = stage.entry(record),
): Promise<EntryOutcome> {
  const [outcome] = await stage.deliver([entry])
  if (outcome === undefined) throw new Error('A delivery of one entry has one outcome')
  return outcome
}

/** The first that was not taken, in words; undefined when all were. */
export function problemOf(outcomes: readonly EntryOutcome[]): string | undefined {
  const wrong = outcomes.find(({ status }) => status !== 'accepted')
  if (wrong === undefined) return undefined
  const what = `the ${wrong.entry.record.status === 'active' ? '' : `${wrong.entry.record.status} `}${wrong.entry.kind}`
  return wrong.status === null
    ? `${what} has no result in the answer`
    : `${what} was refused: ${wrong.reason ?? ''}`
}

/** Where one can look: what is wrong with what stands there. */
export async function standsWrong(
  stage: Stage,
  { id }: HubRecord,
  should: { version?: number; active: boolean; writes?: number },
): Promise<string | undefined> {
  const seen = await stage.look(id)
  if (seen === undefined) return undefined
  if (seen === null) return should.active ? 'accepted, but nothing stands there' : undefined
  if (seen.active !== should.active) {
    return should.active ? 'accepted, but it is not active there' : 'accepted, but it is still active there'
  }
  if (should.version !== undefined && seen.version !== should.version) {
    return `accepted, but version ${seen.version} stands there instead of ${should.version}`
  }
  if (should.writes !== undefined && seen.writes !== undefined && seen.writes !== should.writes) {
    return `accepted, but it was written ${seen.writes} times instead of ${should.writes}`
  }
  return undefined
}
