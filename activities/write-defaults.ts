import { mkdir, writeFile } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { log } from '@temporalio/activity'
import { defaultMapping } from '../connectors/akeneo/translate/index.ts'
import { fillCounts, fillSample } from '../connectors/hub/fill-counts.ts'
import { appliedOutputs, keepAsApplied } from '../connectors/hub/outputs.ts'
import type { ConnectionOutput, ConnectionRuntime, Dependencies } from './dependencies.ts'
import { structureOf } from './publishing/context.ts'

/**
 * Writes the defaults of each output that names a file which is not there, once the first load can tell how full each attribute is.
 * It changes no record: the same text has made them. From here on the file is its user's.
 */
export async function writeDefaults({ sql }: Dependencies, connection: ConnectionRuntime): Promise<void> {
  const missing = connection.outputs.filter(({ path, mapping }) => path !== null && mapping === null)
  if (missing.length === 0) return
  const known = await structureOf(sql, connection)
  if (known === null) return
  const applied = await appliedOutputs(sql, connection.name)
  const counts = await fillCounts(sql, connection.name, { most: fillSample })
  for (const output of missing) {
    const { mapping = null, settings = null } = applied.get(output.name) ?? {}
    if (mapping !== null) continue
    const text = defaultMapping(known.structure, {
      counts,
      output: { name: output.name, ...(settings ?? output.settings) },
    })
    if (!(await writeOnce(output, text))) continue
    await keepAsApplied(sql, connection.name, output.name, { name: basename(output.path ?? ''), text })
  }
}

/** False where somebody was faster, or the folder cannot be written: then the defaults go on without a file. */
async function writeOnce({ name, path }: ConnectionOutput, text: string): Promise<boolean> {
  if (path === null) return false
  try {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text, { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
      log.warn(
        `The default mapping of output ${name} could not be written to ${path}; \`pimflow mapping suggest\` shows it`,
        {
          error: error instanceof Error ? error.message : String(error),
        },
      )
    return false
  }
}
