import { Secret } from '../../domain/secret.ts'

/** A configuration of the docs as it is once its references are resolved: with something in their place, and what the environment brings. */
export const withDefaultsForDocs = (value: unknown): unknown => ({
  tokenKeys: [new Secret(Buffer.alloc(32, 1).toString('base64'))],
  database: { url: 'postgres://localhost/pimflow' },
  ...(resolved(value) as object),
})

function resolved(value: unknown): unknown {
  if (typeof value === 'string') return /^\$\{.+\}$/.test(value) ? new Secret('a'.repeat(40)) : value
  if (Array.isArray(value)) return value.map(resolved)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, resolved(one)]))
}
