import { z } from 'zod'
import { asGiven } from '../given.ts'
import type { Account } from './options.ts'

const names = z.array(z.string())

const account = z.strictObject({
  name: z.string(),
  password: z.string(),
  subscription: z.enum(['open', 'full']),
  appKey: z.string().nullable().default(null),
  apiTokens: names.default([]),
  contentTokens: names.default([]),
  verticals: names.nullable().default(null),
  addresses: names.nullable().default(null),
  authorisedBrands: names.default([]),
  shopKey: z.boolean().default(true),
} satisfies Record<keyof Account, z.ZodType>)

/** An entry of the file of `--accounts`; what it leaves out limits nothing. */
export const givenAccount = (given: unknown): Account => asGiven('account', account, given)
