import { Secret } from '../../domain/secret.ts'

/** A configuration of the docs, or a part of one, as it is once its references are resolved: with something in their place, and what others have brought. */
export function withDefaultsForDocs(value: unknown): unknown {
  const { connections = [], ...rest } = resolved(value) as { connections?: object[] }
  return {
    version: 1,
    tokenKeys: [new Secret(Buffer.alloc(32, 1).toString('base64'))],
    database: { url: 'postgres://localhost/pimflow' },
    ...rest,
    connections: connections.map((connection) => ({ akeneo, ...connection })),
  }
}

const given = new Secret('a'.repeat(40))
const akeneo = {
  url: 'https://acme.cloud.akeneo.com',
  clientId: given,
  clientSecret: given,
  username: given,
  password: given,
}

function resolved(value: unknown, key = ''): unknown {
  if (typeof value === 'string') {
    if (!/^\$\{.+\}$/.test(value)) return value
    return key === 'url' ? new Secret('https://shop.example.com') : given
  }
  if (Array.isArray(value)) return value.map((one) => resolved(one))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, resolved(one, key)]))
}
