import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { projectRoot } from '../packaging/files.ts'
import { configurationTables } from './configuration-table.ts'
import { metricsTable } from './metrics-table.ts'

/** Parts of the docs that are written from the sources, by the name that stands at them: `<!-- generated: metrics -->`. */
const blocks: Record<string, () => string> = {
  configuration: configurationTables,
  metrics: metricsTable,
}

/** Files that hold such parts. */
export const generatedFiles = ['docs/configuration.md', 'docs/telemetry.md']

const block = /(<!-- generated: ([\w-]+) -->\n)[\s\S]*?(<!-- \/generated -->)/g

/** The file as it should be. */
export async function regenerated(path: string): Promise<string> {
  const file = resolve(projectRoot, path)
  const text = readFileSync(file, 'utf8').replace(block, (_all, begin: string, name: string, end: string) => {
    const write = blocks[name]
    if (write === undefined)
      throw new Error(`${path} asks for ${name}; there are ${Object.keys(blocks).join(', ')}`)
    return `${begin}\n${write()}\n\n${end}`
  })
  return format(text, { ...(await resolveConfig(file)), filepath: file })
}
