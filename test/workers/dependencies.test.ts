import { describe, expect, it, onTestFinished } from 'vitest'
import { connectionConfig, type Config } from '../../config.ts'
import { appliedMappings } from '../../connectors/hub/outputs.ts'
import { Secret } from '../../domain/secret.ts'
import { openDependencies } from '../../workers/dependencies.ts'
import { freshDatabase } from '../support/database.ts'
import { mappingsOf } from '../support/pipeline.ts'
import { publish, productRecord } from '../support/published.ts'

const akeneo = {
  url: 'http://localhost:1',
  clientId: 'a',
  clientSecret: 'b',
  username: 'c',
  password: 'd',
}
const text = 'version: 1\noutput: ecommerce\nchannel: ecommerce\n'

async function configured(): Promise<{
  config: Config
  database: Awaited<ReturnType<typeof freshDatabase>>
}> {
  const database = await freshDatabase()
  onTestFinished(() => database.drop())
  const outputs = [{ name: 'ecommerce', mapping: 'ecommerce.hub.yaml' }]
  return {
    database,
    config: {
      version: 1,
      tokenKeys: [new Secret(Buffer.alloc(32).toString('base64'))],
      temporal: { taskQueue: 'pimflow' },
      database: { url: database.url, poolSize: 2, prepare: true },
      connections: [connectionConfig({ name: 'acme', akeneo, outputs })],
    },
  }
}

describe('a worker with an output', () => {
  it('applies its mapping at once where the output holds nothing yet', async () => {
    const { config, database } = await configured()
    const deps = await openDependencies(config, mappingsOf('acme', { ecommerce: text }))
    onTestFinished(() => deps.close())
    expect((await appliedMappings(database.sql, 'acme')).get('ecommerce')?.text).toBe(text)
  })

  it('leaves records that the defaults made as they are, until the file was compared with them', async () => {
    const { config, database } = await configured()
    const first = await openDependencies({ ...config, connections: [] })
    await first.close()
    await publish(database.sql, 'acme', [productRecord('A')])
    const deps = await openDependencies(config, mappingsOf('acme', { ecommerce: text }))
    onTestFinished(() => deps.close())
    expect((await appliedMappings(database.sql, 'acme')).get('ecommerce')).toBeNull()
  })

  it('refuses to begin without the file that the configuration names', async () => {
    const { config } = await configured()
    await expect(openDependencies(config)).rejects.toThrow(/ecommerce\.hub\.yaml/)
  })
})
