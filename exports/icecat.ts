/** `pimflow/icecat`: product sheets, files and assets of Icecat. */
export { createIcecatAccess, type IcecatAccess } from '../connectors/icecat/access.ts'
export {
  createIcecatClient,
  type IcecatAsset,
  type IcecatClient,
  type SheetAnswer,
} from '../connectors/icecat/client.ts'
export {
  type IcecatAccount,
  type IcecatConnection,
  icecatSettings,
  type IcecatSettings,
  type IcecatThrottle,
} from '../connectors/icecat/settings.ts'
export type { Identifier } from '../domain/enrichment/identifier.ts'
export type * from '../domain/enrichment/sheet.ts'
export { ContractError, RefusedError, TransientError } from '../connectors/errors.ts'
export { Secret } from '../domain/secret.ts'
