import { addressed, proposed } from './proposals.ts'

/** What a person is told of by the webhook of a connection: what is new since the last message, once, and what is over. */

export type TroubleKind = 'failed' | 'stale' | 'approval'

/** What a person should do, and the commands that do it. */
export interface Todo {
  text: string
  commands: string[]
}

/** Something that stands and that a person should know of. */
export interface Trouble {
  kind: TroubleKind
  /** What it is about: a process, `poll`, or the id of what waits. With the kind, the same as long as it stands. */
  subject: string
  since: Date
  text: string
  todo: Todo
}

/** What was told of and stood when it was. */
export interface Told {
  kind: TroubleKind
  subject: string
  since: Date
  toldAt: Date
}

/** new: it stands since the last message; still: it was told of long ago and stands yet; over: it is well again. */
export type EntryState = 'new' | 'still' | 'over'

export interface Entry extends Trouble {
  state: EntryState
  /** When a message last had it; null: none had. */
  lastToldAt: Date | null
}

export interface Digest {
  entries: Entry[]
  /** What is known to have been told once these entries are. */
  told: Told[]
}

/** How the runs of one process stand. */
export interface ProcessStanding {
  process: string
  /** Of deliveries: from where to where; else empty. */
  detail: string
  /** Runs that failed since the last one that did not; 0: all is well. */
  failures: number
  failedSince: Date | null
  /** Why the last one failed, where that is a failure that says what to do. */
  why: string | null
  workflowId: string | null
  /** End of the last run that did not fail. */
  wellAt: Date | null
  /** Runs that failed before that, and that no message had. */
  passed: number
  passedSince: Date | null
  passedWhy: string | null
}

/** What carries a process out at once, for a person who has mended the cause. */
const commandOf: Partial<Record<string, string>> = {
  'initialize-categories': 'pimflow sync categories',
  'poll-products': 'pimflow sync products',
  'load-products': 'pimflow sync products --full',
  reconcile: 'pimflow reconcile',
  retire: 'pimflow approvals',
  deliver: 'pimflow deliver',
  mapping: 'pimflow mapping diff',
  enrich: 'pimflow enrich',
  'recheck-requests': 'pimflow schedules trigger requests',
  media: 'pimflow sync media',
  taxonomy: 'pimflow sync taxonomy',
}

export const subjectOf = ({ process, detail }: Pick<ProcessStanding, 'process' | 'detail'>): string =>
  detail === '' ? process : `${process} ${detail}`

const times = (count: number) => (count === 1 ? 'once' : `${count} times`)

/** A process whose last run failed; null: it is well. */
export function failureOf(connection: string, standing: ProcessStanding): Trouble | null {
  const { failures, failedSince, why, workflowId } = standing
  if (failures === 0 || failedSince === null) return null
  const again = commandOf[standing.process]
  return {
    kind: 'failed',
    subject: subjectOf(standing),
    since: failedSince,
    text: `${subjectOf(standing)} failed (${times(failures)}; ${workflowId ?? 'its run'}): ${addressed(why ?? unknownCause, { connection })}`,
    todo: {
      text: 'Mend what it says; nothing is lost, the next run goes on from there. At once:',
      commands:
        again === undefined ? [status(connection)] : [proposed(again, { connection }), status(connection)],
    },
  }
}

/** The text of an error that nobody foresaw may hold anything: it stays where its readers may see it. */
const unknownCause = 'an error that pimflow does not know; its text is in Temporal’s web UI, in the run'

/** Changes up to `watermark` are in the hub. Null: that is not older than it may be. */
export function staleness(
  connection: string,
  { watermark, staleAfterMs }: { watermark: Date; staleAfterMs: number },
  now: Date,
): Trouble | null {
  const since = new Date(watermark.getTime() + staleAfterMs)
  if (since > now) return null
  return {
    kind: 'stale',
    subject: 'poll',
    since,
    text: `Changes in Akeneo are in the hub up to ${watermark.toISOString()} only, longer ago than the connection allows`,
    todo: {
      text: 'See whether the schedule poll is on, a worker runs and Akeneo answers:',
      commands: [status(connection), proposed('pimflow check', { connection })],
    },
  }
}

