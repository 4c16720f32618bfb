import type { Catalogue } from '../catalogue/catalogue.ts'
import type { Product, Texts } from '../model.ts'
import { featureGroups } from './json-features.ts'
import { EMPTY, localText } from './local-text.ts'
import { assetLink, stampOf } from './text.ts'

export interface JsonRequest {
  language: string
  /** Blocks that were asked for; empty is everything. */
  content: string[]
  origin: string
  contentToken: string | null
}

/** `data` of the JSON door: one product in one language, EN where the product has no other. */
export function renderJson(product: Product, catalogue: Catalogue, request: JsonRequest): object {
  const { quirks } = product
  const link = (url: string) => (url === '' ? '' : assetLink(url, request.origin, request.contentToken))
  const text = (texts: Texts) => localText(texts, request.language)
  const language = text(product.titles).Language || request.language
  const emptyObject: unknown = quirks.emptyAsList === true ? [] : {}
  const number = (id: string): string | number => (quirks.numbers === true ? Number(id) : id)
  const brand = catalogue.brands.get(product.brandId)
  const main = product.pictures.find((picture) => picture.main) ?? product.pictures[0]
  const bullets = product.bullets.find((points) => points.language === language)
  const generated = product.generatedBullets.find((points) => points.language === language)
  const description = product.descriptions.find((one) => one.language === language)
  const summary = product.summaries[language] ?? product.summaries['EN']

  const blocks: Record<string, unknown> = {
    GeneralInfo: {
      IcecatId: quirks.numbers === false ? product.id : Number(product.id),
      ReleaseDate: germanDate(product.releaseDate),
      EndOfLifeDate: germanDate(product.endOfLife),
      Title: text(product.titles).Value,
      TitleInfo: {
        GeneratedIntTitle: product.titles['EN'] ?? text(product.titles).Value,
        GeneratedLocalTitle: text(product.titles),
        BrandLocalTitle: EMPTY,
      },
      Brand: brand?.name ?? '',
      BrandID: product.brandId,
      BrandInfo: { BrandName: brand?.name ?? '', BrandLocalName: '', BrandLogo: '' },
      ProductName: product.names['EN'] ?? text(product.names).Value,
      ProductNameInfo: {
        ProductIntName: product.names['EN'] ?? text(product.names).Value,
        ProductLocalName: text(product.names),
      },
      BrandPartCode: product.code,
      GTIN: gtinsOf(product),
      GTINs:
        quirks.oneGtin === true
          ? []
          : product.gtins.map(({ value, approved }) => ({ GTIN: value, IsApproved: approved })),
      Category: {
        CategoryID: product.categoryId,
        Name: text(catalogue.categories.get(product.categoryId)?.names ?? {}),
      },
      ProductFamily:
        product.family === null
          ? emptyObject
          : { ProductFamilyID: product.family.id, ...text(product.family.names) },
      ProductSeries:
        product.series === null
          ? emptyObject
          : { SeriesID: product.series.id, ...text(product.series.names) },
      Description:
        description === undefined
          ? emptyObject
          : {
              ID: number(description.id),
              LongDesc: description.long,
              MiddleDesc: description.middle,
              LongProductName: text(product.titles).Value,
              Disclaimer: description.disclaimer,
              ManualPDFURL: link(description.manualUrl),
              ManualPDFSize: description.manualSize,
              LeafletPDFURL: link(description.leafletUrl),
              PDFSize: description.leafletSize,
              URL: description.url,
              WarrantyInfo: description.warranty,
              Updated: stampOf(description.updated),
              Language: description.language,
            },
      SummaryDescription: {
        ShortSummaryDescription: summary?.short ?? '',
        LongSummaryDescription: summary?.long ?? '',
      },
      BulletPoints:
        bullets === undefined
          ? emptyObject
          : {
              BulletPointsId: number(bullets.id),
              Language: bullets.language,
              Values: bullets.values,
              Updated: stampOf(bullets.updated),
            },
      GeneratedBulletPoints:
        generated === undefined ? emptyObject : { Language: generated.language, Values: generated.values },
    },
    Image: main === undefined ? emptyObject : imageOf(main, link),
    Gallery: product.pictures.map((picture) => ({
      ID: Number(picture.id),
      Pic: link(picture.url),
      Size: picture.size,
      PicHeight: picture.height,
      PicWidth: picture.width,
      No: picture.no,
      IsMain: picture.main ? 'Y' : 'N',
      IsPrivate: 0,
      Type: picture.type === '' ? 'ProductImage' : picture.type,
      Updated: stampOf(picture.updated),
      Attributes: { OriginalFileName: picture.url.slice(picture.url.lastIndexOf('/') + 1) },
    })),
    Multimedia: product.multimedia.map((object) => ({
      ID: object.id,
      URL: link(object.url),
      Type: object.type,
      ContentType: object.contentType,
      Description: object.description,
      Size: object.size,
      KeepAsUrl: 0,
      IsPrivate: 0,
      IsVideo: object.video ? 1 : 0,
      Language: object.language === 'INT' ? '' : object.language,
      LabelType: object.labelType,
      EprelLink: object.eprelLink,
      Updated: stampOf(object.updated),
    })),
    FeaturesGroups: featureGroups(product, request.language, Object.fromEntries(catalogue.vocabulary)),
    FeatureLogos: [],
    ReasonsToBuy: product.reasons
      .filter((reason) => reason.language === language)
      .map(({ id, no, title, text: value, picture, language: own }) => ({
        ReasonToBuyID: Number(id),
        No: no,
        Title: quirks.reasonObjects === true ? { Value: title } : title,
        Value: quirks.reasonObjects === true ? { Value: value } : value,
        HighPic: link(picture),
        Language: own,
        IsPrivate: 0,
      })),
    Reviews: [],
    ProductRelated: product.related.map((related) => ({
      ID: Number(related.id),
      CategoryID: Number(related.categoryId),
      Preferred: related.preferred ? 1 : 0,
      IcecatID: Number(related.productId),
      ProductCode: related.code,
      ProductName: related.name,
      Brand: related.brand,
      BrandID: related.brandId,
      ThumbPic: '',
      ProductRelatedLocales: [],
    })),
    Variants: product.variants.map(({ id, identifiers }) => ({
      VariantID: id,
      VariantIdentifiers: identifiers.map(({ type, value, approved }) => ({
        'Identifier Type': type,
        Value: value,
        IsApproved: approved,
      })),
    })),
    ProductStory: [],
    TaxonomyDescriptions: [],
    Dictionary: { model_name: 'Model name' },
  }
  const wanted = Object.entries(blocks).filter(
    ([name, value]) => isAsked(name, request.content) && !(quirks.sparse === true && isEmpty(value)),
  )
  return { DemoAccount: false, ContentErrors: '', ...Object.fromEntries(wanted) }
}

