import { z } from 'zod'
import { isTimeZone } from '../domain/time-zone.ts'
import { accountProblems, IcecatConfig } from './icecat.ts'
import { unresolvedReference } from './references.ts'
import { checkNotifications, checkQuietPolls, Notifications, Schedules } from './schedules.ts'
import { count, optionalSection, percentage, secret, section, signingSecret, text } from './sections.ts'
import { serviceUrl } from './urls.ts'

/** Names stand in workflow ids, schedule ids and search attributes. */
const Name = z
  .string('is missing: every one of these has a name')
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, {
    error: 'must be lower-case letters, digits and hyphens, at most 63',
  })

const AkeneoUrl = text(
  z.string().superRefine((value, context) => {
    const problem = serviceUrl(value, 'the address of Akeneo, such as https://acme.cloud.akeneo.com')
    if (problem) context.addIssue({ code: 'custom', message: problem })
  }),
).transform((value) => value.replace(/\/+$/, ''))

const DestinationUrl = text(
  z.string().superRefine((value, context) => {
    const problem = serviceUrl(value, 'the address that takes changes, such as https://shop.example.com/pim')
    if (problem) context.addIssue({ code: 'custom', message: problem })
  }),
)

const Throttle = optionalSection({
  concurrency: count(4, { max: 100 }).describe(
    'Calls under way at once with this connection; Akeneo allows 4',
  ),
  hostConcurrency: count(10, { max: 1000 }).describe(
    'Calls under way at once with all connections of the same Akeneo; Akeneo allows 10',
  ),
  perSecond: count(100, { max: 10_000 }).describe(
    'Calls that may start in a second with all connections of the same Akeneo, of which a twentieth is left free; Akeneo allows 100',
  ),
  optionWritesPerSecond: count(3, { max: 10_000 }).describe(
    'Writes of attribute options in a second; Akeneo allows 3',
  ),
})

const Retry = optionalSection({
  maximumAttempts: count(0, { min: 0 }).describe('How often a call that fails is tried; 0 is without an end'),
  initialIntervalMs: count(1000).describe(
    'Wait before the second attempt, and after a 429 that does not say',
  ),
  maximumIntervalMs: count(120_000).describe('Longest wait between two attempts'),
  backoffCoefficient: z
    .number('must be a number')
    .min(1, 'must be at least 1')
    .max(10, 'must be at most 10')
    .default(2)
    .describe('Each wait is this many times the one before'),
})

export const AkeneoConfig = section({
  url: AkeneoUrl.describe('Address of Akeneo; https unless it is on this machine'),
  clientId: secret().describe('Client ID of the connection in Akeneo'),
  clientSecret: secret().describe('Its secret'),
  username: secret().describe('The API user of the connection'),
  password: secret().describe('Its password'),
  productIdFormat: z
    .enum(['uuid', 'identifier', 'auto'], 'must be uuid, identifier or auto')
    .default('auto')
    .describe('How products are asked for; auto: by uuid where Akeneo can (7.0 and later)'),
  timeoutMs: count(60_000, { min: 100, max: 600_000 }).describe(
    'Longest time that one call may take; unit ms. Heartbeats of activities are longer (100 s by default)',
  ),
  searchTimeZone: z
    .string('must be text')
    .refine(isTimeZone, { error: 'must be a time zone such as Europe/Paris, UTC or +02:00' })
    .default('UTC')
    .describe(
      "Zone in which Akeneo reads dates of product searches: its server's. `pimflow check` finds it out",
    ),
  throttle: Throttle.describe('Limits that Akeneo documents'),
  retry: Retry.describe('How calls that fail are tried again'),
})

const Products = optionalSection({
  variantPollSearchDays: count(7, { max: 365 }).describe(
    'For how many days the variants of a changed model are looked at again',
  ),
  skipRelatedPrerequisite: z
    .boolean('must be true or false')
    .default(false)
    .describe('True: a product does not wait for the products it is related to'),
  prerequisiteWaitHours: count(24, { min: 0, max: 8760 }).describe(
    'Longest wait for what a product names; then it goes out without the link, which follows',
  ),
  createMissingBundleItems: z
    .boolean('must be true or false')
    .default(false)
    .describe('False: a bundle item that is not there is skipped and reported'),
})

const Guards = optionalSection({
  emptied: percentage('5%').describe('More records that lose one field in one run wait for approval'),
  changed: percentage('20%').describe('More records that a changed mapping alters wait for approval'),
  retired: percentage('2%').describe('More records that would be retired wait for approval'),
})