/** Something that a person decides about: `would` says what would be done then. */
export const approvalOf = (
  connection: string,
  { id, since, would }: { id: string; since: Date; would: string },
): Trouble => ({
  kind: 'approval',
  subject: id,
  since,
  text: `Waits for your word: ${would}`,
  todo: {
    text: 'Look at it, then approve or reject it:',
    commands: ['show', 'approve', 'reject'].map((verb) =>
      proposed(`pimflow approvals ${verb} ${id}`, { connection }),
    ),
  },
})

const status = (connection: string) => proposed('pimflow status', { connection })

/**
 * What one message says. What waits for approval and is gone was decided by a person, who knows; what was told of long ago is told again
 * every `remindMs` (0: never).
 */
export function digestOf(
  connection: string,
  facts: { troubles: Trouble[]; standings: ProcessStanding[]; isFresh: boolean },
  told: readonly Told[],
  { now, remindMs }: { now: Date; remindMs: number },
): Digest {
  const { troubles, standings, isFresh } = facts
  const before = new Map(told.map((one) => [keyOf(one), one]))
  const standing = troubles.flatMap((trouble): Entry[] => {
    const known = before.get(keyOf(trouble))
    if (known === undefined) return [{ ...trouble, state: 'new', lastToldAt: null }]
    const isDue = remindMs > 0 && now.getTime() - known.toldAt.getTime() >= remindMs
    return isDue ? [{ ...trouble, state: 'still', lastToldAt: known.toldAt }] : []
  })
  const over = [
    ...standings.flatMap((one) => recovered(connection, one, before)),
    ...(isFresh ? freshAgain(connection, before) : []),
  ]
  const saidNow = new Set(standing.map(keyOf))
  return {
    entries: [...standing, ...over],
    told: troubles.map(({ kind, subject, since }) => {
      const known = before.get(keyOf({ kind, subject }))
      const isSaid = known === undefined || saidNow.has(keyOf({ kind, subject }))
      return { kind, subject, since, toldAt: isSaid ? now : known.toldAt }
    }),
  }
}

const keyOf = ({ kind, subject }: Pick<Trouble, 'kind' | 'subject'>) => `${kind}/${subject}`

/** The first run that went well after a failure, also where the failure came and went between two messages. */
function recovered(connection: string, standing: ProcessStanding, before: Map<string, Told>): Entry[] {
  const { failures, wellAt, passed, passedSince, passedWhy } = standing
  const subject = subjectOf(standing)
  const known = before.get(keyOf({ kind: 'failed', subject }))
  const since = known?.since ?? passedSince
  if (failures > 0 || wellAt === null || since === null) return []
  if (known === undefined && passed === 0) return []
  const why =
    known === undefined
      ? `; it had failed ${times(passed)}: ${addressed(passedWhy ?? unknownCause, { connection })}`
      : ''
  return [
    {
      kind: 'failed',
      state: 'over',
      subject,
      since,
      lastToldAt: known?.toldAt ?? null,
      text: `${subject} went well again, at ${wellAt.toISOString()}${why}`,
      todo: { text: 'Nothing; to see what it did:', commands: [status(connection)] },
    },
  ]
}

function freshAgain(connection: string, before: Map<string, Told>): Entry[] {
  const known = before.get(keyOf({ kind: 'stale', subject: 'poll' }))
  if (known === undefined) return []
  return [
    {
      kind: 'stale',
      state: 'over',
      subject: 'poll',
      since: known.since,
      lastToldAt: known.toldAt,
      text: 'Changes in Akeneo are in the hub as quickly as they should be again',
      todo: { text: 'Nothing; to see how it stands:', commands: [status(connection)] },
    },
  ]
}

const headings: Record<EntryState, string> = { new: 'new', still: 'as before', over: 'well again' }

/** The message for a person's eyes: chats and mails show it as it is. */
export function digestText(connection: string, entries: readonly Entry[]): string {
  const states = Object.entries(headings) as [EntryState, string][]
  const counts = states.flatMap(([state, heading]) => {
    const count = entries.filter((entry) => entry.state === state).length
    return count === 0 ? [] : [`${count} ${heading}`]
  })
  return [
    `pimflow, ${connection}: ${counts.join(', ')}`,
    ...entries.flatMap(({ state, text, todo }) => [
      '',
      `[${headings[state]}] ${text}`,
      todo.text,
      ...todo.commands.map((command) => `    ${command}`),
    ]),
  ].join('\n')
}
