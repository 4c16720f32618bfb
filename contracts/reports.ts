import { z } from 'zod'

/** How a run ended, as search attribute and report show it. */
export const Outcome = z.enum([
  'done',
  'done with rejections',
  'already running',
  'load started',
  'loading',
  'cancelled',
  'awaiting approval',
  'fair use reached',
])
export type Outcome = z.infer<typeof Outcome>

export interface StreamReport {
  read: number
  changed: number
  rejected: number
}

/** What a run did, in counts: it travels through history, so it never holds a record. */
export interface RunReport {
  outcome: Outcome
  runId: string | null
  streams: Record<string, StreamReport>
  /** Hub records that were published: one per line of the feed. */
  published: number
  waiting: number
  rejected: number
  /** What it made wait for a person, as `pimflow approvals` takes it; absent where there is nothing. */
  held?: string[]
}

export interface CategoriesReport {
  outcome: Outcome
  runId: string | null
  written: number
  unchanged: number
  refused: number
  blocked: number
  trees: number
}

/** What a reconcile found and did. */
export interface ReconcileReport {
  outcome: Outcome
  runId: string | null
  /** Keys that Akeneo listed. */
  listed: number
  /** Stored records that it did not list; those that a person refused to let go are not counted again. */
  absent: number
  /** Number of the plan that was made of them. */
  plan: string | null
  /** Why that plan waits for a person, in sentences; none when it was carried out. */
  held: string[]
  retired: number
  /** Absent from the lists, and there after all when they were read by their id. */
  kept: number
  /** What no poll had brought: content that only a full pass found changed, records never read, records that had left. */
  drift: { changed: number; unknown: number; missing: number }
}

export interface RetireReport {
  outcome: Outcome
  runId: string | null
  plan: string
  retired: number
  /** There after all. */
  kept: number
  published: number
}

/** What a delivery did, in counts. */
export interface DeliveryReport {
  outcome: Outcome
  runId: string | null
  /** Those that it was about. */
  destinations: string[]
  /** Entries that a destination took, and that it refused, in this run. */
  delivered: number
  refused: number
  /** Records that a destination has not taken by now: refused, or waiting for one that was. */
  parked: number
}

/** What a mapping changes, and whether it was applied. */
export interface MappingReport {
  outcome: Outcome
  runId: string | null
  change: string
  output: string | null
  /** Groups and products that were compared, and those of them that the mapping makes otherwise. */
  compared: number
  changed: number
  published: number
}

/** What a run of enrichment did, in counts. */
export interface EnrichmentCounts {
  /** Products whose sheet brought something that is written, to them or to a model of theirs. */
  enriched: number
  /** Products whose sheet brought nothing new. */
  unchanged: number
  /** Products that Icecat does not have. */
  notFound: number
  /** Products that Icecat has, and not for this account, or not yet. */
  restricted: number
  /** Values that stay as they are because of who owns them. */
  kept: number
  /** Sheets that were taken though there was no brand to compare. */
  unchecked: number
  /** Values that cannot be written, by a rule that is known before they are sent. */
  problems: number
  /** Values that Akeneo refused, and lines that it refused whole. */
  refused: number
  parked: number
  /** Values that Akeneo answered with "written" and does not show, or shows as something else. */
  dropped: number
  changedByAkeneo: number
  /** Creation requests made, and products that came after they had been asked for. */
  requested: number
  delivered: number
  /** Sheets fetched from Icecat, a language each. */
  sheets: number
  /** Lines sent to Akeneo, the values in them, and the requests that took them. */
  lines: number
  values: number
  requests: number
  /** Files uploaded, and their bytes. */
  files: number
  bytes: number
  /** Lines that a person's edit made void, lines without an answer, products made by mistake and taken away again. */
  overtaken: number
  unanswered: number
  createdByMistake: number
  proposals: number
  options: number
}

export interface EnrichmentReport extends EnrichmentCounts {
  outcome: Outcome
  runId: string | null
  /** Parts of the mapping that Akeneo has no place for any more, in words; absent where all of it fits. */
  leftOut?: string[]
  /** Why the newer mapping file of a worker was not taken, in words; absent where there is none. */
  notTaken?: string
  /** Products that wait for their time when the run ends. */
  due: number
}

export interface EnrichProductReport {
  outcome: 'enriched' | 'unchanged' | 'not found' | 'waiting'
  /** One sentence a person understands. */
  text: string
  counts: EnrichmentCounts | null
}

export interface RecheckReport {
  outcome: Outcome
  runId: string | null
  checked: number
  delivered: number
  givenUp: number
}

/** What a collection of files did, in counts. */
export interface MediaReport {
  outcome: Outcome
  runId: string | null
  /** Files whose bytes came in this run, and how many bytes. */
  downloaded: number
  bytes: number
  /** Files that records name and that could not be had, by now. */
  refused: number
  /** Hub records that were made anew because something became known of their files. */
  published: number
  /** Files of the store that no record names any more. */
  removed: number
}

/** What a reading of one of Icecat's lists did. */
export interface TaxonomyListCounts {
  records: number
  added: number
  changed: number
  removed: number
  /** Why it was not taken whole, or at all; null: it was. */
  problem: string | null
}

/** What a collection of both sides' taxonomies did, by list of Icecat's. */
export interface TaxonomyReport {
  outcome: Outcome
  runId: string | null
  lists: Record<string, TaxonomyListCounts>
  problems: string[]
}

/** What a look at a connection's troubles told its webhook. */
export interface NotificationsReport {
  outcome: Outcome
  runId: null
  /** Entries of the message; 0: nothing had changed, and none was sent. */
  told: number
  /** Troubles that stand, told now or before. */
  standing: number
}

export interface SyncReport {
  outcome: 'synced' | 'not found' | 'rejected' | 'waiting'
  /** One sentence a person understands. */
  text: string
  published: string[]
}
