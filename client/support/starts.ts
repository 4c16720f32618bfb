import { defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common'
import { type ProcessName, searchAttributes, workflowId, workflowTypes } from '../../contracts/names.ts'
import type {
  ApplyMappingInput,
  EnrichCatalogInput,
  EnrichProductInput,
  CollectMediaInput,
  CollectTaxonomyInput,
  InitializeCategoriesInput,
  PollProductsInput,
  ReconcileCatalogInput,
  RecheckCreationRequestsInput,
  RetireRecordsInput,
  SendNotificationsInput,
  DeliverChangesInput,
  SyncRecordInput,
} from '../../contracts/processes.ts'

/** One workflow to start: everything that is the same whether the SDK, a schedule or the `temporal` program starts it. */
export interface WorkflowStart {
  type: keyof typeof workflowTypes
  workflowId: string
  connection: string
  process: ProcessName
  input:
    | InitializeCategoriesInput
    | PollProductsInput
    | SyncRecordInput
    | DeliverChangesInput
    | ReconcileCatalogInput
    | RetireRecordsInput
    | ApplyMappingInput
    | EnrichCatalogInput
    | EnrichProductInput
    | RecheckCreationRequestsInput
    | CollectMediaInput
    | CollectTaxonomyInput
    | SendNotificationsInput
  /** What the web UI shows beside the id. */
  summary: string
}

export const startCategories = (connection: string): WorkflowStart => ({
  type: workflowTypes.initializeCategories,
  workflowId: workflowId(connection, 'initialize-categories'),
  connection,
  process: 'initialize-categories',
  input: { connection },
  summary: `categories of ${connection}`,
})

export const startPoll = (connection: string): WorkflowStart => ({
  type: workflowTypes.pollProducts,
  workflowId: workflowId(connection, 'poll-products'),
  connection,
  process: 'poll-products',
  input: { connection, mode: 'delta' },
  summary: `changes of ${connection}`,
})

/** Under its own id, so that polls go on meanwhile. */
export const startFullLoad = (connection: string): WorkflowStart => ({
  type: workflowTypes.pollProducts,
  workflowId: workflowId(connection, 'load-products'),
  connection,
  process: 'load-products',
  input: { connection, mode: 'full' },
  summary: `full load of ${connection}`,
})

export const startRecord = (connection: string, id: string): WorkflowStart => ({
  type: workflowTypes.syncRecord,
  workflowId: workflowId(connection, 'sync', id),
  connection,
  process: 'sync',
  input: { connection, id },
  summary: `${id} of ${connection}`,
})

export const startReconcile = (
  connection: string,
  { content = false }: { content?: boolean } = {},
): WorkflowStart => ({
  type: workflowTypes.reconcileCatalog,
  workflowId: workflowId(connection, 'reconcile'),
  connection,
  process: 'reconcile',
  input: { connection, content },
  summary: `reconcile of ${connection}`,
})

/** Of a plan that is within the guards or was approved. */
export const startRetire = (connection: string, plan: string): WorkflowStart => ({
  type: workflowTypes.retireRecords,
  workflowId: workflowId(connection, 'retire', plan),
  connection,
  process: 'retire',
  input: { connection, plan },
  summary: `plan ${plan} of ${connection}`,
})

/** Of a proposed mapping; `compareOnly` says what it would change and leaves it a proposal. */
export const startMapping = (
  connection: string,
  change: string,
  { compareOnly = false }: { compareOnly?: boolean } = {},
): WorkflowStart => ({
  type: workflowTypes.applyMapping,
  workflowId: workflowId(connection, 'mapping', change),
  connection,
  process: 'mapping',
  input: { connection, change, ...(compareOnly ? { compareOnly } : {}) },
  summary: `mapping m${change} of ${connection}`,
})

/** To one destination; without one: to each of the connection, as its schedule does. */
export const startDelivery = (
  connection: string,
  destination?: string,
  options: Pick<DeliverChangesInput, 'output' | 'retryRefused'> = {},
): WorkflowStart => ({
  type: workflowTypes.deliverChanges,
  workflowId: workflowId(connection, 'deliver', destination),
  connection,
  process: 'deliver',
  input: { connection, ...(destination === undefined ? {} : { destination }), ...options },
  summary: `changes of ${connection} to ${destination ?? 'its destinations'}`,
})

/** `queued`: without Icecat's index, only what is due already. */
export const startEnrichment = (connection: string, mode: 'daily' | 'queued' = 'daily'): WorkflowStart => ({
  type: workflowTypes.enrichCatalog,
  workflowId: workflowId(connection, 'enrich'),
  connection,
  process: 'enrich',
  input: { connection, ...(mode === 'daily' ? {} : { mode }) },
  summary: `Icecat’s content into ${connection}`,
})

export const startEnrichProduct = (connection: string, id: string): WorkflowStart => ({
  type: workflowTypes.enrichProduct,
  workflowId: workflowId(connection, 'enrich-product', id),
  connection,
  process: 'enrich-product',
  input: { connection, id },
  summary: `Icecat’s content for ${id} of ${connection}`,
})

export const startRecheckRequests = (connection: string): WorkflowStart => ({
  type: workflowTypes.recheckCreationRequests,
  workflowId: workflowId(connection, 'recheck-requests'),
  connection,
  process: 'recheck-requests',
  input: { connection },
  summary: `content that Icecat was asked for, of ${connection}`,
})

/** A person who asks wants what failed asked for again, too. */
export const startMedia = (connection: string): WorkflowStart => ({
  type: workflowTypes.collectMedia,
  workflowId: workflowId(connection, 'media'),
  connection,
  process: 'media',
  input: { connection, retryRefused: true },
  summary: `files of ${connection}`,
})

/** What mappings are made of, of both sides. */
export const startTaxonomy = (connection: string): WorkflowStart => ({
  type: workflowTypes.collectTaxonomy,
  workflowId: workflowId(connection, 'taxonomy'),
  connection,
  process: 'taxonomy',
  input: { connection },
  summary: `taxonomy of ${connection}`,
})

export const startNotifications = (connection: string): WorkflowStart => ({
  type: workflowTypes.sendNotifications,
  workflowId: workflowId(connection, 'notify'),
  connection,
  process: 'notify',
  input: { connection },
  summary: `notifications of ${connection}`,
})

const connectionKey = defineSearchAttributeKey(searchAttributes.connection, 'KEYWORD')
const processKey = defineSearchAttributeKey(searchAttributes.process, 'KEYWORD')

export const searchAttributesOf = ({
  connection,
  process,
}: Pick<WorkflowStart, 'connection' | 'process'>): SearchAttributePair[] => [
  { key: connectionKey, value: connection },
  { key: processKey, value: process },
]
