import { outputByFile, type OutputSettings, type Structure } from '../../connectors/akeneo/translate/index.ts'
import { type AppliedOutput, defaultOutputOf, type StoredOutput } from '../../connectors/hub/outputs.ts'
import type { ConnectionOutput } from '../dependencies.ts'

/**
 * The outputs of a connection, by name: each by the mapping and the settings that were applied to it, whatever this worker's files say now.
 * Without any in the configuration there is one, by the defaults: that which was chosen at the first publication.
 */
export function compileOutputs(
  configured: readonly ConnectionOutput[],
  applied: ReadonlyMap<string, StoredOutput>,
  structure: Structure,
): OutputSettings[] {
  if (configured.length === 0) {
    const chosen = defaultOutputOf(applied)
    if (chosen === null) return [outputByFile(structure, null)]
    return [compileOne(chosen, applied.get(chosen.name) ?? null, structure)]
  }
  return configured
    .map((output) => compileOne(output, applied.get(output.name) ?? null, structure))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Throws for an applied text that cannot be read: it was checked before it was applied. */
export const compileOne = (
  { name, settings }: Pick<ConnectionOutput, 'name' | 'settings'>,
  applied: AppliedOutput | null,
  structure: Structure,
): OutputSettings =>
  outputByFile(structure, applied?.mapping ?? null, { name, ...(applied?.settings ?? settings) })
