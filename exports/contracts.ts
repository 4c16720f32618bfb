/** `pimflow/contracts`: what the hub hands out, and what workflows take, answer and are called. */
export * from '../contracts/enrichment-preview.ts'
export * from '../contracts/hub.ts'
export * from '../contracts/names.ts'
export * from '../contracts/processes.ts'
export * from '../contracts/reports.ts'
export * from '../contracts/streams.ts'
