/** `pimflow/config`: the configuration and the mapping files that it names. */
export {
  Config,
  ConfigError,
  type ConfigProblem,
  connectionConfig,
  ConnectionConfig,
  type ConnectionInput,
  connectionOf,
  type EnrichmentMapping,
  loadConfig,
  loadIcecatMappings,
  loadMappings,
  type OutputMapping,
  UnknownConnectionError,
} from '../config.ts'
