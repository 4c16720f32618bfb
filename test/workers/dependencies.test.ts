import { describe, expect, it } from 'vitest'
import { connectionConfig } from '../../config.ts'
import { Secret } from '../../domain/secret.ts'
import { openDependencies } from '../../workers/dependencies.ts'

const akeneo = {
  url: 'http://localhost:1',
  clientId: 'a',
  clientSecret: 'b',
  username: 'c',
  password: 'd',
}

describe('a worker', () => {
  it('refuses outputs that it would ignore, before it opens anything', async () => {
    const outputs = [{ name: 'paper', channel: 'print', locales: { en_US: [] }, currencies: ['EUR'] }]
    const opening = openDependencies({
      version: 1,
      tokenKeys: [new Secret(Buffer.alloc(32).toString('base64'))],
      temporal: { taskQueue: 'pimflow' },
      database: { url: 'postgres://localhost:1/none', poolSize: 1, prepare: true },
      connections: [connectionConfig({ name: 'acme', akeneo, outputs })],
    })
    await expect(opening).rejects.toThrow(/Remove `outputs`/)
  })
})
