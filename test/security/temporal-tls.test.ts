import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { project as testProject, type TestProject } from '../client/harness.ts'
import { openPipeline, type Pipeline } from '../support/pipeline.ts'
import { type Certificates, certificatesFor, tlsGateway, type TlsGateway } from '../support/tls-gateway.ts'
import { workerProcesses, type WorkerProcesses } from '../support/worker-process.ts'

const hasOpenssl = spawnSync('openssl', ['version']).status === 0
const apiKey = 'canary-temporal-api-key'

describe.skipIf(!hasOpenssl)('a Temporal server behind TLS', () => {
  let folder: string
  let server: Certificates
  let ours: Certificates
  let strangers: Certificates
  let pipeline: Pipeline
  const opened: { close(): Promise<void> }[] = []

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pimflow-tls-'))
    ;[server, ours, strangers] = (await Promise.all(
      ['temporal.test', 'worker.test', 'stranger.test'].map((name) => certificatesFor(name, folder)),
    )) as [Certificates, Certificates, Certificates]
    pipeline = await openPipeline({ worker: false })
  }, 60_000)
  afterAll(async () => {
    for (const one of opened.reverse()) await one.close()
    await pipeline.close()
    await rm(folder, { recursive: true })
  })

  const gatewayWith = async (options: { clients?: Certificates; apiKey?: string }): Promise<TlsGateway> => {
    const gateway = await tlsGateway(inject('temporalAddress'), { server, ...options })
    opened.push(gateway)
    return gateway
  }

  /** The environment of a command or a worker, as Temporal's own tools read it. */
  const trust = { TEMPORAL_TLS: 'true', TEMPORAL_TLS_SERVER_NAME: 'temporal.test' }
  const identity = ({ key, certificate }: Certificates) => ({
    TEMPORAL_TLS_CLIENT_KEY_PATH: key,
    TEMPORAL_TLS_CLIENT_CERT_PATH: certificate,
  })
  const authority = ({ authority: path }: Certificates) => ({ TEMPORAL_TLS_SERVER_CA_CERT_PATH: path })

  async function workersBehind(
    { address }: TlsGateway,
    env: Record<string, string>,
  ): Promise<WorkerProcesses> {
    const workers = await workerProcesses(
      pipeline,
      { address, workflowBundle: inject('workflowBundleCode') },
      {},
      { env },
    )
    opened.push(workers)
    return workers
  }

  async function commandsBehind({ address }: TlsGateway, env: Record<string, string>): Promise<TestProject> {
    const project = await testProject({
      connections: [pipeline.connection],
      taskQueue: pipeline.taskQueue,
      databaseUrl: pipeline.database.url,
      temporalAddress: address,
      akeneo: { url: pipeline.akeneo.url, ...pipeline.akeneo.credentials },
    })
    Object.assign(project.env, env)
    opened.push({ close: project.remove })
    return project
  }

  it('takes workers and commands that show a certificate, and nobody else', async () => {
    const gateway = await gatewayWith({ clients: ours })
    const env = { ...trust, ...authority(server), ...identity(ours) }
    const workers = await workersBehind(gateway, env)
    await workers.start()
    const commands = await commandsBehind(gateway, env)
    const done = await commands.run('sync', 'categories')
    expect(done).toMatchObject({ code: 0 })
    expect(gateway.passed).toBeGreaterThan(0)

    // Its workers' polls pass the first one all the time.
    const another = await gatewayWith({ clients: ours })
    for (const other of [identity(strangers), {}]) {
      const refused = await (
        await commandsBehind(another, { ...trust, ...authority(server), ...other })
      ).run('status')
      expect(refused.code).toBe(5)
      expect(refused.out + refused.err).toContain(another.address)
    }
    expect(another.refused).toBeGreaterThan(1)
    expect(another.passed).toBe(0)
  }, 60_000)

  it('is not believed when its certificate is of an authority that nobody named', async () => {
    const gateway = await gatewayWith({})
    const commands = await commandsBehind(gateway, { ...trust, ...authority(strangers) })
    const refused = await commands.run('status')
    expect(refused.code).toBe(5)
    expect(gateway.passed).toBe(0)
  }, 60_000)

  it('takes an API key, from workers and commands alike', async () => {
    const gateway = await gatewayWith({ apiKey })
    const env = { ...trust, ...authority(server), TEMPORAL_API_KEY: apiKey }
    const workers = await workersBehind(gateway, env)
    await workers.start()
    const done = await (await commandsBehind(gateway, env)).run('sync', 'categories')
    expect(done).toMatchObject({ code: 0 })
    const wrong = await (
      await commandsBehind(gateway, { ...env, TEMPORAL_API_KEY: 'another-canary' })
    ).run('sync', 'categories')
    expect(wrong.code).toBe(5)
    expect(wrong.out + wrong.err).not.toContain('another-canary')
  }, 60_000)
})
