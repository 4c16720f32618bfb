import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectionConfig } from '../../config.ts'
import { readMappings } from '../../config/mappings.ts'
import { reject } from '../../connectors/hub/rejections.ts'
import { openRun } from '../../connectors/hub/runs.ts'
import { writeSources } from '../../connectors/hub/sources.ts'
import { enqueue } from '../../connectors/hub/waiting.ts'
import { commandsIn } from '../../domain/proposals.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { nowhere, project, type TestProject } from './harness.ts'

const akeneo = { url: 'http://localhost', clientId: 'a', clientSecret: 'b', username: 'c', password: 'd' }

let database: FreshDatabase
let at: TestProject

beforeAll(async () => {
  database = await freshDatabase()
  at = await project({ databaseUrl: database.url, connections: ['acme', 'globex'], temporalAddress: nowhere })
  await database.sql.begin(async (tx) => {
    await openRun(tx, {
      connection: 'acme',
      process: 'load-products',
      mode: 'full',
      workflowId: 'pimflow/acme/load-products',
      workflowRunId: 'run-1',
    })
    await writeSources(
      tx,
      'acme',
      'products',
      [{ key: 'lamp-4', code: 'LAMP-4', parent: 'lamp-model', family: null, source: {} }],
      1n,
    )
    await enqueue(tx, 'acme', [{ stream: 'products', key: 'lamp-4', reason: 'group' }])
    // Longer than anything waits where polls run.
    await tx`update waiting set since = now() - interval '30 days'`
    await reject(tx, 'acme', [
      {
        stream: 'products',
        key: 'lamp-5',
        code: 'LAMP-5',
        reason: 'parent-missing',
        field: null,
        rule: null,
        text: 'its model is not there',
        remedy: 'Check that it exists, then: pimflow sync lamp-model',
      },
    ])
  })
})

afterAll(async () => {
  await at.remove()
  await database.drop()
})

/** Commands of a text that do not say which connection they are for. */
const unnamed = (text: string) =>
  text
    .split('\n')
    .flatMap((line) => commandsIn(line))
    .filter(({ rest }) => !/ --connection (acme|globex)\b/.test(rest))

describe('where there are two connections, what is proposed names the one', () => {
  it.each([
    [['rejections']],
    [['rejections', 'show', 'LAMP-5']],
    [['rejections', 'show', 'LAMP-6']],
    [['rejections', 'retry', 'LAMP-5']],
    [['explain', 'LAMP-5']],
    [['show', 'LAMP-5']],
    [['resend', 'LAMP-5', '--destination', 'shop']],
    [['mapping', 'suggest']],
    [['mapping', 'coverage']],
    [['approvals', 'show', '77']],
    [['release', 'LAMP-5']],
    [['enrich', 'LAMP-5', '--report']],
    [['status']],
    [['doctor']],
  ])('%j', async (argv) => {
    const { out, err } = await at.run(...argv, '--connection', 'acme')
    expect(`${out}${err}`).not.toBe('')
    expect(unnamed(out)).toEqual([])
    expect(unnamed(err)).toEqual([])
  })

  it.each([[['status']], [['doctor']]])('%j of all connections', async (argv) => {
    const { out } = await at.run(...argv)
    expect(commandsIn(out).length).toBeGreaterThan(0)
    expect(unnamed(out)).toEqual([])
  })

  it('what stands there as a value stays as it is for a program', async () => {
    const { value } = await at.json('rejections', '--connection', 'acme')
    expect(JSON.stringify(value)).toContain('then: pimflow sync lamp-model"')
  })

  it('such as these', async () => {
    const { out } = await at.run('rejections', '--connection', 'acme')
    expect(out).toContain('pimflow sync --connection acme lamp-model')
    expect(out).toContain('pimflow rejections retry --connection acme')
    const { err } = await at.run('mapping', 'coverage', '--connection', 'acme')
    expect(err).toContain('pimflow sync --connection acme categories')
  })
})

describe('of a mapping that is not there', () => {
  const outputs = ['shop', 'feed'].map((name) => ({ name, mapping: `mapping/${name}.hub.yaml` }))
  const complaints = async (connections: string[], names: string[]) => {
    const { problems } = await readMappings(
      {
        connections: connections.map((name) =>
          connectionConfig({
            name,
            akeneo,
            outputs: outputs.filter((one) => names.includes(one.name)),
            mapping: { createDefaults: false },
          }),
        ),
      },
      '/nowhere/pimflow.config.yaml',
    )
    return problems.map(({ message }) => message.replace(/^.*with: /, ''))
  }

  it('names the connection and the output, where there are several', async () => {
    expect(await complaints(['acme', 'globex'], ['shop', 'feed'])).toEqual([
      'pimflow mapping suggest --connection acme --output shop',
      'pimflow mapping suggest --connection acme --output feed',
      'pimflow mapping suggest --connection globex --output shop',
      'pimflow mapping suggest --connection globex --output feed',
    ])
    expect(await complaints(['acme'], ['shop'])).toEqual(['pimflow mapping suggest'])
  })
})
