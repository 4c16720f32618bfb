import { z } from 'zod'
import { Code, Labels, Links, map } from './tolerant.ts'

/** Values of records and assets: their channel is called `channel`, and a file's value has a link to its download. */
const RecordValue = z.looseObject({
  locale: z.string().nullable(),
  channel: z.string().nullable(),
  data: z.unknown(),
  _links: z.looseObject({ download: z.unknown().optional() }).optional(),
})

/** https://api.akeneo.com/api-reference.html#Referenceentityrecord and #Asset; both are built alike. */
export const AkeneoRecord = z.looseObject({
  _links: Links,
  code: Code,
  values: map(z.array(RecordValue)),
  updated: z.string().nullish(),
})
export type AkeneoRecord = z.infer<typeof AkeneoRecord>

/** https://api.akeneo.com/api-reference.html#Assetfamily */
export const AkeneoAssetFamily = z.looseObject({
  _links: Links,
  code: Code,
  labels: Labels.optional(),
  attribute_as_main_media: Code.nullish(),
})
export type AkeneoAssetFamily = z.infer<typeof AkeneoAssetFamily>
