/** `pimflow/simulator/icecat`: an Icecat to test against. */
export * from '../../simulator/icecat/index.ts'
