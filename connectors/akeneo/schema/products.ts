import { z } from 'zod'
import { Code, Links, map, NumberOrText } from './tolerant.ts'

/**
 * One value of an attribute. What `data` may be depends on the attribute's type, which a product does not tell: the
 * translation reads it.
 */
export interface AkeneoValue {
  locale: string | null
  scope: string | null
  data?: unknown
  linked_data?: unknown
  attribute_type?: string
  reference_data_name?: string | null
}
export type AkeneoValues = Record<string, AkeneoValue[]>

/**
 * Values by attribute, checked in place: a product has 70 and more of them, and thousands of products a second must not be
 * copied value by value as a zod object would.
 */
const Values = z.unknown().transform((input, context): AkeneoValues => {
  if (Array.isArray(input) && input.length === 0) return {}
  const problem = valuesProblem(input)
  if (problem === undefined) return input as AkeneoValues
  context.addIssue({ code: 'custom', path: problem.path, message: problem.message })
  return z.NEVER
})

function valuesProblem(input: unknown): { path: (string | number)[]; message: string } | undefined {
  if (!isObject(input)) return { path: [], message: 'expected a map of values by attribute' }
  for (const attribute in input) {
    const values = input[attribute]
    if (!Array.isArray(values)) return { path: [attribute], message: 'expected a list of values' }
    for (let index = 0; index < values.length; index++) {
      const value: unknown = values[index]
      if (!isObject(value)) return { path: [attribute, index], message: 'expected a value' }
      for (const key of ['locale', 'scope'] as const) {
        const name = value[key]
        if (name === null || typeof name === 'string') continue
        return { path: [attribute, index, key], message: 'expected a code or null' }
      }
      if (!('data' in value)) return { path: [attribute, index, 'data'], message: 'is missing' }
    }
  }
  return undefined
}

const isObject = (input: unknown): input is Record<string, unknown> =>
  typeof input === 'object' && input !== null && !Array.isArray(input)

/**
 * `/products` shows null for a partner without identifier, which cannot be named there at all; it is left out here. Whoever
 * needs it reads `/products-uuid`.
 */
const Partners = z
  .array(Code.nullable())
  .transform((partners) =>
    partners.includes(null) ? partners.filter((partner) => partner !== null) : (partners as string[]),
  )

/** Plain associations by type: identifiers on `/products`, uuids on `/products-uuid`, codes of models and groups. */
const Associations = map(
  z.looseObject({
    products: Partners.optional(),
    product_models: Partners.optional(),
    groups: z.array(Code).optional(),
  }),
)
export type AkeneoAssociations = z.infer<typeof Associations>

/** A partner with its quantity; models are named by `identifier`, which Akeneo's schema calls `code`. */
const Quantified = z.looseObject({
  identifier: Code.nullish(),
  uuid: Code.nullish(),
  code: Code.nullish(),
  quantity: z.number().int(),
})

const QuantifiedAssociations = map(
  z.looseObject({ products: z.array(Quantified).optional(), product_models: z.array(Quantified).optional() }),
)

const Score = z.looseObject({ scope: Code.nullish(), locale: Code.nullish(), data: z.unknown() })

const ownFields = {
  _links: Links,
  categories: z.array(Code).optional(),
  parent: Code.nullish(),
  values: Values,
  created: z.string(),
  updated: z.string(),
  associations: Associations.optional(),
  quantified_associations: QuantifiedAssociations.optional(),
  quality_scores: z.array(Score).nullish(),
  metadata: map(z.unknown()).nullish(),
}

const productFields = {
  ...ownFields,
  enabled: z.boolean(),
  family: Code.nullish(),
  groups: z.array(Code).optional(),
  completenesses: z
    .preprocess(
      // Once, on SaaS, an empty list came as `{}`.
      (input) => (isObject(input) && Object.keys(input).length === 0 ? [] : input),
      z.array(z.looseObject({ scope: Code, locale: Code, data: NumberOrText })),
    )
    .optional(),
  root_parent: Code.nullish(),
}

/** A product as either endpoint shows it: by `uuid`, by `identifier`, or both. */
const AkeneoProduct = z.looseObject({
  uuid: Code.optional(),
  identifier: Code.nullish(),
  ...productFields,
})
export type AkeneoProduct = z.infer<typeof AkeneoProduct>

/** https://api.akeneo.com/api-reference.html#Productuuid: since 7.0, identifiers stand among the values. */
export const AkeneoProductByUuid = AkeneoProduct.extend({ uuid: Code })

/** https://api.akeneo.com/api-reference.html#Productidentifier: `uuid` since 7.0. */
export const AkeneoProductByIdentifier = AkeneoProduct.extend({ identifier: Code })

/** https://api.akeneo.com/api-reference.html#Productmodel; `family` since 3.2. */
export const AkeneoProductModel = z.looseObject({
  code: Code,
  family: Code.nullish(),
  family_variant: Code,
  ...ownFields,
})
export type AkeneoProductModel = z.infer<typeof AkeneoProductModel>
