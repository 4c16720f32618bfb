import { z } from 'zod'

/** One kind of record that Akeneo hands out. */
export const StreamName = z.enum([
  'channels',
  'locales',
  'currencies',
  'measurement-families',
  'association-types',
  'attribute-groups',
  'attributes',
  'attribute-options',
  'asset-families',
  'reference-entity-records',
  'assets',
  'families',
  'family-variants',
  'categories',
  'product-models',
  'products',
])
export type StreamName = z.infer<typeof StreamName>

/**
 * Records that values of some attributes name by code. Read only where such an attribute is: other editions do not have them.
 * Each is known by its family and its code.
 */
export const LinkedStream = z.enum(['reference-entity-records', 'assets'])
export type LinkedStream = z.infer<typeof LinkedStream>

/** A record that could not be carried: kept with its reason until it can. */
export const Rejection = z.object({
  stream: StreamName,
  key: z.string().describe('uuid of a product, code of anything else'),
  code: z.string().nullable().describe('What a person knows the record by'),
  reason: z.string().describe('Stable code, e.g. `unit-unknown`'),
  field: z.string().nullable(),
  rule: z.string().nullish().describe('Rule of the mapping that refused it, with its output, file and line'),
  text: z.string(),
  remedy: z.string(),
})
export type Rejection = z.infer<typeof Rejection>
