import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MissingServiceError } from './errors.ts'
import { withLock } from './lock.ts'
import { programCache } from './paths.ts'
import { runCommand, withReminders } from './run-command.ts'
import { downloadWithSdk } from './sdk-download.ts'
import {
  loopbackServerSource,
  mavenProject,
  startScript,
  testServerVersion,
} from './time-skipping-sources.ts'

/**
 * Path of a time-skipping test server, for `createTimeSkipping({ server: { executable: { type: 'existing-path', path } } })`: named by
 * TEMPORAL_TEST_SERVER_PATH, in the cache folder, downloaded by the SDK, or put together with Maven and Java (seconds, once).
 * Throws MissingServiceError naming what to install. Only the one made with Maven and a JDK keeps to loopback: Temporal's own
 * program listens on every address of the machine and has no setting for it.
 */
export async function findTimeSkippingServer(
  options: { onProgress?: ((text: string) => void) | undefined } = {},
): Promise<string> {
  const onProgress = options.onProgress ?? (() => undefined)
  const named = process.env['TEMPORAL_TEST_SERVER_PATH']
  if (named !== undefined && named !== '') {
    if (await isTestServer(named)) return named
    throw new MissingServiceError(
      'time-skipping test server',
      `TEMPORAL_TEST_SERVER_PATH names ${named}, which is not a Temporal test server that runs here; correct it or unset it.`,
    )
  }
  const cache = programCache()
  const cached = join(cache, 'temporal-test-server')
  if (await isTestServer(cached)) return cached
  return withLock(
    join(cache, 'temporal-test-server.lock'),
    async () => ((await isTestServer(cached)) ? cached : fetchOrAssemble(cache, cached, onProgress)),
    (pid) => onProgress(`waiting for process ${pid}, which is fetching the time-skipping test server`),
  )
}

/** Without arguments it prints its usage and ends. */
async function isTestServer(program: string): Promise<boolean> {
  const { output } = await runCommand(program, [], { timeoutMs: 30_000 })
  return output.includes('Usage:')
}

async function fetchOrAssemble(
  cache: string,
  cached: string,
  onProgress: (text: string) => void,
): Promise<string> {
  await mkdir(cache, { recursive: true })
  const workshop = await mkdtemp(join(cache, 'test-server-new-'))
  try {
    onProgress('downloading the time-skipping test server (once)')
    const download = await downloadWithSdk('time-skipping', workshop, onProgress)
    for (const name of await readdir(workshop)) {
      if (!(await isTestServer(join(workshop, name)))) continue
      await rename(join(workshop, name), cached)
      return cached
    }
    const failure = await assemble(cache, workshop, cached, onProgress)
    if (failure === undefined) return cached
    throw new MissingServiceError(
      'time-skipping test server',
      'There is no time-skipping test server: install Maven and a JDK (11 or newer), or set TEMPORAL_TEST_SERVER_PATH to its program. ' +
        `The download said: ${download}. ${failure}`,
    )
  } finally {
    await rm(workshop, { recursive: true, force: true })
  }
}

/** Returns what is missing or failed, undefined when the program stands at `cached`. */
async function assemble(
  cache: string,
  workshop: string,
  cached: string,
  onProgress: (text: string) => void,
): Promise<string | undefined> {
  const java = await runCommand('java', ['-version'])
  if (!java.ok) return 'Java is not installed.'
  const project = join(workshop, 'pom.xml')
  await writeFile(project, mavenProject)
  onProgress('fetching the time-skipping test server with Maven (once)')
  const maven = await withReminders(
    () => 'still fetching the time-skipping test server',
    onProgress,
    () =>
      runCommand('mvn', [
        '--batch-mode',
        '--no-transfer-progress',
        `--file=${project}`,
        'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies',
        '-DincludeScope=runtime',
        `-DoutputDirectory=${join(workshop, 'lib')}`,
      ]),
  )
  if (!maven.found) return 'Maven is not installed.'
  if (!maven.ok)
    return `Maven failed: ${maven.output.split('\n').find((line) => line.includes('ERROR')) ?? maven.lastLine}`

  // On loopback only, where a compiler is there to say so; else Temporal's own class does, on every address.
  const source = join(workshop, 'LoopbackTestServer.java')
  await writeFile(source, loopbackServerSource)
  await mkdir(join(workshop, 'classes'))
  const compiled = await runCommand('javac', [
    '-cp',
    join(workshop, 'lib', '*'),
    '-d',
    join(workshop, 'classes'),
    source,
  ])
  if (!compiled.ok) {
    onProgress(
      'there is no Java compiler: the time-skipping test server will listen on every address of this machine',
    )
  }
  const home = join(cache, `temporal-test-server-${testServerVersion}`)
  await rm(home, { recursive: true, force: true })
  await mkdir(home)
  await rename(join(workshop, 'lib'), join(home, 'lib'))
  await rename(join(workshop, 'classes'), join(home, 'classes'))
  const script = join(workshop, 'start')
  await writeFile(
    script,
    startScript(compiled.ok ? 'LoopbackTestServer' : 'io.temporal.testserver.TestServer'),
    {
      mode: 0o755,
    },
  )
  await rename(script, cached)
  return (await isTestServer(cached)) ? undefined : 'What Maven fetched does not run.'
}
