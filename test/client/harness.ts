import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject } from 'vitest'
import { stringify } from 'yaml'
import { runCommandLine } from '../../client/program.ts'
import type { Terminal } from '../../client/support/terminal.ts'
import { until } from '../support/until.ts'

/** How one command ended and what it printed. */
export interface Ended {
  code: number
  out: string
  err: string
}

/** A command that runs inside the test's process. */
export interface Running {
  ended: Promise<Ended>
  out(): string
  /** As Ctrl-C does. */
  interrupt(): void
  /** Goes on once stdout holds it. */
  untilPrinted(text: string): Promise<void>
}

/** A configuration in a folder of its own, and the environment that it needs. */
export interface TestProject {
  config: string
  env: Record<string, string>
  connections: string[]
  taskQueue: string
  run: (...argv: string[]) => Promise<Ended>
  start: (...argv: string[]) => Running
  json: (...argv: string[]) => Promise<{ code: number; value: unknown }>
  remove: () => Promise<void>
}

export interface ProjectOptions {
  /** Names of connections; one of its own when absent. */
  connections?: string[]
  taskQueue?: string
  databaseUrl?: string
  temporalAddress?: string
  akeneo?: { url: string; clientId: string; clientSecret: string; username: string; password: string }
  schedules?: Record<string, string>
  /** Further sections of each connection. */
  sections?: object
}

/** A destination that no test calls. */
export const webshop = {
  destinations: [{ name: 'webshop', url: 'https://shop.example.com/pim', secret: '${SHOP_SECRET}' }],
}

/** Nothing listens on the discard port here: a service that is not there. */
export const nowhere = '127.0.0.1:9'

const noAkeneo = {
  url: `http://${nowhere}`,
  clientId: 'client',
  clientSecret: 'secret',
  username: 'user',
  password: 'password',
}

export async function project(options: ProjectOptions = {}): Promise<TestProject> {
  const folder = await mkdtemp(join(tmpdir(), 'pimflow-cli-'))
  const taskQueue = options.taskQueue ?? `cli-${randomBytes(5).toString('hex')}`
  const connections = options.connections ?? [taskQueue]
  const akeneo = options.akeneo ?? noAkeneo
  const config = join(folder, 'pimflow.config.yaml')
  await writeFile(
    config,
    stringify({
      version: 1,
      temporal: { taskQueue },
      connections: connections.map((name) => ({
        name,
        akeneo: {
          url: akeneo.url,
          clientId: '${AKENEO_CLIENT_ID}',
          clientSecret: '${AKENEO_CLIENT_SECRET}',
          username: '${AKENEO_USERNAME}',
          password: '${AKENEO_PASSWORD}',
        },
        ...(options.schedules ? { schedules: options.schedules } : {}),
        ...options.sections,
      })),
    }),
  )
  const env = {
    TEMPORAL_ADDRESS: options.temporalAddress ?? inject('temporalAddress'),
    DATABASE_URL: options.databaseUrl ?? `postgres://nobody@${nowhere}/none`,
    PIMFLOW_CONFIG: config,
    PIMFLOW_TOKEN_KEY: randomBytes(32).toString('base64'),
    AKENEO_CLIENT_ID: akeneo.clientId,
    AKENEO_CLIENT_SECRET: akeneo.clientSecret,
    AKENEO_USERNAME: akeneo.username,
    AKENEO_PASSWORD: akeneo.password,
    SHOP_SECRET: randomBytes(32).toString('base64'),
  }
  const start = (...argv: string[]) => startCommand(argv, env)
  const run = (...argv: string[]) => start(...argv).ended
  return {
    config,
    env,
    connections,
    taskQueue,
    run,
    start,
    json: async (...argv) => {
      const { code, out } = await run(...argv, '--json')
      return { code, value: JSON.parse(out) as unknown }
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

/** Runs a command line as a pipe would see it. */
export function startCommand(argv: string[], env: Record<string, string | undefined>): Running {
  const printed = { out: [] as string[], err: [] as string[] }
  const interrupts = new Set<AbortController>()
  const terminal: Terminal = {
    env,
    interactive: false,
    colours: false,
    out: (text) => void printed.out.push(text),
    err: (text) => void printed.err.push(text),
    async interruptible(work) {
      const controller = new AbortController()
      interrupts.add(controller)
      try {
        return await work(controller.signal)
      } finally {
        interrupts.delete(controller)
      }
    },
  }
  const out = () => printed.out.join('\n')
  return {
    out,
    ended: runCommandLine(argv, terminal).then((code) => ({ code, out: out(), err: printed.err.join('\n') })),
    interrupt: () => {
      for (const controller of interrupts) controller.abort()
    },
    untilPrinted: (text) => until(() => Promise.resolve(out().includes(text)), `it prints ${text}`, 20_000),
  }
}
