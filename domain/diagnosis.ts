/** What `pimflow doctor` looks at in one connection's hub, and what it makes of it: plain rules over plain facts. */

export interface Holding {
  /** What is held: a process, or `output to destination`. */
  what: string
  workflowId: string
  since: Date | null
  /** Whether Temporal knows the holder as running; null when Temporal does not answer. */
  isRunning: boolean | null
}

export interface OpenRun {
  id: string
  process: string
  workflowId: string
  startedAt: Date
  /** Slices that it has not read to their end. */
  transfers: number
  isRunning: boolean | null
}

export interface FeedFact {
  output: string
  /** Last number that was given out, last one that stands in the feed, and how many are missing between the pruned part and there. */
  counted: number
  last: number
  missing: number
  /** Records whose version differs from that of their last entry. */
  unlike: { code: string | null; version: number; entry: number | null }[]
}

export interface DeliveryFact {
  output: string
  destination: string
  behind: number
  /** When the first entry was published that it has not been sent; null when it has all. */
  oldest: Date | null
  parked: number
  firstParked: Date | null
}

export interface HubFacts {
  claims: Holding[]
  deliveries: Holding[]
  openRuns: OpenRun[]
  /** Lanes that are not free within a quarter of an hour, and until when. */
  lanes: { owner: string; n: number; busyUntil: Date }[]
  /** Akeneo has refused to log the connection in; null: it has not. */
  login: { since: Date; times: number; remedy: string } | null
  /** Nobody calls this host until then. */
  hostWaits: { host: string; until: Date }[]
  feeds: FeedFact[]
  destinations: DeliveryFact[]
  /** Links that say their target is missing while it is there, with one example. */
  resolvable: { output: string; count: number; code: string | null; target: string } | null
  /** Records that wait, and since when the oldest does. */
  waiting: { count: number; oldest: Date; code: string | null } | null
  /** Looks at the variants of changed models that are overdue. */
  sweeps: { count: number; oldest: Date } | null
  watermark: { at: Date; load: 'running' | 'done' } | null
  /** Products whose enrichment is due and that nobody takes, and lines whose fate nobody has looked up. */
  enrichment: { due: number; oldestDue: Date | null; unknown: number; oldestUnknown: Date | null } | null
}

export interface DiagnosisSettings {
  /** Time between polls; null when they are off or follow a cron line. */
  pollEveryMs: number | null
  prerequisiteWaitHours: number
  hasIcecat: boolean
  destinations: string[]
}

/** broken: what must never be; stuck: it does not go on by itself; note: it mends itself, or waits for a person. */
export type Severity = 'broken' | 'stuck' | 'note'

export interface Ailment {
  severity: Severity
  /** For programs, the same in every version. */
  code: string
  /** What was found. */
  text: string
  /** What it means and what to do. */
  remedy: string
}

const hourMs = 3_600_000
const quarterMs = 15 * 60_000

/** How late something is before it counts as late: a run of a night may be at it. */
const patienceMs = 12 * hourMs

export function diagnose(facts: HubFacts, settings: DiagnosisSettings, now: Date): Ailment[] {
  return [
    ...heldByNobody(facts),
    ...endlessRuns(facts),
    ...refusedLogin(facts),
    ...lanes(facts),
    ...facts.feeds.flatMap(feed),
    ...facts.destinations.flatMap((one) => delivery(one, settings, now)),
    ...links(facts, settings, now),
    ...lateness(facts, settings, now),
    ...enrichment(facts, settings, now),
  ]
}

/** A holder that is gone. The next run asks Temporal and takes over, so it is stuck only where none comes. */
function heldByNobody({ claims, deliveries }: HubFacts): Ailment[] {
  return [...claims, ...deliveries]
    .filter(({ isRunning }) => isRunning === false)
    .map(({ what, workflowId }) => ({
      severity: 'note' as const,
      code: 'claim-without-holder',
      text: `${what} is held by ${workflowId}, which Temporal does not know as running`,
      remedy: 'Nothing is lost: the next run of it takes over. Start one, or wait for its schedule.',
    }))
}

