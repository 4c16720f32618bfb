import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleWorkflowCode } from '@temporalio/worker'
import type { Build } from './worker-process.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** What a worker is made of. */
const parts = [
  ...['activities', 'config', 'config.ts', 'connectors', 'contracts', 'domain', 'workflows', 'workers'],
  ...['package.json', 'tsconfig.json', 'test/support/worker-program.ts'],
]

export interface NextBuild extends Build {
  remove(): Promise<void>
}

export interface Change {
  file: string
  replace: string
  by: string
}

/** This version of the product, as the next one might be: with some texts replaced, and with a migration more. */
export async function nextBuild(changes: Change[], migration?: string): Promise<NextBuild> {
  const folder = await mkdtemp(join(tmpdir(), 'pimflow-next-'))
  for (const part of parts) await cp(join(root, part), join(folder, part), { recursive: true })
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  for (const { file, replace, by } of changes) {
    const text = await readFile(join(folder, file), 'utf8')
    if (!text.includes(replace))
      throw new Error(`${file} has no \`${replace}\`: the test is to change another place`)
    await writeFile(join(folder, file), text.replace(replace, by))
  }
  if (migration !== undefined)
    await writeFile(join(folder, 'connectors/hub/migrations', nextMigration), migration)
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(folder, 'workflows/index.ts'),
    logger: silent,
  })
  const bundle = join(folder, 'workflow-bundle.cjs')
  await writeFile(bundle, code)
  return {
    program: join(folder, 'test/support/worker-program.ts'),
    bundle,
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

/** After all that there are. */
export const nextMigration = '9999_next.sql'

const ignore = () => undefined
const silent = { log: ignore, trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore }
