import {
  compileOutput,
  defaultOutput,
  type OutputSettings,
  type Structure,
} from '../../connectors/akeneo/translate/index.ts'
import type { AppliedMapping } from '../../connectors/hub/outputs.ts'
import { readMappingFile } from '../../connectors/mapping-file.ts'
import type { ConnectionOutput } from '../dependencies.ts'

/**
 * The outputs of a connection, by name: each by the mapping that was applied to it, whatever the file on this worker's disk says now.
 * Without any in the configuration there is one, by the defaults.
 */
export function compileOutputs(
  configured: readonly ConnectionOutput[],
  applied: ReadonlyMap<string, AppliedMapping>,
  structure: Structure,
): OutputSettings[] {
  if (configured.length === 0) return [defaultOutput(structure)]
  return configured
    .map((output) => compileOne(output, applied.get(output.name) ?? null, structure))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Throws for an applied text that cannot be read: it was checked before it was applied. */
export function compileOne(
  { name, settings }: ConnectionOutput,
  file: AppliedMapping,
  structure: Structure,
): OutputSettings {
  if (file === null) return defaultOutput(structure, { name, ...settings })
  const { mapping, problems } = readMappingFile(file)
  if (mapping) return compileOutput(mapping, structure)
  throw new Error(
    `The mapping ${file.name} of output ${name} cannot be read: ${problems.map(({ message }) => message).join('; ')}`,
  )
}
