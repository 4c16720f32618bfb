/** `pimflow/workflows`: the workflows, for typed starts by a client of Temporal. */
export * from '../workflows/index.ts'
