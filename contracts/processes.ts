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
