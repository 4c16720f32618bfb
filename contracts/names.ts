/**
 * Names that processes find each other by. Imports nothing, so workflows may use its values.
 * Renaming one breaks running schedules and saved searches: treat each as an interface.
 */

/** Default task queue of the workflows; activities run on two queues derived from it. */
export const defaultTaskQueue = 'pimflow'

/** Loads, polls and everything that may wait. */
export const bulkQueue = (taskQueue: string) => `${taskQueue}-bulk`

/** What a person waits for: never behind a load. */
export const liveQueue = (taskQueue: string) => `${taskQueue}-live`

/** Workflow types, as `temporal workflow start --type …` takes them. */
export const workflowTypes = {
  initializeCategories: 'initializeCategories',
  initializeCategoryBranch: 'initializeCategoryBranch',
  pollProducts: 'pollProducts',
  syncRecord: 'syncRecord',
  deliverChanges: 'deliverChanges',
  reconcileCatalog: 'reconcileCatalog',
  retireRecords: 'retireRecords',
  applyMapping: 'applyMapping',
  enrichCatalog: 'enrichCatalog',
  enrichProduct: 'enrichProduct',
  recheckCreationRequests: 'recheckCreationRequests',
  collectMedia: 'collectMedia',
  collectTaxonomy: 'collectTaxonomy',
  sendNotifications: 'sendNotifications',
} as const

/** A process is claimed by one run per connection; its name is the last part of the workflow id. */
export const processes = [
  'initialize-categories',
  'poll-products',
  'load-products',
  'sync',
  'reconcile',
  'retire',
  'deliver',
  'mapping',
  'enrich',
  'enrich-product',
  'recheck-requests',
  'media',
  'taxonomy',
  'notify',
] as const
export type ProcessName = (typeof processes)[number]

/** The id of a run is an address: `pimflow/<connection>/<process>[/<detail>]`. Schedules append their time. */
export const workflowId = (connection: string, process: ProcessName, detail?: string) =>
  detail === undefined ? `pimflow/${connection}/${process}` : `pimflow/${connection}/${process}/${detail}`

/** Schedules share the address of what they start. */
export const scheduleId = (connection: string, schedule: string) => `pimflow/${connection}/${schedule}`

/** Search attributes, registered at start-up; an unregistered one makes workflow tasks fail for ever. */
export const searchAttributes = {
  connection: 'PimflowConnection',
  process: 'PimflowProcess',
  outcome: 'PimflowOutcome',
  rejected: 'PimflowRejected',
} as const
