import { expect, it } from 'vitest'
import { destinationOf } from '../../activities/destinations.ts'
import { connectionConfig } from '../../config.ts'

it('a destination that the worker does not know may have been added since it started, and the refusal says so', () => {
  const akeneo = { url: 'http://127.0.0.1:1', clientId: 'a', clientSecret: 'b', username: 'c', password: 'd' }
  const connection = connectionConfig({ name: 'acme', akeneo })
  expect(() => destinationOf(connection, 'shop')).toThrow(
    'acme has no destination shop; these exist: none. Name one of them, or add it to pimflow.config.yaml and start the workers again: they read it when they start.',
  )
})
