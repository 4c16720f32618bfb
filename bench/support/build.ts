import { execFile } from 'node:child_process'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const root = join(import.meta.dirname, '../..')
const sources = [
  'activities',
  'client',
  'config',
  'connectors',
  'contracts',
  'domain',
  'exports',
  'local',
  'simulator',
]
/** What a build makes last. */
const built = join(root, 'dist/workers/workflow-bundle.generated.cjs')

/**
 * Builds what is measured, unless the build is newer than all sources: transpiled on the fly, each inner function costs a call more.
 */
export async function ensureBuilt(onProgress: (text: string) => void): Promise<void> {
  const builtAt = await stat(built).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  )
  const changed = await Promise.all([...sources, 'workers', 'workflows'].map(newest))
  if (builtAt > Math.max(...changed, (await stat(join(root, 'config.ts'))).mtimeMs)) return
  onProgress('building what is measured')
  await promisify(execFile)('npm', ['run', '--silent', 'prepare'], { cwd: root })
}

async function newest(folder: string): Promise<number> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  const times = await Promise.all(
    files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).mtimeMs),
  )
  return Math.max(0, ...times)
}
