/** `pimflow/akeneo`: calls of Akeneo's REST API, within the limits that all callers share. */
export {
  type AkeneoCalls,
  type AkeneoClient,
  type AkeneoClientDependencies,
  createAkeneoClient,
  type OneRecord,
  type Page,
  type PageQuery,
  type PageRequest,
  type PatchAnswer,
  type ReadOneOptions,
} from '../connectors/akeneo/client.ts'
export * from '../connectors/akeneo/schema.ts'
export type {
  AkeneoConnection,
  AkeneoSettings,
  ProductIdFormat,
  RetrySettings,
  ThrottleSettings,
} from '../connectors/akeneo/settings.ts'
export { soloAkeneo } from '../connectors/akeneo/solo.ts'
export { ContractError, RefusedError, TransientError } from '../connectors/errors.ts'
export { Secret } from '../domain/secret.ts'
