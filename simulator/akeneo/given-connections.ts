import { z } from 'zod'
import { asGiven } from '../given.ts'
import type { AppOptions, ConnectionOptions, EventSubscription, Rights } from './options.ts'

const right = z.enum(['none', 'view', 'edit'])
const every = z.int().positive()

const rights = z
  .strictObject({
    api: z.boolean(),
    acls: z.record(
      z.string().regex(/^pim_api_\w+$/, 'a permission like pim_api_product_edit is expected'),
      z.boolean(),
    ),
    categories: z.record(z.string(), z.enum(['none', 'view', 'edit', 'own'])),
    attributeGroups: z.record(z.string(), right),
    locales: z.record(z.string(), right),
  } satisfies Record<keyof Rights, z.ZodType>)
  .partial()

const events = z
  .strictObject({
    url: z.url(),
    secret: z.string(),
    usesUuid: z.boolean(),
    loseEvery: every,
    repeatEvery: every,
  } satisfies Record<keyof EventSubscription, z.ZodType>)
  .partial()
  .required({ url: true, secret: true })

const connection = z
  .strictObject({
    code: z.string(),
    clientId: z.string(),
    clientSecret: z.string(),
    username: z.string(),
    password: z.string(),
    rights,
    events,
    grants: z.array(z.enum(['password', 'refresh_token'])),
  } satisfies Record<keyof ConnectionOptions, z.ZodType>)
  .partial({ rights: true, events: true, grants: true })

const app = z
  .strictObject({
    clientId: z.string(),
    clientSecret: z.string(),
    callbackUrl: z.url(),
    activateUrl: z.url(),
  } satisfies Record<keyof AppOptions, z.ZodType>)
  .partial({ activateUrl: true })

/** Entries of the files of `--connections` and `--apps`. */
export const givenConnection = (given: unknown) =>
  asGiven('connection', connection, given) as ConnectionOptions
export const givenApp = (given: unknown) => asGiven('app', app, given) as AppOptions
