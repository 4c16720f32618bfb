import { ConfigError, type ConnectionConfig, icecatMappingFile } from '../../config.ts'
import type { Structure } from '../../connectors/akeneo/translate/index.ts'
import { accountOf } from '../../connectors/icecat/access.ts'
import { icecatSettings } from '../../connectors/icecat/settings.ts'
import { type MappingFile, readIcecatMappingFile } from '../../connectors/mapping-file.ts'
import { checkMapping } from '../../domain/enrichment/convert/check-rules.ts'
import type { IcecatMapping } from '../../domain/enrichment/mapping/document.ts'
import { inFileOrder, type MappingProblem } from '../../domain/mapping/problem.ts'
import { UsageError } from './errors.ts'

/** The mapping from Icecat of one connection, as it lies on this disk. */
export interface IcecatTarget {
  connection: ConnectionConfig
  /** What Icecat's lists and sheets are kept and counted by. */
  account: string
  /** Where the file lies. */
  place: string
  /** Null: there is none yet. */
  file: MappingFile | null
}

export async function icecatTarget(configPath: string, connection: ConnectionConfig): Promise<IcecatTarget> {
  const { icecat, name } = connection
  if (icecat === undefined)
    throw new UsageError(`${name} has no section icecat in the configuration: see docs/icecat.md`)
  const { place, file } = await icecatMappingFile(icecat.mapping, configPath)
  return { connection, account: accountOf(icecatSettings(icecat)), place, file }
}

export interface FittedMapping {
  file: MappingFile
  mapping: IcecatMapping
  /** What is doubtful. */
  warnings: MappingProblem[]
}

/** The file, read and held against what is stored of the catalogue; throws with every error and its line. */
export function fitted({ file, place }: IcecatTarget, structure: Structure): FittedMapping {
  if (file === null)
    throw new UsageError(
      `${place} is not there. Write one with: pimflow mapping suggest --icecat --write ${place}`,
    )
  const { mapping, problems: read } = readIcecatMappingFile(file)
  const problems = inFileOrder([...read, ...(mapping ? checkMapping(mapping, structure) : [])])
  const errors = problems.filter(({ severity }) => severity === 'error')
  if (mapping === null || errors.length > 0) throw mappingError(file, errors)
  return { file, mapping, warnings: problems }
}

/** All that is wrong with a file, each with its line. */
export const mappingError = ({ name }: MappingFile, problems: readonly MappingProblem[]): ConfigError =>
  new ConfigError(problems.map(({ line, path, message }) => ({ file: name, line, path, message })))
