import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { chmod, chown, lstat, mkdir, mkdtemp, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MissingServiceError } from './errors.ts'
import type { PostgresProgram } from './postgres-program.ts'
import { loopback } from './ports.ts'
import { identify, type ProcessIdentity } from './processes.ts'
import { runCommand } from './run-command.ts'

/** The user that initdb makes; also the name of the database. */
export const databaseName = 'pimflow'

/** Sorts by code point, the same on every machine whatever locales it has, and yet knows the upper case of é, which C does not. */
export const localeFlags = [
  '--encoding=UTF8',
  '--locale=C',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
]

/**
 * A folder that the server's user can write to: `postgres` in the data folder, or one below the system's folder for temporary files
 * when that user may not enter the project's. Returns the folder that holds, or will hold, the database files as `cluster`.
 */
export async function findServerFolder(dataDir: string, program: PostgresProgram): Promise<string> {
  const inProject = join(dataDir, 'postgres')
  await mkdir(inProject, { recursive: true })
  if (await give(inProject, program)) return inProject
  await rm(inProject, { recursive: true })
  const name = createHash('sha256').update(dataDir).digest('hex').slice(0, 16)
  const elsewhere = join(tmpdir(), `pimflow-data-${name}`)
  await mkdir(elsewhere, { mode: 0o700 }).catch(ignoreExisting)
  await refuseForeign(elsewhere, program)
  if (await give(elsewhere, program)) return elsewhere
  throw new MissingServiceError(
    'PostgreSQL',
    `PostgreSQL's user can write neither to ${inProject} nor to ${elsewhere}: run pimflow as a user that is not root, or set DATABASE_URL.`,
  )
}

/** A folder of its own that is removed when the server stops. */
export async function makeTemporaryServerFolder(program: PostgresProgram): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pimflow-test-'))
  if (await give(folder, program)) return folder
  throw new MissingServiceError(
    'PostgreSQL',
    `PostgreSQL's user cannot write to ${folder}: set TMPDIR to a folder that all users may enter, or set DATABASE_URL.`,
  )
}

/** Makes the folder the server user's own. false when that user cannot reach it. */
async function give(folder: string, { owner }: PostgresProgram): Promise<boolean> {
  await chmod(folder, 0o700)
  if (owner === undefined) return true
  await chown(folder, owner.uid, owner.gid)
  return (await runCommand('test', ['-w', folder], { owner, cwd: '/' })).ok
}

/** The name can be foreseen, and everybody may create files there. */
async function refuseForeign(folder: string, { owner }: PostgresProgram): Promise<void> {
  const found = await lstat(folder)
  const known = [process.getuid?.(), owner?.uid]
  if (found.isDirectory() && known.includes(found.uid)) return
  throw new MissingServiceError('PostgreSQL', `${folder} belongs to another user: remove it and try again.`)
}

function ignoreExisting(problem: NodeJS.ErrnoException): void {
  if (problem.code !== 'EEXIST') throw problem
}

/** The folder's database files, created when there are none. Throws when they were made by another major version. */
export async function ensureCluster(
  folder: string,
  program: PostgresProgram,
  password: string,
  flags: readonly string[] = [],
): Promise<string> {
  const cluster = join(folder, 'cluster')
  const made = await readFile(join(cluster, 'PG_VERSION'), 'utf8').catch(() => undefined)
  if (made === undefined) {
    await initialise(folder, cluster, program, password, flags)
    return cluster
  }
  const major = program.version.split('.')[0]
  if (made.trim() === major) return cluster
  throw new MissingServiceError(
    'PostgreSQL',
    `${cluster} was made by PostgreSQL ${made.trim()}, and this is ${program.version}: move the folder away for a fresh start, or set DATABASE_URL.`,
  )
}

async function initialise(
  folder: string,
  cluster: string,
  program: PostgresProgram,
  password: string,
  flags: readonly string[],
): Promise<void> {
  // Under another name until it is complete: a creation that was cut short is simply made anew.
  const unfinished = join(folder, 'cluster.new')
  const passwordFile = join(folder, 'password.new')
  await rm(unfinished, { recursive: true, force: true })
  await rm(passwordFile, { force: true })
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 })
  if (program.owner !== undefined) await chown(passwordFile, program.owner.uid, program.owner.gid)
  try {
    const { ok, output } = await runCommand(
      program.initdb,
      [
        `--pgdata=${unfinished}`,
        `--username=${databaseName}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        ...localeFlags,
        ...flags,
      ],
      { owner: program.owner, cwd: folder },
    )
    if (!ok) {
      const reason = output.split('\n').find((line) => /error|fatal/i.test(line)) ?? output
      throw new MissingServiceError('PostgreSQL', `The database could not be created in ${folder}: ${reason}`)
    }
  } finally {
    await rm(passwordFile, { force: true })
  }
  await rename(unfinished, cluster)
}

/** Starts the server in a session of its own, so that it outlives this process and does not hear of its Ctrl-C. */
export async function launchPostgres(
  program: PostgresProgram,
  cluster: string,
  port: number,
  logFile: string,
  settings: Record<string, string>,
): Promise<ProcessIdentity> {
  const all = {
    listen_addresses: loopback,
    port: String(port),
    // No socket file: the address is the port alone, and nothing is left in a shared folder.
    unix_socket_directories: '',
    max_connections: '100',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...settings,
  }
  const args = ['-D', cluster, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
  const log = await open(logFile, 'w', 0o600)
  try {
    const child = spawn(program.postgres, args, {
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      cwd: cluster,
      ...program.owner,
    })
    child.on('error', () => undefined)
    child.unref()
    return identify(child.pid)
  } finally {
    await log.close()
  }
}

/**
 * Removes the pid file of a server of ours that is known to be dead. Left alone, PostgreSQL refuses to start when another process
 * of the same user has got that pid since, after a restart of the machine say.
 */
export async function removeStalePidFile(cluster: string, deadPid: number): Promise<void> {
  const file = join(cluster, 'postmaster.pid')
  const text = await readFile(file, 'utf8').catch(() => '')
  if (text.split('\n', 1)[0] === String(deadPid)) await rm(file, { force: true })
}

/** 32 random bytes in an alphabet that needs no escaping in a URL. */
export function newPassword(): string {
  return randomBytes(32).toString('base64url')
}
