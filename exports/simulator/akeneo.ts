/** `pimflow/simulator/akeneo`: an Akeneo to test against. */
export * from '../../simulator/akeneo/index.ts'
