import { type ConnectionConfig, loadMappings } from '../../config.ts'
import {
  buildStructure,
  defaultMapping,
  outputByFile,
  type OutputSettings,
  type Structure,
} from '../../connectors/akeneo/translate/index.ts'
import type { Sql } from '../../connectors/hub/database.ts'
import { appliedOutputs, defaultOutputOf } from '../../connectors/hub/outputs.ts'
import { structureCompleteAt, structureRecords } from '../../connectors/hub/structure.ts'
import { type MappingFile, readMappingFile } from '../../connectors/mapping-file.ts'
import type { HubMapping } from '../../domain/mapping/document.ts'
import type { OutputDefaults } from '../../domain/mapping/output-defaults.ts'
import { UsageError } from './errors.ts'

/** One output of a connection with the mapping that the configuration gives it. */
export interface MappingTarget {
  connection: ConnectionConfig
  output: string
  /** What the configuration says where no file does; null where there is no `outputs` section. */
  settings: OutputDefaults | null
  /** Null: the defaults. */
  file: MappingFile | null
  mapping: HubMapping | null
  /** Where the file lies; null where the configuration names none. */
  path: string | null
}

/** The output that is named, or the only one. A file that is not there counts as none: the verb that writes it comes here too. */
export async function mappingTarget(
  configPath: string,
  connection: ConnectionConfig,
  named: string | undefined,
): Promise<MappingTarget> {
  const { outputs = [] } = connection
  const chosen =
    named === undefined && outputs.length === 1 ? outputs[0] : outputs.find(({ name }) => name === named)
  if (!chosen && outputs.length === 0 && named === undefined)
    return { connection, output: '', settings: null, file: null, mapping: null, path: null }
  if (!chosen) {
    const known = outputs.map(({ name }) => name).join(', ') || 'none in the configuration'
    throw new UsageError(
      named === undefined
        ? `There are several outputs: name one with --output; these exist: ${known}`
        : `${connection.name} has no output ${named}; these exist: ${known}`,
    )
  }
  const { name, channel, locales = null, currencies = null } = chosen
  const only = { connections: [{ ...connection, outputs: [chosen], mapping: { createDefaults: true } }] }
  const [found] = await loadMappings(only, configPath)
  return {
    connection,
    output: name,
    settings: { channel: channel ?? name, locales, currencies },
    file: found?.read?.file ?? null,
    mapping: found?.read?.mapping ?? null,
    path: found?.path ?? null,
  }
}

/** What is stored of the connection's structure. */
export async function storedStructure(sql: Sql, connection: string): Promise<Structure> {
  if ((await structureCompleteAt(sql, connection)) === null) {
    throw new UsageError(
      `Nothing of ${connection} is read yet: pimflow sync categories, then pimflow sync products --full`,
    )
  }
  return buildStructure(await structureRecords(sql, connection))
}

/** Of a configuration without outputs: as it is published, by the name and the channel that were chosen at first. */
export async function asPublished(sql: Sql, target: MappingTarget): Promise<MappingTarget> {
  if (target.settings !== null) return target
  const chosen = defaultOutputOf(await appliedOutputs(sql, target.connection.name))
  return chosen === null ? target : { ...target, output: chosen.name, settings: chosen.settings }
}

/** The output as the file on the disk says, applied or not. */
export const compiled = ({ file, output, settings }: MappingTarget, structure: Structure): OutputSettings =>
  outputByFile(structure, file, settings === null ? undefined : { name: output, ...settings })

/** The defaults are a file too. */
export function documentOf({ mapping, output, settings }: MappingTarget, structure: Structure): HubMapping {
  if (mapping) return mapping
  const text = defaultMapping(structure, settings === null ? {} : { output: { name: output, ...settings } })
  const read = readMappingFile({ name: 'default.yaml', text })
  if (!read.mapping) throw new Error('The default mapping cannot be read')
  return read.mapping
}
