import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stringify } from 'yaml'
import type { Pipeline } from './pipeline.ts'

const thisProgram = fileURLToPath(new URL('./worker-program.ts', import.meta.url))

/** What a worker runs. */
export interface Build {
  program?: string
  bundle?: string
  env?: Record<string, string>
}

export interface WorkerProcesses {
  /** Starts a worker, of this build unless another is named, and waits until it takes tasks. */
  start(build?: Build): Promise<ChildProcess>
  /** Asks one to end, as an orchestrator does; its exit code once it is gone. */
  stop(worker: ChildProcess): Promise<number | null>
  /** Ends one as a power cut would, and waits until it is gone. */
  kill(worker: ChildProcess): Promise<void>
  /** All that they have logged. */
  log(): string
  close(): Promise<void>
}

/** Workers as processes of their own, on a configuration file, as an operator runs them. */
export async function workerProcesses(
  { config, akeneo }: Pipeline,
  temporal: { address: string; workflowBundle: string },
  settings: object = {},
  /** Further sections of the connection, and the environment that they refer to. */
  more: { sections?: object; env?: Record<string, string> } = {},
): Promise<WorkerProcesses> {
  const folder = await mkdtemp(join(tmpdir(), 'pimflow-worker-'))
  const thisBundle = join(folder, 'workflow-bundle.cjs')
  await writeFile(thisBundle, temporal.workflowBundle)
  const [connection] = config.connections
  const secrets = {
    PIMFLOW_TOKEN_KEY: config.tokenKeys[0]?.reveal() ?? '',
    AKENEO_CLIENT_ID: akeneo.credentials.clientId,
    AKENEO_CLIENT_SECRET: akeneo.credentials.clientSecret,
    AKENEO_USERNAME: akeneo.credentials.username,
    AKENEO_PASSWORD: akeneo.credentials.password,
    DATABASE_URL: config.database.url,
  }
  const configFile = join(folder, 'pimflow.config.yaml')
  await writeFile(
    configFile,
    stringify({
      version: 1,
      temporal: { taskQueue: config.temporal.taskQueue },
      connections: [
        {
          name: connection?.name,
          akeneo: {
            url: akeneo.url,
            clientId: '${AKENEO_CLIENT_ID}',
            clientSecret: '${AKENEO_CLIENT_SECRET}',
            username: '${AKENEO_USERNAME}',
            password: '${AKENEO_PASSWORD}',
            ...settings,
          },
          ...more.sections,
        },
      ],
    }),
  )
  const running = new Set<ChildProcess>()
  const printed: string[] = []
  return {
    async start({ program = thisProgram, bundle = thisBundle, env = {} } = {}) {
      const worker = spawn(process.execPath, ['--import', 'tsx', program, configFile, bundle], {
        env: { ...process.env, ...secrets, ...more.env, ...env, TEMPORAL_ADDRESS: temporal.address },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      running.add(worker)
      await ready(worker, (text) => printed.push(text))
      return worker
    },
    async stop(worker) {
      running.delete(worker)
      const gone = once(worker, 'exit')
      worker.kill('SIGTERM')
      const [code] = (await gone) as [number | null]
      return code
    },
    kill: (worker) => end(worker),
    log: () => printed.join(''),
    async close() {
      await Promise.all([...running].map(end))
      await rm(folder, { recursive: true, force: true })
    },
  }

  async function end(worker: ChildProcess): Promise<void> {
    running.delete(worker)
    if (worker.exitCode !== null || worker.signalCode !== null) return
    const gone = once(worker, 'exit')
    worker.kill('SIGKILL')
    await gone
  }
}

/** Its output is read to its end, because a log that nobody reads stops who writes it. */
function ready(worker: ChildProcess, print: (text: string) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    let before = ''
    let complaints = ''
    worker.stderr?.on('data', (chunk: Buffer) => {
      const text = chunk.toString('utf8')
      print(text)
      complaints += text
    })
    worker.stdout?.on('data', (chunk: Buffer) => {
      const text = chunk.toString('utf8')
      print(text)
      // Looked for before it is cut: a busy reader finds pages of log behind the word in one chunk.
      before += text
      if (before.includes('ready\n')) resolve()
      before = before.slice(-'ready\n'.length)
    })
    worker.once('exit', () => reject(new Error(`The worker ended before it was ready: ${complaints}`)))
  })
}
