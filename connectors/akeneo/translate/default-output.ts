import { readMappingFile } from '../../mapping-file.ts'
import { compileOutput } from './compile-output.ts'
import { defaultMapping, type DefaultMappingOptions } from './default-mapping.ts'
import type { OutputSettings } from './output.ts'
import type { Structure } from './structure.ts'

/**
 * The output of a connection without a mapping file: the default file's own text, read and compiled like any other, so that writing it
 * down changes no record. Throws without a channel.
 */
export function defaultOutput(
  structure: Structure,
  output?: DefaultMappingOptions['output'],
): OutputSettings {
  const text = defaultMapping(structure, output ? { output } : {})
  const { mapping, problems } = readMappingFile({ name: 'default.yaml', text })
  if (!mapping || problems.length > 0) {
    throw new Error(
      `The default mapping cannot be read: ${problems.map(({ message }) => message).join('; ')}`,
    )
  }
  // Of a new structure the defaults may choose anew, so the file is made again and not only compiled again.
  return { ...compileOutput(mapping, structure), remake: (fresh) => defaultOutput(fresh, output) }
}
