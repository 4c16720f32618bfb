import { z } from 'zod'
import { longestCode } from '../../../domain/storable.ts'

/** Of a record, as it names itself and as others name it. */
export const Code = z.string().max(longestCode)

/** Akeneo's back end is PHP: an empty map may come as `[]` instead of `{}`. */
export const map = <Value extends z.ZodType>(value: Value) =>
  z.preprocess(
    (input) => (Array.isArray(input) && input.length === 0 ? {} : input),
    z.record(z.string(), value),
  )

/** By locale; a label without text may be null. */
export const Labels = map(z.string().nullable())

/** Numbers that the documentation shows as text and versions print either way. */
export const NumberOrText = z.union([z.number(), z.string()])

/** On items of lists only: absolute addresses, of which none is followed but a page's `next`. */
export const Links = z.unknown().optional()
