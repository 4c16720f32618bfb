import { z } from 'zod'
import type { FaultRule } from './akeneo/faults.ts'
import { asGiven } from './given.ts'
import type { IcecatFault } from './icecat/faults.ts'

const count = z.int().nonnegative()
const milliseconds = z.number().nonnegative()
const instant = z
  .string()
  .refine((text) => !Number.isNaN(Date.parse(text)), 'an instant like 2026-01-31T08:00:00Z is expected')

const akeneoFields = {
  method: z.string(),
  path: z.string(),
  connection: z.string(),
  query: z.string(),
  after: count,
  count,
  every: z.int().positive(),
  probability: z.number().min(0).max(1),
  from: instant,
  until: instant,
  status: z.int().min(200).max(599),
  retryAfter: z.union([z.number().nonnegative(), instant]),
  body: z.enum(['json', 'empty', 'html']),
  message: z.string(),
  reset: z.boolean(),
  delayMs: milliseconds,
  slowBodyMs: milliseconds,
  cutAfterBytes: count,
  cutAfterLine: count,
  malformed: z.boolean(),
  revokeTokens: z.boolean(),
  maxBodyBytes: count,
  page: z.enum(['duplicate', 'missing']),
  resetAfterWork: z.boolean(),
} satisfies Record<keyof FaultRule, z.ZodType>

const icecatFields = {
  ...akeneoFields,
  truncatedGzip: z.boolean(),
  entities: z.boolean(),
  contentType: z.string(),
  icecatStatus: z.int(),
} satisfies Record<keyof IcecatFault, z.ZodType>

const akeneoRule = z.strictObject(akeneoFields).partial()
const icecatRule = z.strictObject(icecatFields).partial()

/** A fault rule as somebody wrote it; throws which field of it is unknown or cannot be meant so. */
export const akeneoFault = (given: unknown) => asGiven('fault rule', akeneoRule, given) as FaultRule
export const icecatFault = (given: unknown) => asGiven('fault rule', icecatRule, given) as IcecatFault
