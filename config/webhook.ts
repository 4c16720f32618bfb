import { z } from 'zod'
import { count, signingSecret, text } from './sections.ts'
import { serviceUrl } from './urls.ts'

/** Settings of an address that is told of something, signed as deliveries are. */
export const webhook = (told: string, example: string) => ({
  url: text(
    z.string().superRefine((value, context) => {
      const problem = serviceUrl(value, `the address that takes ${told}, such as ${example}`)
      if (problem) context.addIssue({ code: 'custom', message: problem })
    }),
  ).describe(`Takes POSTs of ${told}; https unless it is on this machine`),
  secret: signingSecret().describe(
    'Signs each POST (HMAC-SHA256), as deliveries are signed; the receiver knows it too',
  ),
  timeoutMs: count(30_000, { min: 100, max: 300_000 }).describe('Longest time of one POST; unit ms'),
})
