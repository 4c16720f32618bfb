import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/** Programs that were fetched or built once for all projects of this user: `${XDG_CACHE_HOME:-~/.cache}/pimflow/bin`. */
export function programCache(): string {
  const base = process.env['XDG_CACHE_HOME']
  return join(base === undefined || base === '' ? join(homedir(), '.cache') : base, 'pimflow', 'bin')
}

/** Where a project keeps what its local services store; ignored by git. */
export function projectDataDir(projectRoot = '.'): string {
  return resolve(projectRoot, '.pimflow')
}