function endlessRuns({ openRuns }: HubFacts): Ailment[] {
  return openRuns
    .filter(({ isRunning }) => isRunning === false)
    .map(({ id, process, workflowId, transfers }) => ({
      severity: 'note' as const,
      code: transfers > 0 ? 'transfers-without-run' : 'run-without-end',
      text:
        `run ${id} (${process}, ${workflowId}) was ended from outside` +
        (transfers > 0 ? ` with ${transfers} transfers open` : ''),
      remedy:
        'Nothing is lost: the watermark stays where it was, and the next run reads again from there. The row is history.',
    }))
}

function refusedLogin({ login }: HubFacts): Ailment[] {
  if (login === null) return []
  return [
    {
      severity: 'stuck',
      code: 'login-paused',
      text: `Akeneo refuses to log in since ${login.since.toISOString()} (asked ${login.times} times)`,
      remedy: `${login.remedy} It goes on by itself then, at once with \`pimflow check\`.`,
    },
  ]
}

function lanes({ lanes, hostWaits }: HubFacts): Ailment[] {
  return [
    ...lanes.map(({ owner, n, busyUntil }) => ({
      severity: 'stuck' as const,
      code: 'lane-held',
      text: `lane ${n} of ${owner} is taken until ${busyUntil.toISOString()}`,
      remedy:
        'No call takes so long: was the clock of the database changed? Correct it; lanes are freed by that clock.',
    })),
    ...hostWaits.map(({ host, until }) => ({
      severity: 'stuck' as const,
      code: 'host-waits',
      text: `nobody calls ${host} before ${until.toISOString()}`,
      remedy: 'It asked for that with a 429. Ask its operator why; the next answer may allow more.',
    })),
  ]
}

function feed({ output, counted, last, missing, unlike }: FeedFact): Ailment[] {
  const ailments: Ailment[] = []
  if (counted !== last || missing > 0) {
    ailments.push({
      severity: 'broken',
      code: 'feed-gap',
      text: `the feed of ${output} counts up to ${counted}, its last entry is ${last}, and ${missing} are missing`,
      remedy:
        'This must never be, unless rows were changed by hand or a part of a backup was restored. Readers take a new snapshot; destinations: `pimflow resend`.',
    })
  }
  const [example] = unlike
  if (example) {
    ailments.push({
      severity: 'broken',
      code: 'feed-behind-record',
      text: `${unlike.length} records of ${output} differ from the feed: ${example.code ?? 'one'} is at version ${example.version}, its last entry says ${example.entry ?? 'nothing'}`,
      remedy:
        'This must never be, unless rows were changed by hand. Readers take a new snapshot; destinations: `pimflow resend`.',
    })
  }
  return ailments
}

function delivery(
  { output, destination, behind, oldest, parked, firstParked }: DeliveryFact,
  { destinations }: DiagnosisSettings,
  now: Date,
): Ailment[] {
  const where = `${output} to ${destination}`
  if (!destinations.includes(destination)) {
    return [
      {
        severity: 'note',
        code: 'unknown-destination',
        text: `${where} was delivered once, and the configuration has no such destination any more`,
        remedy: 'Its place in the feed is kept. Add it again, or let it be.',
      },
    ]
  }
  const ailments: Ailment[] = []
  if (oldest !== null && now.getTime() - oldest.getTime() > hourMs) {
    ailments.push({
      severity: 'stuck',
      code: 'delivery-behind',
      text: `${where} lacks ${behind} entries, the oldest since ${oldest.toISOString()}`,
      remedy: `Look how its last run ended: pimflow status. Then: pimflow deliver`,
    })
  }
  if (parked > 0) {
    ailments.push({
      severity: 'note',
      code: 'delivery-parked',
      text: `${where}: ${parked} records are refused, or wait for such a one${firstParked === null ? '' : `, since ${firstParked.toISOString()}`}`,
      remedy:
        '`pimflow deliver --refused` says why. They are tried again by themselves; at once: pimflow deliver',
    })
  }
  return ailments
}

