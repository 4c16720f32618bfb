import type { Catalogue } from '../catalogue/catalogue.ts'
import { localValue } from '../catalogue/local-value.ts'
import type { Feature, LocalValue, Product, Texts } from '../model.ts'
import { assetLink, stampOf } from './text.ts'

export interface JsonRequest {
  language: string
  /** Blocks that were asked for; empty is everything. */
  content: string[]
  origin: string
  contentToken: string | null
}

const EMPTY = { Value: '', Language: '' }

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

/** In the language, else in English; the answer says which. */
function localText(texts: Texts, language: string): { Value: string; Language: string } {
  for (const candidate of [language, 'EN', ...Object.keys(texts)]) {
    const value = texts[candidate]
    if (value !== undefined) return { Value: value, Language: candidate }
  }
  return EMPTY
}

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

function featureGroups(
  { groups, features, quirks }: Product,
  language: string,
  vocabulary: Record<string, Texts>,
): object[] {
  const value = (text: string): unknown =>
    quirks.numbers === true && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
  return groups.map((group) => ({
    ID: Number(group.id),
    SortNo: String(group.no),
    FeatureGroup: { ID: group.groupId, Name: localText(group.names, language) },
    Features: features
      .filter(({ groupId }) => groupId === group.id)
      .map((feature) => {
        const local = shownIn(feature, language, vocabulary)
        return {
          ID: Number(feature.valueId),
          LocalID: 0,
          Localized: 0,
          Type: feature.type,
          Value: value(feature.value),
          RawValue: value(feature.value),
          LocalValue: localOf(local, language, quirks.emptyAsList === true),
          PresentationValue: local?.presentation ?? feature.value,
          CategoryFeatureId: feature.categoryFeatureId,
          CategoryFeatureGroupID: feature.groupId,
          SortNo: feature.no,
          Mandatory: feature.mandatory ? '1' : '0',
          Searchable: feature.searchable ? '1' : '0',
          Optional: '0',
          Description: '',
          Feature: {
            ID: feature.id,
            Sign: '',
            Name: localText(feature.names, language),
            Measure: measureOf(feature, language, quirks.signsByValue === true),
          },
        }
      }),
  }))
}

/** Values are translated by the vocabulary, also where the product has no texts in that language. */
function shownIn(
  feature: Feature,
  language: string,
  vocabulary: Record<string, Texts>,
): LocalValue | undefined {
  const own = feature.local[language]
  if (own !== undefined || feature.names[language] === undefined) return own ?? feature.local['EN']
  return localValue(feature.value, feature.type, feature.measure, language, vocabulary)
}

function localOf(local: LocalValue | undefined, language: string, emptyAsList: boolean): unknown {
  if (local === undefined || local.value === '') return emptyAsList ? [] : ''
  return {
    Value: local.value,
    Language: language,
    Measure: { Signs: { ID: '', _: local.sign, Language: language } },
  }
}

function measureOf({ measure }: Feature, language: string, byValue: boolean): object {
  const sign = measure.signs[language] ?? measure.sign
  return {
    ID: measure.id,
    Sign: measure.sign,
    Signs: byValue ? { Value: sign, Language: language } : { ID: '', _: sign, Language: language },
  }
}