const Output = section({
  name: Name.describe('What the feed is known by'),
  channel: z
    .string('must be the code of a channel')
    .min(1)
    .optional()
    .describe('Whose values are taken; with a mapping file, the file says it'),
  locales: z
    .record(
      z.string(),
      z.array(z.string()),
      'must be a map of locales to their fallbacks, such as de_DE: [en_US]',
    )
    .refine((locales) => Object.keys(locales).length > 0, { error: 'must name at least one locale' })
    .optional()
    .describe('Locales with their fallbacks in order; absent: all of the channel'),
  currencies: z
    .array(z.string(), 'must be a list of currencies')
    .optional()
    .describe('Prices in others are left out; absent: all of the channel'),
  mapping: text()
    .optional()
    .describe('Mapping file, relative to this one; absent: all attributes, default names'),
}).superRefine(({ mapping, ...settings }, context) => {
  if (mapping === undefined) {
    if (settings.channel !== undefined) return
    context.addIssue({ code: 'custom', path: ['channel'], message: 'is missing: name it, or a mapping file' })
    return
  }
  // Said in two places, the two would differ one day.
  for (const setting of ['channel', 'locales', 'currencies'] as const) {
    if (settings[setting] === undefined) continue
    context.addIssue({
      code: 'custom',
      path: [setting],
      message: 'is said by the mapping file: leave it out here',
    })
  }
})

const Destination = section({
  name: Name.describe('What `externalIds`, commands and workflow ids call it'),
  url: DestinationUrl.describe('Takes POSTs of entries; https unless it is on this machine'),
  output: Name.optional().describe('Whose feed it gets; absent: that of the only output'),
  secret: signingSecret().describe('Signs each request (HMAC-SHA256); the destination knows it too'),
  batchSize: count(100, { max: 1000 }).describe('Most entries in one request'),
  timeoutMs: count(30_000, { min: 100, max: 300_000 }).describe('Longest time of one request; unit ms'),
})
type DestinationConfig = z.output<typeof Destination>

const Feed = optionalSection({
  keepDays: count(30, { max: 3650 }).describe(
    'How long each change of a record is kept; of older ones only the last. A reader that is further behind takes a snapshot',
  ),
  token: secret()
    .optional()
    .describe('What readers of `pimflow feed` show (Authorization: Bearer …); needed beyond this machine'),
})

/** Who is told of what failed looks back a month, so nothing younger may go. */
const shortestRunDays = 31

const Runs = optionalSection({
  keepDays: count(60, { min: shortestRunDays, max: 3650 }).describe(
    'How long runs that are over are kept, with the pages that they read and the plans that they made; and what was written into records that have left Akeneo',
  ),
})

const Media = optionalSection({
  folder: text()
    .optional()
    .describe(
      'Where files of products are kept, relative to this file; all workers of the connection must see the same one. Absent: files are not downloaded',
    ),
  maxMegabytes: count(1024, { max: 1_000_000 }).describe('A larger file is refused'),
  timeoutMs: count(300_000, { min: 1000, max: 480_000 }).describe('Longest time of one download; unit ms'),
  keepDays: count(7, { max: 3650 }).describe('How long a file is kept that no record names any more'),
})

export const ConnectionConfig = section({
  name: Name.describe('What commands, workflow ids and the hub call this Akeneo'),
  version: z
    .enum(['auto', '5.0', '6.0', '7.0', 'saas'], 'must be auto, 5.0, 6.0, 7.0 or saas')
    .default('auto')
    .describe('The Akeneo that is expected; `check` says when it is another'),
  akeneo: AkeneoConfig.describe('How Akeneo is called'),
  icecat: IcecatConfig.optional().describe("Icecat's content into this Akeneo; absent: none"),
  products: Products.describe('What products wait for'),
  schedules: Schedules.describe('When processes start; each is a Temporal schedule'),
  guards: Guards.describe('What is held for a person'),
  mapping: optionalSection({
    createDefaults: z
      .boolean('must be true or false')
      .default(true)
      .describe('Write a default mapping file once, when an output has none'),
  }).describe('Mapping files'),
  outputs: z
    .array(Output, 'must be a list of outputs')
    .optional()
    .describe(
      'Absent: one, named after the first channel by code when it was first published, with all its locales and currencies',
    ),
  destinations: z
    .array(Destination, 'must be a list of destinations')
    .default([])
    .describe('Where changes are delivered to, each with a place of its own in the feed'),
  media: Media.describe('Files that products and their models name'),
  feed: Feed.describe('What readers of the feed may ask for'),
  runs: Runs.describe('What is remembered of past runs'),
  notifications: Notifications.optional().describe(
    'Who is told of failures, of changes that come late, of what waits for approval, and when all is well again; absent: nobody',
  ),
})
  .superRefine(checkDestinations)
  .superRefine(checkQuietPolls)
  .superRefine(checkNotifications)
