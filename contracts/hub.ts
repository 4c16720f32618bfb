import { z } from 'zod'

/** A decimal number as text without needless zeros (`"0.1"`), never a float. */
export const Decimal = z.string().regex(/^-?(0|[1-9]\d*)(\.\d*[1-9])?$/)
export type Decimal = z.infer<typeof Decimal>

/** Text by locale of the output, also where Akeneo's attribute is not localizable. */
export const Text = z.record(z.string(), z.string())
export type Text = z.infer<typeof Text>

export const Measure = z.object({ amount: Decimal, unit: z.string() })
export type Measure = z.infer<typeof Measure>

export const RecordStatus = z.enum(['active', 'withheld', 'retired'])
export type RecordStatus = z.infer<typeof RecordStatus>

/** Why a record is not active. `remedy` is what a person can do about it. */
export const Reason = z.object({ code: z.string(), text: z.string(), remedy: z.string().optional() })
export type Reason = z.infer<typeof Reason>

export const RecordKind = z.enum(['attribute', 'category', 'group', 'product'])
export type RecordKind = z.infer<typeof RecordKind>

export const RecordSource = z.object({
  uuid: z.string().nullable().describe("Akeneo's uuid; null for what Akeneo knows by code only"),
  code: z.string().nullable().describe('Identifier or code as stored; null for a product without identifier'),
  updated: z.string().nullable().describe("Akeneo's `updated` in UTC, seconds"),
  mapping: z.string().describe('Mapping file and version that made the record'),
})
export type RecordSource = z.infer<typeof RecordSource>

const envelope = {
  id: z.uuid().describe("The hub's own id: survives a new SKU, a new parent, a new product id format"),
  version: z.number().int().positive().describe('Grows by one with each published change'),
  status: RecordStatus,
  reasons: z.array(Reason).optional(),
  source: RecordSource,
  externalIds: z.record(z.string(), z.string()).optional(),
}

const file = {
  code: z.string().describe("Akeneo's code of the file"),
  fileName: z.string(),
  mimeType: z.string().optional(),
  size: z.number().int().optional().describe('Bytes'),
  sha256: z
    .string()
    .optional()
    .describe('Of its content: its name in the store; known once it was downloaded'),
}

/** What a product shows of a reference entity record or an asset. */
export const ShownRecord = z.object({
  code: z.string(),
  labels: Text,
  image: z.object(file).optional(),
})
export type ShownRecord = z.infer<typeof ShownRecord>

/** All values without a field of their own, by what kind of value they are. */
const AttributeValueBody = z.union([
  z.object({ type: z.enum(['text', 'identifier']), value: z.string() }),
  z.object({ type: z.enum(['text', 'identifier']), values: Text }),
  z.object({ type: z.enum(['number']), value: Decimal }),
  z.object({ type: z.enum(['number']), values: z.record(z.string(), Decimal) }),
  z.object({ type: z.enum(['measure']), value: Measure }),
  z.object({ type: z.enum(['measure']), values: z.record(z.string(), Measure) }),
  z.object({ type: z.enum(['date']), value: z.iso.date() }),
  z.object({ type: z.enum(['date']), values: z.record(z.string(), z.iso.date()) }),
  z.object({ type: z.enum(['boolean']), value: z.boolean() }),
  z.object({ type: z.enum(['boolean']), values: z.record(z.string(), z.boolean()) }),
  z.object({ type: z.enum(['option', 'entity']), value: z.string() }),
  z.object({ type: z.enum(['option', 'entity']), values: Text }),
  z.object({ type: z.enum(['options', 'entities', 'assets']), value: z.array(z.string()) }),
  z.object({
    type: z.enum(['options', 'entities', 'assets']),
    values: z.record(z.string(), z.array(z.string())),
  }),
  z.object({ type: z.enum(['prices']), value: z.record(z.string(), Decimal) }),
  z.object({ type: z.enum(['prices']), values: z.record(z.string(), z.record(z.string(), Decimal)) }),
  z.object({ type: z.enum(['table', 'link', 'file']), value: z.unknown() }),
  z.object({ type: z.enum(['table', 'link', 'file']), values: z.record(z.string(), z.unknown()) }),
])
export const AttributeValue = AttributeValueBody.and(
  z.object({
    level: z.int().min(0).max(2).optional().describe('On variants: 0 root model, 1, 2'),
    records: z.array(ShownRecord).optional().describe('Of entities and assets: what the codes stand for'),
  }),
)
export type AttributeValue = z.infer<typeof AttributeValue>

export const AttributeValues = z.record(z.string(), AttributeValue)
export type AttributeValues = z.infer<typeof AttributeValues>

export const Media = z.object({
  role: z.string(),
  ...file,
  asset: z.string().optional().describe('Of a file of an asset: that asset'),
})
export type Media = z.infer<typeof Media>

/** Where Akeneo hands a file out, below `/api/rest/v1`: files of products, of categories, of assets, of reference entity records. */
export const MediaOrigin = z.enum([
  'media-files',
  'category-media-files',
  'asset-media-files',
  'reference-entities-media-files',
])
export type MediaOrigin = z.infer<typeof MediaOrigin>

