import { z } from 'zod'

/** The one object that each workflow takes; plain JSON, so that `temporal workflow start --input` can give it. */

const ConnectionName = z.string().min(1).describe('Name of a connection in pimflow.config.yaml')

export const InitializeCategoriesInput = z.object({ connection: ConnectionName })
export type InitializeCategoriesInput = z.infer<typeof InitializeCategoriesInput>

/** What a run whose history grew long hands to the execution that goes on with it; all else is in the database. */
export const CarriedRun = z.object({
  runId: z.string().regex(/^\d+$/),
  totals: z.object({ read: z.number().int(), changed: z.number().int(), rejected: z.number().int() }),
  paused: z.boolean(),
})
export type CarriedRun = z.infer<typeof CarriedRun>

const MaxHistoryEvents = z
  .number()
  .int()
  .positive()
  .optional()
  .describe('Goes on in a new execution after so many events; absent: when Temporal suggests it')

export const PollProductsInput = z.object({
  connection: ConnectionName,
  mode: z
    .enum(['delta', 'full'])
    .default('delta')
    .describe('delta: what changed since the watermark; full: everything'),
  maxHistoryEvents: MaxHistoryEvents,
  carried: CarriedRun.extend({
    modelReaders: z.number().int().positive(),
    readers: z.number().int().positive(),
    warning: z.string().nullable(),
  })
    .optional()
    .describe('Carried on by a run whose history grew long'),
})
export type PollProductsInput = z.input<typeof PollProductsInput>

export const SyncRecordInput = z.object({
  connection: ConnectionName,
  id: z.string().min(1).describe('SKU, uuid or model code; told apart by looking'),
})
export type SyncRecordInput = z.infer<typeof SyncRecordInput>

export const ReconcileCatalogInput = z.object({
  connection: ConnectionName,
  content: z
    .boolean()
    .default(false)
    .describe('False: only what left and what was never read; true: everything is read again first'),
  maxHistoryEvents: MaxHistoryEvents,
  carried: CarriedRun.extend({ readers: z.number().int().positive(), loadRunId: z.string().nullable() })
    .optional()
    .describe('Carried on by a run whose history grew long'),
})
export type ReconcileCatalogInput = z.input<typeof ReconcileCatalogInput>

export const RetireRecordsInput = z.object({
  connection: ConnectionName,
  plan: z.string().regex(/^\d+$/).describe('Number of a plan that is within the guards or was approved'),
})
export type RetireRecordsInput = z.infer<typeof RetireRecordsInput>

export const DeliverChangesInput = z.object({
  connection: ConnectionName,
  destination: z.string().min(1).optional().describe('One of the connection; absent: each of them'),
  output: z.string().min(1).optional().describe("Whose feed; absent: the destination's own"),
  retryRefused: z.boolean().optional().describe('Try what was refused again now, not when its time comes'),
  counted: z
    .object({ delivered: z.number().int(), refused: z.number().int() })
    .optional()
    .describe('Carried on by a run whose history grew long'),
})
export type DeliverChangesInput = z.infer<typeof DeliverChangesInput>

export const ApplyMappingInput = z.object({
  connection: ConnectionName,
  change: z
    .string()
    .regex(/^\d+$/)
    .describe('Number of a proposed mapping; `pimflow mapping apply` proposes one'),
  compareOnly: z.boolean().optional().describe('Only say what it would change'),
})
export type ApplyMappingInput = z.infer<typeof ApplyMappingInput>

export const EnrichCatalogInput = z.object({
  connection: ConnectionName,
  mode: z
    .enum(['daily', 'queued'])
    .default('daily')
    .describe(
      "daily: Icecat's index first, then what is due; queued: only what polls and people have put into the queue",
    ),
  counted: z
    .record(z.string(), z.number())
    .optional()
    .describe('Carried on by a run whose history grew long'),
})
export type EnrichCatalogInput = z.input<typeof EnrichCatalogInput>

export const EnrichProductInput = z.object({
  connection: ConnectionName,
  id: z
    .string()
    .min(1)
    .describe('SKU, uuid or model code; told apart by looking. With it, all variants of its root model'),
})
export type EnrichProductInput = z.infer<typeof EnrichProductInput>

export const RecheckCreationRequestsInput = z.object({ connection: ConnectionName })
export type RecheckCreationRequestsInput = z.infer<typeof RecheckCreationRequestsInput>

export const CollectMediaInput = z.object({
  connection: ConnectionName,
  retryRefused: z
    .boolean()
    .optional()
    .describe('Ask for files that failed again now, not when their time comes'),
})
export type CollectMediaInput = z.infer<typeof CollectMediaInput>

export const CollectTaxonomyInput = z.object({ connection: ConnectionName })
export type CollectTaxonomyInput = z.infer<typeof CollectTaxonomyInput>

export const SendNotificationsInput = z.object({ connection: ConnectionName })
export type SendNotificationsInput = z.infer<typeof SendNotificationsInput>

/** How a connection wants its activities tried; read from the configuration by the first activity of a run. */
export interface ActivityPolicy {
  /** Longer than the HTTP timeout: a call that hangs is ended by its own timeout. */
  heartbeatTimeoutMs: number
  initialIntervalMs: number
  maximumIntervalMs: number
  backoffCoefficient: number
  /** 0: without an end. */
  maximumAttempts: number
}

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

/** A chunk of work of an enrichment: about a minute, safe to repeat. */
export interface EnrichmentChunk {
  connection: string
  runId: string
  /** True: a person waits for it. */
  live?: boolean
  /** These records only. */
  only?: { stream: 'products' | 'product-models'; key: string }[]
}

export interface EnrichmentChunkDone {
  /** How many lines, records, files or options were brought to an end. */
  done: number
  /** There is more to do now. */
  more: boolean
  /** Nothing now, but something is under way elsewhere or waits for its time: when to look again; unit ms. Null: nothing waits. */
  waitMs: number | null
}

export interface PreparedChunk extends EnrichmentChunkDone {
  /** Month (`2026-12`) in which sheets are fetched again, once this one's are used up; null: they are not. */
  fairUse: string | null
}
