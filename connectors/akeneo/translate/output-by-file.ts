import { type MappingFile, readMappingFile } from '../../mapping-file.ts'
import { compileOutput } from './compile-output.ts'
import type { DefaultMappingOptions } from './default-mapping.ts'
import { defaultOutput } from './default-output.ts'
import type { OutputSettings } from './output.ts'
import type { Structure } from './structure.ts'

/** An output as its mapping file says; without one by the defaults, which `output` may narrow. Throws for a file that cannot be read. */
export function outputByFile(
  structure: Structure,
  file: MappingFile | null,
  output?: DefaultMappingOptions['output'],
): OutputSettings {
  if (file === null) return defaultOutput(structure, output)
  const { mapping, problems } = readMappingFile(file)
  if (mapping) return compileOutput(mapping, structure)
  throw new Error(
    `The mapping ${file.name} cannot be read: ${problems.map(({ message }) => message).join('; ')}`,
  )
}
