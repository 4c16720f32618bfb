import { outputByFile, type OutputSettings, type Structure } from '../../connectors/akeneo/translate/index.ts'
import {
  type AppliedOutput,
  defaultOutputOf,
  type StoredOutput,
  wholeChannel,
} from '../../connectors/hub/outputs.ts'
import type { ConnectionOutput } from '../dependencies.ts'

/**
 * The outputs of a connection, by name: each by the mapping and the settings that were applied to it, whatever this worker's files say now.
 * Without any in the configuration there is one, by the defaults: that which was chosen at the first publication. And those that other workers
 * have, whose configuration is newer or older: one queue is for all of them.
 */
export function compileOutputs(
  configured: readonly ConnectionOutput[],
  applied: ReadonlyMap<string, StoredOutput>,
  structure: Structure,
): OutputSettings[] {
  const chosen = configured.length === 0 ? defaultOutputOf(applied) : null
  if (configured.length === 0 && chosen === null) return [outputByFile(structure, null)]
  const own = chosen === null ? configured : [chosen]
  const others = [...applied].flatMap(([name, { isNamed, settings }]) =>
    isNamed && !own.some((output) => output.name === name)
      ? [{ name, settings: settings ?? wholeChannel(name) }]
      : [],
  )
  return [...own, ...others]
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
