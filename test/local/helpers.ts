import { spawn, type ChildProcess } from 'node:child_process'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { onTestFinished, vi } from 'vitest'
import { stopServices } from '../../local/services.ts'

/** A data folder of its own for one test; what was started from it is stopped, and it is removed, when the test ends. */
export async function emptyDataDir(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pimflow-local-'))
  // As a project's folder usually is: others, PostgreSQL's own user among them, may pass through it.
  await chmod(folder, 0o711)
  onTestFinished(async () => {
    await stopServices({ dataDir: folder })
    await rm(folder, { recursive: true, force: true })
  })
  return folder
}

/** As on a machine where nobody has said where the services are. */
export function withoutServicesInEnvironment(): void {
  const names = ['TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE', 'TEMPORAL_PROFILE', 'DATABASE_URL']
  for (const name of names) vi.stubEnv(name, undefined)
  vi.stubEnv('TEMPORAL_CONFIG_FILE', join(tmpdir(), 'there-is-no-such-file.toml'))
}

/** As on a machine with neither programs nor network: an empty PATH and cache, and a proxy that nobody listens at. */
export async function withNothingInstalled(): Promise<void> {
  const empty = await mkdtemp(join(tmpdir(), 'pimflow-empty-'))
  onTestFinished(() => rm(empty, { recursive: true }))
  for (const name of ['PATH', 'XDG_CACHE_HOME']) vi.stubEnv(name, empty)
  for (const name of ['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY']) vi.stubEnv(name, 'http://127.0.0.1:1')
  for (const name of ['NO_PROXY', 'no_proxy', 'TEMPORAL_CLI_PATH', 'TEMPORAL_TEST_SERVER_PATH']) {
    vi.stubEnv(name, undefined)
  }
}

export interface OtherProcess {
  child: ChildProcess
  /** What `ensureTemporal` or `ensurePostgres` answered there. */
  got: { address?: string; url?: string; started: boolean }
}

/** Starts a service from another process, which stays alive until it is killed or the test ends. */
export async function startFromAnotherProcess(
  service: 'temporal' | 'postgres',
  options: object,
): Promise<OtherProcess> {
  const program = resolve(import.meta.dirname, 'programs/start-and-stay.ts')
  const child = spawn(process.execPath, ['--import', 'tsx', program, service, JSON.stringify(options)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: process.env,
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  for await (const line of createInterface({ input: child.stdout })) {
    return { child, got: JSON.parse(line) as OtherProcess['got'] }
  }
  throw new Error(`the other process ended without an answer (${String(child.exitCode)})`)
}

/** Resolves with whether something accepts a connection there. */
export function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect({ host, port })
    const finish = (answer: boolean): void => {
      socket.destroy()
      done(answer)
    }
    socket.once('connect', () => finish(true))
    socket.once('error', () => finish(false))
  })
}

export function portOf(addressOrUrl: string): number {
  return Number(/:(\d+)(\/\w*)?$/.exec(addressOrUrl)?.[1])
}

/** Which of this machine's own addresses, loopback aside, something answers at. */
export async function reachableFromOutside(port: number): Promise<string[]> {
  const addresses = Object.values(networkInterfaces())
    .flatMap((entries) => entries ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4')
    .map(({ address }) => address)
  const answers = await Promise.all(addresses.map((address) => accepts(address, port)))
  return addresses.filter((_, index) => answers[index])
}

/** The message that a rejected promise carries; fails when it does not reject. */
export async function messageOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
  } catch (problem) {
    if (problem instanceof Error) return `${problem.name}: ${problem.message}`
    throw problem
  }
  throw new Error('it should have failed')
}
