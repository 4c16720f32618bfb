import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { firstLine, MissingServiceError } from './errors.ts'
import { withLock } from './lock.ts'
import { programCache } from './paths.ts'
import { runCommand, withReminders } from './run-command.ts'
import { downloadWithSdk } from './sdk-download.ts'

/** Later tags of Temporal's CLI carry a `replace` line in go.mod, which `go install` refuses. */
export const temporalCliVersion = '1.5.1'
const goPackage = `github.com/temporalio/cli/cmd/temporal@v${temporalCliVersion}`

/**
 * Finds a `temporal` program that runs: named by TEMPORAL_CLI_PATH, on PATH, in the cache folder, downloaded by the SDK, or built
 * with Go (about 5 minutes, once). Throws MissingServiceError naming what to install.
 */
export async function findTemporalProgram(options: {
  onProgress?: ((text: string) => void) | undefined
}): Promise<string> {
  const onProgress = options.onProgress ?? (() => undefined)
  const named = process.env['TEMPORAL_CLI_PATH']
  if (named !== undefined && named !== '') {
    if (await isTemporal(named)) return named
    throw new MissingServiceError(
      'Temporal server',
      `TEMPORAL_CLI_PATH names ${named}, which is not a Temporal CLI that runs here; correct it or unset it.`,
    )
  }
  if (await isTemporal('temporal')) return 'temporal'
  const cache = programCache()
  const cached = join(cache, 'temporal')
  if (await isTemporal(cached)) return cached
  return withLock(
    join(cache, 'temporal.lock'),
    async () => ((await isTemporal(cached)) ? cached : fetchOrBuild(cache, cached, onProgress)),
    (pid) => onProgress(`waiting for process ${pid}, which is fetching the Temporal server`),
  )
}

async function isTemporal(program: string): Promise<boolean> {
  const { ok, output } = await runCommand(program, ['--version'], { timeoutMs: 30_000 })
  return ok && output.includes('temporal version')
}

async function fetchOrBuild(
  cache: string,
  cached: string,
  onProgress: (text: string) => void,
): Promise<string> {
  await mkdir(cache, { recursive: true })
  // Beside its final place, so that the last step is a rename and nobody ever runs half a program.
  const workshop = await mkdtemp(join(cache, 'temporal-new-'))
  try {
    onProgress('downloading the Temporal server (once)')
    const download = await downloadWithSdk('dev-server', workshop, onProgress)
    const made = (await firstRunnable(workshop)) ?? (await buildWithGo(workshop, onProgress))
    if (typeof made === 'string') {
      await rename(made, cached)
      return cached
    }
    throw new MissingServiceError(
      'Temporal server',
      'There is no Temporal server: install the Temporal CLI (https://docs.temporal.io/cli#install) or Go (https://go.dev/dl), ' +
        `or set TEMPORAL_ADDRESS to a running server. The download said: ${download}. ${made.failure}`,
    )
  } finally {
    await rm(workshop, { recursive: true, force: true })
  }
}

async function firstRunnable(folder: string): Promise<string | undefined> {
  for (const name of await readdir(folder)) {
    if (await isTemporal(join(folder, name))) return join(folder, name)
  }
  return undefined
}

async function buildWithGo(
  folder: string,
  onProgress: (text: string) => void,
): Promise<string | { failure: string }> {
  const go = await runCommand('go', ['version'])
  if (!go.found) return { failure: 'Go is not installed.' }
  onProgress('building the Temporal server with Go (once, about 5 minutes)')
  let packages = 0
  const build = await withReminders(
    () => `still building the Temporal server: ${packages} packages compiled`,
    onProgress,
    () =>
      runCommand('go', ['install', '-v', goPackage], {
        env: { ...process.env, GOBIN: folder },
        // `go install -v` prints the import path of each package as it is compiled, and a sentence for each download.
        onLine: (line) => (packages += line.includes(' ') ? 0 : 1),
      }),
  )
  const built = await firstRunnable(folder)
  return build.ok && built !== undefined
    ? built
    : { failure: `\`go install ${goPackage}\` failed: ${firstLine(build.lastLine)}.` }
}
