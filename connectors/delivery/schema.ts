import { z } from 'zod'
import { FeedEntry } from '../../contracts/hub.ts'

/** What a destination is sent; docs/delivery.md has it for receivers. */
export const DeliveryBody = z.object({
  connection: z.string(),
  output: z.string(),
  destination: z.string(),
  entries: z.array(
    FeedEntry.extend({ key: z.string().describe('The same for the same entry, however often it is sent') }),
  ),
})
export type DeliveryBody = z.infer<typeof DeliveryBody>

/** What a destination says of one entry. */
export const EntryResult = z.object({
  seq: z.number().int().positive(),
  status: z.enum(['accepted', 'refused']),
  reason: z.string().optional().describe('Why it was refused, in words for a person'),
  externalId: z
    .union([z.string().min(1), z.number().transform(String)])
    .optional()
    .describe('What the destination calls the record'),
})
export type EntryResult = z.infer<typeof EntryResult>

/** The body of a 2xx that has one. */
export const DeliveryAnswer = z.object({ results: z.array(EntryResult).optional() })
export type DeliveryAnswer = z.infer<typeof DeliveryAnswer>
