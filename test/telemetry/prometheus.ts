import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { freePort } from '../../local/ports.ts'
import { projectRoot } from '../packaging/files.ts'
import { until } from '../support/until.ts'

/** Where it is absent, its tests are skipped: it is no package of npm. */
export const prometheusProgram = programAt('prometheus')
export const promtool = programAt('promtool')
export const howToGetPrometheus = 'There is no `prometheus` on PATH: apt-get install prometheus'

function programAt(name: string): string | null {
  try {
    return execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim()
  } catch {
    return null
  }
}

export interface Series {
  metric: Record<string, string>
  value: [at: number, value: string]
}

export interface Prometheus {
  /** What an expression gives now; throws where Prometheus cannot read it. */
  query(expression: string): Promise<Series[]>
  close(): Promise<void>
}

/** A real one, by the files that Docker Compose gives it, but for the target and the pace. */
export async function startPrometheus(target: string): Promise<Prometheus> {
  if (prometheusProgram === null) throw new Error(howToGetPrometheus)
  const folder = await mkdtemp(join(tmpdir(), 'pimflow-prometheus-'))
  const config = parse(await readFile(join(projectRoot, 'dashboards/prometheus.yml'), 'utf8')) as {
    scrape_configs: { static_configs: { targets: string[] }[] }[]
  }
  const own = {
    ...config,
    global: { scrape_interval: '250ms', evaluation_interval: '250ms' },
    rule_files: [join(projectRoot, 'dashboards/alerts.yml')],
    scrape_configs: config.scrape_configs.map((scrape) => ({
      ...scrape,
      static_configs: [{ targets: [target] }],
    })),
  }
  await writeFile(join(folder, 'prometheus.yml'), stringify(own))
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const server: ChildProcess = spawn(
    prometheusProgram,
    [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  )
  const isReady = async () => {
    if (server.exitCode !== null) throw new Error(`prometheus ended with ${server.exitCode}`)
    return fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    )
  }
  await until(isReady, 'Prometheus is ready')
  return {
    async query(expression) {
      const answer = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expression)}`)
      const { status, error, data } = (await answer.json()) as {
        status: string
        error?: string
        data?: { result: Series[] }
      }
      if (status !== 'success' || data === undefined) throw new Error(`${expression}: ${error ?? status}`)
      return data.result
    },
    async close() {
      if (server.exitCode === null && server.signalCode === null) {
        const gone = once(server, 'exit')
        server.kill('SIGTERM')
        await gone
      }
      await rm(folder, { recursive: true, force: true })
    },
  }
}