export const Related = z.object({
  type: z.string(),
  kind: z.enum(['product', 'group']),
  id: z.uuid(),
  position: z.number().int().positive(),
})
export type Related = z.infer<typeof Related>

export const PendingLink = z.object({ field: z.string(), code: z.string(), why: z.string() })
export type PendingLink = z.infer<typeof PendingLink>

export const AxisValue = z.union([z.string(), z.boolean(), Measure])
export type AxisValue = z.infer<typeof AxisValue>

/** A dictionary entry: what a value means, once, so that a new label does not rewrite products. */
export const HubAttribute = z.object({
  kind: z.literal('attribute'),
  ...envelope,
  code: z.string(),
  type: z.string(),
  labels: Text,
  options: z.array(z.object({ code: z.string(), labels: Text, position: z.number().int() })).optional(),
  unitFamily: z.string().optional(),
})
export type HubAttribute = z.infer<typeof HubAttribute>

export const HubCategory = z.object({
  kind: z.literal('category'),
  ...envelope,
  code: z.string(),
  parent: z.string().nullable(),
  path: z.array(z.string()).describe("The ancestors' codes from the root down, without itself"),
  position: z.number().int().positive(),
  labels: Text,
  media: z
    .array(Media)
    .optional()
    .describe('Its images, by the attribute that is their role; absent where it has none'),
})
export type HubCategory = z.infer<typeof HubCategory>

/** A product model with its variants; active while one of them is. */
export const HubGroup = z.object({
  kind: z.literal('group'),
  ...envelope,
  name: Text,
  description: Text.optional(),
  axes: z.array(
    z.object({ attribute: z.string(), level: z.int().min(1).max(2), values: z.array(AxisValue) }),
  ),
  subgroups: z
    .array(
      z.object({
        code: z.string(),
        axisValues: z.record(z.string(), AxisValue),
        name: Text,
        media: z.array(Media),
      }),
    )
    .optional(),
  categories: z.array(z.string()),
  attributes: AttributeValues,
  media: z.array(Media),
  related: z.array(Related),
  pending: z.array(PendingLink).optional(),
})
export type HubGroup = z.infer<typeof HubGroup>

const Price = z.object({ list: Decimal, msrp: Decimal.optional(), sale: Decimal.optional() })

export const SellingUnit = z.object({
  code: z.string(),
  conversion: Decimal,
  base: z.literal(true).optional(),
  barcode: z.string().optional(),
  prices: z.record(z.string(), Price).optional(),
  weight: Measure.optional(),
})
export type SellingUnit = z.infer<typeof SellingUnit>

/** What can be bought: simple, variant or kit. */
export const HubProduct = z.object({
  kind: z.literal('product'),
  ...envelope,
  sku: z.string().nullable(),
  type: z.enum(['physical', 'virtual']),
  trackBy: z.enum(['product', 'variant']),
  groupId: z.uuid().optional(),
  axisValues: z.record(z.string(), AxisValue).optional(),
  name: Text,
  description: Text.optional(),
  brand: Text.optional(),
  barcode: z.string().optional(),
  taxClass: z.string().optional(),
  alternateIds: z.array(z.object({ type: z.string(), value: z.string() })).optional(),
  categories: z.array(z.string()),
  prices: z.record(z.string(), Price).optional(),
  attributes: AttributeValues,
  media: z.array(Media),
  units: z.array(SellingUnit),
  inventory: z.array(z.object({ location: z.string(), unit: z.string(), quantity: Decimal })).optional(),
  related: z.array(Related),
  kit: z
    .object({
      type: z.enum(['basic', 'billOfMaterials', 'addOn']),
      components: z.array(
        z.object({ kind: z.enum(['product', 'group']), id: z.uuid(), quantity: Decimal, unit: z.string() }),
      ),
    })
    .optional(),
  pending: z.array(PendingLink).optional(),
})
export type HubProduct = z.infer<typeof HubProduct>

export const HubRecord = z.discriminatedUnion('kind', [HubAttribute, HubCategory, HubGroup, HubProduct])
export type HubRecord = z.infer<typeof HubRecord>

/** What the store adds to a translated record. */
export type StoreFields = 'id' | 'version' | 'externalIds'
type Unstored<R> = R extends unknown ? Omit<R, StoreFields> : never
/** A record as a translation makes it, before the store gives it identity and version. */
export type TranslatedRecord = Unstored<HubRecord>

export const FeedChange = z.enum(['created', 'updated', 'linked', 'withheld', 'retired'])
export type FeedChange = z.infer<typeof FeedChange>

/** One line of an output's ordered change feed; the body is rendered when read. */
export const FeedEntry = z.object({
  seq: z.number().int().positive(),
  at: z.string(),
  kind: RecordKind,
  id: z.uuid(),
  version: z.number().int().positive(),
  change: FeedChange,
  fields: z
    .array(z.string())
    .describe('Top-level fields and `attributes.<code>` that differ from the version before'),
  record: HubRecord,
})
export type FeedEntry = z.infer<typeof FeedEntry>
