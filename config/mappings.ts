import { readFile } from 'node:fs/promises'
import { dirname, isAbsolute, join } from 'node:path'
import type { Config, ConfigProblem } from '../config.ts'
import { type MappingFile, readIcecatMappingFile, readMappingFile } from '../connectors/mapping-file.ts'
import type { IcecatMapping } from '../domain/enrichment/mapping/document.ts'
import type { HubMapping } from '../domain/mapping/document.ts'
import { proposed } from '../domain/proposals.ts'

/** The mapping of one output that names a file. */
export interface OutputMapping {
  connection: string
  output: string
  /** Where the file lies. */
  path: string
  /** Null where there is none yet and the defaults are to be written there. */
  read: { file: MappingFile; mapping: HubMapping } | null
}

/** Reads the mapping file of every output that names one. Whether it fits Akeneo is seen only with its structure. */
export async function readMappings(
  { connections }: Pick<Config, 'connections'>,
  configPath: string,
): Promise<{ mappings: OutputMapping[]; problems: ConfigProblem[] }> {
  const mappings: OutputMapping[] = []
  const problems: ConfigProblem[] = []
  for (const { name: connection, outputs = [], mapping: settings } of connections) {
    for (const { name: output, mapping: path } of outputs) {
      if (path === undefined) continue
      const place = isAbsolute(path) ? path : join(dirname(configPath), path)
      const text = await textOf(place)
      if (text === null && settings.createDefaults) {
        mappings.push({ connection, output, path: place, read: null })
        continue
      }
      if (text === null) {
        const about = {
          connection: connections.length > 1 ? connection : undefined,
          output: outputs.length > 1 ? output : undefined,
        }
        const message = `is the mapping of output ${output}, and there is no such file. Write one with: ${proposed('pimflow mapping suggest', about)}`
        problems.push({ file: place, line: null, path: '', message })
        continue
      }
      const file = { name: path, text }
      const read = readMappingFile(file)
      for (const { severity, line, path: part, message } of read.problems) {
        if (severity === 'error') problems.push({ file: place, line, path: part, message })
      }
      if (!read.mapping) continue
      if (read.mapping.output !== output) {
        const message = `is ${read.mapping.output}, and the configuration uses this file for output ${output}`
        problems.push({ file: place, line: null, path: 'output', message })
      }
      mappings.push({ connection, output, path: place, read: { file, mapping: read.mapping } })
    }
  }
  return { mappings, problems }
}

/** The mapping from Icecat of one connection. */
export interface EnrichmentMapping {
  connection: string
  file: MappingFile
  mapping: IcecatMapping
}

/** Reads the mapping file of every connection with a section `icecat`. Whether it fits Akeneo is seen only with its structure. */
export async function readIcecatMappings(
  { connections }: Pick<Config, 'connections'>,
  configPath: string,
): Promise<{ mappings: EnrichmentMapping[]; problems: ConfigProblem[] }> {
  const mappings: EnrichmentMapping[] = []
  const problems: ConfigProblem[] = []
  for (const { name: connection, icecat } of connections) {
    if (icecat === undefined) continue
    const { place, file } = await icecatMappingFile(icecat.mapping, configPath)
    if (file === null) {
      const about = { connection: connections.length > 1 ? connection : undefined }
      const message = `is the mapping from Icecat of ${connection}, and there is no such file. Write one with: ${proposed('pimflow mapping suggest --icecat', about)}`
      problems.push({ file: place, line: null, path: '', message })
      continue
    }
    const read = readIcecatMappingFile(file)
    const errors = read.problems.filter(({ severity }) => severity === 'error')
    for (const { line, path: part, message } of errors)
      problems.push({ file: place, line, path: part, message })
    if (read.mapping !== null && errors.length === 0)
      mappings.push({ connection, file, mapping: read.mapping })
  }
  return { mappings, problems }
}

/** Where the file that a configuration names lies, and what stands in it; null where there is none. */
export async function icecatMappingFile(
  path: string,
  configPath: string,
): Promise<{ place: string; file: MappingFile | null }> {
  const place = isAbsolute(path) ? path : join(dirname(configPath), path)
  const text = await textOf(place)
  return { place, file: text === null ? null : { name: path, text } }
}

async function textOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