function links(
  { resolvable, waiting }: HubFacts,
  { prerequisiteWaitHours }: DiagnosisSettings,
  now: Date,
): Ailment[] {
  const ailments: Ailment[] = []
  if (resolvable !== null) {
    ailments.push({
      severity: 'stuck',
      code: 'pending-link',
      text: `${resolvable.count} links of ${resolvable.output} say that their target is missing, and it is there: ${resolvable.code ?? 'one'} names ${resolvable.target}`,
      remedy: `The next poll links them. If they stay: pimflow sync ${resolvable.code ?? '<id>'}`,
    })
  }
  const longest = prerequisiteWaitHours * hourMs + patienceMs
  if (waiting !== null && now.getTime() - waiting.oldest.getTime() > longest) {
    ailments.push({
      severity: 'stuck',
      code: 'waiting-too-long',
      text: `${waiting.count} records wait, ${waiting.code ?? 'one'} since ${waiting.oldest.toISOString()}`,
      remedy: `Nothing waits longer than products.prerequisiteWaitHours (${prerequisiteWaitHours} h) where polls run: pimflow explain ${waiting.code ?? '<id>'}, then pimflow sync products`,
    })
  }
  return ailments
}

function lateness(
  { watermark, sweeps, claims }: HubFacts,
  settings: DiagnosisSettings,
  now: Date,
): Ailment[] {
  const ailments: Ailment[] = []
  if (watermark?.load === 'running' && !claims.some(isLoading)) {
    ailments.push({
      severity: 'stuck',
      code: 'load-not-finished',
      text: 'the first full load has begun and no run is at it',
      remedy: 'The next poll starts it again; at once: pimflow sync products --full',
    })
  }
  const { pollEveryMs } = settings
  const behindMs = watermark === null ? 0 : now.getTime() - watermark.at.getTime()
  if (pollEveryMs !== null && behindMs > 3 * pollEveryMs + quarterMs) {
    ailments.push({
      severity: 'stuck',
      code: 'watermark-behind',
      text: `changes are known up to ${watermark?.at.toISOString() ?? ''} only, and a poll is due every ${pollEveryMs / 1000} s`,
      remedy:
        'Look how the last poll ended, and whether its schedule is on and a worker runs: pimflow status',
    })
  }
  if (sweeps !== null && now.getTime() - sweeps.oldest.getTime() > patienceMs) {
    ailments.push({
      severity: 'stuck',
      code: 'sweep-overdue',
      text: `variants of ${sweeps.count} changed models were to be looked at since ${sweeps.oldest.toISOString()}`,
      remedy: 'A poll does that: pimflow sync products',
    })
  }
  return ailments
}

const isLoading = ({ what, isRunning }: Holding) => what === 'load-products' && isRunning !== false

function enrichment({ enrichment: facts }: HubFacts, { hasIcecat }: DiagnosisSettings, now: Date): Ailment[] {
  if (facts === null || !hasIcecat) return []
  const late = (since: Date | null) => since !== null && now.getTime() - since.getTime() > 36 * hourMs
  const ailments: Ailment[] = []
  if (late(facts.oldestDue)) {
    ailments.push({
      severity: 'stuck',
      code: 'enrichment-not-taken',
      text: `${facts.due} products are due for enrichment, the first since ${facts.oldestDue?.toISOString() ?? ''}`,
      remedy:
        'Is the schedule `enrich` on, and is the fair use reached? pimflow status; at once: pimflow enrich',
    })
  }
  if (late(facts.oldestUnknown)) {
    ailments.push({
      severity: 'stuck',
      code: 'line-unknown',
      text: `${facts.unknown} lines were sent to Akeneo and nobody has looked up what became of them`,
      remedy: 'An enrichment does that first of all and sends them again where need be: pimflow enrich',
    })
  }
  return ailments
}
