import { z } from 'zod'

/**
 * What the JSON door answers with. Every block may be missing, empty objects come as `[]` (PHP), and scalars change their type
 * from product to product: https://iceclog.com/manual-for-icecat-json-product-requests
 */

/** Text or number, as text; anything else, `[]` and `{}` included, as empty text. */
const text = z.unknown().transform((input) => {
  if (typeof input === 'string') return input
  return typeof input === 'number' || typeof input === 'boolean' ? String(input) : ''
})

const isObject = (input: unknown): input is object =>
  typeof input === 'object' && input !== null && !Array.isArray(input)

/** The block, or undefined where it is absent, null, `[]` or no object at all. */
const block = <Block extends z.ZodType>(schema: Block) =>
  z.preprocess((input) => (isObject(input) ? input : undefined), schema.optional()).optional()

/** The items that are objects; one item may come without its list. */
const list = <Item extends z.ZodType>(item: Item) =>
  z.preprocess((input) => (Array.isArray(input) ? input : [input]).filter(isObject), z.array(item))

/** Texts of a list; one text may come without its list. */
const texts = z.unknown().transform((input) =>
  (Array.isArray(input) ? input : [input]).flatMap((one) => {
    if (typeof one === 'string' && one !== '') return [one]
    return typeof one === 'number' ? [String(one)] : []
  }),
)

const tagged = z.looseObject({ Value: text.optional(), Language: text.optional() })
const named = z.looseObject({ Value: text.optional(), Language: text.optional(), Name: block(tagged) })

/** Its text stands under `_`, in some answers under `Value`. */
const measure = z.looseObject({
  ID: text.optional(),
  Sign: text.optional(),
  Signs: block(z.looseObject({ _: text.optional(), Value: text.optional() })),
})

/** A title that is text in most answers and `{Value}` in some. */
const textOrTagged = z.unknown().transform((input) => {
  const inner = typeof input === 'object' && input !== null && 'Value' in input ? input.Value : input
  return typeof inner === 'string' || typeof inner === 'number' ? String(inner) : ''
})

const feature = z.looseObject({
  Type: text.optional(),
  Value: text.optional(),
  RawValue: text.optional(),
  PresentationValue: text.optional(),
  Mandatory: text.optional(),
  Searchable: text.optional(),
  LocalValue: z.union([
    z.string(),
    z.number(),
    block(z.looseObject({ Value: text.optional(), Measure: block(measure) })),
  ]),
  Feature: block(z.looseObject({ ID: text, Name: block(tagged), Measure: block(measure) })),
})

const description = z.looseObject({
  LongDesc: text.optional(),
  MiddleDesc: text.optional(),
  ShortDesc: text.optional(),
  Disclaimer: text.optional(),
  WarrantyInfo: text.optional(),
  URL: text.optional(),
  ManualPDFURL: text.optional(),
  ManualPDFSize: text.optional(),
  LeafletPDFURL: text.optional(),
  PDFURL: text.optional(),
  PDFSize: text.optional(),
  Updated: text.optional(),
  Language: text.optional(),
})

const bullets = z.looseObject({ Language: text.optional(), Values: texts.optional() })

export const IcecatSheet = z.looseObject({
  DemoAccount: z.unknown().optional(),
  GeneralInfo: block(
    z.looseObject({
      IcecatId: text,
      ReleaseDate: text.optional(),
      Title: text.optional(),
      TitleInfo: block(
        z.looseObject({
          GeneratedIntTitle: text.optional(),
          GeneratedLocalTitle: block(tagged),
          BrandLocalTitle: block(tagged),
        }),
      ),
      Brand: text.optional(),
      BrandID: text.optional(),
      ProductName: text.optional(),
      ProductNameInfo: block(
        z.looseObject({ ProductIntName: text.optional(), ProductLocalName: block(tagged) }),
      ),
      BrandPartCode: text.optional(),
      GTIN: texts.optional(),
      GTINs: list(z.looseObject({ GTIN: text.optional() })).optional(),
      Category: block(z.looseObject({ CategoryID: text.optional(), Name: block(tagged) })),
      ProductFamily: block(named.extend({ ProductFamilyID: text.optional() })),
      ProductSeries: block(named.extend({ SeriesID: text.optional() })),
      Description: block(description),
      SummaryDescription: block(
        z.looseObject({ ShortSummaryDescription: text.optional(), LongSummaryDescription: text.optional() }),
      ),
      BulletPoints: block(bullets),
      GeneratedBulletPoints: block(bullets),
    }),
  ),
  Gallery: list(
    z.looseObject({
      ID: text.optional(),
      Pic: text.optional(),
      Size: text.optional(),
      No: text.optional(),
      IsMain: text.optional(),
      Type: text.optional(),
      Updated: text.optional(),
    }),
  ).optional(),
  Image: block(z.looseObject({ HighPic: text.optional(), HighPicSize: text.optional() })),
  Multimedia: list(
    z.looseObject({
      ID: text.optional(),
      URL: text.optional(),
      Type: text.optional(),
      ContentType: text.optional(),
      Size: text.optional(),
      IsVideo: text.optional(),
      Language: text.optional(),
      Updated: text.optional(),
    }),
  ).optional(),
  FeaturesGroups: list(z.looseObject({ Features: list(feature).optional() })).optional(),
  ReasonsToBuy: list(
    z.looseObject({
      Title: textOrTagged.optional(),
      Value: textOrTagged.optional(),
      Language: text.optional(),
    }),
  ).optional(),
  ProductRelated: list(
    z.looseObject({ IcecatID: text.optional(), Brand: text.optional(), ProductCode: text.optional() }),
  ).optional(),
  Variants: list(
    z.looseObject({
      VariantID: text.optional(),
      VariantIdentifiers: list(
        z.looseObject({ 'Identifier Type': text.optional(), Value: text.optional() }),
      ).optional(),
    }),
  ).optional(),
})
export type IcecatSheet = z.infer<typeof IcecatSheet>
export type IcecatFeature = z.infer<typeof feature>

export const IcecatAnswer = z.looseObject({ msg: text.optional(), data: IcecatSheet })

const wholeNumber = z.coerce.number().int().optional().catch(undefined)

/** The body of a refusal, in the spelling of today and of older servers. */
export const IcecatFailure = z.looseObject({
  Code: wholeNumber,
  StatusCode: wholeNumber,
  statusCode: wholeNumber,
  Message: z.string().optional().catch(undefined),
  message: z.string().optional().catch(undefined),
})

export const IcecatSession = z.looseObject({ Data: z.looseObject({ SessionId: z.string() }) })
export const IcecatProfile = z.looseObject({ Data: z.looseObject({ SubscriptionLevel: text }) })