export type ConnectionConfig = z.output<typeof ConnectionConfig>

/** Its password makes an address a secret. */
const DatabaseUrl = z
  .custom<unknown>(
    (value) => typeof value !== 'string' || !URL.canParse(value) || new URL(value).password === '',
    {
      error: 'holds a password: must be a reference, ${NAME} or ${file:PATH}',
    },
  )
  .pipe(text(z.string().regex(/^postgres(ql)?:\/\//, { error: 'must begin with postgres://' })))

const TokenKey = secret().refine(
  (key) => key === unresolvedReference || Buffer.from(key.reveal(), 'base64').length === 32,
  { error: 'must be 32 bytes in base64; make one with: openssl rand -base64 32' },
)

export const Config = section({
  version: z.literal(1, 'must be 1, the version of this file format').describe('Version of this file format'),
  tokenKeys: z
    .array(TokenKey, 'must be a list of references')
    .min(1, 'must have a key')
    .describe(
      'Keys of the access tokens in the database: the first one locks, all unlock. Absent: the environment variable PIMFLOW_TOKEN_KEY',
    ),
  temporal: optionalSection({
    address: text()
      .optional()
      .describe('host:port; absent: TEMPORAL_ADDRESS, a profile, or the local server'),
    namespace: text().optional().describe('Absent: what the profile says, else default'),
    taskQueue: text().default('pimflow').describe('Workflows; activities run on <name>-bulk and <name>-live'),
    deployment: text()
      .optional()
      .describe(
        'Worker deployment whose versions Temporal tells apart; absent: TEMPORAL_DEPLOYMENT_NAME, else each worker gets work',
      ),
  }).describe('Where workflows run'),
  database: section({
    url: DatabaseUrl.describe('PostgreSQL 15 or later; absent: the environment variable DATABASE_URL'),
    poolSize: count(10, { max: 1000 }).describe('Connections of one worker'),
    prepare: z
      .boolean('must be true or false')
      .default(true)
      .describe('False behind a pooler in transaction mode, which loses named statements'),
  }).describe('Where the hub is'),
  connections: z
    .array(ConnectionConfig, 'must be a list of connections')
    .min(1, 'must have at least one connection')
    .superRefine(checkTogether)
    .describe('One for each Akeneo'),
})
export type Config = z.output<typeof Config>

/** A destination has a name of its own and gets one feed. */
function checkDestinations(
  {
    outputs = [],
    destinations,
  }: { outputs?: { name: string }[] | undefined; destinations: DestinationConfig[] },
  context: z.RefinementCtx,
): void {
  const known = outputs.map(({ name }) => name)
  for (const [index, { name, output }] of destinations.entries()) {
    const problem = (setting: string, message: string) =>
      context.addIssue({ code: 'custom', path: ['destinations', index, setting], message })
    if (destinations.slice(0, index).some((other) => other.name === name)) {
      problem('name', `is taken: two destinations are called ${name}`)
    }
    if (output === undefined && known.length > 1) {
      problem('output', `must name one of the outputs: ${known.join(', ')}`)
    }
    if (output !== undefined && known.length > 0 && !known.includes(output)) {
      problem('output', `is not among the outputs: ${known.join(', ')}`)
    }
  }
}

/** Rules over several connections. */
function checkTogether(connections: z.output<typeof ConnectionConfig>[], context: z.RefinementCtx): void {
  for (const { path, message } of accountProblems(connections)) {
    context.addIssue({ code: 'custom', path, message })
  }
  for (const [index, connection] of connections.entries()) {
    const { name, akeneo } = connection
    const before = connections.slice(0, index)
    if (before.some((other) => other.name === name)) {
      context.addIssue({
        code: 'custom',
        path: [index, 'name'],
        message: `is taken: two connections are called ${name}`,
      })
    }
    const twin = before.find((other) => hostOf(other.akeneo.url) === hostOf(akeneo.url))
    if (!twin) continue
    for (const setting of ['hostConcurrency', 'perSecond'] as const) {
      if (twin.akeneo.throttle[setting] === akeneo.throttle[setting]) continue
      context.addIssue({
        code: 'custom',
        path: [index, 'akeneo', 'throttle', setting],
        message: `must be the same for all connections of one Akeneo: ${twin.name} says ${twin.akeneo.throttle[setting]}`,
      })
    }
  }
}

const hostOf = (url: string) => (URL.canParse(url) ? new URL(url).host : url)
