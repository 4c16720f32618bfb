import { z } from 'zod'
import { icecatDefaults } from '../connectors/icecat/settings.ts'
import { defaultFairUse } from '../domain/enrichment/fair-use.ts'
import { defaultRequestPolicy } from '../domain/enrichment/requests/creation-request.ts'
import { count, optionalSection, percentage, secret, section, text } from './sections.ts'
import { serviceUrl } from './urls.ts'
import { webhook } from './webhook.ts'

const Throttle = optionalSection({
  concurrency: count(icecatDefaults.throttle.concurrency, { max: 100 }).describe(
    'Calls under way at once with this account, over all workers and connections',
  ),
  perSecond: count(icecatDefaults.throttle.perSecond, { max: 10_000 }).describe(
    'Calls that may start in a second. Icecat publishes no figure; a careful client was seen to use 3',
  ),
})

const FairUse = optionalSection({
  sheetsPerMonth: count(defaultFairUse.limit).describe(
    'Sheets of one language that the account may take in a month; the meter counts them over all connections of the account',
  ),
  slowAt: percentage(`${defaultFairUse.slowAt * 100}%`).describe('From here on sheets are taken more slowly'),
  stopAt: percentage(`${defaultFairUse.stopAt * 100}%`).describe(
    'Here enrichment stops until the month is over; what is left is done then',
  ),
})

const Webhook = section({
  ...webhook('requests', 'https://desk.example.com/icecat'),
  batchSize: count(100, { max: 1000 }).describe('Most requests in one POST'),
})

const Requests = optionalSection({
  firstDelayDays: count(defaultRequestPolicy.firstDelayDays, { max: 365 }).describe(
    'Days until Icecat is asked again for content that it lacks; doubles each time',
  ),
  longestDelayDays: count(defaultRequestPolicy.longestDelayDays, { max: 365 }).describe(
    'Longest time between two such looks',
  ),
  giveUpAfterDays: count(defaultRequestPolicy.giveUpAfterDays, { max: 3650 }).describe(
    'Content that did not come within so many days is no longer asked for',
  ),
  webhook: Webhook.optional().describe(
    'Where requests are told as they are made, for whoever has content made; absent: only `pimflow requests export`',
  ),
})

export const IcecatConfig = section({
  username: text().describe('Name of the account at Icecat'),
  password: secret().optional().describe('For the XML door and files, where no API token is given'),
  apiToken: secret().optional().describe('API access token of the account; with it no password is needed'),
  appKey: secret().optional().describe('App key; Full accounts only'),
  contentToken: secret()
    .optional()
    .describe('Content access token, for pictures and documents; counts only beside an API token'),
  subscription: z
    .enum(['open', 'full'], 'must be open or full')
    .describe('What the account may see; `check` says when it is another'),
  mapping: text().describe('Mapping file, relative to this one'),
  door: z
    .enum(['json', 'xml'], 'must be json or xml')
    .default('json')
    .describe(
      'json: one call for each language, half the CPU, tells the type of each feature; xml: all languages in one call',
    ),
  url: text(
    z.string().superRefine((value, context) => {
      const problem = serviceUrl(value, 'the address of a simulator, such as http://127.0.0.1:8090')
      if (problem) context.addIssue({ code: 'custom', message: problem })
    }),
  )
    .optional()
    .describe("All doors at one address: a simulator's. Absent: Icecat's own addresses"),
  assetDomains: z
    .array(z.string().min(1), 'must be a list of domains')
    .default([...icecatDefaults.assetDomains])
    .describe('Domains that pictures and documents may come from; subdomains included'),
  timeoutMs: count(icecatDefaults.timeoutMs, { min: 100, max: 600_000 }).describe(
    'Longest time that one call may take; unit ms',
  ),
  throttle: Throttle.describe('How fast Icecat is called'),
  fairUse: FairUse.describe("Icecat's fair use policy"),
  requests: Requests.describe('Content that Icecat lacks and was asked for'),
  afterPolls: z
    .boolean('must be true or false')
    .default(true)
    .describe(
      'Products whose identifiers came or changed are enriched by the poll that saw it, not only at night',
    ),
}).superRefine(({ password, apiToken, fairUse }, context) => {
  if (password === undefined && apiToken === undefined) {
    const message = 'is missing: Icecat needs it, or a password, for its index'
    context.addIssue({ code: 'custom', path: ['apiToken'], message })
  }
  if (fairUse.slowAt > fairUse.stopAt) {
    const message = 'must not be above stopAt'
    context.addIssue({ code: 'custom', path: ['fairUse', 'slowAt'], message })
  }
})
export type IcecatConfig = z.output<typeof IcecatConfig>

/** An account is throttled as one, whatever the connection: two that say otherwise would overrule each other. */
export function accountProblems(
  connections: readonly { name: string; icecat?: IcecatConfig | undefined }[],
): { path: (string | number)[]; message: string }[] {
  return connections.flatMap(({ icecat }, index) => {
    const twin = connections
      .slice(0, index)
      .find((other) => other.icecat?.username === icecat?.username && other.icecat?.url === icecat?.url)
    if (icecat === undefined || twin?.icecat === undefined) return []
    const { name, icecat: known } = twin
    return (['concurrency', 'perSecond'] as const)
      .filter((setting) => known.throttle[setting] !== icecat.throttle[setting])
      .map((setting) => ({
        path: [index, 'icecat', 'throttle', setting],
        message: `must be the same for all connections of one Icecat account: ${name} says ${known.throttle[setting]}`,
      }))
  })
}