/** Names of blocks in a request are not those of the answer, and more are understood than are documented. */
const BLOCKS: Record<string, string[]> = {
  all: ['*'],
  generalinfo: ['GeneralInfo'],
  essentialinfo: ['GeneralInfo', 'Image'],
  marketingtext: ['GeneralInfo'],
  description: ['GeneralInfo'],
  gallery: ['Image', 'Gallery'],
  multimedia: ['Multimedia'],
  featuregroups: ['FeaturesGroups'],
  featuresgroups: ['FeaturesGroups'],
  reasonstobuy: ['ReasonsToBuy'],
  reviews: ['Reviews'],
  related: ['ProductRelated'],
  variants: ['Variants'],
}

const isAsked = (block: string, content: string[]): boolean =>
  content.length === 0 ||
  content.some((name) => {
    const blocks = BLOCKS[name.toLowerCase()] ?? []
    return blocks.includes('*') || blocks.includes(block)
  })

const isEmpty = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0

function gtinsOf({ gtins, quirks }: Product): string | string[] {
  if (quirks.onlyGtins === true) return []
  const values = gtins.map(({ value }) => value)
  return quirks.oneGtin === true ? (values[0] ?? '') : values
}

const imageOf = (picture: Product['pictures'][number], link: (url: string) => string) => ({
  HighPic: link(picture.url),
  HighPicSize: picture.size,
  HighPicHeight: picture.height,
  HighPicWidth: picture.width,
  LowPic: link(picture.url),
  ThumbPic: link(picture.url),
})

/** DD-MM-YYYY of an ISO day. */
const germanDate = (day: string): string => day.split('-').reverse().join('-')
